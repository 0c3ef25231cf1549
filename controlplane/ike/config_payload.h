/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The attributes payload of transactions (draft-dukes-ike-mode-cfg-02 3.2): which of the four kinds
 * it is, an identifier, and attributes of any length, which are read one by one in place.
 */
#pragma once

#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/ike_msg.h"
#include "lib/base/compat.h"
#include "lib/base/rbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_payload_kind {
	CONFIG_PAYLOAD_REQUEST = 1,
	CONFIG_PAYLOAD_REPLY = 2,
	CONFIG_PAYLOAD_SET = 3,
	CONFIG_PAYLOAD_ACK = 4,
};

/* draft-dukes-ike-mode-cfg-02 3.3, draft-ietf-ipsec-isakmp-xauth-06 4.2, Cisco's Unity. */
enum config_payload_type {
	CONFIG_PAYLOAD_IP4_ADDRESS = 1,
	CONFIG_PAYLOAD_IP4_NETMASK = 2,
	CONFIG_PAYLOAD_IP4_DNS = 3,
	CONFIG_PAYLOAD_IP4_NBNS = 4,
	CONFIG_PAYLOAD_ADDRESS_EXPIRY = 5,
	CONFIG_PAYLOAD_APPLICATION_VERSION = 7,
	CONFIG_PAYLOAD_XAUTH_TYPE = 16520,
	CONFIG_PAYLOAD_XAUTH_USER_NAME = 16521,
	CONFIG_PAYLOAD_XAUTH_USER_PASSWORD = 16522,
	CONFIG_PAYLOAD_XAUTH_MESSAGE = 16524,
	CONFIG_PAYLOAD_XAUTH_STATUS = 16527,
	CONFIG_PAYLOAD_BANNER = 28672,
	CONFIG_PAYLOAD_SAVE_PASSWORD = 28673,
	CONFIG_PAYLOAD_DEF_DOMAIN = 28674,
	CONFIG_PAYLOAD_SPLIT_DNS = 28675,
	CONFIG_PAYLOAD_SPLIT_INCLUDE = 28676,
	CONFIG_PAYLOAD_LOCAL_LAN = 28678,
	CONFIG_PAYLOAD_PFS = 28679,
	CONFIG_PAYLOAD_BACKUP_SERVERS = 28681,
};

enum {
	CONFIG_PAYLOAD_ATTRS_MAX = 64 /* in one payload; a client asks for less than 20 */
};

struct config_payload {
	uint8_t kind; /* enum config_payload_kind */
	uint16_t identifier;
	struct rbuf attrs; /* for config_payload_next(); checked clean to its end */
};

struct config_payload_attr {
	uint16_t type; /* any number */
	uint16_t len;  /* of value; 2 for the short form */
	const uint8_t *value;
	uint16_t number; /* value, when len is 2 */
};

/* MODECFG: too short, unknown kind, reserved not 0, attributes that do not fit, too many. */
int must_check config_payload_parse(const struct ike_payload *p, struct config_payload *out);
/* The next attribute; false at the end. Works on a copy of the cursor of a parsed payload. */
bool config_payload_next(struct rbuf *attrs, struct config_payload_attr *out);

/* Opens a payload, to be filled and closed with ike_build_close(). */
void config_payload_open(struct ike_build *b, enum config_payload_kind kind, uint16_t identifier);
void config_payload_number(struct ike_build *b, uint16_t type, uint16_t number);
void config_payload_bytes(struct ike_build *b, uint16_t type, const void *value, size_t len);
