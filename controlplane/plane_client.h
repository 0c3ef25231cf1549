/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The control plane's end of the rings: sends commands and remembers who waits for the ACK, keeps
 * what did not fit until there is room, hands events and IKE datagrams to whoever wants them. Never
 * blocks, never loses a command; a datagram is dropped and counted when too many wait.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/plane/plane_layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PLANE_CLIENT_MAIN = -1,	       /* destination: culvertd's main thread; else the worker */
	PLANE_CLIENT_DATAGRAMS = 4096, /* waiting for room, at most */
};

/* arg is the caller's; the ACK is valid during the call. */
typedef void (*plane_client_ack_fn)(void *ctx, uint64_t arg, const struct plane_ack *ack);

struct plane_client_handlers {
	void *ctx;
	/* An event, from a worker or PLANE_CLIENT_MAIN. */
	void (*event)(void *ctx, int from, const struct plane_msg *msg);
	void (*datagram)(void *ctx, const struct plane_datagram *head, const uint8_t *data);
	void (*captured)(void *ctx, const struct plane_captured *head, const uint8_t *data);
};

struct plane_client_bells {
	int control; /* rung by the data plane */
	int main;
	const int *workers;
};

struct plane_client;

/* The plane and the bells stay the caller's. NULL without memory. */
struct plane_client *plane_client_create(struct plane *plane,
					 const struct plane_client_bells *bells,
					 const struct plane_client_handlers *handlers);
void plane_client_destroy(struct plane_client *pc);

/*
 * Sends a command; its cookie is filled in and the caller's copy is wiped of keys. fn may be NULL.
 * 0, or -ENOMEM (then fn is not called).
 */
int must_check plane_client_send(struct plane_client *pc, int to, struct plane_msg *msg,
				 plane_client_ack_fn fn, void *ctx, uint64_t arg);
void plane_client_send_datagram(struct plane_client *pc, const struct plane_datagram *head,
				const void *data);

/*
 * Clears the bell, takes a bounded number of messages from every ring and sends what waited.
 * Returns milliseconds until it wants to run again without a bell: 0 there is more, UINT32_MAX
 * nothing.
 */
uint32_t plane_client_turn(struct plane_client *pc);
/* True when nothing waits to be sent. */
bool plane_client_flushed(const struct plane_client *pc);
/* Commands sent or waiting whose ACK has not come. */
size_t plane_client_unanswered(const struct plane_client *pc);
uint64_t plane_client_datagrams_dropped(const struct plane_client *pc);
