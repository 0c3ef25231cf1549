/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_proposal.h"

enum {
	KEY_IKE = 1,
	SPI_LEN = 4
};

/* The attributes of one transform, in the order of the wire. */
struct attr_list {
	struct ike_attr attrs[IKE_ATTRS_MAX];
	size_t n;
};

static void add(struct attr_list *list, uint16_t type, uint32_t value)
{
	if (value && list->n < IKE_ATTRS_MAX)
		list->attrs[list->n++] = ike_attr_of(type, value);
}

static void add_life(struct attr_list *list, uint16_t type_attr, uint16_t duration_attr,
		     uint32_t type, uint32_t value)
{
	if (value == 0)
		return;
	add(list, type_attr, type);
	add(list, duration_attr, value);
}

static void attrs_p1(struct attr_list *list, const struct ike_policy *policy)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(policy->cipher);

	list->n = 0;
	add(list, IKE_P1_ENCRYPTION, cipher->ike_id);
	add(list, IKE_P1_KEY_BITS, cipher->wire_bits);
	add(list, IKE_P1_HASH, alg_hash_row(policy->hash)->ike_id);
	add(list, IKE_P1_GROUP, policy->group);
	add(list, IKE_P1_AUTH, policy->auth);
	add_life(list, IKE_P1_LIFE_TYPE, IKE_P1_LIFE_DURATION, IKE_LIFE_SECONDS,
		 policy->lifetime_s);
}

static void attrs_p2(struct attr_list *list, const struct ike_child_config *config, size_t i,
		     enum ike_encapsulation encapsulation)
{
	struct alg_suite suite = config->suites[i];

	list->n = 0;
	add(list, IKE_P2_ENCAPSULATION, encapsulation);
	add_life(list, IKE_P2_LIFE_TYPE, IKE_P2_LIFE_DURATION, IKE_LIFE_SECONDS,
		 config->lifetime_s);
	add_life(list, IKE_P2_LIFE_TYPE, IKE_P2_LIFE_DURATION, IKE_LIFE_KILOBYTES,
		 config->lifetime_kb);
	add(list, IKE_P2_AUTH, alg_hash_row(suite.hash)->esp_id);
	add(list, IKE_P2_KEY_BITS, alg_cipher_row(suite.cipher)->wire_bits);
	add(list, IKE_P2_GROUP, config->pfs_group);
	add(list, IKE_P2_ESN, config->esn >> i & 1 ? IKE_ESN_64 : 0);
}

static void open_sa(struct ike_build *b)
{
	ike_build_open(b, IKE_PAYLOAD_SA);
	wbuf_u32(&b->w, IKE_DOI_IPSEC);
	wbuf_u32(&b->w, IKE_SITUATION_IDENTITY);
}

/* spi 0: phase 1, which names none. Returns the offset of the proposal. */
static size_t open_proposal(struct ike_build *b, uint8_t number, bool last, uint32_t spi,
			    size_t n_transforms)
{
	size_t at = b->w.len;

	wbuf_u8(&b->w, last ? IKE_PAYLOAD_NONE : IKE_PAYLOAD_PROPOSAL);
	wbuf_u8(&b->w, 0);
	wbuf_u16(&b->w, 0);
	wbuf_u8(&b->w, number);
	wbuf_u8(&b->w, spi ? IKE_PROTOCOL_ESP : IKE_PROTOCOL_ISAKMP);
	wbuf_u8(&b->w, spi ? SPI_LEN : 0);
	wbuf_u8(&b->w, (uint8_t)n_transforms);
	if (spi)
		wbuf_u32(&b->w, spi);
	return at;
}

static void close_generic(struct ike_build *b, size_t at)
{
	wbuf_patch16(&b->w, at + 2, (uint16_t)(b->w.len - at));
}

static void write_transform(struct ike_build *b, uint8_t number, bool last, uint8_t id,
			    const struct ike_attr *attrs, size_t n)
{
	size_t at = b->w.len;

	wbuf_u8(&b->w, last ? IKE_PAYLOAD_NONE : IKE_PAYLOAD_TRANSFORM);
	wbuf_u8(&b->w, 0);
	wbuf_u16(&b->w, 0);
	wbuf_u8(&b->w, number);
	wbuf_u8(&b->w, id);
	wbuf_u16(&b->w, 0);
	for (size_t i = 0; i < n; i++)
		ike_attr_write(&b->w, attrs[i]);
	close_generic(b, at);
}

void ike_proposal_build_p1(struct ike_build *b, const struct ike_policy *policies,
			   size_t n_policies)
{
	struct attr_list list;
	size_t at;

	open_sa(b);
	at = open_proposal(b, 1, true, 0, n_policies);
	for (size_t i = 0; i < n_policies; i++) {
		attrs_p1(&list, &policies[i]);
		write_transform(b, (uint8_t)(i + 1), i + 1 == n_policies, KEY_IKE, list.attrs,
				list.n);
	}
	close_generic(b, at);
	ike_build_close(b);
}

void ike_proposal_build_p2(struct ike_build *b, const struct ike_child_config *config,
			   enum ike_encapsulation encapsulation, uint32_t spi)
{
	struct attr_list list;

	open_sa(b);
	for (size_t i = 0; i < config->n_suites; i++) {
		struct alg_suite suite = config->suites[i];
		size_t at = open_proposal(b, (uint8_t)(i + 1), i + 1 == config->n_suites, spi, 1);

		attrs_p2(&list, config, i, encapsulation);
		write_transform(b, 1, true, alg_cipher_row(suite.cipher)->esp_id, list.attrs,
				list.n);
		close_generic(b, at);
	}
	ike_build_close(b);
}

void ike_proposal_build_choice(struct ike_build *b, const struct ike_choice *choice, uint32_t spi)
{
	size_t at;

	open_sa(b);
	at = open_proposal(b, choice->proposal, true, spi, 1);
	write_transform(b, choice->transform, true, choice->transform_id, choice->attrs,
			choice->n_attrs);
	close_generic(b, at);
	ike_build_close(b);
}
