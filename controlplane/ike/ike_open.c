/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_open.h"

#include "controlplane/ike/ike_cert.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/quick_mode.h"

#include <string.h>

/* The IV in front of this message: the exchange's, or the first one of a new exchange. */
static int current_iv(const struct ike_work *work, const struct ike_header *header, uint8_t *iv)
{
	if (!work->txn)
		return ike_keys_iv(&work->sa->keys, header->msgid, iv);
	memcpy(iv, work->txn->iv, PRIM_IV_MAX);
	return 0;
}

static int decrypt(struct ike_work *work, const struct ike_header *header)
{
	const struct ike_keys *keys = &work->sa->keys;
	size_t len = work->len - IKE_HEADER_LEN;

	if (len == 0 || len % alg_cipher_row(keys->cipher)->iv_bytes)
		return IKE_COUNT_HASH_FAIL;
	if (current_iv(work, header, work->iv) ||
	    prim_cbc_decrypt(keys->cipher, keys->enc.b, work->iv, work->raw + IKE_HEADER_LEN, len))
		return IKE_COUNT_INTERNAL;
	return IKE_PARSED;
}

static int expected_hash(const struct ike_work *work, const struct ike_payload *hash, uint8_t *out)
{
	const struct ike_keys *keys = &work->sa->keys;
	const struct ike_quick *quick = work->txn ? quick_mode_of(work->txn) : NULL;
	uint32_t msgid = work->msg.header.msgid;
	struct prim_chunk chunks[2];
	size_t n = 0;

	if (work->step->hash == IKE_STEP_HASH3)
		return ike_keys_hash3(keys, msgid, &quick->nonce_i, &quick->nonce_r, out);
	if (work->step->hash == IKE_STEP_HASH2)
		chunks[n++] = (struct prim_chunk){quick->nonce_i.b, quick->nonce_i.len};
	chunks[n++] = ike_msg_after(&work->msg, hash);
	return ike_keys_hash(keys, msgid, chunks, n, out);
}

static int check_hash(const struct ike_work *work)
{
	const struct ike_payload *hash = &work->msg.payloads[0];
	size_t len = alg_hash_row(work->sa->keys.hash)->digest_bytes;
	uint8_t want[PRIM_DIGEST_MAX];

	if (work->msg.n == 0 || hash->type != IKE_PAYLOAD_HASH || hash->len != len)
		return IKE_COUNT_HASH_FAIL;
	if (expected_hash(work, hash, want))
		return IKE_COUNT_INTERNAL;
	return secret_eq(hash->body, want, len) ? IKE_PARSED : IKE_COUNT_HASH_FAIL;
}

/* Who proves itself with a signature sends other payloads (RFC 2409 5.1). */
static enum ike_message message_of(const struct ike_work *work)
{
	static const struct {
		enum ike_message message;
		enum ike_message signed_one;
		bool initiator; /* sends it */
	} rows[] = {
		{IKE_MESSAGE_MM5, IKE_MESSAGE_MM5_SIG, true},
		{IKE_MESSAGE_MM6, IKE_MESSAGE_MM6_SIG, false},
		{IKE_MESSAGE_AM2, IKE_MESSAGE_AM2_SIG, false},
		{IKE_MESSAGE_AM3, IKE_MESSAGE_AM3_SIG, true},
	};
	enum ike_message message = (enum ike_message)work->step->message;

	for (size_t i = 0; i < array_len(rows); i++)
		if (rows[i].message == message && ike_cert_signs(work->sa, rows[i].initiator))
			return rows[i].signed_one;
	return message;
}

int ike_open(struct ike_work *work)
{
	enum ike_step_hash kind = work->step->hash;
	struct ike_header header;
	int verdict = ike_msg_parse_header(&header, work->raw, work->len);
	bool encrypted = verdict == IKE_PARSED && header.flags & IKE_FLAG_ENCRYPTED;

	if (encrypted)
		verdict = decrypt(work, &header);
	if (verdict != IKE_PARSED)
		return verdict;
	verdict = ike_msg_parse_chain(&work->msg, &header, work->raw + IKE_HEADER_LEN,
				      work->len - IKE_HEADER_LEN);
	/* Decrypted with the wrong key everything is malformed. */
	if (verdict != IKE_PARSED)
		return encrypted ? IKE_COUNT_HASH_FAIL : verdict;
	if (kind >= IKE_STEP_HASH1)
		verdict = check_hash(work);
	if (verdict != IKE_PARSED)
		return verdict;
	return ike_msg_check(&work->msg, message_of(work));
}
