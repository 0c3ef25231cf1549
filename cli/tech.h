/* SPDX-License-Identifier: BSD-3-Clause */
/* `show tech-support`: the answers of many commands, each under its name. */
#pragma once

#include "cli/render.h"
#include "lib/base/compat.h"

struct shell;

/* {"show version":{...},...}; NULL after the reason was printed. Secrets are masked in all. */
json_t *must_check tech_collect(struct shell *shell);
void tech_render(FILE *out, const struct render_request *request, const json_t *result);
