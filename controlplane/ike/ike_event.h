/* SPDX-License-Identifier: BSD-3-Clause */
/* Events to the environment, filled in from the SA. */
#pragma once

#include "controlplane/ike/ike_sa.h"

#include <stdint.h>

/* UP, DOWN, FAILED, INITIAL_CONTACT, DPD_LOST: about the SA itself. */
void ike_event_sa(const struct ike_sa *sa, enum ike_event_type type, enum ike_reason reason);
/*
 * Something the peer sent suggests why phase 1 will fail; nothing is believed or ended on it. The
 * reason stands in FAILED if that comes, and is told at once with HINT, the first time.
 */
void ike_event_hint(struct ike_sa *sa, enum ike_reason reason);
/* The peer negotiates the same at the same time: a tunnel, or 0 = a successor of the SA. */
void ike_event_collision(const struct ike_sa *sa, uint32_t tunnel);
/* Message 1 of aggressive mode from somebody from whom it is not accepted. */
void ike_event_aggressive(struct ike_engine *engine, const struct ike_path *path);
/* spi: our inbound SPI when it was installed and has to go, else 0. sa may be NULL. */
void ike_event_child_failed(struct ike_engine *engine, const struct ike_sa *sa,
			    const struct ike_path *path, uint32_t tunnel, enum ike_reason reason,
			    uint32_t spi);
/* The peer's offer was refused; note: what of it, "" = nothing more to say. */
void ike_event_child_refused(const struct ike_sa *sa, uint32_t tunnel, enum ike_reason reason,
			     const char *note);
/* The question of that number is answered. */
void ike_event_sized(const struct ike_sa *sa, uint32_t number);
void ike_event_invalid_spi(const struct ike_sa *sa, uint32_t spi);
