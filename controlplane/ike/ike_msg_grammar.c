/* SPDX-License-Identifier: BSD-3-Clause */
/* Which payloads a message has, how many, and where: RFC 2409 5.4, 5.5, 5.7, RFC 3947, RFC 3706,
 * draft-ietf-ipsec-isakmp-mode-cfg-05 3. */
#include "controlplane/ike/ike_msg.h"

enum {
	ANYWHERE = -1,
	MANY = IKE_PAYLOADS_MAX
};

struct row {
	uint8_t payload; /* enum ike_payload_type */
	uint8_t min;
	uint8_t max;
	int8_t place; /* its index in the chain, when that is prescribed */
	bool pair;    /* none or two, never one */
};

// clang-format off
/* A peer that also has certificates may ask for ours before it knows that we use a key. */
static const struct row main_sa[] = {
	{ IKE_PAYLOAD_SA,	    1, 1, 0 },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row main_ke[] = {
	{ IKE_PAYLOAD_KE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NONCE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NATD,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_NATD_DRAFT,   0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

/* NOTIFY: INITIAL-CONTACT. */
static const struct row main_auth[] = {
	{ IKE_PAYLOAD_ID,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_HASH,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NOTIFY,	    0, 4, ANYWHERE },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

/* The same with signatures (RFC 2409 5.1). */
static const struct row main_auth_sig[] = {
	{ IKE_PAYLOAD_ID,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_CERT,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_SIGNATURE,    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NOTIFY,	    0, 4, ANYWHERE },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row aggressive_offer[] = {
	{ IKE_PAYLOAD_SA,	    1, 1, 0 },
	{ IKE_PAYLOAD_KE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NONCE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_ID,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row aggressive_choice[] = {
	{ IKE_PAYLOAD_SA,	    1, 1, 0 },
	{ IKE_PAYLOAD_KE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NONCE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_ID,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_HASH,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NATD,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_NATD_DRAFT,   0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

/* The same with signatures (RFC 2409 5.1). */
static const struct row aggressive_choice_sig[] = {
	{ IKE_PAYLOAD_SA,	    1, 1, 0 },
	{ IKE_PAYLOAD_KE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NONCE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_ID,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_CERT,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_SIGNATURE,    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NATD,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_NATD_DRAFT,   0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

/* NOTIFY: INITIAL-CONTACT. */
static const struct row aggressive_auth[] = {
	{ IKE_PAYLOAD_HASH,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NATD,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_NATD_DRAFT,   0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_NOTIFY,	    0, 4, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row aggressive_auth_sig[] = {
	{ IKE_PAYLOAD_CERT,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_SIGNATURE,    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_NATD,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_NATD_DRAFT,   0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_NOTIFY,	    0, 4, ANYWHERE },
	{ IKE_PAYLOAD_CERT_REQUEST, 0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row transaction[] = {
	{ IKE_PAYLOAD_HASH,	    1, 1, 0 },
	{ IKE_PAYLOAD_ATTRIBUTES,   1, 1, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

/* NOTIFY: RESPONDER-LIFETIME, INITIAL-CONTACT, REPLAY-STATUS. */
static const struct row quick_sa[] = {
	{ IKE_PAYLOAD_HASH,	    1, 1, 0 },
	{ IKE_PAYLOAD_SA,	    1, 1, 1 },
	{ IKE_PAYLOAD_NONCE,	    1, 1, ANYWHERE },
	{ IKE_PAYLOAD_KE,	    0, 1, ANYWHERE },
	{ IKE_PAYLOAD_ID,	    0, 2, ANYWHERE, .pair = true },
	{ IKE_PAYLOAD_NATOA,	    0, 2, ANYWHERE },
	{ IKE_PAYLOAD_NATOA_DRAFT,  0, 2, ANYWHERE },
	{ IKE_PAYLOAD_NOTIFY,	    0, 4, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row quick_done[] = {
	{ IKE_PAYLOAD_HASH,	    1, 1, 0 },
	{ IKE_PAYLOAD_NOTIFY,	    0, 4, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row info[] = {
	{ IKE_PAYLOAD_HASH,	    1, 1, 0 },
	{ IKE_PAYLOAD_NOTIFY,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_DELETE,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct row info_clear[] = {
	{ IKE_PAYLOAD_NOTIFY,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_DELETE,	    0, MANY, ANYWHERE },
	{ IKE_PAYLOAD_VENDOR,	    0, MANY, ANYWHERE },
};

static const struct grammar {
	const struct row *rows;
	size_t n;
} grammars[IKE_MESSAGE_COUNT] = {
	[IKE_MESSAGE_MM1] = { main_sa, array_len(main_sa) },
	[IKE_MESSAGE_MM2] = { main_sa, array_len(main_sa) },
	[IKE_MESSAGE_MM3] = { main_ke, array_len(main_ke) },
	[IKE_MESSAGE_MM4] = { main_ke, array_len(main_ke) },
	[IKE_MESSAGE_MM5] = { main_auth, array_len(main_auth) },
	[IKE_MESSAGE_MM6] = { main_auth, array_len(main_auth) },
	[IKE_MESSAGE_MM5_SIG] = { main_auth_sig, array_len(main_auth_sig) },
	[IKE_MESSAGE_MM6_SIG] = { main_auth_sig, array_len(main_auth_sig) },
	[IKE_MESSAGE_AM1] = { aggressive_offer, array_len(aggressive_offer) },
	[IKE_MESSAGE_AM2] = { aggressive_choice, array_len(aggressive_choice) },
	[IKE_MESSAGE_AM3] = { aggressive_auth, array_len(aggressive_auth) },
	[IKE_MESSAGE_AM2_SIG] = { aggressive_choice_sig, array_len(aggressive_choice_sig) },
	[IKE_MESSAGE_AM3_SIG] = { aggressive_auth_sig, array_len(aggressive_auth_sig) },
	[IKE_MESSAGE_TRANSACTION] = { transaction, array_len(transaction) },
	[IKE_MESSAGE_QM1] = { quick_sa, array_len(quick_sa) },
	[IKE_MESSAGE_QM2] = { quick_sa, array_len(quick_sa) },
	[IKE_MESSAGE_QM3] = { quick_done, array_len(quick_done) },
	[IKE_MESSAGE_INFO] = { info, array_len(info) },
	[IKE_MESSAGE_INFO_CLEAR] = { info_clear, array_len(info_clear) },
};
// clang-format on

static bool allowed(const struct grammar *g, uint8_t type)
{
	if (type >= IKE_PAYLOAD_PRIVATE)
		return true;
	for (size_t i = 0; i < g->n; i++)
		if (g->rows[i].payload == type)
			return true;
	return false;
}

static int check_row(const struct ike_msg *msg, const struct row *row)
{
	bool misplaced = false;
	size_t n = 0;

	for (size_t i = 0; i < msg->n; i++) {
		if (msg->payloads[i].type != row->payload)
			continue;
		n++;
		misplaced |= row->place != ANYWHERE && i != (size_t)row->place;
	}
	if (n < row->min || (row->pair && n == 1))
		return IKE_COUNT_MISSING_PAYLOAD;
	if (n > row->max || misplaced)
		return IKE_COUNT_DUP_PAYLOAD;
	return IKE_PARSED;
}

int ike_msg_check(const struct ike_msg *msg, enum ike_message message)
{
	const struct grammar *g = &grammars[message];

	for (size_t i = 0; i < msg->n; i++)
		if (!allowed(g, msg->payloads[i].type))
			return IKE_COUNT_UNKNOWN_PAYLOAD;
	for (size_t i = 0; i < g->n; i++) {
		int counter = check_row(msg, &g->rows[i]);

		if (counter != IKE_PARSED)
			return counter;
	}
	return IKE_PARSED;
}
