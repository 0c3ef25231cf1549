/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/config_payload.h"

enum {
	FORMAT_TV = 0x8000,
	TV_LEN = 2
};

static bool next(struct rbuf *b, struct config_payload_attr *out)
{
	uint16_t head = rbuf_u16(b);
	uint16_t field;

	if (head & FORMAT_TV)
		out->len = TV_LEN;
	else
		out->len = rbuf_u16(b);
	out->type = head & ~FORMAT_TV;
	out->value = rbuf_take(b, out->len);
	if (b->bad)
		return false;
	field = out->len == TV_LEN ? (uint16_t)(out->value[0] << 8 | out->value[1]) : 0;
	out->number = field;
	return true;
}

int config_payload_parse(const struct ike_payload *p, struct config_payload *out)
{
	struct rbuf b = rbuf_of(p->body, p->len);
	struct config_payload_attr attr;
	struct rbuf attrs;
	size_t n = 0;
	uint8_t reserved;

	out->kind = rbuf_u8(&b);
	reserved = rbuf_u8(&b);
	out->identifier = rbuf_u16(&b);
	out->attrs = b;
	if (b.bad || reserved || out->kind < CONFIG_PAYLOAD_REQUEST ||
	    out->kind > CONFIG_PAYLOAD_ACK)
		return IKE_COUNT_MODECFG;
	attrs = b;
	while (attrs.left)
		if (n++ == CONFIG_PAYLOAD_ATTRS_MAX || !next(&attrs, &attr))
			return IKE_COUNT_MODECFG;
	return IKE_PARSED;
}

bool config_payload_next(struct rbuf *attrs, struct config_payload_attr *out)
{
	return attrs->left && next(attrs, out);
}

void config_payload_open(struct ike_build *b, enum config_payload_kind kind, uint16_t identifier)
{
	ike_build_open(b, IKE_PAYLOAD_ATTRIBUTES);
	wbuf_u8(&b->w, (uint8_t)kind);
	wbuf_u8(&b->w, 0);
	wbuf_u16(&b->w, identifier);
}

void config_payload_number(struct ike_build *b, uint16_t type, uint16_t number)
{
	wbuf_u16(&b->w, type | FORMAT_TV);
	wbuf_u16(&b->w, number);
}

void config_payload_bytes(struct ike_build *b, uint16_t type, const void *value, size_t len)
{
	wbuf_u16(&b->w, type);
	wbuf_u16(&b->w, (uint16_t)len);
	wbuf_bytes(&b->w, value, len);
}
