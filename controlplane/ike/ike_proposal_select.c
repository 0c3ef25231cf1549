/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_proposal.h"
#include "lib/base/rbuf.h"

enum {
	KEY_IKE = 1
}; /* the only transform of phase 1 */

// clang-format off
static const char *const refusal_texts[IKE_REFUSAL_COUNT] = {
	[IKE_REFUSAL_NONE] = "atts are acceptable.",
	[IKE_REFUSAL_PROTOCOL] = "Protocol offered does not match policy!",
	[IKE_REFUSAL_ENCRYPTION] = "Encryption algorithm offered does not match policy!",
	[IKE_REFUSAL_KEY_BITS] = "Proposed key length does not match policy",
	[IKE_REFUSAL_HASH] = "Hash algorithm offered does not match policy!",
	[IKE_REFUSAL_ESN] = "Size of sequence numbers offered does not match policy!",
	[IKE_REFUSAL_GROUP] = "Diffie-Hellman group offered does not match policy!",
	[IKE_REFUSAL_AUTH] = "Authentication method offered does not match policy!",
	[IKE_REFUSAL_ENCAPSULATION] = "Encapsulation mode offered does not match policy!",
	[IKE_REFUSAL_ATTRIBUTE] = "Attribute offered is not supported!",
};

/* One row a mode: the number when there is no NAT, and both that mean "in UDP". */
static const struct encapsulation_row {
	bool transport;
	uint16_t plain;
	uint16_t udp;
	uint16_t udp_draft;
} encapsulation_rows[] = {
	{ false, IKE_ENCAP_TUNNEL, IKE_ENCAP_UDP_TUNNEL, IKE_ENCAP_UDP_TUNNEL_DRAFT },
	{ true, IKE_ENCAP_TRANSPORT, IKE_ENCAP_UDP_TRANSPORT, IKE_ENCAP_UDP_TRANSPORT_DRAFT },
};
// clang-format on

/* What a comparison needs and where it reports. */
struct selection {
	const struct ike_sa_offer *offer;
	ike_proposal_check_fn check;
	void *ctx;
	struct ike_choice *choice;
};

const char *ike_proposal_refusal_text(enum ike_refusal refusal)
{
	return (unsigned)refusal < IKE_REFUSAL_COUNT ? refusal_texts[refusal] : "";
}

enum ike_encapsulation ike_proposal_encapsulation(bool transport, bool udp, bool draft)
{
	const struct encapsulation_row *row = &encapsulation_rows[transport];

	if (!udp)
		return row->plain;
	return draft ? row->udp_draft : row->udp;
}

bool ike_proposal_offers_udp(const struct ike_sa_offer *offer, bool transport)
{
	const struct encapsulation_row *row = &encapsulation_rows[transport];

	for (size_t i = 0; i < offer->n_transforms; i++)
		if (offer->transforms[i].encapsulation == row->udp ||
		    offer->transforms[i].encapsulation == row->udp_draft)
			return true;
	return false;
}

bool ike_proposal_offers(const struct ike_sa_offer *offer, enum ike_protocol protocol)
{
	for (size_t i = 0; i < offer->n_proposals; i++)
		if (offer->proposals[i].protocol == protocol)
			return true;
	return false;
}

static bool encapsulation_fits(uint16_t offered, bool transport, bool udp)
{
	const struct encapsulation_row *row = &encapsulation_rows[transport];

	if (!udp)
		return offered == row->plain;
	return offered == row->udp || offered == row->udp_draft;
}

/* The shorter lifetime, but not one that would have us rekey all the time (H105). 0: no limit. */
static uint32_t use_lifetime(bool has, uint64_t offered, uint32_t ours, uint32_t floor)
{
	uint64_t most = ours ? ours : UINT32_MAX;

	if (!has || offered == 0)
		return ours;
	if (offered < floor)
		offered = floor;
	return (uint32_t)(offered < most ? offered : most);
}

static void keep_attrs(struct ike_choice *choice, const struct ike_transform *t)
{
	struct rbuf b = rbuf_of(t->attrs, t->attrs_len);

	for (choice->n_attrs = 0; b.left && choice->n_attrs < IKE_ATTRS_MAX; choice->n_attrs++)
		choice->attrs[choice->n_attrs] = ike_attr_read(&b);
}

