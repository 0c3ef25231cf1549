/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_id.h"

#include "lib/base/log.h"
#include "lib/base/rbuf.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum {
	V4_LEN = 4,
	V6_LEN = 16,
	BITS = 8,
	ID_HEADER_LEN = 4,
	IKE_PORT = 500,
	NATT_PORT = 4500,
	ESCAPED_MAX = 4 * 64, /* of the bytes of an identity, printed */
	ESCAPE_BYTES = 60,
};

enum form {
	FORM_BYTES,
	FORM_ADDR,
	FORM_SUBNET,
	FORM_RANGE
};

struct type_row {
	uint8_t type; /* enum ike_id_type */
	uint8_t form;
	uint8_t addr_len;
	uint8_t len; /* exact, 0 = any but empty */
	bool proxy;  /* legal in phase 2 */
};

// clang-format off
static const struct type_row rows[] = {
	{ IKE_ID_IPV4,	      FORM_ADDR,   V4_LEN, V4_LEN,     true },
	{ IKE_ID_FQDN,	      FORM_BYTES,  0,	   0,	       false },
	{ IKE_ID_USER_FQDN,   FORM_BYTES,  0,	   0,	       false },
	{ IKE_ID_IPV4_SUBNET, FORM_SUBNET, V4_LEN, 2 * V4_LEN, true },
	{ IKE_ID_IPV6,	      FORM_ADDR,   V6_LEN, V6_LEN,     true },
	{ IKE_ID_IPV6_SUBNET, FORM_SUBNET, V6_LEN, 2 * V6_LEN, true },
	{ IKE_ID_IPV4_RANGE,  FORM_RANGE,  V4_LEN, 2 * V4_LEN, true },
	{ IKE_ID_DER_DN,      FORM_BYTES,  0,	   0,	       false },
	{ IKE_ID_KEY_ID,      FORM_BYTES,  0,	   0,	       false },
};

/* RFC 2407 4.6.2, and port 0 of RFC 3947 4 and 4500 of peers that write the port in use. */
static const struct { uint8_t protocol; uint16_t port; } phase1_ports[] = {
	{ 0, 0 }, { IPPROTO_UDP, 0 }, { IPPROTO_UDP, IKE_PORT }, { IPPROTO_UDP, NATT_PORT },
};
// clang-format on

