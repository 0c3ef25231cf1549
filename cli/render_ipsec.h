/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show crypto ipsec sa` in three layouts (show-formats 3 to 5): a file each for the order of
 * things, and render_ipsec_lines.c for the fields of all. indent stands before every line.
 */
#pragma once

#include "cli/render.h"

void render_ipsec_asa(FILE *out, const struct render_request *request, const json_t *result);
void render_ipsec_pix(FILE *out, const struct render_request *request, const json_t *result);

/* Of a block: whom it is between, what was counted, where its ends are. */
void render_ipsec_idents(FILE *out, enum dialect dialect, const json_t *block);
void render_ipsec_counters(FILE *out, enum dialect dialect, const json_t *block);
void render_ipsec_ends(FILE *out, enum dialect dialect, const json_t *block);
/* One SA; and all of a direction under their heading. */
void render_ipsec_one(FILE *out, enum dialect dialect, const json_t *sa);
void render_ipsec_list(FILE *out, enum dialect dialect, const char *direction, const json_t *sas);

bool render_ipsec_is_detail(const struct render_request *request);
/* What was counted by cause on a block, for `detail`. */
void render_ipsec_errors(FILE *out, const char *indent, const json_t *block);
/* The last 64 sequence numbers received; of an outbound SA, which has none, as an ASA does. */
void render_ipsec_bitmap(FILE *out, const char *indent, const json_t *sa);
/* The reorder meter of an inbound SA; nothing without one. */
void render_ipsec_meter(FILE *out, const char *indent, const json_t *sa);
void render_ipsec_diagnosis(FILE *out, const char *indent, const json_t *sa);
