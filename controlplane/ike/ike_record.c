/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_record.h"

#include "controlplane/ike/ike_names.h"
#include "lib/base/compat.h"
#include "lib/crypto/alg.h"

#include <stdio.h>

_Static_assert(sizeof(struct ike_record) < 1536, "kept by the hundred");
_Static_assert(IKE_REFUSAL_COUNT <= 16, "ike_record_nearest.differs has a bit for each");

enum {
	VALUE_TEXT = 48
};

const char *ike_record_attribute(enum ike_refusal attribute)
{
	static const char *const names[IKE_REFUSAL_COUNT] = {
		[IKE_REFUSAL_NONE] = "nothing",
		[IKE_REFUSAL_PROTOCOL] = "protocol",
		[IKE_REFUSAL_ENCRYPTION] = "encryption",
		[IKE_REFUSAL_KEY_BITS] = "key length",
		[IKE_REFUSAL_HASH] = "hash",
		[IKE_REFUSAL_ESN] = "sequence numbers",
		[IKE_REFUSAL_GROUP] = "group",
		[IKE_REFUSAL_AUTH] = "authentication",
		[IKE_REFUSAL_ENCAPSULATION] = "encapsulation",
		[IKE_REFUSAL_ATTRIBUTE] = "unknown attribute",
	};

	return (unsigned)attribute < IKE_REFUSAL_COUNT ? names[attribute] : "";
}

static char *put(char *buf, size_t size, const char *name, unsigned value)
{
	if (name)
		snprintf(buf, size, "%s", name);
	else if (value)
		snprintf(buf, size, "number %u", value);
	else
		snprintf(buf, size, "none");
	return buf;
}

static const char *esp_name(const struct ike_record_terms *t)
{
	for (int i = ALG_CIPHER_NULL; i < ALG_CIPHER_COUNT; i++)
		if (alg_cipher_row(i)->esp_id == t->transform_id)
			return alg_cipher_row(i)->esp_debug;
	return NULL;
}

/* "AES-CBC-256", "ESP_3DES" */
static char *put_cipher(const struct ike_record_terms *t, enum ike_phase phase, char *buf,
			size_t size)
{
	char name[VALUE_TEXT], number[IKE_NAME_TEXT];

	if (phase == IKE_PHASE_2 && t->protocol && t->protocol != IKE_PROTOCOL_ESP)
		put(name, sizeof(name), ike_names_protocol(t->protocol, number, sizeof(number)), 0);
	else if (phase == IKE_PHASE_1)
		put(name, sizeof(name),
		    ike_proposal_value_name(phase, IKE_P1_ENCRYPTION, t->encryption),
		    t->encryption);
	else
		put(name, sizeof(name), t->transform_id ? esp_name(t) : NULL, t->transform_id);
	if (t->key_bits)
		snprintf(buf, size, "%s-%u", name, t->key_bits);
	else
		snprintf(buf, size, "%s", name);
	return buf;
}

static char *put_hash(const struct ike_record_terms *t, enum ike_phase phase, char *buf,
		      size_t size)
{
	uint16_t type = phase == IKE_PHASE_1 ? IKE_P1_HASH : IKE_P2_AUTH;
	const char *name = t->hash ? ike_proposal_value_name(phase, type, t->hash) : NULL;

	return put(buf, size, name, t->hash);
}

static char *put_auth(const struct ike_record_terms *t, char *buf, size_t size)
{
	const struct alg_auth_row *row = alg_auth_row(t->auth);

	return put(buf, size, row ? row->name : NULL, t->auth);
}

static char *put_number(char *buf, size_t size, unsigned value)
{
	if (!value)
		return put(buf, size, NULL, 0);
	snprintf(buf, size, "%u", value);
	return buf;
}

char *ike_record_value_print(const struct ike_record_terms *t, enum ike_refusal attribute,
			     enum ike_phase phase, char *buf, size_t size)
{
	char name[IKE_NAME_TEXT];

	switch (attribute) {
	case IKE_REFUSAL_PROTOCOL:
		return put(buf, size, ike_names_protocol(t->protocol, name, sizeof(name)), 0);
	case IKE_REFUSAL_ENCRYPTION: return put_cipher(t, phase, buf, size);
	case IKE_REFUSAL_KEY_BITS: return put_number(buf, size, t->key_bits);
	case IKE_REFUSAL_HASH: return put_hash(t, phase, buf, size);
	case IKE_REFUSAL_ESN: return put_number(buf, size, t->esn ? 64 : 32);
	case IKE_REFUSAL_GROUP: return put_number(buf, size, t->group);
	case IKE_REFUSAL_AUTH: return put_auth(t, buf, size);
	case IKE_REFUSAL_ENCAPSULATION:
		return put(buf, size,
			   ike_proposal_value_name(phase, IKE_P2_ENCAPSULATION, t->encapsulation),
			   t->encapsulation);
	default: return put(buf, size, "", 0);
	}
}

static bool is_transport(uint16_t encapsulation)
{
	return encapsulation == IKE_ENCAP_TRANSPORT || encapsulation == IKE_ENCAP_UDP_TRANSPORT ||
	       encapsulation == IKE_ENCAP_UDP_TRANSPORT_DRAFT;
}

char *ike_record_terms_print(const struct ike_record_terms *t, enum ike_phase phase, char *buf,
			     size_t size)
{
	char cipher[VALUE_TEXT + 8];
	char hash[VALUE_TEXT];
	char auth[VALUE_TEXT];
	char group[VALUE_TEXT];
	const char *mode = is_transport(t->encapsulation) ? " transport" : "";

	put_cipher(t, phase, cipher, sizeof(cipher));
	put_hash(t, phase, hash, sizeof(hash));
	put_auth(t, auth, sizeof(auth));
	put_number(group, sizeof(group), t->group);
	if (phase == IKE_PHASE_1)
		snprintf(buf, size, "%s %s %s group %s", cipher, hash, auth, group);
	else if (t->hash)
		snprintf(buf, size, "%s %s%s", cipher, hash, mode);
	else
		snprintf(buf, size, "%s%s", cipher, mode);
	return buf;
}
