/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture_file.h"

#include <errno.h>

enum {
	US_PER_S = 1000000,
	NS_PER_S = 1000000000,
	PCAP_REST = 16,	    /* of the header, between version and link type */
	LINK_MASK = 0xffff, /* above it: length of a checksum */
	FRAME_MAX = 1 << 18,
	BLOCK_MIN = 12,
	BLOCK_MAX = 1 << 24,
	OPTION_TSRESOL = 9,
	TSRESOL_BINARY = 0x80,
	TSRESOL_MAX = 18, /* 10^18 and 2^60 a second fit */
	TSRESOL_MAX_BINARY = 60,
};

#define MAGIC_US      0xa1b2c3d4u
#define MAGIC_NS      0xa1b23c4du
#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_ORDER   0x1a2b3c4du

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_SIMPLE = 3,
	BLOCK_ENHANCED = 6,
};

static uint32_t swap32(uint32_t v)
{
	return v << 24 | (v & 0xff00) << 8 | (v >> 8 & 0xff00) | v >> 24;
}

static uint32_t take_u32(const struct capture_file *f, struct rbuf *b)
{
	uint32_t v = rbuf_u32(b);

	return f->little ? swap32(v) : v;
}

static uint16_t take_u16(const struct capture_file *f, struct rbuf *b)
{
	uint16_t v = rbuf_u16(b);

	return f->little ? (uint16_t)(v << 8 | v >> 8) : v;
}

static bool open_pcap(struct capture_file *f, uint32_t magic)
{
	uint32_t swapped = swap32(magic);

	f->little = swapped == MAGIC_US || swapped == MAGIC_NS;
	if (f->little)
		magic = swapped;
	if (magic != MAGIC_US && magic != MAGIC_NS)
		return false;
	rbuf_take(&f->b, PCAP_REST);
	f->interfaces[0] = (struct capture_interface){
		.link = take_u32(f, &f->b) & LINK_MASK,
		.ticks = magic == MAGIC_NS ? NS_PER_S : US_PER_S,
	};
	f->n_interfaces = 1;
	return !f->b.bad;
}

int capture_file_open(struct capture_file *f, const void *data, size_t len)
{
	struct rbuf peek = rbuf_of(data, len);
	uint32_t magic = rbuf_u32(&peek);

	*f = (struct capture_file){.b = rbuf_of(data, len)};
	if (magic == BLOCK_SECTION) {
		f->ng = true;
		return 0;
	}
	rbuf_take(&f->b, sizeof(magic));
	return open_pcap(f, magic) ? 0 : -EINVAL;
}

/* Without an overflow: ticks may be anything up to 2^60 a second. */
static uint64_t us_of(uint64_t stamp, uint64_t ticks)
{
	uint64_t rest = stamp % ticks;

	if (ticks > US_PER_S)
		return stamp / ticks * US_PER_S + rest / (ticks / US_PER_S);
	return stamp / ticks * US_PER_S + rest * US_PER_S / ticks;
}

static bool next_record(struct capture_file *f, struct capture_frame *out)
{
	uint32_t s = take_u32(f, &f->b), part = take_u32(f, &f->b), len = take_u32(f, &f->b);

	take_u32(f, &f->b); /* the length it had */
	if (len > FRAME_MAX)
		return false;
	*out = (struct capture_frame){
		.time_us = (uint64_t)s * US_PER_S + us_of(part, f->interfaces[0].ticks),
		.link = f->interfaces[0].link,
		.data = rbuf_take(&f->b, len),
		.len = len,
	};
	return !f->b.bad;
}

static uint64_t ticks_of(uint8_t resolution)
{
	uint8_t n = resolution & (TSRESOL_BINARY - 1);
	uint64_t ticks = 1;

	if (resolution & TSRESOL_BINARY)
		return 1ull << (n < TSRESOL_MAX_BINARY ? n : TSRESOL_MAX_BINARY);
	for (uint8_t i = 0; i < n && i < TSRESOL_MAX; i++)
		ticks *= 10;
	return ticks;
}

static uint64_t ticks_of_options(const struct capture_file *f, struct rbuf *b)
{
	while (!b->bad && b->left) {
		uint16_t code = take_u16(f, b), len = take_u16(f, b);
		const uint8_t *value = rbuf_take(b, (len + 3u) & ~3u);

		if (code == OPTION_TSRESOL && len == 1 && value)
			return ticks_of(value[0]);
	}
	return US_PER_S;
}

static void add_interface(struct capture_file *f, struct rbuf *body)
{
	struct capture_interface i = {.link = take_u16(f, body)};

	take_u16(f, body);
	take_u32(f, body); /* snap length */
	i.ticks = ticks_of_options(f, body);
	if (f->n_interfaces < CAPTURE_FILE_INTERFACES)
		f->interfaces[f->n_interfaces++] = i;
}

static bool take_enhanced(const struct capture_file *f, struct rbuf *body,
			  struct capture_frame *out)
{
	uint32_t interface = take_u32(f, body);
	uint64_t high = take_u32(f, body), low = take_u32(f, body);
	uint32_t len = take_u32(f, body);

	take_u32(f, body);
	if (interface >= f->n_interfaces)
		return false;
	*out = (struct capture_frame){
		.time_us = us_of(high << 32 | low, f->interfaces[interface].ticks),
		.link = f->interfaces[interface].link,
		.data = rbuf_take(body, len),
		.len = len,
	};
	return !body->bad;
}

static bool take_simple(const struct capture_file *f, struct rbuf *body, struct capture_frame *out)
{
	uint32_t len = take_u32(f, body);

	if (!f->n_interfaces)
		return false;
	if (len > body->left)
		len = (uint32_t)body->left;
	*out = (struct capture_frame){
		.link = f->interfaces[0].link,
		.data = rbuf_take(body, len),
		.len = len,
	};
	return !body->bad;
}

/* The byte order of a section is said by its first number, which stands behind the length. */
static bool begin_section(struct capture_file *f)
{
	struct rbuf peek = f->b;
	uint32_t order;

	rbuf_take(&peek, 2 * sizeof(uint32_t));
	order = rbuf_u32(&peek);
	f->little = order == swap32(BLOCK_ORDER);
	f->n_interfaces = 0;
	return f->little || order == BLOCK_ORDER;
}

/* One block; *found: it was a packet. False when nothing can be read any more. */
static bool next_block(struct capture_file *f, struct capture_frame *out, bool *found)
{
	struct rbuf peek = f->b, body;
	uint32_t type = rbuf_u32(&peek), len;

	*found = false;
	if (type == BLOCK_SECTION && !begin_section(f))
		return false;
	type = take_u32(f, &f->b);
	len = take_u32(f, &f->b);
	if (len < BLOCK_MIN || len > BLOCK_MAX || len % sizeof(uint32_t))
		return false;
	body = rbuf_sub(&f->b, len - BLOCK_MIN);
	take_u32(f, &f->b); /* its length again */
	if (f->b.bad)
		return false;
	if (type == BLOCK_INTERFACE)
		add_interface(f, &body);
	else if (type == BLOCK_ENHANCED)
		*found = take_enhanced(f, &body, out);
	else if (type == BLOCK_SIMPLE)
		*found = take_simple(f, &body, out);
	return true;
}

bool capture_file_next(struct capture_file *f, struct capture_frame *out)
{
	bool found = false;

	while (!f->broken && f->b.left && !found) {
		if (f->ng)
			f->broken = !next_block(f, out, &found);
		else
			f->broken = !(found = next_record(f, out));
	}
	return found;
}
