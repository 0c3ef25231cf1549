/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_attr.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_record.h"
#include "lib/base/compat.h"

enum {
	KEY_IKE = 1
}; /* the only transform of phase 1 */

static uint32_t clamp(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

struct ike_record_terms ike_record_terms_offered(const struct ike_sa_offer *offer, size_t i)
{
	const struct ike_transform *t = &offer->transforms[i];

	return (struct ike_record_terms){
		.protocol = offer->proposals[t->proposal].protocol,
		.transform_id = t->id,
		.encryption = t->encryption,
		.key_bits = t->key_bits,
		.hash = t->hash,
		.auth = t->auth,
		.group = t->group,
		.encapsulation = t->encapsulation,
		.esn = t->esn,
		.lifetime_s = clamp(t->seconds),
		.lifetime_kb = clamp(t->kilobytes),
	};
}

struct ike_record_terms ike_record_terms_of_policy(const struct ike_policy *policy)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(policy->cipher);

	return (struct ike_record_terms){
		.protocol = IKE_PROTOCOL_ISAKMP,
		.transform_id = KEY_IKE,
		.encryption = cipher->ike_id,
		.key_bits = cipher->wire_bits,
		.hash = alg_hash_row(policy->hash)->ike_id,
		.auth = policy->auth,
		.group = policy->group,
		.policy = policy->priority,
		.lifetime_s = policy->lifetime_s,
	};
}

struct ike_record_terms ike_record_terms_of_suite(const struct ike_child_config *config, size_t i,
						  bool udp)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(config->suites[i].cipher);

	return (struct ike_record_terms){
		.protocol = IKE_PROTOCOL_ESP,
		.transform_id = cipher->esp_id,
		.key_bits = cipher->wire_bits,
		.hash = alg_hash_row(config->suites[i].hash)->esp_id,
		.group = config->pfs_group,
		.encapsulation = ike_proposal_encapsulation(config->transport, udp, false),
		.esn = config->esn >> i & 1 ? IKE_ESN_64 : 0,
		.policy = (uint16_t)config->sequence,
		.lifetime_s = config->lifetime_s,
		.lifetime_kb = config->lifetime_kb,
	};
}

static uint16_t bit(bool set, enum ike_refusal attribute)
{
	return set ? (uint16_t)(1u << attribute) : 0;
}

/* The length of a key says something only of one and the same cipher. */
static uint16_t differ_p1(const struct ike_transform *t, const struct ike_record_terms *wanted)
{
	bool cipher = t->encryption != wanted->encryption;
	bool group = t->custom_group || t->group != wanted->group || !alg_group_row(wanted->group);

	return bit(t->id != wanted->transform_id, IKE_REFUSAL_PROTOCOL) |
	       bit(cipher, IKE_REFUSAL_ENCRYPTION) |
	       bit(!cipher && t->key_bits != wanted->key_bits, IKE_REFUSAL_KEY_BITS) |
	       bit(t->hash != wanted->hash, IKE_REFUSAL_HASH) | bit(group, IKE_REFUSAL_GROUP) |
	       bit(t->auth != wanted->auth, IKE_REFUSAL_AUTH);
}

/* An entry without PFS takes any group there is. */
static bool group_differs(uint16_t offered, uint16_t wanted)
{
	return wanted || !offered ? offered != wanted : !alg_group_row(offered);
}

/* The numbers of the drafts for UDP mean the same. */
static uint16_t plain_number(uint16_t encapsulation)
{
	switch (encapsulation) {
	case IKE_ENCAP_UDP_TUNNEL_DRAFT: return IKE_ENCAP_UDP_TUNNEL;
	case IKE_ENCAP_UDP_TRANSPORT_DRAFT: return IKE_ENCAP_UDP_TRANSPORT;
	default: return encapsulation;
	}
}

static uint16_t differ_p2(const struct ike_transform *t, const struct ike_record_terms *wanted)
{
	bool cipher = t->id != wanted->transform_id;

	return bit(cipher, IKE_REFUSAL_ENCRYPTION) |
	       bit(!cipher && t->key_bits != wanted->key_bits, IKE_REFUSAL_KEY_BITS) |
	       bit(t->hash != wanted->hash, IKE_REFUSAL_HASH) |
	       bit(t->esn != wanted->esn, IKE_REFUSAL_ESN) |
	       bit(group_differs(t->group, wanted->group), IKE_REFUSAL_GROUP) |
	       bit(plain_number(t->encapsulation) != wanted->encapsulation,
		   IKE_REFUSAL_ENCAPSULATION);
}

uint16_t ike_record_terms_differ(const struct ike_sa_offer *offer, size_t i,
				 const struct ike_record_terms *wanted)
{
	const struct ike_transform *t = &offer->transforms[i];
	bool protocol = offer->proposals[t->proposal].protocol != wanted->protocol ||
			(offer->phase == IKE_PHASE_2 && ike_proposal_is_anded(offer, t->proposal));
	uint16_t differs =
		bit(protocol, IKE_REFUSAL_PROTOCOL) | bit(t->foreign, IKE_REFUSAL_ATTRIBUTE);

	return differs |
	       (offer->phase == IKE_PHASE_1 ? differ_p1(t, wanted) : differ_p2(t, wanted));
}

void ike_record_terms_keep(struct ike_record *record, const struct ike_sa_offer *offer)
{
	record->n_offers = (uint16_t)offer->n_transforms;
	record->n_offers_kept = 0;
	for (size_t i = 0; i < offer->n_transforms && i < IKE_RECORD_OFFERS; i++)
		record->offers[record->n_offers_kept++] = ike_record_terms_offered(offer, i);
}

void ike_record_terms_nearest(struct ike_record *record, const struct ike_sa_offer *offer,
			      const struct ike_record_terms *wanted, size_t n_wanted)
{
	int least = IKE_REFUSAL_COUNT + 1;

	for (size_t k = 0; k < n_wanted; k++) {
		for (size_t i = 0; i < offer->n_transforms; i++) {
			uint16_t differs = ike_record_terms_differ(offer, i, &wanted[k]);
			int n = __builtin_popcount(differs);

			if (n >= least)
				continue;
			least = n;
			record->nearest = (struct ike_record_nearest){
				.any = true,
				.differs = differs,
				.offered = ike_record_terms_offered(offer, i),
				.wanted = wanted[k],
			};
		}
	}
}