static const struct type_row *find_row(uint8_t type)
{
	for (size_t i = 0; i < array_len(rows); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static bool phase1_port(const struct ike_id *id)
{
	for (size_t i = 0; i < array_len(phase1_ports); i++)
		if (phase1_ports[i].protocol == id->protocol && phase1_ports[i].port == id->port)
			return true;
	return false;
}

static int parse(const struct ike_payload *p, bool proxy, struct ike_id *out)
{
	struct rbuf b = rbuf_of(p->body, p->len);
	const struct type_row *row;
	struct ike_id id = {0};

	id.type = rbuf_u8(&b);
	id.protocol = rbuf_u8(&b);
	id.port = rbuf_u16(&b);
	if (b.bad || b.left == 0 || b.left > IKE_ID_MAX)
		return IKE_COUNT_ID_LEN;
	row = find_row(id.type);
	if (!row || (proxy && !row->proxy) || (!proxy && !phase1_port(&id)))
		return IKE_COUNT_ID_TYPE;
	if (row->len && b.left != row->len)
		return IKE_COUNT_ID_LEN;
	id.len = (uint16_t)b.left;
	memcpy(id.data, rbuf_take(&b, b.left), id.len);
	*out = id;
	return IKE_PARSED;
}

int ike_id_parse(const struct ike_payload *p, struct ike_id *out)
{
	return parse(p, false, out);
}

int ike_id_parse_proxy(const struct ike_payload *p, struct ike_id *out)
{
	return parse(p, true, out) == IKE_PARSED ? IKE_PARSED : IKE_COUNT_PROXY_ID;
}

/* The length of the prefix from first to last, or -1 when the two do not span one. */
static int prefix_of_range(uint32_t first, uint32_t last)
{
	uint64_t count = (uint64_t)last - first + 1;

	if (first > last || (count & (count - 1)) || first % count)
		return -1;
	return V4_LEN * BITS - __builtin_ctzll(count);
}

int ike_id_prefix(const struct ike_id *id, struct prefix *out)
{
	const struct type_row *row = find_row(id->type);
	struct addr first;
	struct addr second;
	int bits = -1;

	if (!row || row->form == FORM_BYTES || id->len != row->len)
		return IKE_COUNT_PROXY_ID;
	first = addr_of_bytes(id->data, row->addr_len);
	second = addr_of_bytes(id->data + id->len - row->addr_len, row->addr_len);
	if (row->form == FORM_ADDR)
		bits = row->addr_len * BITS;
	else if (row->form == FORM_SUBNET)
		bits = prefix_len_of_mask(&second);
	else
		bits = prefix_of_range(addr_to_v4(&first), addr_to_v4(&second));
	if (bits < 0)
		return IKE_COUNT_PROXY_ID;
	*out = prefix_make(&first, (uint8_t)bits);
	return IKE_PARSED;
}

void ike_id_of_prefix(struct ike_id *id, const struct prefix *prefix, uint8_t protocol,
		      uint16_t port)
{
	bool v6 = prefix->addr.family == ADDR_V6;
	size_t len = addr_len_bytes(&prefix->addr);
	bool host = prefix->len == len * BITS;
	struct addr mask = prefix_mask(prefix);

	*id = (struct ike_id){.protocol = protocol, .port = port};
	memcpy(id->data, prefix->addr.b, len);
	id->len = (uint16_t)len;
	id->type = v6 ? IKE_ID_IPV6 : IKE_ID_IPV4;
	if (host)
		return;
	memcpy(id->data + len, mask.b, len);
	id->len = (uint16_t)(2 * len);
	id->type = v6 ? IKE_ID_IPV6_SUBNET : IKE_ID_IPV4_SUBNET;
}

void ike_id_of_addr(struct ike_id *id, const struct addr *addr, uint16_t port)
{
	struct prefix host = prefix_make(addr, (uint8_t)(addr_len_bytes(addr) * BITS));

	ike_id_of_prefix(id, &host, IPPROTO_UDP, port);
}

void ike_id_of_text(struct ike_id *id, enum ike_id_type type, const char *text)
{
	size_t len = strnlen(text, IKE_ID_MAX);

	*id = (struct ike_id){.type = (uint8_t)type, .len = (uint16_t)len};
	memcpy(id->data, text, len);
}

int ike_id_selector(const struct ike_id *local, const struct ike_id *remote, struct selector *out)
{
	struct selector s = {.protocol = local->protocol};
	int counter = ike_id_prefix(local, &s.local);

	if (counter != IKE_PARSED)
		return counter;
	counter = ike_id_prefix(remote, &s.remote);
	if (counter != IKE_PARSED)
		return counter;
	if (local->protocol != remote->protocol || s.local.addr.family != s.remote.addr.family)
		return IKE_COUNT_PROXY_ID;
	/* A port says nothing without a protocol that has ports. */
	if (s.protocol == 0 && (local->port || remote->port))
		return IKE_COUNT_PROXY_ID;
	s.local_port = local->port;
	s.remote_port = remote->port;
	*out = s;
	return IKE_PARSED;
}

bool ike_id_eq(const struct ike_id *a, const struct ike_id *b)
{
	return a->type == b->type && a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

void ike_id_build(struct ike_build *b, const struct ike_id *id)
{
	uint8_t body[ID_HEADER_LEN + IKE_ID_MAX];

	ike_build_payload(b, IKE_PAYLOAD_ID, body, ike_id_body(id, body));
}

size_t ike_id_body(const struct ike_id *id, uint8_t *out)
{
	struct wbuf w = wbuf_of(out, ID_HEADER_LEN + IKE_ID_MAX);

	wbuf_u8(&w, id->type);
	wbuf_u8(&w, id->protocol);
	wbuf_u16(&w, id->port);
	wbuf_bytes(&w, id->data, id->len);
	return w.len;
}

static void print_range(const struct ike_id *id, char *buf, size_t size)
{
	struct addr first = addr_of_bytes(id->data, V4_LEN);
	struct addr last = addr_of_bytes(id->data + V4_LEN, V4_LEN);
	char from[ADDR_TEXT];
	char to[ADDR_TEXT];

	snprintf(buf, size, "%s-%s", addr_print(&first, from, sizeof(from)),
		 addr_print(&last, to, sizeof(to)));
}

static void print_data(const struct ike_id *id, char *buf, size_t size)
{
	struct prefix prefix;
	size_t shown = id->len < ESCAPE_BYTES ? id->len : ESCAPE_BYTES;

	if (id->type == IKE_ID_IPV4_RANGE && id->len == 2 * V4_LEN)
		print_range(id, buf, size);
	else if (ike_id_prefix(id, &prefix) != IKE_PARSED)
		log_escape(buf, size, id->data, shown);
	else if (find_row(id->type)->form == FORM_ADDR)
		addr_print(&prefix.addr, buf, size);
	else
		prefix_print(&prefix, buf, size);
}

char *ike_id_print(const struct ike_id *id, char *buf, size_t size)
{
	char data[ESCAPED_MAX];

	print_data(id, data, sizeof(data));
	if (id->protocol || id->port)
		snprintf(buf, size, "%s %u/%u", data, id->protocol, id->port);
	else
		snprintf(buf, size, "%s", data);
	return buf;
}
