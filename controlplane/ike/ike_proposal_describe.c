/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_proposal.h"
#include "lib/base/names.h"
#include "lib/base/rbuf.h"

#include <stdio.h>

enum {
	LINE_TEXT = 96,
	WIDTH_MAX = 8
};

enum kind {
	KIND_NAME,     /* text with the name of the value */
	KIND_NUMBER,   /* text with the number */
	KIND_NUMBERED, /* text with number and name */
	KIND_DURATION,
};

struct line_row {
	uint8_t phase;
	uint16_t type;
	enum kind kind;
	const char *text;
	const char *(*name)(uint64_t value);
};

static const struct name auth_names[] = {
	{ALG_AUTH_PSK, "pre-share"},
	{2, "DSS sig"},
	{ALG_AUTH_RSA_SIG, "RSA sig"},
	{4, "RSA encr"},
	{5, "RSA revised encr"},
	{ALG_AUTH_XAUTH_I_PSK, "XAUTHInitPreShared"},
	{ALG_AUTH_XAUTH_R_PSK, "XAUTHRespPreShared"},
};

/* In the words of PIX 6. */
static const struct name pix_auth_names[] = {
	{ALG_AUTH_XAUTH_I_PSK, "extended auth pre-share"},
	{ALG_AUTH_XAUTH_R_PSK, "extended auth pre-share"},
};

static const struct name life_names[] = {
	{IKE_LIFE_SECONDS, "seconds"},
	{IKE_LIFE_KILOBYTES, "kilobytes"},
};

static const struct name encapsulation_names[] = {
	{IKE_ENCAP_TUNNEL, "Tunnel"},
	{IKE_ENCAP_TRANSPORT, "Transport"},
	{IKE_ENCAP_UDP_TUNNEL, "Tunnel-UDP"},
	{IKE_ENCAP_UDP_TRANSPORT, "Transport-UDP"},
	{IKE_ENCAP_UDP_TUNNEL_DRAFT, "Tunnel-UDP"},
	{IKE_ENCAP_UDP_TRANSPORT_DRAFT, "Transport-UDP"},
};

static const char *find(const struct name *table, size_t n, uint64_t value)
{
	return value <= UINT32_MAX ? names_find(table, n, (uint32_t)value) : NULL;
}

static const char *encryption_name(uint64_t value)
{
	for (int i = ALG_CIPHER_NULL; i < ALG_CIPHER_COUNT; i++)
		if (alg_cipher_row(i)->ike_id == value && value)
			return alg_cipher_row(i)->ike_debug;
	return NULL;
}

static const char *hash_name(uint64_t value)
{
	for (int i = ALG_HASH_MD5; i < ALG_HASH_COUNT; i++)
		if (alg_hash_row(i)->ike_id == value)
			return alg_hash_row(i)->ike_debug;
	return NULL;
}

static const char *authenticator_name(uint64_t value)
{
	for (int i = ALG_HASH_MD5; i < ALG_HASH_COUNT; i++)
		if (alg_hash_row(i)->esp_id == value)
			return alg_hash_row(i)->esp_debug;
	return NULL;
}

static const char *auth_name(uint64_t value)
{
	return find(auth_names, array_len(auth_names), value);
}

static const char *life_name(uint64_t value)
{
	return find(life_names, array_len(life_names), value);
}

static const char *encapsulation_name(uint64_t value)
{
	return find(encapsulation_names, array_len(encapsulation_names), value);
}

