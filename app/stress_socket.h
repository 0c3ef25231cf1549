/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames of one Linux network device, whole and as they are on the wire, by a packet socket. Needs
 * CAP_NET_RAW.
 */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

enum {
	STRESS_FRAME_MAX = 9728, /* a jumbo frame with tags */
	STRESS_FRAMES = 32,	 /* of one stress_socket_receive() */
};

struct stress_socket {
	int fd;
	uint64_t send_failed; /* frames the device did not take */
	uint64_t too_long;    /* merged by an offload: they are not passed on */
};

struct stress_frames {
	unsigned n;
	uint16_t len[STRESS_FRAMES]; /* 0: none, it was too long */
	uint8_t bytes[STRESS_FRAMES][STRESS_FRAME_MAX];
};

/* 0, or -errno with the sentence printed. */
int must_check stress_socket_open(struct stress_socket *s, const char *device);
void stress_socket_close(struct stress_socket *s);
/* Frames that have arrived, without waiting; not those we sent. 0 or -errno. */
int must_check stress_socket_receive(struct stress_socket *s, struct stress_frames *f);
/* Waits while the device is busy; counts what it refuses. */
void stress_socket_send(struct stress_socket *s, const void *frame, uint16_t len);
/* Frames that came faster than they were read, since the last call. */
uint32_t stress_socket_missed(struct stress_socket *s);
