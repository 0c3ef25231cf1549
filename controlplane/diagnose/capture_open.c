/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture_open.h"

#include "controlplane/ike/ike_keys.h"

#include <string.h>

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* As many bytes as stand there. */
static size_t take_hex(const char **text, uint8_t *out, size_t size)
{
	size_t n = 0;

	while (n < size) {
		int high = digit((*text)[0]), low = high < 0 ? -1 : digit((*text)[1]);

		if (low < 0)
			break;
		out[n++] = (uint8_t)(high << 4 | low);
		*text += 2;
	}
	return n;
}

bool capture_open_add_key(struct capture_keys *keys, const char *line)
{
	struct capture_key *row = &keys->rows[keys->n];
	uint8_t key[SECRET_MAX];
	size_t len;

	if (keys->n == CAPTURE_KEYS ||
	    take_hex(&line, row->cookie_i, sizeof(row->cookie_i)) != sizeof(row->cookie_i) ||
	    *line++ != ',')
		return false;
	len = take_hex(&line, key, sizeof(key));
	secret_set(&row->enc, key, len);
	secret_wipe_bytes(key, sizeof(key));
	keys->n += len > 0;
	return len > 0;
}

void capture_open_wipe(struct capture_keys *keys)
{
	secret_wipe_bytes(keys, sizeof(*keys));
}

/* What is needed of the keys of an IKE SA; false = there is no key for it. */
static bool keys_of(const struct capture *c, const struct capture_talk *t, struct ike_keys *out)
{
	enum alg_cipher cipher =
		alg_cipher_of_ike(t->record.chosen.encryption, t->record.chosen.key_bits);
	enum alg_hash hash = alg_hash_of_ike(t->record.chosen.hash);

	if (!c->keys || cipher == ALG_CIPHER_COUNT || hash == ALG_HASH_COUNT)
		return false;
	for (size_t i = 0; i < c->keys->n; i++) {
		const struct capture_key *row = &c->keys->rows[i];

		if (memcmp(row->cookie_i, t->record.cookie_i, IKE_COOKIE_LEN) != 0 ||
		    row->enc.len != alg_cipher_row(cipher)->key_bytes)
			continue;
		*out = (struct ike_keys){
			.hash = (uint8_t)hash, .cipher = (uint8_t)cipher, .enc = row->enc};
		memcpy(out->iv, t->iv, sizeof(out->iv));
		return true;
	}
	return false;
}

/* iv: in front of the message; behind it, its last block. */
static bool decrypt(struct capture *c, const struct ike_keys *keys, uint8_t *iv,
		    const struct ike_header *h, const struct capture_packet *p, struct ike_msg *msg)
{
	size_t len = p->len - IKE_HEADER_LEN;

	if (len == 0 || len > sizeof(c->opened) || len % alg_cipher_row(keys->cipher)->iv_bytes)
		return false;
	memcpy(c->opened, p->data + IKE_HEADER_LEN, len);
	return !prim_cbc_decrypt(keys->cipher, keys->enc.b, iv, c->opened, len) &&
	       ike_msg_parse_chain(msg, h, c->opened, len) == IKE_PARSED;
}

/* RFC 2409 appendix B: hash(g^xi | g^xr). */
static bool first_iv(const struct capture_talk *t, const struct ike_keys *keys, uint8_t *iv)
{
	const struct capture_body *i = &t->ends[CAPTURE_BEGAN].public;
	const struct capture_body *r = &t->ends[CAPTURE_ANSWERS].public;
	const struct prim_chunk publics[] = {{i->b, i->len}, {r->b, r->len}};
	uint8_t digest[PRIM_DIGEST_MAX];

	if (!i->len || !r->len || prim_hash(keys->hash, publics, array_len(publics), digest))
		return false;
	memcpy(iv, digest, alg_cipher_row(keys->cipher)->iv_bytes);
	return true;
}

bool capture_open_phase1(struct capture *c, struct capture_talk *t, unsigned number,
			 const struct ike_header *h, const struct capture_packet *p,
			 struct ike_msg *msg)
{
	struct ike_keys keys;
	bool opened = false;

	if (!keys_of(c, t, &keys))
		return false;
	if (number == IKE_RECORD_MESSAGES || first_iv(t, &keys, t->iv))
		opened = decrypt(c, &keys, t->iv, h, p, msg);
	ike_keys_wipe(&keys);
	return opened;
}

bool capture_open_phase2(struct capture *c, const struct capture_talk *t,
			 const struct ike_header *h, const struct capture_packet *p,
			 struct ike_msg *msg)
{
	static const uint8_t no_iv[PRIM_IV_MAX];
	uint8_t iv[PRIM_IV_MAX];
	struct ike_keys keys;
	bool opened = false, known;

	if (!t || !keys_of(c, t, &keys))
		return false;
	/* aggressive mode whose message 3 is in clear, or absent, has encrypted nothing yet */
	known = memcmp(t->iv, no_iv, sizeof(no_iv)) || first_iv(t, &keys, keys.iv);
	if (known && ike_keys_iv(&keys, h->msgid, iv) == 0)
		opened = decrypt(c, &keys, iv, h, p, msg);
	ike_keys_wipe(&keys);
	return opened;
}
