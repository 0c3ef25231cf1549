/* SPDX-License-Identifier: BSD-3-Clause */
/* Groups inside groups: all are measured at once, for a few lines can make more ways than steps. */
#include "lib/config/config_model.h"
#include "lib/config/config_object_group.h"

#include <errno.h>
#include <stdlib.h>

struct nest {
	uint32_t depth;
	uint32_t inner; /* as often as they are there */
};

static struct nest measure(const struct config *c, const struct config_object_group *g,
			   const struct nest *nests)
{
	struct nest sum = {0};

	for (size_t i = 0; i < g->n_members && sum.inner <= CONFIG_GROUP_INNER_MAX; i++) {
		const struct config_object_group *inner =
			g->members[i].kind == CONFIG_MEMBER_GROUP
				? config_object_group_numbered(c, g->members[i].group)
				: NULL;
		const struct nest *of = inner ? &nests[inner - c->object_groups] : NULL;

		if (!of)
			continue;
		sum.inner += 1 + of->inner;
		if (of->depth >= sum.depth)
			sum.depth = of->depth + 1;
	}
	return sum;
}

/* Until nothing grows: what is in a circle grows for ever. */
static int settle(const struct config *c, struct nest *nests)
{
	bool grown = true;

	while (grown) {
		grown = false;
		for (size_t i = 0; i < c->n_object_groups; i++) {
			struct nest now = measure(c, &c->object_groups[i], nests);

			grown |= now.depth != nests[i].depth || now.inner != nests[i].inner;
			nests[i] = now;
			if (now.depth > CONFIG_GROUP_DEPTH || now.inner > CONFIG_GROUP_INNER_MAX)
				return -ELOOP;
		}
	}
	return 0;
}

int config_object_group_depths(const struct config *c, uint8_t *depths)
{
	struct nest *nests = calloc(c->n_object_groups + 1, sizeof(*nests));
	int err = nests ? settle(c, nests) : -ENOMEM;

	for (size_t i = 0; err == 0 && i < c->n_object_groups; i++)
		depths[i] = (uint8_t)nests[i].depth;
	free(nests);
	return err;
}
