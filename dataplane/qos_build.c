/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_build.h"

#include "dataplane/qos_rate.h"
#include "lib/plane/plane_layout.h"

#include <errno.h>
#include <stdlib.h>

enum {
	FLAGS = PLANE_QOS_PRIORITY | PLANE_QOS_FAIR | PLANE_QOS_MATCH_ALL | PLANE_QOS_HAS_ACCESS |
		PLANE_QOS_SET_DSCP | PLANE_QOS_POLICE | PLANE_QOS_EXCEED_DROP,
	LINES_FIRST = 64,
	BURST_MAX = 1 << 30,
};

void qos_build_abandon(struct qos_build *b)
{
	free(b->classes);
	free(b->lines);
	*b = (struct qos_build){0};
}

int qos_build_begin(struct qos_build *b, uint32_t count)
{
	qos_build_abandon(b);
	if (count > PLANE_CLASSES)
		return -E2BIG;
	b->classes = calloc(count ? count : 1, sizeof(*b->classes));
	if (!b->classes)
		return -ENOMEM;
	b->announced = count;
	b->open = true;
	return 0;
}

static bool rate_valid(uint64_t bps)
{
	return bps == 0 || (bps >= QOS_RATE_MIN && bps <= QOS_RATE_MAX);
}

static bool class_valid(const struct plane_qos *q, const struct qos_build_limits *limits)
{
	bool marks = (q->set_dscp < QOS_DSCPS || !(q->flags & PLANE_QOS_SET_DSCP)) &&
		     (q->exceed_dscp < QOS_DSCPS || q->exceed_dscp == UINT8_MAX);
	bool rates = rate_valid(q->total_bps) && rate_valid(q->priority_bps) &&
		     rate_valid(q->bandwidth_bps) && rate_valid(q->shape_bps) &&
		     rate_valid(q->police_bps) && q->burst_bytes <= BURST_MAX;
	bool police = !(q->flags & PLANE_QOS_POLICE) || q->police_bps;
	bool place = q->tunnel == UINT32_MAX ||
		     (q->worker < limits->n_workers && q->tunnel < limits->n_tunnels);

	return marks && rates && police && place && !(q->flags & ~FLAGS) && q->lane < PLANE_LANES &&
	       q->counter < PLANE_CLASSES;
}

/* Whether q goes on with the attachment of the class before it, or begins one. */
static bool in_order(const struct qos_build *b, const struct plane_qos *q, uint8_t port)
{
	const struct qos_build_class *last = b->n ? &b->classes[b->n - 1] : NULL;

	if (q->class_id == 0)
		return true;
	return last && last->port == port && last->qos.tunnel == q->tunnel &&
	       last->qos.worker == q->worker && last->qos.total_bps == q->total_bps &&
	       q->class_id == last->qos.class_id + 1;
}

int qos_build_add_class(struct qos_build *b, const struct plane_qos *qos, int port,
			const struct qos_build_limits *limits)
{
	if (!b->open || b->n == b->announced)
		return -EPROTO;
	b->skipping = port < 0;
	if (b->skipping) {
		b->announced--;
		return 0;
	}
	if (!class_valid(qos, limits) || !in_order(b, qos, (uint8_t)port)) {
		b->broken = true;
		return -EINVAL;
	}
	b->classes[b->n++] = (struct qos_build_class){
		.qos = *qos, .port = (uint8_t)port, .first_line = b->n_lines};
	return 0;
}

static int make_room(struct qos_build *b)
{
	uint32_t n = b->max_lines ? b->max_lines * 2 : LINES_FIRST;
	struct qos_line *lines;

	if (b->n_lines < b->max_lines)
		return 0;
	if (b->n_lines == PLANE_ACL_LINES)
		return -E2BIG;
	lines = realloc(b->lines, n * sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	b->lines = lines;
	b->max_lines = n;
	return 0;
}

int qos_build_add_match(struct qos_build *b, const struct plane_qos_match *match)
{
	int rc;

	if (b->open && b->skipping)
		return 0;
	if (!b->open || !b->n || !(b->classes[b->n - 1].qos.flags & PLANE_QOS_HAS_ACCESS)) {
		b->broken = true;
		return -EPROTO;
	}
	rc = make_room(b);
	if (rc == 0)
		rc = qos_match_line(&b->lines[b->n_lines], match);
	if (rc) {
		b->broken = true;
		return rc;
	}
	b->n_lines++;
	b->classes[b->n - 1].n_lines++;
	return 0;
}

bool qos_build_complete(const struct qos_build *b)
{
	return b->open && !b->broken && b->n == b->announced;
}
