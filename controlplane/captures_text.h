/* SPDX-License-Identifier: BSD-3-Clause */
/* A captured packet in words: its SA and verdict, and what stands in its headers. */
#pragma once

#include "lib/base/compat.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	CAPTURES_TEXT = 256
};

/* What its headers say, as far as they are there; false when it is no IPv4. */
bool captures_text_flow(const struct plane_captured *head, const uint8_t *packet,
			struct ip_flow *flow);
/* "decrypted", "dropped". */
const char *captures_text_verdict(const struct plane_captured *head);
/* "SPI 0x2000004, sequence 7: dropped, esp.replay_seen: sequence number received before" */
char *captures_text_comment(const struct plane_captured *head, char buf[static CAPTURES_TEXT]);
/* As an ASA says it: "192.168.1.2 > 192.168.2.2: icmp: echo request"; len bytes of it are there. */
char *captures_text_summary(const struct plane_captured *head, const uint8_t *packet,
			    char buf[static CAPTURES_TEXT]);
