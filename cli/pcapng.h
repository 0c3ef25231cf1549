/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A pcapng file (draft-ietf-opsawg-pcapng) of IPv4 packets without link header, each with the
 * interface and direction it was captured at and a comment. Wireshark and tshark read it.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum {
	PCAPNG_INTERFACES = 64,
	PCAPNG_NAME = 64,
};

struct pcapng {
	FILE *out; /* the caller's */
	unsigned n;
	char names[PCAPNG_INTERFACES][PCAPNG_NAME];
};

struct pcapng_packet {
	const char *interface;
	bool outbound;
	uint64_t time_us; /* since 1970 */
	const uint8_t *bytes;
	uint32_t len;	/* bytes there */
	uint32_t whole; /* bytes the packet had */
	const char *comment;
};

/* Begins the file; comment is about the whole. */
void pcapng_begin(struct pcapng *p, FILE *out, const char *comment);
/* False when there are too many interfaces. Whether all was written is asked of the FILE. */
bool must_check pcapng_write(struct pcapng *p, const struct pcapng_packet *packet);