// clang-format off
static const struct line_row rows[] = {
	{ IKE_PHASE_1, IKE_P1_ENCRYPTION, KIND_NAME, "encryption", encryption_name },
	{ IKE_PHASE_1, IKE_P1_HASH, KIND_NAME, "hash", hash_name },
	{ IKE_PHASE_1, IKE_P1_AUTH, KIND_NAME, "auth", auth_name },
	{ IKE_PHASE_1, IKE_P1_GROUP, KIND_NUMBER, "default group", NULL },
	{ IKE_PHASE_1, IKE_P1_LIFE_TYPE, KIND_NAME, "life type in", life_name },
	{ IKE_PHASE_1, IKE_P1_LIFE_DURATION, KIND_DURATION, "life duration", NULL },
	{ IKE_PHASE_1, IKE_P1_KEY_BITS, KIND_NUMBER, "keylength of", NULL },
	{ IKE_PHASE_2, IKE_P2_LIFE_TYPE, KIND_NAME, "SA life type in", life_name },
	{ IKE_PHASE_2, IKE_P2_LIFE_DURATION, KIND_DURATION, "SA life duration", NULL },
	{ IKE_PHASE_2, IKE_P2_GROUP, KIND_NUMBER, "group is", NULL },
	{ IKE_PHASE_2, IKE_P2_ENCAPSULATION, KIND_NUMBERED, "encaps is", encapsulation_name },
	{ IKE_PHASE_2, IKE_P2_AUTH, KIND_NAME, "authenticator is", authenticator_name },
	{ IKE_PHASE_2, IKE_P2_KEY_BITS, KIND_NUMBER, "key length is", NULL },
	{ IKE_PHASE_2, IKE_P2_ESN, KIND_NUMBER, "extended sequence numbers", NULL },
};
// clang-format on

/* "life duration (VPI) of 0x0 0x1 0x51 0x80": variable length, byte by byte. IOS has two blanks
 * behind "of" in phase 2. */
static void print_duration(char *buf, size_t size, const struct line_row *row, struct ike_attr a)
{
	const char *text = row->text;
	size_t len;

	if (!a.tlv || a.width > WIDTH_MAX) {
		snprintf(buf, size, "%s (basic) of %llu", text, (unsigned long long)a.value);
		return;
	}
	len = (size_t)snprintf(buf, size, "%s (VPI) of%s", text,
			       row->phase == IKE_PHASE_2 ? " " : "");
	for (int i = a.width - 1; i >= 0; i--)
		len += (size_t)snprintf(buf + len, size - len, " 0x%x",
					(unsigned)(a.value >> 8 * i & 0xff));
}

static void print_attr(char *buf, size_t size, const struct line_row *row, struct ike_attr a)
{
	const char *name = row->name ? row->name(a.value) : NULL;
	unsigned long long value = a.value;

	if (row->kind == KIND_DURATION)
		print_duration(buf, size, row, a);
	else if (row->kind == KIND_NUMBERED && name)
		snprintf(buf, size, "%s %llu (%s)", row->text, value, name);
	else if (row->kind == KIND_NAME && name)
		snprintf(buf, size, "%s %s", row->text, name);
	else if (row->kind == KIND_NAME)
		snprintf(buf, size, "%s unknown (%llu)", row->text, value);
	else
		snprintf(buf, size, "%s %llu", row->text, value);
}

static const struct line_row *find_row(enum ike_phase phase, uint16_t type)
{
	for (size_t i = 0; i < array_len(rows); i++)
		if (rows[i].phase == phase && rows[i].type == type)
			return &rows[i];
	return NULL;
}

const char *ike_proposal_value_name(enum ike_phase phase, uint16_t type, uint64_t value)
{
	const struct line_row *row = find_row(phase, type);

	return row && row->name ? row->name(value) : NULL;
}

static const char *pix_text(const struct line_row *row, struct ike_attr a, const char *text,
			    char pix[LINE_TEXT])
{
	const char *name = NULL;

	if (row && row->name == auth_name)
		name = find(pix_auth_names, array_len(pix_auth_names), a.value);
	if (name)
		return name;
	if (!row || row->kind != KIND_NUMBERED)
		return text;
	snprintf(pix, LINE_TEXT, "%s %llu", row->text, (unsigned long long)a.value);
	return pix;
}

void ike_proposal_describe(const struct ike_transform *t, enum ike_phase phase,
			   void (*line)(void *ctx, const char *text, const char *pix), void *ctx)
{
	struct rbuf b = rbuf_of(t->attrs, t->attrs_len);

	while (b.left) {
		struct ike_attr a = ike_attr_read(&b);
		const struct line_row *row = find_row(phase, a.type);
		char text[LINE_TEXT];
		char pix[LINE_TEXT];

		if (b.bad)
			return;
		if (row)
			print_attr(text, sizeof(text), row, a);
		else
			snprintf(text, sizeof(text), "unknown attribute %u", a.type);
		line(ctx, text, pix_text(row, a, text, pix));
	}
}
