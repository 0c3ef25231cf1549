/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_proposal.h"
#include "lib/base/rbuf.h"

enum {
	GENERIC_LEN = 4,
	PROPOSAL_HEADER_LEN = 8,
	TRANSFORM_HEADER_LEN = 8,
	COOKIES_LEN = 16,
	SPI_LEN = 4,
	SPI_MIN = 256, /* RFC 4303 2.1: below are reserved */
	CPI_LEN = 2,
	VALUE_WIDTH = 8,
};

/* Which field of a transform an attribute is, in each phase. */
struct attr_row {
	uint8_t phase;
	uint16_t type;
	size_t field; /* offset of a uint16_t in struct ike_transform */
};

// clang-format off
static const struct attr_row attr_rows[] = {
	{ IKE_PHASE_1, IKE_P1_ENCRYPTION,    offsetof(struct ike_transform, encryption) },
	{ IKE_PHASE_1, IKE_P1_HASH,	     offsetof(struct ike_transform, hash) },
	{ IKE_PHASE_1, IKE_P1_AUTH,	     offsetof(struct ike_transform, auth) },
	{ IKE_PHASE_1, IKE_P1_GROUP,	     offsetof(struct ike_transform, group) },
	{ IKE_PHASE_1, IKE_P1_KEY_BITS,	     offsetof(struct ike_transform, key_bits) },
	{ IKE_PHASE_2, IKE_P2_GROUP,	     offsetof(struct ike_transform, group) },
	{ IKE_PHASE_2, IKE_P2_ENCAPSULATION, offsetof(struct ike_transform, encapsulation) },
	{ IKE_PHASE_2, IKE_P2_AUTH,	     offsetof(struct ike_transform, hash) },
	{ IKE_PHASE_2, IKE_P2_KEY_BITS,	     offsetof(struct ike_transform, key_bits) },
	{ IKE_PHASE_2, IKE_P2_ESN,	     offsetof(struct ike_transform, esn) },
};

static const struct { uint16_t type, duration; } life_attrs[] = {
	[IKE_PHASE_1] = { IKE_P1_LIFE_TYPE, IKE_P1_LIFE_DURATION },
	[IKE_PHASE_2] = { IKE_P2_LIFE_TYPE, IKE_P2_LIFE_DURATION },
};
// clang-format on

struct transform_parse {
	enum ike_phase phase;
	struct ike_transform *t;
	struct ike_lifetimes life;
	unsigned seen; /* rows of attr_rows met */
};

/* The generic header of a proposal or transform and its body, with everything that both share. */
static int parse_generic(struct rbuf *b, uint8_t type, bool *last, struct rbuf *body)
{
	uint8_t next = rbuf_u8(b);
	uint8_t reserved = rbuf_u8(b);
	uint16_t len = rbuf_u16(b);

	if (b->bad || len < GENERIC_LEN)
		return IKE_COUNT_SA_MALFORMED;
	*body = rbuf_sub(b, len - GENERIC_LEN);
	if (b->bad || (next != type && next != IKE_PAYLOAD_NONE))
		return IKE_COUNT_SA_MALFORMED;
	*last = next == IKE_PAYLOAD_NONE;
	return reserved ? IKE_COUNT_RESERVED : IKE_PARSED;
}

static int set_field(struct transform_parse *tp, size_t i, struct ike_attr a)
{
	uint16_t *field = (uint16_t *)(void *)((uint8_t *)tp->t + attr_rows[i].field);
	bool fits = a.width <= VALUE_WIDTH && a.value > 0 && a.value <= UINT16_MAX;
	uint16_t value = fits ? (uint16_t)a.value : 0;

	if ((tp->seen & 1u << i) && *field != value)
		return IKE_COUNT_ATTR;
	tp->seen |= 1u << i;
	tp->t->foreign |= !fits;
	*field = value;
	return IKE_PARSED;
}

static int take_attr(struct transform_parse *tp, struct ike_attr a)
{
	if (a.type == life_attrs[tp->phase].type)
		return ike_attr_life_type(&tp->life, a);
	if (a.type == life_attrs[tp->phase].duration)
		return ike_attr_life_duration(&tp->life, a);
	if (a.width == 0)
		return IKE_COUNT_ATTR;
	for (size_t i = 0; i < array_len(attr_rows); i++)
		if (attr_rows[i].phase == tp->phase && attr_rows[i].type == a.type)
			return set_field(tp, i, a);
	tp->t->foreign = true;
	tp->t->custom_group |= tp->phase == IKE_PHASE_1 && a.type >= IKE_P1_GROUP_TYPE &&
			       a.type <= IKE_P1_GROUP_CURVE_B;
	return IKE_PARSED;
}

/* known: a protocol whose attributes we understand; of others only the form is checked. */
static int parse_attrs(struct ike_transform *t, struct rbuf b, enum ike_phase phase, bool known)
{
	struct transform_parse tp = {.phase = phase, .t = t};

	t->attrs = b.p;
	t->attrs_len = (uint16_t)b.left;
	while (b.left) {
		struct ike_attr a = ike_attr_read(&b);
		int counter;

		if (b.bad || t->n_attrs++ == IKE_ATTRS_MAX)
			return IKE_COUNT_ATTR;
		counter = known ? take_attr(&tp, a) : IKE_PARSED;
		if (counter != IKE_PARSED)
			return counter;
	}
	if (tp.life.open)
		return IKE_COUNT_LIFETIME;
	t->foreign |= tp.life.foreign;
	t->has_seconds = tp.life.has_seconds;
	t->has_kilobytes = tp.life.has_kilobytes;
	t->seconds = tp.life.seconds;
	t->kilobytes = tp.life.kilobytes;
	return IKE_PARSED;
}

