/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of the protocol's numbers for log and debug; "unknown (N)" written into buf otherwise. */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	IKE_NAME_TEXT = 48
};

const char *ike_names_payload(uint8_t type, char *buf, size_t size);   /* "KE" */
const char *ike_names_exchange(uint8_t type, char *buf, size_t size);  /* "quick mode" */
const char *ike_names_notify(uint16_t type, char *buf, size_t size);   /* "NO_PROPOSAL_CHOSEN" */
const char *ike_names_protocol(uint8_t proto, char *buf, size_t size); /* "ESP" */
const char *ike_names_id_type(uint8_t type, char *buf, size_t size);   /* "ID_IPV4_ADDR" */
