/* SPDX-License-Identifier: BSD-3-Clause */
/* A receiver at site 2 and the keys of its peer: each packet is taken or counted, never both. */
#pragma once

#include "lib/base/drop.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

struct lab {
	struct bed *bed;
	struct sealer *peer;
	struct bed_sa sa;
};

struct lab lab_create(struct bed_sa sa);
/* Every buffer must be back. */
void lab_destroy(struct lab *lab);

/* The packet is dropped for exactly this reason. */
void lab_refused(struct lab *lab, const struct bed_packet *p, enum drop_reason reason);
/* The packet reaches the inside and nothing is counted. */
void lab_accepted(struct lab *lab, const struct bed_packet *p);
struct plane_stats_in *lab_stats(const struct lab *lab);

/* A UDP packet of len bytes that the SA may carry. */
unsigned lab_inner(uint8_t *out, unsigned len);
