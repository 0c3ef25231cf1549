/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/apply_qos.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t add_class(struct plane_msg *msgs, size_t n, const struct qos *q,
			const struct qos_class *class)
{
	msgs[n++] = (struct plane_msg){.type = PLANE_QOS_CLASS, .qos = class->plane};
	for (size_t i = 0; i < class->n_matches; i++)
		msgs[n++] = (struct plane_msg){.type = PLANE_QOS_MATCH,
					       .qos_match = q->matches[class->first_match + i]};
	return n;
}

/* All messages of the service policies, malloc'ed; NULL without memory. */
static struct plane_msg *messages_of(const struct qos *q, size_t *n)
{
	struct plane_msg *msgs = calloc(q->n_classes + q->n_matches + 2, sizeof(*msgs));
	size_t at = 0;

	if (!msgs)
		return NULL;
	msgs[at++] =
		(struct plane_msg){.type = PLANE_QOS_BEGIN, .qos.count = (uint32_t)q->n_classes};
	for (size_t i = 0; i < q->n_classes; i++)
		at = add_class(msgs, at, q, &q->classes[i]);
	msgs[at++] = (struct plane_msg){.type = PLANE_QOS_COMMIT};
	*n = at;
	return msgs;
}

static int send_all(struct apply *a, const struct plane_msg *msgs, size_t n)
{
	int err = 0;

	a->qos_number++;
	for (size_t i = 0; i < n && err == 0; i++) {
		struct plane_msg msg = msgs[i];

		err = a->env.send(a->env.ctx, &msg);
	}
	return err;
}

int apply_qos(struct apply *a, const struct qos *q)
{
	struct plane_msg *msgs;
	size_t n;

	msgs = messages_of(q, &n);
	if (!msgs)
		return -ENOMEM;
	if (a->qos && a->n_qos == n && memcmp(a->qos, msgs, n * sizeof(*msgs)) == 0) {
		free(msgs);
		return 0;
	}
	free(a->qos);
	a->qos = NULL;
	if (send_all(a, msgs, n) < 0) {
		free(msgs);
		return -ENOMEM;
	}
	a->qos = msgs;
	a->n_qos = n;
	return 0;
}
