/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looks at the appliance itself every ten seconds: counters that exist anyway, as evidence
 * (diagnose/box_rules.h); tells when a diagnosis appears or clears.
 */
#pragma once

#include "controlplane/diagnose/box_rules.h"
#include "controlplane/diagnose_watch.h"
#include "controlplane/evidence_rate.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct control;

struct box_watch {
	struct evidence_rate no_buffer;
	uint64_t counted; /* packets without a buffer, ever */
	uint64_t next_ms;
	bool began;
	struct diagnose_found found; /* code NONE = nothing */
};

/* Looks when it is time to; returns when it will be again. */
uint64_t box_watch_turn(struct control *c, uint64_t now_ms);
