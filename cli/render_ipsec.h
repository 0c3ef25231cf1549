/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * `show crypto ipsec sa` in three layouts (show-formats 3 to 5): a file each, and what they share.
 * indent stands before every line.
 */
#pragma once

#include "cli/render.h"

void render_ipsec_asa(FILE *out, const struct render_request *request, const json_t *result);
void render_ipsec_pix(FILE *out, const struct render_request *request, const json_t *result);

bool render_ipsec_is_detail(const struct render_request *request);
/* What was counted by cause on a block, for `detail`. */
void render_ipsec_errors(FILE *out, const char *indent, const json_t *block);
/* The last 64 sequence numbers received; of an outbound SA, which has none, as an ASA does. */
void render_ipsec_bitmap(FILE *out, const char *indent, const json_t *sa);
/* The reorder meter of an inbound SA; nothing without one. */
void render_ipsec_meter(FILE *out, const char *indent, const json_t *sa);
void render_ipsec_diagnosis(FILE *out, const char *indent, const json_t *sa);
