/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/pcapng.h"

#include <string.h>

enum {
	SECTION = 0x0a0d0d0a,
	MAGIC = 0x1a2b3c4d, /* says the order of bytes: that of this machine */
	INTERFACE = 1,
	ENHANCED_PACKET = 6,
	LINKTYPE_IPV4 = 228,
	OPTION_COMMENT = 1,
	OPTION_IF_NAME = 2,
	OPTION_PACKET_FLAGS = 2,
	OPTION_APPLICATION = 4, /* of the section: who wrote it */
	FLAG_IN = 1,
	FLAG_OUT = 2,
	OPTION_HEAD = 4,
	BLOCK_FRAME = 12, /* type, length, and the length again */
};

static void put32(FILE *out, uint32_t value)
{
	fwrite(&value, sizeof(value), 1, out);
}

static void put16(FILE *out, uint16_t value)
{
	fwrite(&value, sizeof(value), 1, out);
}

static uint32_t padded(size_t len)
{
	return (uint32_t)(len + 3) & ~3u;
}

static void put_padded(FILE *out, const void *bytes, size_t len)
{
	static const uint8_t zero[4];

	fwrite(bytes, len, 1, out);
	fwrite(zero, padded(len) - len, 1, out);
}

static uint32_t option_bytes(const char *text)
{
	return OPTION_HEAD + padded(strlen(text));
}

static void put_option(FILE *out, uint16_t code, const void *value, size_t len)
{
	put16(out, code);
	put16(out, (uint16_t)len);
	put_padded(out, value, len);
}

static void begin_block(FILE *out, uint32_t type, uint32_t bytes)
{
	put32(out, type);
	put32(out, BLOCK_FRAME + bytes);
}

static void end_block(FILE *out, uint32_t bytes)
{
	put32(out, 0); /* opt_endofopt */
	put32(out, BLOCK_FRAME + bytes);
}

void pcapng_begin(struct pcapng *p, FILE *out, const char *comment)
{
	static const char application[] = "culvert";
	uint32_t bytes = 16 + option_bytes(comment) + option_bytes(application) + OPTION_HEAD;

	*p = (struct pcapng){.out = out};
	begin_block(out, SECTION, bytes);
	put32(out, MAGIC);
	put16(out, 1); /* version 1.0 */
	put16(out, 0);
	put32(out, UINT32_MAX); /* length of the section: not said */
	put32(out, UINT32_MAX);
	put_option(out, OPTION_COMMENT, comment, strlen(comment));
	put_option(out, OPTION_APPLICATION, application, strlen(application));
	end_block(out, bytes);
}

/* Its number in the file; -1 when there are too many. Times are in microseconds unless said. */
static int interface_of(struct pcapng *p, const char *name)
{
	uint32_t bytes = 8 + option_bytes(name) + OPTION_HEAD;

	for (unsigned i = 0; i < p->n; i++)
		if (strncmp(p->names[i], name, PCAPNG_NAME - 1) == 0)
			return (int)i;
	if (p->n == PCAPNG_INTERFACES)
		return -1;
	snprintf(p->names[p->n], PCAPNG_NAME, "%s", name);
	begin_block(p->out, INTERFACE, bytes);
	put16(p->out, LINKTYPE_IPV4);
	put16(p->out, 0);
	put32(p->out, 0); /* no limit of bytes a packet */
	put_option(p->out, OPTION_IF_NAME, name, strlen(name));
	end_block(p->out, bytes);
	return (int)p->n++;
}

bool pcapng_write(struct pcapng *p, const struct pcapng_packet *packet)
{
	uint32_t flags = packet->outbound ? FLAG_OUT : FLAG_IN;
	uint32_t bytes = 20 + padded(packet->len) + option_bytes(packet->comment) + OPTION_HEAD +
			 sizeof(flags) + OPTION_HEAD;
	int interface = interface_of(p, packet->interface);

	if (interface < 0)
		return false;
	begin_block(p->out, ENHANCED_PACKET, bytes);
	put32(p->out, (uint32_t)interface);
	put32(p->out, (uint32_t)(packet->time_us >> 32));
	put32(p->out, (uint32_t)packet->time_us);
	put32(p->out, packet->len);
	put32(p->out, packet->whole);
	put_padded(p->out, packet->bytes, packet->len);
	put_option(p->out, OPTION_COMMENT, packet->comment, strlen(packet->comment));
	put_option(p->out, OPTION_PACKET_FLAGS, &flags, sizeof(flags));
	end_block(p->out, bytes);
	return true;
}
