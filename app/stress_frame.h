/* SPDX-License-Identifier: BSD-3-Clause */
/* One Ethernet frame that several queues may hold at a time. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct stress_frame {
	uint32_t holders;
	uint16_t len;
	uint16_t esp_at;  /* where its ESP header starts; 0 when it has none */
	uint16_t esp_end; /* behind the ICV */
	uint8_t bytes[];
};

/* A copy of len bytes with one holder, or NULL. */
static inline struct stress_frame *stress_frame_create(const void *bytes, uint16_t len)
{
	struct stress_frame *f = malloc(sizeof(*f) + len);

	if (!f)
		return NULL;
	*f = (struct stress_frame){.holders = 1, .len = len};
	memcpy(f->bytes, bytes, len);
	return f;
}

/* One holder more, one less; f may be NULL. */
static inline void stress_frame_hold(struct stress_frame *f)
{
	if (f)
		f->holders++;
}

static inline void stress_frame_drop(struct stress_frame *f)
{
	if (f && --f->holders == 0)
		free(f);
}
