/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_build.h"

enum {
	NEXT_AT = 16,
	LENGTH_AT = 24
};

void ike_build_begin(struct ike_build *b, void *buf, size_t size, const struct ike_header *header)
{
	*b = (struct ike_build){.w = wbuf_of(buf, size), .next_at = NEXT_AT};
	wbuf_bytes(&b->w, header->cookie_i, IKE_COOKIE_LEN);
	wbuf_bytes(&b->w, header->cookie_r, IKE_COOKIE_LEN);
	wbuf_u8(&b->w, IKE_PAYLOAD_NONE);
	wbuf_u8(&b->w, IKE_VERSION);
	wbuf_u8(&b->w, header->exchange);
	wbuf_u8(&b->w, header->flags);
	wbuf_u32(&b->w, header->msgid);
	wbuf_u32(&b->w, 0);
}

void ike_build_open(struct ike_build *b, uint8_t type)
{
	size_t at = b->w.len;

	wbuf_u8(&b->w, IKE_PAYLOAD_NONE);
	wbuf_u8(&b->w, 0);
	b->payload_at = wbuf_mark16(&b->w);
	if (b->w.bad)
		return;
	b->w.start[b->next_at] = type;
	b->next_at = at;
}

void ike_build_close(struct ike_build *b)
{
	size_t len = b->w.len - b->next_at;

	if (len > UINT16_MAX)
		b->w.bad = true;
	wbuf_patch16(&b->w, b->payload_at, (uint16_t)len);
	b->payload_at = 0;
}

void ike_build_payload(struct ike_build *b, uint8_t type, const void *body, size_t len)
{
	ike_build_open(b, type);
	wbuf_bytes(&b->w, body, len);
	ike_build_close(b);
}

size_t ike_build_blank(struct ike_build *b, uint8_t type, size_t len)
{
	uint8_t *body;
	size_t at;

	ike_build_open(b, type);
	at = b->w.len;
	body = wbuf_room(&b->w, len);
	if (body)
		memset(body, 0, len);
	ike_build_close(b);
	return at;
}

struct prim_chunk ike_build_after(const struct ike_build *b, size_t at, size_t len)
{
	if (b->w.bad || at + len > b->w.len)
		return (struct prim_chunk){b->w.start, 0};
	return (struct prim_chunk){b->w.start + at + len, b->w.len - at - len};
}

size_t ike_build_finish(struct ike_build *b, size_t block)
{
	while (block > 1 && !b->w.bad && (b->w.len - IKE_HEADER_LEN) % block)
		wbuf_u8(&b->w, 0);
	if (b->w.bad)
		return 0;
	wbuf_patch16(&b->w, LENGTH_AT, (uint16_t)(b->w.len >> 16));
	wbuf_patch16(&b->w, LENGTH_AT + 2, (uint16_t)b->w.len);
	return b->w.len;
}
