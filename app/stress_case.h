/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One stream through one receiver beside the oracle, packet by packet. The receiver is the replay
 * window alone, or the whole inbound path of the data plane.
 */
#pragma once

#include "app/stress.h"
#include "app/stress_oracle.h"
#include "app/stress_stream.h"
#include "app/stress_window.h"
#include "lib/base/compat.h"
#include "lib/crypto/alg.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	STRESS_SUITES = 3
};

struct stress_case {
	const struct stress_stream *stream;
	bool path;	  /* whole path, else the window alone */
	uint32_t window;  /* of streams with one SA */
	bool esn;	  /* likewise */
	unsigned suite;	  /* likewise, and path only: stress_case_suite() */
	uint64_t packets; /* sent, of each SA */
	uint64_t seed;
	enum stress_bug bug; /* of the window alone */
	enum stress_oracle_bug oracle_bug;
};

struct stress_outcome {
	uint64_t received;
	uint64_t is[STRESS_VERDICTS];	/* the receiver's */
	uint64_t must[STRESS_VERDICTS]; /* the oracle's */
	bool disagrees;			/* the rest is about the first packet that does */
	uint64_t index;
	struct stress_packet packet;
	enum stress_verdict is_first;
	enum stress_verdict must_first;
};

struct stress_path;

/* Suite i: GCM, CBC with HMAC, NULL with HMAC; and as the command line calls it. */
struct alg_suite stress_case_suite(unsigned i);
const char *stress_case_suite_name(unsigned i);
/* What SA i of a case is like: streams with many SAs have every kind. */
uint32_t stress_case_window(const struct stress_case *c, unsigned sa);
bool stress_case_esn(const struct stress_case *c, unsigned sa);
struct alg_suite stress_case_suite_of(const struct stress_case *c, unsigned sa);

/*
 * Until the first disagreement or the end. path may be NULL when no case needs it. 0, or -ENOMEM
 * and what else keeps the path from running, said.
 */
int must_check stress_case_run(const struct stress_case *c, struct stress_path *path,
			       struct stress_outcome *outcome);
