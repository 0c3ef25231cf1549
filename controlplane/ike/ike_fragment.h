/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * IKE fragments as Cisco does them (payload 132, agreed on by vendor ID): a message that is too
 * large for one datagram leaves in pieces, each behind an ISAKMP header of its own, and is put
 * together at the other end before anything is looked at. The pieces are not authentic until the
 * whole is: what they may cost is bounded per SA, in all and in time (hostile.md H070-H078).
 *
 * Pieces have numbers from 1 and no offsets, so they cannot overlap. Header of a piece: exchange
 * type of phase 1, no flags, message ID 0, as strongSwan writes it; any is read.
 */
#pragma once

#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_timer.h"
#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct ike_datagram;
struct ike_engine;
struct ike_sa;
struct ike_fragments;

TAILQ_HEAD(ike_fragments_list, ike_fragments);

enum {
	IKE_FRAGMENT_MTU =
		1280, /* largest IP packet with a piece, unless the interface's is less */
	IKE_FRAGMENT_MTU_MIN = 128,
	IKE_FRAGMENT_PIECES = 64,    /* of one message (H076) */
	IKE_FRAGMENT_MESSAGES = 200, /* being put together at once in all: 2.2 MB (H075) */
	IKE_FRAGMENT_WAIT_MS = 10000 /* for the rest of a message (H073) */
};

/* A message put together; the caller frees data. */
struct ike_fragment_whole {
	uint8_t *data; /* NULL: not yet complete */
	size_t len;
};

/*
 * A datagram whose first payload is a fragment, for the SA its cookies name. IKE_PARSED when it
 * was taken, with the whole if it was the last piece missing; else what is wrong with it.
 */
int must_check ike_fragment_receive(struct ike_sa *sa, const struct ike_path *path,
				    const struct ike_header *header, const void *data, size_t len,
				    struct ike_fragment_whole *out);
/* Forgets what has come of a message. */
void ike_fragment_forget(struct ike_sa *sa);

/* Sends a datagram, in pieces when its SA agreed on that and it is too large. */
void ike_fragment_send(struct ike_engine *engine, const struct ike_datagram *datagram);
