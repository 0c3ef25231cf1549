/* SPDX-License-Identifier: BSD-3-Clause */
#pragma once

struct control;

/* Tells the data plane which captures run and what they want; a refusal stops them, logged. */
void captures_plane_program(struct control *c);
