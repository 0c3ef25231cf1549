/* SPDX-License-Identifier: BSD-3-Clause */
/* Provocations of drops_provoke.c: fragments for ourselves that do not make a datagram. */
#pragma once

#include "tests/plane/drops_scene.h"

void drops_fragment_dup(struct drops_scene *s);
void drops_fragment_overlap(struct drops_scene *s);
void drops_fragment_too_many(struct drops_scene *s);
void drops_fragment_timeout(struct drops_scene *s);
void drops_fragment_pool(struct drops_scene *s);
void drops_fragment_length(struct drops_scene *s);
void drops_fragment_tiny(struct drops_scene *s);
void drops_fragment_oversize(struct drops_scene *s);
