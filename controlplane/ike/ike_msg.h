/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * An ISAKMP message on the wire: header, payload chain, the grammar of each message (RFC 2408 3,
 * RFC 2409 5). Parsing makes views into the caller's buffer and copies nothing; the caller decrypts
 * between ike_msg_parse_header() and ike_msg_parse_chain(). Payload bodies are parsed in
 * ike_payload.h, ike_id.h and ike_proposal.h; messages are written with ike_build.h.
 *
 * Every parse function of the codec returns IKE_PARSED, or the one enum ike_counter to count.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/compat.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IKE_PARSED = -1, /* the "no counter" value of a parse */
	IKE_AGAIN = -2,	 /* not decided: a job was ordered (handlers of steps only) */
};

enum {
	IKE_HEADER_LEN = 28,
	IKE_COOKIE_LEN = 8,
	IKE_PAYLOADS_MAX = 32,
	IKE_CERT_REQUESTS_MAX = 16, /* of one message; more are skipped (H055) */
	IKE_PAYLOAD_HEADER_LEN = 4,
	IKE_VERSION = 0x10,
	IKE_FLAG_ENCRYPTED = 0x01,
	IKE_FLAG_COMMIT = 0x02, /* accepted, without effect */
};

enum ike_exchange {
	IKE_EXCHANGE_MAIN = 2,
	IKE_EXCHANGE_AGGRESSIVE = 4,
	IKE_EXCHANGE_INFO = 5,
	IKE_EXCHANGE_TRANSACTION = 6, /* draft-ietf-ipsec-isakmp-mode-cfg */
	IKE_EXCHANGE_QUICK = 32,
};

enum ike_payload_type {
	IKE_PAYLOAD_NONE = 0,
	IKE_PAYLOAD_SA = 1,
	IKE_PAYLOAD_PROPOSAL = 2,
	IKE_PAYLOAD_TRANSFORM = 3,
	IKE_PAYLOAD_KE = 4,
	IKE_PAYLOAD_ID = 5,
	IKE_PAYLOAD_CERT = 6,
	IKE_PAYLOAD_CERT_REQUEST = 7,
	IKE_PAYLOAD_HASH = 8,
	IKE_PAYLOAD_SIGNATURE = 9,
	IKE_PAYLOAD_NONCE = 10,
	IKE_PAYLOAD_NOTIFY = 11,
	IKE_PAYLOAD_DELETE = 12,
	IKE_PAYLOAD_VENDOR = 13,
	IKE_PAYLOAD_ATTRIBUTES = 14, /* draft-ietf-ipsec-isakmp-mode-cfg 3.2 */
	IKE_PAYLOAD_NATD = 20,	     /* RFC 3947 */
	IKE_PAYLOAD_NATOA = 21,
	IKE_PAYLOAD_PRIVATE =
		128, /* from here on: skipped by length unless the grammar has a row */
	IKE_PAYLOAD_NATD_DRAFT = 130, /* draft-ietf-ipsec-nat-t-ike-02 and -03 */
	IKE_PAYLOAD_NATOA_DRAFT = 131,
	IKE_PAYLOAD_FRAGMENT = 132, /* Cisco: ike_fragment.h */
};

struct ike_header {
	uint8_t cookie_i[IKE_COOKIE_LEN];
	uint8_t cookie_r[IKE_COOKIE_LEN];
	uint8_t next;	  /* type of the first payload */
	uint8_t exchange; /* enum ike_exchange */
	uint8_t flags;
	uint32_t msgid;
	uint32_t len; /* of the whole message */
};

/* One payload without its generic header; body points into the message. */
struct ike_payload {
	uint8_t type;
	const uint8_t *body;
	size_t len;
};

struct ike_msg {
	struct ike_header header;
	struct ike_payload payloads[IKE_PAYLOADS_MAX]; /* in the order of the wire, all types */
	size_t n;
	size_t n_skipped;   /* CERT_REQUEST payloads that are not among them */
	const uint8_t *end; /* behind the last payload, before any padding */
	uint8_t bad;	    /* type of the payload at which reading ended, 0 = none */
};

/*
 * The messages that have a grammar. Message numbers of a mode are its directions: MM1, MM3, MM5,
 * AM1, AM3, QM1 and QM3 come from the initiator.
 */
enum ike_message {
	IKE_MESSAGE_MM1,
	IKE_MESSAGE_MM2,
	IKE_MESSAGE_MM3,
	IKE_MESSAGE_MM4,
	IKE_MESSAGE_MM5,
	IKE_MESSAGE_MM6,
	IKE_MESSAGE_MM5_SIG, /* the sender proves itself with a signature */
	IKE_MESSAGE_MM6_SIG,
	IKE_MESSAGE_AM1,
	IKE_MESSAGE_AM2,
	IKE_MESSAGE_AM3,
	IKE_MESSAGE_AM2_SIG, /* the same as above */
	IKE_MESSAGE_AM3_SIG,
	IKE_MESSAGE_QM1,
	IKE_MESSAGE_QM2,
	IKE_MESSAGE_QM3,
	IKE_MESSAGE_TRANSACTION, /* any of the four kinds */
	IKE_MESSAGE_INFO,	 /* encrypted: HASH first */
	IKE_MESSAGE_INFO_CLEAR,	 /* unauthenticated: for the diagnosis only */
	IKE_MESSAGE_COUNT,
};

/*
 * Checks everything that the header alone can decide: RUNT, TOO_BIG, LEN_MISMATCH, BAD_VERSION,
 * BAD_EXCHANGE, BAD_FLAGS, BAD_COOKIE (CKY-I zero or equal to CKY-R; CKY-R zero where keys are
 * needed), BAD_MSGID (not zero in phase 1, zero elsewhere), ENC_EXPECTED (phase 2 in clear),
 * ENC_UNEXPECTED (first message encrypted). data is a datagram without non-ESP marker.
 */
int must_check ike_msg_parse_header(struct ike_header *out, const void *data, size_t len);

/*
 * Splits body (what stands behind the header, decrypted when it was encrypted; stays the caller's
 * and must outlive out) into payloads: PAYLOAD_LEN, RESERVED, CHAIN, TOO_MANY. Bytes behind the
 * last payload are padding when the header's encrypted flag is set, and CHAIN otherwise.
 */
int must_check ike_msg_parse_chain(struct ike_msg *out, const struct ike_header *header,
				   const void *body, size_t len);

/*
 * Checks the payloads against the rows of the message: UNKNOWN_PAYLOAD, DUP_PAYLOAD (too often or
 * out of its place), MISSING_PAYLOAD. After IKE_PARSED every payload with min 1 can be taken with
 * ike_msg_get() without asking for NULL.
 */
int must_check ike_msg_check(const struct ike_msg *msg, enum ike_message message);

/* The i-th payload of a type (from 0), or NULL. */
const struct ike_payload *ike_msg_get(const struct ike_msg *msg, uint8_t type, size_t i);

/* Everything behind this payload up to the end of the last one, generic headers included: what
 * HASH(1), HASH(2) and informational hashes cover. */
struct prim_chunk ike_msg_after(const struct ike_msg *msg, const struct ike_payload *payload);
