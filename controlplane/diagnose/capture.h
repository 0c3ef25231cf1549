/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The negotiations of others in a capture, as evidence for the rules. Phase 1 is read up to where
 * it is encrypted; behind that, messages are known by their exchange, who sends them and how often,
 * but not by what they say. Memory is of one fixed size: of too many negotiations the newest stay.
 */
#pragma once

#include "controlplane/diagnose/capture_packet.h"
#include "controlplane/diagnose/diagnose.h"
#include "controlplane/diagnose/evidence.h"
#include "controlplane/ike/ike_keys.h"
#include "controlplane/ike/ike_record.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CAPTURE_TALKS = 64,
	CAPTURE_QUICKS = 128,
	CAPTURE_PAIRS = 32,
	CAPTURE_FLOWS = 64,  /* SPIs; of too many the newest stay */
	CAPTURE_BODY = 2048, /* a payload that is kept; of a longer one no proof is checked */
};

/* The two ends of a negotiation: who began it, who answers. Also of a pair: first seen, other. */
enum capture_side {
	CAPTURE_BEGAN,
	CAPTURE_ANSWERS,
	CAPTURE_SIDES,
};

enum capture_proof {
	CAPTURE_UNPROVEN, /* no key was given, or the hash is not to be read */
	CAPTURE_HOLDS,	  /* this end has the key that was given */
	CAPTURE_DIFFERS,  /* it has another one */
};

struct capture_body {
	uint16_t len; /* 0 = absent or too long */
	uint8_t b[CAPTURE_BODY];
};

/* What an end has shown of itself in clear. */
struct capture_shown {
	struct capture_body public;
	struct capture_body id;
	struct capture_body hash;
	struct ike_nonce nonce;
	uint16_t notify;      /* last error in clear, 0 = none */
	uint8_t notify_after; /* number of the last message when it came */
	uint32_t sealed;      /* unread informational messages before phase 1 was over */
	enum capture_proof proof;
};

/* A phase 1. record: as who began it sees it, but for what the shown ones tell of notifies. */
struct capture_talk {
	struct ike_record record;
	struct capture_body sa; /* of message 1 */
	struct capture_shown ends[CAPTURE_SIDES];
	bool nat[CAPTURE_SIDES]; /* there is one in front of this end, by its NAT-D payloads */
	uint8_t iv[PRIM_IV_MAX]; /* the last block of phase 1, when there is a key */
};

/* A quick mode, of either end's. */
struct capture_quick {
	struct ike_record record; /* as who began it sees it */
	uint32_t msgid;
	uint64_t first; /* digest of message 1, to know it again */
	uint32_t
		sealed; /* encrypted informational messages of the other end instead of message 2 */
};

/* ESP that an end has sent. */
struct capture_count {
	uint64_t packets;
	uint64_t again; /* with a number that was there */
	uint64_t late;	/* with one that a window of 64 has left behind */
	uint32_t late_most;
};

struct capture_esp {
	bool udp;
	uint64_t first_ms; /* 0 = there was none */
	uint64_t last_ms[CAPTURE_SIDES];
	uint64_t marked_ms;
	struct capture_count now[CAPTURE_SIDES]; /* by sender */
	struct capture_count mark[CAPTURE_SIDES];
	struct capture_count before[CAPTURE_SIDES];
};

/* Sealed informational messages of one end that nothing has answered: keepalives, or deletes. */
struct capture_asked {
	uint32_t times;
	uint64_t first_ms;
	uint64_t last_ms;
};

/* Two addresses that spoke IKE. */
struct capture_pair {
	struct addr ends[CAPTURE_SIDES];
	uint64_t ike[CAPTURE_SIDES]; /* messages from each */
	struct capture_esp esp;
	struct capture_asked asked[CAPTURE_SIDES];
	uint64_t ikev2;
	uint64_t malformed;
};

/* One direction of an SA. */
struct capture_flow {
	const struct capture_pair *pair;
	enum capture_side from;
	uint32_t spi;
	bool any;
	uint32_t top;
	uint64_t seen; /* bit i: top - i has come */
};

struct capture_keys;

struct capture {
	const struct capture_keys *keys;  /* capture_open.h; borrowed, NULL = none */
	uint8_t opened[IKE_DATAGRAM_MAX]; /* the message that is being read, decrypted */
	struct capture_packets packets;
	uint64_t start_ms; /* of the first frame; since 1970 */
	uint64_t now_ms;   /* of the newest; never goes back */
	uint64_t frames;
	uint64_t begun_before; /* messages of phase 1s whose first one is not there */
	uint64_t lost_talks;   /* not kept, for want of room; n_ counts those that are */
	struct capture_talk talks[CAPTURE_TALKS]; /* a ring */
	size_t n_talks;
	size_t next_talk;
	struct capture_quick quicks[CAPTURE_QUICKS]; /* a ring */
	size_t n_quicks;
	size_t next_quick;
	struct capture_pair pairs[CAPTURE_PAIRS];
	size_t n_pairs;
	struct capture_flow flows[CAPTURE_FLOWS]; /* a ring */
	size_t n_flows;
	size_t next_flow;
};

/* Everything in order of the file; c is all zero before the first, but for keys. */
void capture_add(struct capture *c, const struct capture_frame *frame);

/* The pair of two addresses as it stands in c, or NULL; *side is that of from. */
struct capture_pair *capture_pair_of(struct capture *c, const struct addr *from,
				     const struct addr *to, enum capture_side *side);
/* Whether a negotiation was between these two. */
bool capture_is_between(const struct ike_record *r, const struct capture_pair *pair);
