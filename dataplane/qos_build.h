/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Service policies as PLANE_QOS_* messages bring them, checked one by one and gathered until the
 * commit. The control plane is not trusted: nothing here relies on its counts, its order or its
 * ranges, and a message that was refused spoils the commit.
 */
#pragma once

#include "dataplane/qos_match.h"
#include "lib/base/compat.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdint.h>

/* A class that was accepted. */
struct qos_build_class {
	struct plane_qos qos;
	uint8_t port;
	uint32_t first_line; /* of the builder's lines */
	uint32_t n_lines;
};

struct qos_build {
	bool open;
	bool broken;   /* a message was refused */
	bool skipping; /* the interface of the last class has no device */
	uint32_t announced;
	uint32_t n;
	struct qos_build_class *classes; /* the first of an attachment has class_id 0 */
	struct qos_line *lines;
	uint32_t n_lines;
	uint32_t max_lines; /* there is memory for */
};

/* What exists in this data plane. */
struct qos_build_limits {
	unsigned n_workers;
	uint32_t n_tunnels; /* of a worker */
};

/* Forgets what was gathered. */
void qos_build_abandon(struct qos_build *b);
/* 0, -E2BIG or -ENOMEM. */
int must_check qos_build_begin(struct qos_build *b, uint32_t count);
/*
 * The next class, on a port or with port -1 on an interface without device, which is passed over:
 * 0, -EPROTO (not begun, more than announced), -EINVAL (order, ranges).
 */
int must_check qos_build_add_class(struct qos_build *b, const struct plane_qos *qos, int port,
				   const struct qos_build_limits *limits);
/* A line of the class before. 0, -EPROTO, -EINVAL, -E2BIG or -ENOMEM. */
int must_check qos_build_add_match(struct qos_build *b, const struct plane_qos_match *match);
/* Whether all that was announced came and nothing was refused. */
bool qos_build_complete(const struct qos_build *b);
