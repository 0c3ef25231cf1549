/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_msg.h"

#include "lib/base/rbuf.h"

#include <string.h>

enum {
	FLAGS_KNOWN = IKE_FLAG_ENCRYPTED | IKE_FLAG_COMMIT
};

static const uint8_t no_cookie[IKE_COOKIE_LEN];

/* What an exchange asks of the header. */
struct exchange_row {
	uint8_t exchange;
	bool msgid;	    /* has a message ID; else it must be 0 */
	bool responder;	    /* exists only once both cookies do */
	bool encrypted;	    /* never in clear */
	bool first_unknown; /* may begin without CKY-R, then in clear */
};

static const struct exchange_row exchange_rows[] = {
	{.exchange = IKE_EXCHANGE_MAIN, .first_unknown = true},
	{.exchange = IKE_EXCHANGE_AGGRESSIVE, .first_unknown = true},
	/* An error notify about message 1 may come before there is a CKY-R. */
	{.exchange = IKE_EXCHANGE_INFO, .msgid = true, .first_unknown = true},
	{.exchange = IKE_EXCHANGE_TRANSACTION, .msgid = true, .responder = true, .encrypted = true},
	{.exchange = IKE_EXCHANGE_QUICK, .msgid = true, .responder = true, .encrypted = true},
};

static const struct exchange_row *exchange_find(uint8_t exchange)
{
	for (size_t i = 0; i < array_len(exchange_rows); i++)
		if (exchange_rows[i].exchange == exchange)
			return &exchange_rows[i];
	return NULL;
}

static int check_exchange(const struct ike_header *h)
{
	const struct exchange_row *row = exchange_find(h->exchange);
	bool encrypted = h->flags & IKE_FLAG_ENCRYPTED;
	bool responder = memcmp(h->cookie_r, no_cookie, IKE_COOKIE_LEN) != 0;

	if (!row)
		return IKE_COUNT_BAD_EXCHANGE;
	if (h->flags & ~FLAGS_KNOWN)
		return IKE_COUNT_BAD_FLAGS;
	if (memcmp(h->cookie_i, no_cookie, IKE_COOKIE_LEN) == 0 ||
	    memcmp(h->cookie_i, h->cookie_r, IKE_COOKIE_LEN) == 0)
		return IKE_COUNT_BAD_COOKIE;
	if (row->responder && !responder)
		return IKE_COUNT_BAD_COOKIE;
	if ((h->msgid != 0) != row->msgid)
		return IKE_COUNT_BAD_MSGID;
	if (row->encrypted && !encrypted)
		return IKE_COUNT_ENC_EXPECTED;
	if (row->first_unknown && !responder && encrypted)
		return IKE_COUNT_ENC_UNEXPECTED;
	return IKE_PARSED;
}

int ike_msg_parse_header(struct ike_header *out, const void *data, size_t len)
{
	struct rbuf b = rbuf_of(data, len);
	struct ike_header h = {0};
	uint8_t version;

	if (len < IKE_HEADER_LEN)
		return IKE_COUNT_RUNT;
	if (len > IKE_DATAGRAM_MAX)
		return IKE_COUNT_TOO_BIG;
	memcpy(h.cookie_i, rbuf_take(&b, IKE_COOKIE_LEN), IKE_COOKIE_LEN);
	memcpy(h.cookie_r, rbuf_take(&b, IKE_COOKIE_LEN), IKE_COOKIE_LEN);
	h.next = rbuf_u8(&b);
	version = rbuf_u8(&b);
	h.exchange = rbuf_u8(&b);
	h.flags = rbuf_u8(&b);
	h.msgid = rbuf_u32(&b);
	h.len = rbuf_u32(&b);
	*out = h;
	if (h.len != len)
		return IKE_COUNT_LEN_MISMATCH;
	if (version != IKE_VERSION)
		return IKE_COUNT_BAD_VERSION;
	return check_exchange(&h);
}

/* One generic header and its body; the type of the next payload goes to *next. */
static int parse_payload(struct rbuf *b, struct ike_payload *out, uint8_t *next)
{
	uint8_t type = *next;
	uint8_t reserved;
	uint16_t len;

	if (b->left == 0)
		return IKE_COUNT_CHAIN;
	*next = rbuf_u8(b);
	reserved = rbuf_u8(b);
	len = rbuf_u16(b);
	if (b->bad || len < IKE_PAYLOAD_HEADER_LEN || len - IKE_PAYLOAD_HEADER_LEN > (int)b->left)
		return IKE_COUNT_PAYLOAD_LEN;
	if (reserved)
		return IKE_COUNT_RESERVED;
	out->type = type;
	out->len = len - IKE_PAYLOAD_HEADER_LEN;
	out->body = rbuf_take(b, out->len);
	return IKE_PARSED;
}

int ike_msg_parse_chain(struct ike_msg *out, const struct ike_header *header, const void *body,
			size_t len)
{
	struct rbuf b = rbuf_of(body, len);
	uint8_t next = header->next;
	size_t n_requests = 0;

	out->header = *header;
	out->n_skipped = 0;
	out->n = 0;
	out->bad = IKE_PAYLOAD_NONE;
	while (next != IKE_PAYLOAD_NONE) {
		struct ike_payload p;
		int counter;

		out->bad = next;
		counter = parse_payload(&b, &p, &next);
		if (counter != IKE_PARSED)
			return counter;
		if (p.type == IKE_PAYLOAD_CERT_REQUEST && ++n_requests > IKE_CERT_REQUESTS_MAX) {
			out->n_skipped++;
			continue;
		}
		if (out->n == IKE_PAYLOADS_MAX)
			return IKE_COUNT_TOO_MANY;
		out->payloads[out->n++] = p;
	}
	out->bad = IKE_PAYLOAD_NONE;
	out->end = b.p;
	if (b.left && !(header->flags & IKE_FLAG_ENCRYPTED))
		return IKE_COUNT_CHAIN;
	return IKE_PARSED;
}

const struct ike_payload *ike_msg_get(const struct ike_msg *msg, uint8_t type, size_t i)
{
	for (size_t k = 0; k < msg->n; k++)
		if (msg->payloads[k].type == type && i-- == 0)
			return &msg->payloads[k];
	return NULL;
}

struct prim_chunk ike_msg_after(const struct ike_msg *msg, const struct ike_payload *payload)
{
	const uint8_t *from = payload->body + payload->len;

	return (struct prim_chunk){from, (size_t)(msg->end - from)};
}
