/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_payload.h"

#include "controlplane/ike/ike_attr.h"
#include "lib/base/rbuf.h"

#include <string.h>

enum {
	NONCE_MIN = 8,
	NONCE_MAX = 256,
	SPI_MAX = 16,
	DOI_ISAKMP = 0,
	DELETES_MAX = 256, /* H063 */
	IPCOMP_SPI_MIN = 2,
	ESP_SPI = 4,
	LIFETIMES_MAX = 64, /* room for both, built */
};

/* Notifications whose data has one legal length. */
struct notify_row {
	uint16_t type;
	uint8_t data_len;
};

static const struct notify_row notify_rows[] = {
	{IKE_NOTIFY_INITIAL_CONTACT, 0},
	{IKE_NOTIFY_R_U_THERE, 4},
	{IKE_NOTIFY_R_U_THERE_ACK, 4},
};

struct delete_row {
	uint8_t protocol;
	uint8_t spi_len;
};

static const struct delete_row delete_rows[] = {
	{IKE_PROTOCOL_ISAKMP, 2 * IKE_COOKIE_LEN},
	{IKE_PROTOCOL_AH, ESP_SPI},
	{IKE_PROTOCOL_ESP, ESP_SPI},
	{IKE_PROTOCOL_IPCOMP, ESP_SPI},
	{IKE_PROTOCOL_IPCOMP, IPCOMP_SPI_MIN},
};

static bool doi_known(uint32_t doi)
{
	return doi == DOI_ISAKMP || doi == IKE_DOI_IPSEC;
}

static bool data_len_legal(const struct ike_notify *n)
{
	for (size_t i = 0; i < array_len(notify_rows); i++)
		if (notify_rows[i].type == n->type)
			return notify_rows[i].data_len == n->data_len;
	return true;
}

int ike_payload_parse_notify(const struct ike_payload *p, struct ike_notify *out)
{
	struct rbuf b = rbuf_of(p->body, p->len);
	uint32_t doi = rbuf_u32(&b);

	out->protocol = rbuf_u8(&b);
	out->spi_len = rbuf_u8(&b);
	out->type = rbuf_u16(&b);
	out->spi = rbuf_take(&b, out->spi_len);
	out->data_len = b.left;
	out->data = rbuf_take(&b, b.left);
	if (b.bad || out->spi_len > SPI_MAX)
		return IKE_COUNT_NOTIFY;
	if (!doi_known(doi))
		return IKE_COUNT_BAD_DOI;
	return data_len_legal(out) ? IKE_PARSED : IKE_COUNT_NOTIFY;
}

void ike_payload_build_notify(struct ike_build *b, const struct ike_notify *n)
{
	ike_build_open(b, IKE_PAYLOAD_NOTIFY);
	wbuf_u32(&b->w, IKE_DOI_IPSEC);
	wbuf_u8(&b->w, n->protocol);
	wbuf_u8(&b->w, n->spi_len);
	wbuf_u16(&b->w, n->type);
	wbuf_bytes(&b->w, n->spi, n->spi_len);
	wbuf_bytes(&b->w, n->data, n->data_len);
	ike_build_close(b);
}

static bool delete_known(const struct ike_delete *d)
{
	for (size_t i = 0; i < array_len(delete_rows); i++)
		if (delete_rows[i].protocol == d->protocol && delete_rows[i].spi_len == d->spi_len)
			return true;
	return false;
}

int ike_payload_parse_delete(const struct ike_payload *p, struct ike_delete *out)
{
	struct rbuf b = rbuf_of(p->body, p->len);
	uint32_t doi = rbuf_u32(&b);

	out->protocol = rbuf_u8(&b);
	out->spi_len = rbuf_u8(&b);
	out->n = rbuf_u16(&b);
	out->spis = rbuf_take(&b, (size_t)out->n * out->spi_len);
	if (!rbuf_done(&b) || out->n == 0 || out->n > DELETES_MAX)
		return IKE_COUNT_DELETE;
	if (!doi_known(doi))
		return IKE_COUNT_BAD_DOI;
	return delete_known(out) ? IKE_PARSED : IKE_COUNT_DELETE;
}

void ike_payload_build_delete(struct ike_build *b, const struct ike_delete *d)
{
	ike_build_open(b, IKE_PAYLOAD_DELETE);
	wbuf_u32(&b->w, IKE_DOI_IPSEC);
	wbuf_u8(&b->w, d->protocol);
	wbuf_u8(&b->w, d->spi_len);
	wbuf_u16(&b->w, d->n);
	wbuf_bytes(&b->w, d->spis, (size_t)d->n * d->spi_len);
	ike_build_close(b);
}

int ike_payload_check_nonce(const struct ike_payload *p)
{
	return p->len >= NONCE_MIN && p->len <= NONCE_MAX ? IKE_PARSED : IKE_COUNT_NONCE_LEN;
}

int ike_payload_check_ke(const struct ike_payload *p, uint16_t group)
{
	const struct alg_group_row *row = alg_group_row(group);

	if (!row)
		return IKE_COUNT_BAD_GROUP;
	return p->len == row->public_bytes ? IKE_PARSED : IKE_COUNT_KE_LEN;
}

