/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/net/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static unsigned width_bits(const struct addr *a)
{
	return (unsigned)addr_len_bytes(a) * 8;
}

/* True when the first n bits of both are equal. */
static bool bits_equal(const uint8_t *a, const uint8_t *b, unsigned n)
{
	unsigned whole = n / 8;
	uint8_t mask = (uint8_t)(0xff00 >> n % 8);

	if (memcmp(a, b, whole) != 0)
		return false;
	return n % 8 == 0 || ((a[whole] ^ b[whole]) & mask) == 0;
}

struct addr addr_v4(uint32_t host_order)
{
	uint32_t be = htonl(host_order);

	return addr_of_bytes(&be, sizeof(be));
}

uint32_t addr_to_v4(const struct addr *a)
{
	uint32_t be;

	if (a->family != ADDR_V4)
		return 0;
	memcpy(&be, a->b, sizeof(be));
	return ntohl(be);
}

struct addr addr_of_bytes(const void *data, size_t len)
{
	struct addr a = {0};

	if (len != 4 && len != 16)
		return a;
	a.family = len == 4 ? ADDR_V4 : ADDR_V6;
	memcpy(a.b, data, len);
	return a;
}

size_t addr_len_bytes(const struct addr *a)
{
	return a->family == ADDR_V4 ? 4 : a->family == ADDR_V6 ? 16 : 0;
}

bool addr_eq(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

bool addr_is_none(const struct addr *a)
{
	return a->family == ADDR_NONE;
}

int addr_parse(struct addr *a, const char *text)
{
	uint8_t bytes[16];

	if (inet_pton(AF_INET, text, bytes) == 1)
		*a = addr_of_bytes(bytes, 4);
	else if (inet_pton(AF_INET6, text, bytes) == 1)
		*a = addr_of_bytes(bytes, 16);
	else
		return -EINVAL;
	return 0;
}

char *addr_print(const struct addr *a, char *buf, size_t size)
{
	int family = a->family == ADDR_V4 ? AF_INET : AF_INET6;

	if (addr_is_none(a) || !inet_ntop(family, a->b, buf, (socklen_t)size))
		snprintf(buf, size, "none");
	return buf;
}

struct prefix prefix_make(const struct addr *a, uint8_t len)
{
	struct prefix p = {.addr = *a, .len = len};
	unsigned width = width_bits(a);

	if (p.len > width)
		p.len = (uint8_t)width;
	for (unsigned i = 0; i < sizeof(p.addr.b); i++) {
		unsigned kept = p.len > i * 8 ? p.len - i * 8 : 0;

		if (kept < 8)
			p.addr.b[i] &= (uint8_t)(0xff00 >> kept);
	}
	return p;
}

bool prefix_eq(const struct prefix *a, const struct prefix *b)
{
	return a->len == b->len && addr_eq(&a->addr, &b->addr);
}

bool prefix_is_host(const struct prefix *p, const struct addr *a)
{
	struct prefix host = prefix_make(a, UINT8_MAX);

	return prefix_eq(p, &host);
}

bool prefix_contains(const struct prefix *p, const struct addr *a)
{
	return p->addr.family == a->family && p->len <= width_bits(a) &&
	       bits_equal(p->addr.b, a->b, p->len);
}

bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return outer->len <= inner->len && prefix_contains(outer, &inner->addr);
}

char *prefix_print(const struct prefix *p, char *buf, size_t size)
{
	char text[ADDR_TEXT];

	if (p->len == 0)
		snprintf(buf, size, "any");
	else
		snprintf(buf, size, "%s/%u", addr_print(&p->addr, text, sizeof(text)), p->len);
	return buf;
}

struct addr prefix_mask(const struct prefix *p)
{
	struct addr ones = {.family = p->addr.family};

	memset(ones.b, 0xff, addr_len_bytes(&ones));
	return prefix_make(&ones, p->len).addr;
}

int prefix_len_of_mask(const struct addr *mask)
{
	struct prefix p = {.addr = *mask};
	unsigned width = width_bits(mask);
	struct addr expected;

	while (p.len < width && mask->b[p.len / 8] & 0x80 >> p.len % 8)
		p.len++;
	expected = prefix_mask(&p);
	if (width == 0 || !addr_eq(&expected, mask))
		return -EINVAL;
	return p.len;
}

int prefix_len_of_wildcard(const struct addr *wildcard)
{
	struct addr mask = *wildcard;

	for (size_t i = 0; i < addr_len_bytes(&mask); i++)
		mask.b[i] = (uint8_t)~mask.b[i];
	return prefix_len_of_mask(&mask);
}

bool selector_eq(const struct selector *a, const struct selector *b)
{
	return prefix_eq(&a->local, &b->local) && prefix_eq(&a->remote, &b->remote) &&
	       a->protocol == b->protocol && a->local_port == b->local_port &&
	       a->remote_port == b->remote_port;
}

bool selector_covers(const struct selector *outer, const struct selector *inner)
{
	return prefix_covers(&outer->local, &inner->local) &&
	       prefix_covers(&outer->remote, &inner->remote) &&
	       (outer->protocol == 0 || outer->protocol == inner->protocol) &&
	       (outer->local_port == 0 || outer->local_port == inner->local_port) &&
	       (outer->remote_port == 0 || outer->remote_port == inner->remote_port);
}

struct selector selector_mirror(const struct selector *s)
{
	struct selector m = *s;

	m.local = s->remote;
	m.remote = s->local;
	m.local_port = s->remote_port;
	m.remote_port = s->local_port;
	return m;
}

char *selector_print(const struct selector *s, char *buf, size_t size)
{
	char local[PREFIX_TEXT], remote[PREFIX_TEXT];

	snprintf(buf, size, "%s -> %s prot %u port %u/%u",
		 prefix_print(&s->local, local, sizeof(local)),
		 prefix_print(&s->remote, remote, sizeof(remote)), s->protocol, s->local_port,
		 s->remote_port);
	return buf;
}
