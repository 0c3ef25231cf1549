/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/apply_filters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_sent(const struct apply *a, const struct filters *f)
{
	return a->filters && a->n_filters == f->n && a->filter_flags == f->flags &&
	       memcmp(a->filters, f->rules, f->n * sizeof(*f->rules)) == 0;
}

static int send_all(struct apply *a, const struct filters *f)
{
	struct plane_msg msg = {.type = PLANE_FILTER_BEGIN,
				.filter = {.count = (uint32_t)f->n, .flags = f->flags}};
	int err = a->env.send(a->env.ctx, &msg);

	for (size_t i = 0; i < f->n && err == 0; i++) {
		msg = (struct plane_msg){.type = PLANE_FILTER_LINE, .rule = f->rules[i]};
		err = a->env.send(a->env.ctx, &msg);
	}
	if (err == 0) {
		msg = (struct plane_msg){.type = PLANE_FILTER_COMMIT};
		err = a->env.send(a->env.ctx, &msg);
	}
	return err;
}

int apply_filters(struct apply *a, const struct filters *f)
{
	struct plane_rule *copy;

	if (is_sent(a, f))
		return 0;
	copy = calloc(f->n + 1, sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	a->filter_number++;
	free(a->filters);
	a->filters = NULL;
	if (send_all(a, f) < 0) {
		free(copy);
		return -ENOMEM;
	}
	memcpy(copy, f->rules, f->n * sizeof(*copy));
	a->filters = copy;
	a->n_filters = f->n;
	a->filter_flags = f->flags;
	return 0;
}
