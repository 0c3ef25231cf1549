/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_out.h"

#include "controlplane/ike/ike_debug.h"
#include "lib/net/ip.h"

#include <stdlib.h>
#include <string.h>

enum {
	MARKER_LEN = 4, /* RFC 3948 2.2 */
	NEXT_AT = 16,	/* in the header: type of the first payload */
};

void ike_out_begin(struct ike_out *out, const struct ike_sa *sa, uint8_t exchange, uint32_t msgid,
		   bool encrypted)
{
	struct ike_header header = {
		.exchange = exchange,
		.flags = encrypted ? IKE_FLAG_ENCRYPTED : 0,
		.msgid = msgid,
	};

	memcpy(header.cookie_i, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(header.cookie_r, sa->cookie_r, IKE_COOKIE_LEN);
	out->used = true;
	out->encrypted = encrypted;
	out->msgid = msgid;
	out->hash_at = 0;
	out->hash_nonce = NULL;
	ike_build_begin(&out->b, out->buf, sizeof(out->buf), &header);
}

void ike_out_begin_hashed(struct ike_out *out, const struct ike_sa *sa, uint8_t exchange,
			  uint32_t msgid, const struct ike_nonce *nonce)
{
	ike_out_begin(out, sa, exchange, msgid, true);
	out->hash_nonce = nonce;
	out->hash_at = ike_build_blank(&out->b, IKE_PAYLOAD_HASH,
				       alg_hash_row(sa->keys.hash)->digest_bytes);
}

static int fill_hash(struct ike_out *out, const struct ike_sa *sa)
{
	size_t digest_bytes = alg_hash_row(sa->keys.hash)->digest_bytes;
	struct prim_chunk chunks[2];
	uint8_t digest[PRIM_DIGEST_MAX];
	size_t n = 0;
	int rc;

	if (out->hash_nonce)
		chunks[n++] = (struct prim_chunk){out->hash_nonce->b, out->hash_nonce->len};
	chunks[n++] = ike_build_after(&out->b, out->hash_at, digest_bytes);
	rc = ike_keys_hash(&sa->keys, out->msgid, chunks, n, digest);
	if (rc == 0)
		memcpy(out->buf + out->hash_at, digest, digest_bytes);
	return rc;
}

static int encrypt(struct ike_out *out, const struct ike_sa *sa, size_t len, uint8_t *iv)
{
	uint8_t next_iv[PRIM_IV_MAX];
	int rc;

	memcpy(next_iv, iv, sizeof(next_iv));
	rc = prim_cbc_encrypt(sa->keys.cipher, sa->keys.enc.b, next_iv, out->buf + IKE_HEADER_LEN,
			      len - IKE_HEADER_LEN);
	if (rc == 0)
		memcpy(iv, next_iv, sizeof(next_iv));
	return rc;
}

/* Never 0. */
static uint16_t next_fragment_id(struct ike_sa *sa)
{
	if (++sa->fragment_id == 0)
		sa->fragment_id = 1;
	return sa->fragment_id;
}

/* The types of what is in it, while they can be read. */
static void take_chain(const struct ike_out *out, size_t len, struct ike_datagram *d)
{
	uint8_t next = out->buf[NEXT_AT];
	size_t at = IKE_HEADER_LEN;

	while (next && at + IKE_PAYLOAD_HEADER_LEN <= len && d->n_chain < IKE_DATAGRAM_CHAIN) {
		d->chain[d->n_chain++] = next;
		next = out->buf[at];
		at += (size_t)out->buf[at + 2] << 8 | out->buf[at + 3];
	}
	d->msgid = out->msgid;
}

struct ike_datagram *ike_out_seal(struct ike_out *out, struct ike_sa *sa, uint8_t *iv)
{
	size_t marker = sa->path.local_port == IP_PORT_NATT ? MARKER_LEN : 0;
	struct ike_datagram *datagram;
	size_t len;

	if (out->b.w.bad || (out->hash_at && fill_hash(out, sa)))
		return NULL;
	len = ike_build_finish(&out->b,
			       out->encrypted ? alg_cipher_row(sa->keys.cipher)->iv_bytes : 0);
	if (!len)
		return NULL;
	datagram = malloc(sizeof(*datagram) + marker + len);
	if (!datagram)
		return NULL;
	datagram->n_chain = 0;
	if (ike_debug_on(sa->engine))
		take_chain(out, len, datagram);
	if (out->encrypted && encrypt(out, sa, len, iv)) {
		free(datagram);
		return NULL;
	}
	datagram->path = sa->path;
	datagram->len = marker + len;
	datagram->fragment_mtu = sa->fragmentation ? sa->fragment_mtu : 0;
	datagram->fragment_id = sa->fragmentation ? next_fragment_id(sa) : 0;
	datagram->fragment_exchange = sa->main.exchange;
	memset(datagram->data, 0, marker);
	memcpy(datagram->data + marker, out->buf, len);
	return datagram;
}
