/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is IKE or ESP among the frames of a capture: link headers, VLAN tags, IPv4 and IPv6 with
 * their fragments put together, UDP ports 500 and 4500, protocol 50. Memory is of one fixed size.
 */
#pragma once

#include "controlplane/diagnose/capture_file.h"
#include "controlplane/ike/ike.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CAPTURE_PACKET_PARTIALS = 8, /* datagrams whose fragments are being collected */
	CAPTURE_PACKET_MAX = 16384,  /* larger than any IKE message that is taken */
	CAPTURE_PACKET_UNITS = CAPTURE_PACKET_MAX / 8,
};

/* One datagram in fragments. */
struct capture_partial {
	bool used;
	struct addr src;
	struct addr dst;
	uint32_t id;
	uint8_t protocol;
	uint64_t time_us; /* of the newest fragment */
	size_t whole;	  /* 0 = the last fragment has not come */
	size_t units;	  /* of 8 bytes, that are there */
	uint8_t have[CAPTURE_PACKET_UNITS / 8];
	uint8_t data[CAPTURE_PACKET_MAX];
};

struct capture_packets {
	struct capture_partial partials[CAPTURE_PACKET_PARTIALS];
};

enum capture_kind {
	CAPTURE_OTHER, /* neither IKE nor ESP, or not whole */
	CAPTURE_IKE,
	CAPTURE_ESP,
};

struct capture_packet {
	enum capture_kind kind;
	uint64_t time_us;
	struct addr src;
	struct addr dst;
	uint16_t src_port; /* 0: not in UDP */
	uint16_t dst_port;
	const uint8_t *data; /* IKE: the message without non-ESP marker; into the frame or p */
	size_t len;
};

/* The result is good until the next call. */
struct capture_packet capture_packet_parse(struct capture_packets *p,
					   const struct capture_frame *frame);