int ike_payload_check_natd(const struct ike_payload *p, enum alg_hash hash)
{
	return p->len == alg_hash_row(hash)->digest_bytes ? IKE_PARSED : IKE_COUNT_NATD;
}

enum {
	NATOA_FRONT = 4 /* type of the address, reserved */
};

int ike_payload_parse_natoa(const struct ike_payload *p, struct addr *out)
{
	struct rbuf b = rbuf_of(p->body, p->len);
	uint8_t type = rbuf_u8(&b);
	struct addr a = {.family = type == IKE_ID_IPV6 ? ADDR_V6 : ADDR_V4};

	rbuf_take(&b, NATOA_FRONT - 1);
	if (b.bad || (type != IKE_ID_IPV4 && type != IKE_ID_IPV6) || b.left != addr_len_bytes(&a))
		return IKE_COUNT_NATD;
	memcpy(a.b, rbuf_take(&b, addr_len_bytes(&a)), addr_len_bytes(&a));
	*out = a;
	return IKE_PARSED;
}

void ike_payload_build_natoa(struct ike_build *b, uint8_t type, const struct addr *addr)
{
	uint8_t body[NATOA_FRONT + sizeof(addr->b)] = {addr->family == ADDR_V6 ? IKE_ID_IPV6
									       : IKE_ID_IPV4};

	memcpy(body + NATOA_FRONT, addr->b, addr_len_bytes(addr));
	ike_build_payload(b, type, body, NATOA_FRONT + addr_len_bytes(addr));
}

/* The same attribute has another number in each phase. */
static int take_lifetime(struct ike_lifetimes *l, bool phase1, struct ike_attr a)
{
	if (a.type == (phase1 ? (int)IKE_P1_LIFE_TYPE : (int)IKE_P2_LIFE_TYPE))
		return ike_attr_life_type(l, a);
	if (a.type == (phase1 ? (int)IKE_P1_LIFE_DURATION : (int)IKE_P2_LIFE_DURATION))
		return ike_attr_life_duration(l, a);
	return IKE_PARSED;
}

int ike_payload_parse_lifetimes(const struct ike_notify *n, uint64_t *seconds, uint64_t *kilobytes)
{
	struct rbuf b = rbuf_of(n->data, n->data_len);
	struct ike_lifetimes l = {0};

	while (b.left) {
		struct ike_attr a = ike_attr_read(&b);
		int counter;

		if (b.bad)
			return IKE_COUNT_ATTR;
		counter = take_lifetime(&l, n->protocol == IKE_PROTOCOL_ISAKMP, a);
		if (counter != IKE_PARSED)
			return counter;
	}
	if (l.open)
		return IKE_COUNT_LIFETIME;
	*seconds = l.seconds;
	*kilobytes = l.kilobytes;
	return IKE_PARSED;
}

static void write_lifetime(struct wbuf *w, uint16_t type, uint32_t value)
{
	if (value == 0)
		return;
	ike_attr_write(w, ike_attr_of(IKE_P2_LIFE_TYPE, type));
	ike_attr_write(w, ike_attr_of(IKE_P2_LIFE_DURATION, value));
}

void ike_payload_build_isakmp_lifetime(struct ike_build *b,
				       const uint8_t cookies[2 * IKE_COOKIE_LEN], uint32_t seconds)
{
	uint8_t data[LIFETIMES_MAX];
	struct wbuf w = wbuf_of(data, sizeof(data));

	ike_attr_write(&w, ike_attr_of(IKE_P1_LIFE_TYPE, IKE_LIFE_SECONDS));
	ike_attr_write(&w, ike_attr_of(IKE_P1_LIFE_DURATION, seconds));
	ike_payload_build_notify(b, &(struct ike_notify){
					    .protocol = IKE_PROTOCOL_ISAKMP,
					    .spi_len = 2 * IKE_COOKIE_LEN,
					    .spi = cookies,
					    .type = IKE_NOTIFY_RESPONDER_LIFETIME,
					    .data = data,
					    .data_len = w.len,
				    });
}

void ike_payload_build_responder_lifetime(struct ike_build *b, uint32_t spi, uint32_t seconds,
					  uint32_t kilobytes)
{
	uint8_t spi_bytes[ESP_SPI];
	uint8_t data[LIFETIMES_MAX];
	struct wbuf spi_w = wbuf_of(spi_bytes, sizeof(spi_bytes));
	struct wbuf data_w = wbuf_of(data, sizeof(data));

	wbuf_u32(&spi_w, spi);
	write_lifetime(&data_w, IKE_LIFE_SECONDS, seconds);
	write_lifetime(&data_w, IKE_LIFE_KILOBYTES, kilobytes);
	ike_payload_build_notify(b, &(struct ike_notify){
					    .protocol = IKE_PROTOCOL_ESP,
					    .spi_len = ESP_SPI,
					    .spi = spi_bytes,
					    .type = IKE_NOTIFY_RESPONDER_LIFETIME,
					    .data = data,
					    .data_len = data_w.len,
				    });
}