static bool protocol_known(enum ike_phase phase, uint8_t protocol)
{
	if (phase == IKE_PHASE_1)
		return protocol == IKE_PROTOCOL_ISAKMP;
	return protocol >= IKE_PROTOCOL_AH && protocol <= IKE_PROTOCOL_IPCOMP;
}

static int parse_transform(struct rbuf *b, struct ike_sa_offer *offer)
{
	size_t index = offer->n_proposals - 1;
	struct ike_proposal *p = &offer->proposals[index];
	struct ike_transform *t = &offer->transforms[offer->n_transforms];
	struct rbuf body;
	bool last;
	uint16_t reserved;
	int counter;

	if (offer->n_transforms == IKE_TRANSFORMS_MAX)
		return IKE_COUNT_SA_MALFORMED;
	counter = parse_generic(b, IKE_PAYLOAD_TRANSFORM, &last, &body);
	if (counter != IKE_PARSED)
		return counter;
	*t = (struct ike_transform){.proposal = (uint8_t)index, .last = last};
	t->number = rbuf_u8(&body);
	t->id = rbuf_u8(&body);
	reserved = rbuf_u16(&body);
	if (body.bad || last != (b->left == 0))
		return IKE_COUNT_SA_MALFORMED;
	if (reserved)
		return IKE_COUNT_RESERVED;
	if (p->n_transforms > 0 && t->number <= t[-1].number)
		return IKE_COUNT_SA_MALFORMED;
	offer->n_transforms++;
	p->n_transforms++;
	return parse_attrs(t, body, offer->phase, protocol_known(offer->phase, p->protocol));
}

static int check_spi(enum ike_phase phase, struct ike_proposal *p, struct rbuf *body)
{
	struct rbuf spi = rbuf_sub(body, p->spi_len);
	bool own_spi = p->protocol == IKE_PROTOCOL_ESP || p->protocol == IKE_PROTOCOL_AH;

	if (body->bad)
		return IKE_COUNT_SA_MALFORMED;
	if (p->spi_len == SPI_LEN)
		p->spi = rbuf_u32(&spi);
	if (phase == IKE_PHASE_1)
		return p->spi_len > COOKIES_LEN ? IKE_COUNT_BAD_SPI : IKE_PARSED;
	if (own_spi && (p->spi_len != SPI_LEN || p->spi < SPI_MIN))
		return IKE_COUNT_BAD_SPI;
	if (p->protocol == IKE_PROTOCOL_IPCOMP && p->spi_len != SPI_LEN && p->spi_len != CPI_LEN)
		return IKE_COUNT_BAD_SPI;
	return IKE_PARSED;
}

static int parse_proposal(struct rbuf *b, struct ike_sa_offer *offer)
{
	struct ike_proposal *p = &offer->proposals[offer->n_proposals];
	struct rbuf body;
	uint8_t declared;
	bool last;
	int counter;

	if (offer->n_proposals == IKE_PROPOSALS_MAX)
		return IKE_COUNT_SA_MALFORMED;
	counter = parse_generic(b, IKE_PAYLOAD_PROPOSAL, &last, &body);
	if (counter != IKE_PARSED)
		return counter;
	*p = (struct ike_proposal){.first = (uint16_t)offer->n_transforms};
	p->number = rbuf_u8(&body);
	p->protocol = rbuf_u8(&body);
	p->spi_len = rbuf_u8(&body);
	declared = rbuf_u8(&body);
	if (body.bad || last != (b->left == 0))
		return IKE_COUNT_SA_MALFORMED;
	if (offer->n_proposals > 0 && p->number < p[-1].number)
		return IKE_COUNT_SA_MALFORMED;
	counter = check_spi(offer->phase, p, &body);
	offer->n_proposals++;
	while (counter == IKE_PARSED && body.left)
		counter = parse_transform(&body, offer);
	if (counter != IKE_PARSED)
		return counter;
	return p->n_transforms > 0 && p->n_transforms == declared ? IKE_PARSED
								  : IKE_COUNT_SA_MALFORMED;
}

int ike_proposal_parse(const struct ike_payload *sa, enum ike_phase phase, struct ike_sa_offer *out)
{
	struct rbuf b = rbuf_of(sa->body, sa->len);
	uint32_t doi = rbuf_u32(&b);
	uint32_t situation = rbuf_u32(&b);

	out->phase = phase;
	out->n_proposals = 0;
	out->n_transforms = 0;
	if (b.bad)
		return IKE_COUNT_SA_MALFORMED;
	if (doi != IKE_DOI_IPSEC || situation != IKE_SITUATION_IDENTITY)
		return IKE_COUNT_BAD_DOI;
	while (b.left) {
		int counter = parse_proposal(&b, out);

		if (counter != IKE_PARSED)
			return counter;
	}
	return out->n_proposals ? IKE_PARSED : IKE_COUNT_SA_MALFORMED;
}
