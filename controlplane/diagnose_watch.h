/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs the rules over what is known of a peer when something happened to it, and every ten seconds
 * while it has SAs, a negotiation or a diagnosis; keeps what they say, and tells when a diagnosis
 * appears, changes or clears (diagnose_tell.h). One peer is looked at once a second at most, and
 * many of them a few at a time.
 */
#pragma once

#include "controlplane/diagnose/diagnose.h"
#include "controlplane/diagnose/evidence.h"

#include <stddef.h>
#include <stdint.h>

struct control;
struct evidence_place;

enum {
	DIAGNOSE_EVERY_MS = 10000,
	DIAGNOSE_APART_MS = 1000, /* looks at one peer */
	DIAGNOSE_BATCH = 32,	  /* peers looked at in one turn of the loop */
	DIAGNOSE_HOLD_MS = 15000, /* one that is not seen any more, while nothing works either */
	DIAGNOSE_STRANGER_MS = 3600000, /* a stranger nothing was heard of is forgotten */
	DIAGNOSE_FLOOD_MS = 120000,	/* and whoever is one among a flood */
};

/* A diagnosis that stands; those under it follow it. */
struct diagnose_found {
	struct diagnosis d;
	uint64_t since_ms;
};

struct diagnose_watch {
	void (*rules)(const struct evidence *e, struct diagnose_list *out);
	uint64_t next_ms; /* no look before */
};

/* After evidence_book_init(). */
void diagnose_watch_init(struct control *c);
/* Looks at whom it is time to; returns when it will be, UINT64_MAX for never. */
uint64_t diagnose_watch_turn(struct control *c, uint64_t now_ms);
/* Looks at one peer now. */
void diagnose_watch_look(struct control *c, struct evidence_place *p);
/* What is known of one peer, or of all (NULL), goes; returns how many diagnoses that were. */
size_t diagnose_watch_clear(struct control *c, const struct addr *peer);
