/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/exchange/forge.h"

#include "controlplane/ike/quick_mode.h"

#include <stdlib.h>
#include <string.h>

struct ike_sa *forge_sa(const struct lab *lab, int end)
{
	return TAILQ_LAST(&lab->ends[end].engine->sas, ike_sa_list);
}

struct change {
	uint8_t type;
	size_t index;
	const void *body;
	size_t len;
	bool add;
	bool rehash;
};

/* The IV the receiver will use, and Ni_b when the message is quick mode's second. */
static void receiver_iv(struct ike_sa *sa, const struct ike_header *h, uint8_t *iv,
			const struct ike_nonce **ni, const struct ike_nonce **nr)
{
	struct ike_quick *quick = h->msgid ? quick_mode_find(sa, h->msgid) : NULL;

	*ni = NULL;
	*nr = NULL;
	if (h->msgid == 0) {
		memcpy(iv, sa->main.iv, PRIM_IV_MAX);
	} else if (quick) {
		memcpy(iv, quick->txn.iv, PRIM_IV_MAX);
		*ni = &quick->nonce_i;
		*nr = quick->txn.initiator ? NULL : &quick->nonce_r;
	} else if (ike_keys_iv(&sa->keys, h->msgid, iv)) {
		abort();
	}
}

static void rehash(const struct ike_sa *sa, const struct ike_header *h, struct ike_build *b,
		   uint8_t *buf, const struct ike_nonce *ni, const struct ike_nonce *nr)
{
	size_t at = IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	size_t len = alg_hash_row(sa->keys.hash)->digest_bytes;
	struct prim_chunk chunks[2];
	size_t n = 0;
	int rc;

	if (nr) {
		rc = ike_keys_hash3(&sa->keys, h->msgid, ni, nr, buf + at);
	} else {
		if (ni)
			chunks[n++] = (struct prim_chunk){ni->b, ni->len};
		chunks[n++] = ike_build_after(b, at, len);
		rc = ike_keys_hash(&sa->keys, h->msgid, chunks, n, buf + at);
	}
	if (rc)
		abort();
}

static bool change(const struct lab *lab, struct lab_packet *p, const struct change *c)
{
	size_t marker = p->path.local_port == 4500 ? 4 : 0;
	uint8_t *data = p->data + marker;
	size_t len = p->len - marker;
	struct ike_sa *sa = NULL;
	const struct ike_nonce *ni = NULL;
	const struct ike_nonce *nr = NULL;
	uint8_t iv[PRIM_IV_MAX];
	uint8_t iv_out[PRIM_IV_MAX];
	uint8_t buf[IKE_DATAGRAM_MAX];
	struct ike_header h;
	struct ike_build b;
	struct ike_msg msg;
	bool found = c->add;
	size_t seen = 0;
	size_t block = 0;

	if (ike_msg_parse_header(&h, data, len) != IKE_PARSED)
		return false;
	if (h.flags & IKE_FLAG_ENCRYPTED) {
		sa = ike_sa_find(lab->ends[p->to].engine, h.cookie_i, h.cookie_r);
		if (!sa)
			return false;
		receiver_iv(sa, &h, iv, &ni, &nr);
		memcpy(iv_out, iv, sizeof(iv));
		block = alg_cipher_row(sa->keys.cipher)->iv_bytes;
		if (prim_cbc_decrypt(sa->keys.cipher, sa->keys.enc.b, iv, data + IKE_HEADER_LEN,
				     len - IKE_HEADER_LEN))
			abort();
	}
	if (ike_msg_parse_chain(&msg, &h, data + IKE_HEADER_LEN, len - IKE_HEADER_LEN) !=
	    IKE_PARSED)
		return false;
	ike_build_begin(&b, buf, sizeof(buf), &h);
	for (size_t i = 0; i < msg.n; i++) {
		const struct ike_payload *q = &msg.payloads[i];

		if (!c->add && q->type == c->type && seen++ == c->index) {
			found = true;
			if (c->body)
				ike_build_payload(&b, q->type, c->body, c->len);
			continue;
		}
		ike_build_payload(&b, q->type, q->body, q->len);
	}
	if (c->add)
		ike_build_payload(&b, c->type, c->body, c->len);
	if (sa && c->rehash)
		rehash(sa, &h, &b, buf, ni, nr);
	len = ike_build_finish(&b, block);
	if (!len)
		abort();
	if (sa && prim_cbc_encrypt(sa->keys.cipher, sa->keys.enc.b, iv_out, buf + IKE_HEADER_LEN,
				   len - IKE_HEADER_LEN))
		abort();
	memcpy(data, buf, len);
	p->len = len + marker;
	return found;
}

bool forge_replace(const struct lab *lab, struct lab_packet *p, uint8_t type, size_t index,
		   const void *body, size_t len, bool rehash_it)
{
	const struct change c = {type, index, body, len, false, rehash_it};

	return change(lab, p, &c);
}

bool forge_add(const struct lab *lab, struct lab_packet *p, uint8_t type, const void *body,
	       size_t len, bool rehash_it)
{
	const struct change c = {type, 0, body, len, true, rehash_it};

	return change(lab, p, &c);
}

void forge_cookies(struct lab_packet *p, const struct ike_sa *sa)
{
	memcpy(p->data, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(p->data + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN);
}

void forge_info(struct lab *lab, int from, uint32_t msgid, bool good,
		void (*fill)(struct ike_build *b, const struct ike_sa *sa, void *ctx), void *ctx)
{
	struct ike_sa *sa = forge_sa(lab, from);
	struct ike_datagram *d;
	uint8_t iv[PRIM_IV_MAX];
	struct ike_path path;
	struct ike_out out;

	if (ike_keys_iv(&sa->keys, msgid, iv))
		abort();
	ike_out_begin_hashed(&out, sa, IKE_EXCHANGE_INFO, msgid, NULL);
	fill(&out.b, sa, ctx);
	/* The wrong hash: one computed for another message ID. */
	out.msgid = good ? msgid : msgid + 1;
	d = ike_out_seal(&out, sa, iv);
	if (!d)
		abort();
	path = (struct ike_path){
		.local = sa->path.remote,
		.remote = sa->path.local,
		.local_port = sa->path.remote_port,
		.remote_port = sa->path.local_port,
	};
	lab_inject_path(lab, !from, &path, d->data, d->len);
	free(d);
}

enum lab_fate forge_before(struct lab *lab, size_t n, struct lab_packet *p)
{
	struct forgery *f = lab->fate_ctx;
	struct lab_packet *copy;
	bool ok;

	if (n != f->n || f->done)
		return LAB_DELIVER;
	f->done = true;
	copy = malloc(sizeof(*copy));
	*copy = *p;
	ok = f->add ? forge_add(lab, copy, f->type, f->body, f->len, f->rehash)
		    : forge_replace(lab, copy, f->type, f->index, f->body, f->len, f->rehash);
	if (!ok)
		abort();
	if (lab->n_queue < LAB_QUEUE)
		lab->queue[lab->n_queue++] = copy;
	return LAB_DELIVER;
}

int forge_exchange(struct lab *lab, struct forgery *forgery)
{
	int rc;

	lab->fate = forge_before;
	lab->fate_ctx = forgery;
	rc = lab_initiate(lab, 0);
	lab_settle(lab);
	return rc;
}
