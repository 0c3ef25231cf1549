/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_attr.h"

#include "controlplane/ike/ike_msg.h"

enum {
	FORMAT_TV = 0x8000,
	TV_WIDTH = 2,
	VALUE_WIDTH = 8,
	OWN_TLV_WIDTH = 4
};

struct ike_attr ike_attr_read(struct rbuf *b)
{
	uint16_t head = rbuf_u16(b);
	uint16_t field = rbuf_u16(b);
	struct ike_attr a = {.type = head & ~FORMAT_TV};
	const uint8_t *value;

	if (head & FORMAT_TV) {
		a.width = TV_WIDTH;
		a.value = field;
		return a;
	}
	a.tlv = true;
	a.width = field;
	value = rbuf_take(b, field);
	for (uint16_t i = 0; value && field <= VALUE_WIDTH && i < field; i++)
		a.value = a.value << 8 | value[i];
	return a;
}

void ike_attr_write(struct wbuf *b, struct ike_attr a)
{
	if (!a.tlv) {
		wbuf_u16(b, a.type | FORMAT_TV);
		wbuf_u16(b, (uint16_t)a.value);
		return;
	}
	if (a.width > VALUE_WIDTH) {
		b->bad = true;
		return;
	}
	wbuf_u16(b, a.type);
	wbuf_u16(b, a.width);
	for (int i = a.width - 1; i >= 0; i--)
		wbuf_u8(b, (uint8_t)(a.value >> 8 * i));
}

struct ike_attr ike_attr_of(uint16_t type, uint32_t value)
{
	bool tlv = value > UINT16_MAX;

	return (struct ike_attr){
		.type = type,
		.tlv = tlv,
		.width = tlv ? OWN_TLV_WIDTH : TV_WIDTH,
		.value = value,
	};
}

int ike_attr_life_type(struct ike_lifetimes *l, struct ike_attr a)
{
	if (l->open || a.width == 0)
		return IKE_COUNT_LIFETIME;
	l->open = true;
	l->type = a.width <= VALUE_WIDTH ? a.value : 0;
	return IKE_PARSED;
}

static int set_once(bool *has, uint64_t *stored, uint64_t value)
{
	if (*has && *stored != value)
		return IKE_COUNT_ATTR;
	*has = true;
	*stored = value;
	return IKE_PARSED;
}

int ike_attr_life_duration(struct ike_lifetimes *l, struct ike_attr a)
{
	if (!l->open || a.width == 0 || a.width > VALUE_WIDTH)
		return IKE_COUNT_LIFETIME;
	l->open = false;
	if (l->type == IKE_LIFE_SECONDS)
		return set_once(&l->has_seconds, &l->seconds, a.value);
	if (l->type == IKE_LIFE_KILOBYTES)
		return set_once(&l->has_kilobytes, &l->kilobytes, a.value);
	l->foreign = true;
	return IKE_PARSED;
}
