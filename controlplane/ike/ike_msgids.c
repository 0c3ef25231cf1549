/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_msgids.h"

#include <errno.h>
#include <stdlib.h>

static size_t find(const struct ike_msgids *ids, uint32_t msgid)
{
	size_t at = msgid * 2654435761u & (ids->size - 1);

	while (ids->rows[at] && ids->rows[at] != msgid)
		at = (at + 1) & (ids->size - 1);
	return at;
}

/* The table is at most half full, so that a search always ends. */
static int grow(struct ike_msgids *ids)
{
	struct ike_msgids bigger = {.size = ids->size ? ids->size * 2 : 32};

	bigger.rows = calloc(bigger.size, sizeof(*bigger.rows));
	if (!bigger.rows)
		return -ENOMEM;
	for (size_t i = 0; i < ids->size; i++)
		if (ids->rows[i])
			bigger.rows[find(&bigger, ids->rows[i])] = ids->rows[i];
	bigger.n = ids->n;
	free(ids->rows);
	*ids = bigger;
	return 0;
}

void ike_msgids_fini(struct ike_msgids *ids)
{
	free(ids->rows);
	*ids = (struct ike_msgids){0};
}

bool ike_msgids_has(const struct ike_msgids *ids, uint32_t msgid)
{
	return ids->size && ids->rows[find(ids, msgid)] == msgid;
}

int ike_msgids_add(struct ike_msgids *ids, uint32_t msgid)
{
	if (ike_msgids_has(ids, msgid))
		return -EEXIST;
	if (ids->n >= IKE_MSGIDS_MAX)
		return -ENOSPC;
	if (ids->n * 2 >= ids->size && grow(ids))
		return -ENOMEM;
	ids->rows[find(ids, msgid)] = msgid;
	ids->n++;
	return 0;
}
