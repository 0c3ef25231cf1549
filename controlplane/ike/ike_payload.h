/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bodies of the small payloads: NOTIFY and DELETE (RFC 2408 3.14, 3.15), and the checks of KE,
 * NONCE and NAT-D. Views point into the message. Parsers return IKE_PARSED or the counter; builders
 * write one whole payload.
 */
#pragma once

#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/ike_msg.h"
#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

enum ike_protocol {
	IKE_PROTOCOL_ISAKMP = 1,
	IKE_PROTOCOL_AH = 2,
	IKE_PROTOCOL_ESP = 3,
	IKE_PROTOCOL_IPCOMP = 4,
};

enum {
	IKE_DOI_IPSEC = 1,
	IKE_SITUATION_IDENTITY = 1
};

/* RFC 2408 3.14.1, RFC 2407 4.6.3, RFC 3706 5.1. */
enum ike_notify_type {
	IKE_NOTIFY_INVALID_PAYLOAD_TYPE = 1,
	IKE_NOTIFY_DOI_NOT_SUPPORTED = 2,
	IKE_NOTIFY_SITUATION_NOT_SUPPORTED = 3,
	IKE_NOTIFY_INVALID_COOKIE = 4,
	IKE_NOTIFY_INVALID_MAJOR_VERSION = 5,
	IKE_NOTIFY_INVALID_MINOR_VERSION = 6,
	IKE_NOTIFY_INVALID_EXCHANGE_TYPE = 7,
	IKE_NOTIFY_INVALID_FLAGS = 8,
	IKE_NOTIFY_INVALID_MESSAGE_ID = 9,
	IKE_NOTIFY_INVALID_PROTOCOL_ID = 10,
	IKE_NOTIFY_INVALID_SPI = 11,
	IKE_NOTIFY_INVALID_TRANSFORM_ID = 12,
	IKE_NOTIFY_ATTRIBUTES_NOT_SUPPORTED = 13,
	IKE_NOTIFY_NO_PROPOSAL_CHOSEN = 14,
	IKE_NOTIFY_BAD_PROPOSAL_SYNTAX = 15,
	IKE_NOTIFY_PAYLOAD_MALFORMED = 16,
	IKE_NOTIFY_INVALID_KEY_INFORMATION = 17,
	IKE_NOTIFY_INVALID_ID_INFORMATION = 18,
	IKE_NOTIFY_INVALID_CERT_ENCODING = 19,
	IKE_NOTIFY_INVALID_CERTIFICATE = 20,
	IKE_NOTIFY_CERT_TYPE_UNSUPPORTED = 21,
	IKE_NOTIFY_INVALID_CERT_AUTHORITY = 22,
	IKE_NOTIFY_INVALID_HASH_INFORMATION = 23,
	IKE_NOTIFY_AUTHENTICATION_FAILED = 24,
	IKE_NOTIFY_INVALID_SIGNATURE = 25,
	IKE_NOTIFY_ADDRESS_NOTIFICATION = 26,
	IKE_NOTIFY_SA_LIFETIME = 27,
	IKE_NOTIFY_CERTIFICATE_UNAVAILABLE = 28,
	IKE_NOTIFY_UNSUPPORTED_EXCHANGE_TYPE = 29,
	IKE_NOTIFY_UNEQUAL_PAYLOAD_LENGTHS = 30,
	IKE_NOTIFY_CONNECTED = 16384,
	IKE_NOTIFY_RESPONDER_LIFETIME = 24576,
	IKE_NOTIFY_REPLAY_STATUS = 24577,
	IKE_NOTIFY_INITIAL_CONTACT = 24578,
	IKE_NOTIFY_R_U_THERE = 36136,
	IKE_NOTIFY_R_U_THERE_ACK = 36137,
	IKE_NOTIFY_PADDING = 40959, /* private use: the last one */
};

struct ike_notify {
	uint8_t protocol; /* enum ike_protocol, or whatever the peer wrote */
	uint8_t spi_len;  /* at most 16 */
	const uint8_t *spi;
	uint16_t type;
	const uint8_t *data;
	size_t data_len;
};

/* NOTIFY: lengths; BAD_DOI: neither 0 (seen in phase 1) nor IPsec's. The type may be any. */
int must_check ike_payload_parse_notify(const struct ike_payload *p, struct ike_notify *out);
void ike_payload_build_notify(struct ike_build *b, const struct ike_notify *n);

struct ike_delete {
	uint8_t protocol; /* ISAKMP (spi_len 16: both cookies) or ESP/AH (4) or IPCOMP (2 or 4) */
	uint8_t spi_len;
	uint16_t n;
	const uint8_t *spis; /* n * spi_len bytes */
};

/* DELETE: protocol, SPI size or count impossible; n is exactly what the body holds. */
int must_check ike_payload_parse_delete(const struct ike_payload *p, struct ike_delete *out);
void ike_payload_build_delete(struct ike_build *b, const struct ike_delete *d);

/* NONCE_LEN: 8..256 bytes (RFC 2409 5). */
int must_check ike_payload_check_nonce(const struct ike_payload *p);
/* KE_LEN: exactly the public value of the group; BAD_GROUP: no such group. */
int must_check ike_payload_check_ke(const struct ike_payload *p, uint16_t group);
/* NATD: exactly one digest of the negotiated hash. */
int must_check ike_payload_check_natd(const struct ike_payload *p, enum alg_hash hash);

/*
 * NAT-OA (RFC 3947 5.2, the drafts alike): an address as its sender sees it, for transport mode.
 * NATD when malformed.
 */
int must_check ike_payload_parse_natoa(const struct ike_payload *p, struct addr *out);
/* Appends one; type is IKE_PAYLOAD_NATOA or IKE_PAYLOAD_NATOA_DRAFT. */
void ike_payload_build_natoa(struct ike_build *b, uint8_t type, const struct addr *addr);

/* A RESPONDER-LIFETIME notify or any attribute list of lifetimes: 0 where absent. LIFETIME or
 * ATTR. */
int must_check ike_payload_parse_lifetimes(const struct ike_notify *n, uint64_t *seconds,
					   uint64_t *kilobytes);
/* RESPONDER-LIFETIME for an IKE SA (both cookies). */
void ike_payload_build_isakmp_lifetime(struct ike_build *b,
				       const uint8_t cookies[2 * IKE_COOKIE_LEN], uint32_t seconds);
/* RESPONDER-LIFETIME for ESP (spi) with the lifetimes that are not 0. */
void ike_payload_build_responder_lifetime(struct ike_build *b, uint32_t spi, uint32_t seconds,
					  uint32_t kilobytes);
