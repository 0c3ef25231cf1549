/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is remembered of each peer: its negotiations, what happened to it once, what of its packets
 * was discarded. A peer that the configuration names has a place of its own from the beginning; one
 * that proved who it is (a client, a peer of a dynamic map) has one by its number; everybody else
 * shares a small ring by address, so that a flood of forged sources pushes out nothing but itself.
 * Of one peer, what anybody could have sent in its name takes at most half of the records.
 *
 * Nothing here decides anything, and no packet waits for it.
 */
#pragma once

#include "controlplane/diagnose/evidence.h"
#include "controlplane/evidence_rate.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	EVIDENCE_BUCKETS = 1024,
	EVIDENCE_PROVEN_MAX = 1024,
	EVIDENCE_STRANGERS_MAX = 64,
	EVIDENCE_UNPROVEN_MAX = EVIDENCE_RECORDS / 2, /* of a peer: records anybody can cause */
	EVIDENCE_UPS_MAX = 3,			      /* of a peer: records of what went well */
	EVIDENCE_STRANGER_MS = 2000,		      /* before a stranger is looked at */
	EVIDENCE_DROPS_MAX = 12,		      /* reasons kept of a peer */
};

enum evidence_class {
	EVIDENCE_NAMED,	   /* by an entry of a crypto map */
	EVIDENCE_PROVEN,   /* has proved who it is; known by ike_path.peer */
	EVIDENCE_STRANGER, /* known by its address */
	EVIDENCE_BOX,	   /* the appliance: what is no peer's doing; one place, without address */
	EVIDENCE_CLASS_COUNT,
};

struct evidence_records {
	struct ike_record *rows; /* owned; newest first */
	uint8_t n;
	uint8_t room;
};

struct evidence_dropped {
	struct evidence_drop drop; /* but for lately */
	struct evidence_rate lately;
};

struct diagnose_found;

struct evidence_place {
	LIST_ENTRY(evidence_place) bucket_link;
	TAILQ_ENTRY(evidence_place) link; /* of its class, the one used longest ago first */
	enum evidence_class class;
	bool kept;	  /* named: still so, while a configuration is taken over */
	struct addr addr; /* by which the configuration knows it, or where it first was */
	uint64_t peer;	  /* proven: ike_path.peer; else 0 */
	struct ike_path
		path;	  /* by which it proved who it is last, else the last there was, or none */
	struct addr seen; /* where its last datagram came from; NONE */
	char map[CONFIG_NAME]; /* named: the first entry that has it, "" = none */
	uint16_t sequence;
	char in_interface[CONFIG_IF_NAME]; /* its last datagram came in on */
	uint64_t ike_received;
	uint64_t wanted_ms; /* a packet last wanted an SA with it */
	struct evidence_rate waiting;
	struct evidence_records records[IKE_RECORD_KIND_COUNT];
	uint64_t ups_ms[EVIDENCE_RECORDS]; /* when phase 1 came up: a ring */
	uint8_t n_ups;
	struct evidence_note *notes; /* owned; one a kind */
	uint8_t n_notes;
	struct evidence_dropped *drops; /* owned; one a reason */
	uint8_t n_drops;
	uint64_t used_ms;  /* something was last learned of it */
	uint64_t sized_ms; /* size_watch.h asked last; 0 = never */
	/* of diagnose_watch.h */
	struct diagnose_found *found; /* owned */
	size_t n_found;
	uint64_t found_ms;  /* they were so last */
	uint64_t looked_ms; /* 0 = never */
	uint64_t due_ms;    /* to be looked at; UINT64_MAX = nothing happened */
};

TAILQ_HEAD(evidence_places, evidence_place);
LIST_HEAD(evidence_bucket, evidence_place);

struct evidence_book {
	struct evidence_places places[EVIDENCE_CLASS_COUNT]; /* owned */
	size_t n[EVIDENCE_CLASS_COUNT];
	struct evidence_bucket buckets[EVIDENCE_BUCKETS];
	uint64_t due_ms;	    /* not later than the earliest of all */
	struct evidence_note spare; /* of evidence_notes.h: where there is no memory for one */
	/* A place with diagnoses is about to go, or to be emptied. NULL: nobody minds. */
	void (*gone)(void *ctx, const struct evidence_place *p);
	void *ctx;
};

void evidence_book_init(struct evidence_book *b);
void evidence_book_fini(struct evidence_book *b);
/* Places for every peer of every entry, and for no other; what is known of who stays, stays. */
void evidence_book_configure(struct evidence_book *b, const struct config *config);

/* The place of a peer, NULL when nothing is known of it. */
struct evidence_place *evidence_book_find(const struct evidence_book *b,
					  const struct ike_path *path);
struct evidence_place *evidence_book_named(const struct evidence_book *b, const struct addr *addr);
/* The same, made when it is not there; NULL without memory. */
struct evidence_place *evidence_book_at(struct evidence_book *b, const struct ike_path *path);
/* That of the appliance. NULL: nothing is known of it; made when it is not there, or no memory. */
struct evidence_place *evidence_book_box(const struct evidence_book *b);
struct evidence_place *evidence_book_make_box(struct evidence_book *b);

/* (engine) Keeps a record, in place of what was known of the same negotiation. */
void evidence_book_record(struct evidence_book *b, const struct ike_record *r);
/* A datagram came in. */
void evidence_book_heard(struct evidence_book *b, const struct ike_path *path);
/* Something was learned of it: it is looked at soon. */
void evidence_book_touch(struct evidence_book *b, struct evidence_place *p, uint64_t now_ms);
/* The place is looked at not later than then. */
void evidence_book_due(struct evidence_book *b, struct evidence_place *p, uint64_t at_ms);
/* All that was remembered goes; places that are named stay. */
void evidence_book_forget(struct evidence_book *b, struct evidence_place *p);