static void choose(struct ike_choice *choice, const struct ike_sa_offer *offer,
		   const struct ike_transform *t, uint32_t seconds, uint32_t kilobytes)
{
	const struct ike_proposal *p = &offer->proposals[t->proposal];

	choice->proposal = p->number;
	choice->transform = t->number;
	choice->transform_id = t->id;
	choice->spi = offer->phase == IKE_PHASE_2 ? p->spi : 0;
	choice->group = t->group;
	choice->encapsulation = t->encapsulation;
	choice->lifetime_s = seconds;
	choice->lifetime_kb = kilobytes;
	/* no seconds at all are forever; who says no kilobytes does not count them */
	choice->lifetime_changed =
		(seconds && (!t->has_seconds || !t->seconds || seconds < t->seconds)) ||
		(t->has_kilobytes && kilobytes && (!t->kilobytes || kilobytes < t->kilobytes));
	keep_attrs(choice, t);
}

static void report(const struct selection *s, const struct ike_transform *t,
		   const struct ike_policy *policy, enum ike_refusal refusal)
{
	struct ike_proposal_check check = {
		.proposal = &s->offer->proposals[t->proposal],
		.transform = t,
		.policy = policy,
		.refusal = refusal,
		.anded = t->proposal + 1u < s->offer->n_proposals &&
			 s->offer->proposals[t->proposal + 1].number ==
				 s->offer->proposals[t->proposal].number,
	};

	if (refusal > s->choice->refusal)
		s->choice->refusal = refusal;
	if (s->check)
		s->check(s->ctx, &check);
}

static enum ike_refusal compare_p1(const struct ike_sa_offer *offer, const struct ike_transform *t,
				   const struct ike_policy *policy)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(policy->cipher);

	if (offer->proposals[t->proposal].protocol != IKE_PROTOCOL_ISAKMP || t->id != KEY_IKE)
		return IKE_REFUSAL_PROTOCOL;
	if (t->encryption == 0 || t->encryption != cipher->ike_id)
		return IKE_REFUSAL_ENCRYPTION;
	if (t->key_bits != cipher->wire_bits)
		return IKE_REFUSAL_KEY_BITS;
	if (t->hash == 0 || t->hash != alg_hash_row(policy->hash)->ike_id)
		return IKE_REFUSAL_HASH;
	if (t->custom_group || t->group != policy->group || !alg_group_row(t->group))
		return IKE_REFUSAL_GROUP;
	if (t->auth == 0 || t->auth != policy->auth)
		return IKE_REFUSAL_AUTH;
	return t->foreign ? IKE_REFUSAL_ATTRIBUTE : IKE_REFUSAL_NONE;
}

static int refused(const struct ike_choice *choice)
{
	return choice->refusal == IKE_REFUSAL_GROUP ? IKE_COUNT_BAD_GROUP : IKE_COUNT_NO_PROPOSAL;
}

static void choose_p1(struct ike_choice *out, const struct ike_sa_offer *offer,
		      const struct ike_transform *t, const struct ike_policy *policies, size_t i)
{
	uint32_t seconds = use_lifetime(t->has_seconds, t->seconds, policies[i].lifetime_s,
					IKE_LIFETIME_MIN_S);

	out->refusal = IKE_REFUSAL_NONE;
	out->policy_index = i;
	out->policy = policies[i];
	out->policy.lifetime_s = seconds;
	choose(out, offer, t, seconds, 0);
}

int ike_proposal_select_p1(const struct ike_sa_offer *offer, const struct ike_policy *policies,
			   size_t n_policies, ike_proposal_check_fn check, void *ctx,
			   struct ike_choice *out)
{
	struct selection s = {.offer = offer, .check = check, .ctx = ctx, .choice = out};

	*out = (struct ike_choice){0};
	for (size_t i = 0; i < n_policies; i++) {
		for (size_t k = 0; k < offer->n_transforms; k++) {
			const struct ike_transform *t = &offer->transforms[k];
			enum ike_refusal refusal = compare_p1(offer, t, &policies[i]);

			report(&s, t, &policies[i], refusal);
			if (refusal != IKE_REFUSAL_NONE)
				continue;
			choose_p1(out, offer, t, policies, i);
			return IKE_PARSED;
		}
	}
	return refused(out);
}

