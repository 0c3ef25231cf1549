/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whose the packets are that the workers discarded: by their SA, by an SPI that was an SA's until
 * lately, by the crypto ACL that should have had them encrypted, or by the address they claim to
 * come from. And which SAs ended lately, and why.
 */
#pragma once

#include "controlplane/evidence_book.h"
#include "lib/plane/plane_msg.h"

#include <stdint.h>

struct control;
struct sa_pair;

enum {
	EVIDENCE_ENDED_MAX = 1024
};

/* An SA pair that is no more. */
struct evidence_ended {
	uint32_t spi_in; /* 0 = none */
	uint64_t at_ms;
	enum ike_reason reason;
	struct ike_path path;
};

struct evidence_drops {
	struct evidence_ended ended[EVIDENCE_ENDED_MAX]; /* a ring */
	size_t next;
	struct addr last[DROP_COUNT]; /* the source that was told of last */
	struct addr last_ended; /* with an SPI of an SA that ended: it has a gate of its own */
};

/* A worker discarded something. */
void evidence_drops_notice(struct control *c, int from, const struct plane_notice *notice);
/* (engine) A pair is being removed. */
void evidence_drops_ended(struct control *c, const struct sa_pair *pair, enum ike_reason reason);
/* NULL when no SA of that SPI ended lately. */
const struct evidence_ended *evidence_drops_find(const struct evidence_drops *d, uint32_t spi);
