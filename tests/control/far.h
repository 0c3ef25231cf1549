/* SPDX-License-Identifier: BSD-3-Clause */
/* A peer of the control plane under test: an engine of its own behind the rings of worker 0. */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/plane/plane_layout.h"

#include <stddef.h>
#include <stdint.h>

enum {
	FAR_FIRST = 0x0b000001, /* address of the first one */
	FAR_HOST = 0x0c000001,	/* behind it */
	FAR_HUB = 0x0a000001,
	FAR_INSIDE = 0xc0a80000, /* behind the hub, 16 bits */
	FAR_LIFETIME_S = 600,
	FAR_IKE_LIFETIME_S = 900,
};

struct far {
	struct plane *plane;
	uint64_t (*now_ms)(void);
	struct ike_engine *engine;
	struct addr addr;
	uint32_t host; /* behind it */
	uint32_t installing;
	uint32_t next_spi;
	unsigned ups;
	unsigned pairs;
	uint64_t due_ms;
};

/* Memory and engine: far_fini(). */
void far_init(struct far *f, size_t number, struct plane *plane, uint64_t (*now_ms)(void));
void far_fini(struct far *f);
/* Wants its tunnel to the hub. */
void far_call(struct far *f);
void far_receive(struct far *f, const struct plane_datagram *head, const void *data);
/* Whatever is due. */
void far_settle(struct far *f);