static bool suite_exists(struct alg_suite s)
{
	return alg_suite_valid(s) || alg_suite_bare(s);
}

/*
 * Finds the suite a transform names among ours; the refusal is the best that any of ours got. A
 * cipher alone is one of ours only where the configuration has it.
 */
static enum ike_refusal find_suite(const struct ike_transform *t,
				   const struct ike_child_config *config, struct ike_choice *out)
{
	enum ike_refusal best = IKE_REFUSAL_ENCRYPTION;
	enum alg_hash hash = t->hash ? alg_hash_of_esp(t->hash) : ALG_HASH_NONE;

	for (size_t i = 0; i < config->n_suites; i++) {
		struct alg_suite suite = config->suites[i];
		const struct alg_cipher_row *cipher = alg_cipher_row(suite.cipher);
		enum ike_refusal refusal = IKE_REFUSAL_NONE;
		bool esn = config->esn >> i & 1;

		if (cipher->esp_id != t->id)
			refusal = IKE_REFUSAL_ENCRYPTION;
		else if (cipher->wire_bits != t->key_bits)
			refusal = IKE_REFUSAL_KEY_BITS;
		else if (suite.hash != hash || !suite_exists(suite))
			refusal = IKE_REFUSAL_HASH;
		else if (t->esn != (esn ? IKE_ESN_64 : 0))
			refusal = IKE_REFUSAL_ESN;
		if (refusal == IKE_REFUSAL_NONE) {
			out->suite = suite;
			out->esn = esn;
			return refusal;
		}
		if (refusal > best)
			best = refusal;
	}
	return best;
}

bool ike_proposal_is_anded(const struct ike_sa_offer *offer, size_t i)
{
	uint8_t number = offer->proposals[i].number;

	return (i > 0 && offer->proposals[i - 1].number == number) ||
	       (i + 1 < offer->n_proposals && offer->proposals[i + 1].number == number);
}

static bool group_fits(uint16_t offered, uint16_t ours)
{
	if (ours || offered == 0)
		return offered == ours;
	return alg_group_row(offered) != NULL;
}

static enum ike_refusal compare_p2(const struct ike_sa_offer *offer, const struct ike_transform *t,
				   const struct ike_child_config *config, bool udp,
				   struct ike_choice *out)
{
	enum ike_refusal refusal;

	if (offer->proposals[t->proposal].protocol != IKE_PROTOCOL_ESP ||
	    ike_proposal_is_anded(offer, t->proposal))
		return IKE_REFUSAL_PROTOCOL;
	refusal = find_suite(t, config, out);
	if (refusal != IKE_REFUSAL_NONE)
		return refusal;
	if (!group_fits(t->group, config->pfs_group))
		return IKE_REFUSAL_GROUP;
	if (!encapsulation_fits(t->encapsulation, config->transport, udp))
		return IKE_REFUSAL_ENCAPSULATION;
	return t->foreign ? IKE_REFUSAL_ATTRIBUTE : IKE_REFUSAL_NONE;
}

int ike_proposal_select_p2(const struct ike_sa_offer *offer, const struct ike_child_config *config,
			   bool udp, ike_proposal_check_fn check, void *ctx, struct ike_choice *out)
{
	struct selection s = {.offer = offer, .check = check, .ctx = ctx, .choice = out};

	*out = (struct ike_choice){0};
	for (size_t k = 0; k < offer->n_transforms; k++) {
		const struct ike_transform *t = &offer->transforms[k];
		enum ike_refusal refusal = compare_p2(offer, t, config, udp, out);

		report(&s, t, NULL, refusal);
		if (refusal != IKE_REFUSAL_NONE)
			continue;
		out->refusal = IKE_REFUSAL_NONE;
		choose(out, offer, t,
		       use_lifetime(t->has_seconds, t->seconds, config->lifetime_s,
				    IKE_LIFETIME_MIN_S),
		       use_lifetime(t->has_kilobytes, t->kilobytes, config->lifetime_kb,
				    IKE_LIFETIME_MIN_KB));
		return IKE_PARSED;
	}
	return refused(out);
}
