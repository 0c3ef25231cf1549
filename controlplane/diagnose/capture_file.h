/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets of a capture file, pcap or pcapng (draft-ietf-opsawg-pcap, -pcapng), of either byte
 * order. A view of bytes the caller holds: nothing is copied, nothing allocated, and whatever the
 * file says is checked against what is there.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/rbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CAPTURE_FILE_INTERFACES = 64, /* of a section; packets of more are passed over */
};

/* What a packet begins with. */
enum capture_link {
	CAPTURE_LINK_ETHERNET = 1,
	CAPTURE_LINK_RAW_BSD = 12, /* as some systems write LINKTYPE_RAW */
	CAPTURE_LINK_RAW = 101,
	CAPTURE_LINK_COOKED = 113,
	CAPTURE_LINK_IPV4 = 228,
	CAPTURE_LINK_IPV6 = 229,
	CAPTURE_LINK_COOKED2 = 276,
};

struct capture_interface {
	uint32_t link;	/* enum capture_link, or one that is not known */
	uint64_t ticks; /* a second */
};

struct capture_file {
	struct rbuf b;
	bool ng;
	bool little; /* numbers of the file */
	bool broken; /* it ended inside of a packet, or made no sense from there on */
	struct capture_interface interfaces[CAPTURE_FILE_INTERFACES];
	size_t n_interfaces;
};

struct capture_frame {
	uint64_t time_us;
	uint32_t link;
	const uint8_t *data; /* in the file */
	size_t len;	     /* that were captured */
};

/* -EINVAL: neither pcap nor pcapng. data must stay. */
int must_check capture_file_open(struct capture_file *f, const void *data, size_t len);
/* False at the end. */
bool must_check capture_file_next(struct capture_file *f, struct capture_frame *out);
