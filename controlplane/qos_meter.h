/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the classes of service policies have done: the counters of all workers, from where the class
 * began or was cleared, and rates as averages over about 30 seconds.
 */
#pragma once

#include "controlplane/qos.h"
#include "lib/plane/plane_layout.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	QOS_METER_SECONDS = 30
};

struct qos_meter_row {
	bool used;
	struct plane_stats_class base; /* not counted: another class's, or before the class began */
	uint64_t bytes;		       /* at the last round */
	uint64_t packets;
	uint64_t drops;
	double offered_bps;
	double drop_bps;
};

struct qos_meter {
	const struct plane *plane;
	struct qos_meter_row *rows; /* owned; by counter */
	uint64_t round_ms;
	bool started;
};

struct qos_meter_reading {
	struct plane_stats_class n;
	uint64_t offered_bps;
	uint64_t drop_bps;
};

int must_check qos_meter_init(struct qos_meter *m, const struct plane *plane);
void qos_meter_fini(struct qos_meter *m);
/*
 * The classes in force from now on; new ones begin at zero, but for the first time: a predecessor
 * of this process may have made them.
 */
void qos_meter_follow(struct qos_meter *m, const struct qos *q);
/* Once a second or so. */
void qos_meter_round(struct qos_meter *m, uint64_t now_ms);
/* The workers were told to zero their counters. */
void qos_meter_clear(struct qos_meter *m);
struct qos_meter_reading qos_meter_read(const struct qos_meter *m, uint32_t counter);
