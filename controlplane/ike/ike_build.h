/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes an ISAKMP message into the caller's buffer: header, payload chain with its next-payload
 * and length fields patched, CBC padding. Overflow is sticky and reported once by
 * ike_build_finish(). Encryption and hashes are the caller's.
 *
 *	ike_build_begin(&b, buf, sizeof(buf), &header);
 *	hash_at = ike_build_blank(&b, IKE_PAYLOAD_HASH, digest_bytes);
 *	ike_build_payload(&b, IKE_PAYLOAD_NONCE, nonce, nonce_len);
 *	prf(..., ike_build_after(&b, hash_at, digest_bytes), buf + hash_at)
 *	len = ike_build_finish(&b, block_bytes);
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "lib/base/compat.h"
#include "lib/base/wbuf.h"

#include <stddef.h>
#include <stdint.h>

struct ike_build {
	struct wbuf w;	   /* the typed builders write payload bodies here */
	size_t next_at;	   /* offset of the next-payload byte to patch */
	size_t payload_at; /* offset of the open payload's length, 0 = none open */
};

/* Starts a message. Length and next payload of header are ignored. */
void ike_build_begin(struct ike_build *b, void *buf, size_t size, const struct ike_header *header);

/* Opens a payload whose body is written to b->w, and closes it. Payloads do not nest. */
void ike_build_open(struct ike_build *b, uint8_t type);
void ike_build_close(struct ike_build *b);

/* A whole payload from bytes. */
void ike_build_payload(struct ike_build *b, uint8_t type, const void *body, size_t len);

/* A payload of zeros to be filled in later; returns the offset of its body in the buffer. */
size_t ike_build_blank(struct ike_build *b, uint8_t type, size_t len);

/* What was written behind offset at + len so far: the part a HASH covers. */
struct prim_chunk ike_build_after(const struct ike_build *b, size_t at, size_t len);

/*
 * Pads what stands behind the header with zeros to a multiple of block bytes (0 or 1: none) and
 * patches the length. The length of the message, or 0 when it did not fit.
 */
size_t must_check ike_build_finish(struct ike_build *b, size_t block);
