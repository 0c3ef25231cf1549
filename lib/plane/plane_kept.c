/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/plane/plane_kept.h"

#include "lib/plane/plane_layout.h"

#include <errno.h>
#include <string.h>

static void publish(struct plane_kept_text *t, uint32_t used)
{
	__atomic_store_n(&t->used, used, __ATOMIC_RELEASE);
}

static void wipe_half(struct plane_kept_text *t, unsigned half)
{
	uint32_t len = t->len[half];

	explicit_bzero(t->halves[half], len < PLANE_KEPT_BYTES ? len : PLANE_KEPT_BYTES);
	t->len[half] = 0;
}

int plane_kept_write(const struct plane *plane, enum plane_kept_what what, const char *text,
		     size_t len)
{
	struct plane_kept_text *t = &plane->kept->texts[what];
	unsigned half = t->used == 1 ? 1 : 0;

	if (len > PLANE_KEPT_BYTES)
		return -EFBIG;
	/* first the length: whoever is killed behind it leaves no more than will be wiped */
	t->len[half] = (uint32_t)len;
	memcpy(t->halves[half], text, len);
	publish(t, half + 1);
	wipe_half(t, !half);
	return 0;
}

const char *plane_kept_read(const struct plane *plane, enum plane_kept_what what, size_t *len)
{
	const struct plane_kept_text *t = &plane->kept->texts[what];

	if (t->used < 1 || t->used > 2 || t->len[t->used - 1] > PLANE_KEPT_BYTES)
		return NULL;
	*len = t->len[t->used - 1];
	return (const char *)t->halves[t->used - 1];
}

void plane_kept_forget(const struct plane *plane, enum plane_kept_what what)
{
	struct plane_kept_text *t = &plane->kept->texts[what];

	publish(t, 0);
	wipe_half(t, 0);
	wipe_half(t, 1);
}
