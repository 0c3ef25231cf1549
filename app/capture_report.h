/* SPDX-License-Identifier: BSD-3-Clause */
/* What was found in a capture, for people and as JSON. Never a key. */
#pragma once

#include "controlplane/diagnose/capture.h"

#include <stdbool.h>
#include <stdio.h>

void capture_report_text(FILE *out, const struct capture *c, bool broken);
void capture_report_json(FILE *out, const struct capture *c, bool broken);
