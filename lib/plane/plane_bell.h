/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Doorbell beside a ring: an eventfd. Rung after a send; cheap to ring when already rung. Clear it
 * before draining, never after, or a message is slept over.
 */
#pragma once

int plane_bell_create(void); /* descriptor or -errno */
void plane_bell_ring(int bell);
void plane_bell_clear(int bell);
