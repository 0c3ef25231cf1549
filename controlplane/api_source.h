/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration that parameters of a call name (@SOURCE of the schema): in force, saved, a text
 * of the operator, or one of these changed.
 */
#pragma once

#include "controlplane/api_call.h"
#include "lib/base/fault.h"

#include <stdbool.h>

/* Whether one is named. params may be NULL. */
bool api_source_given(const json_t *params);
/*
 * 0; or -EINVAL when it has lines that are refused, which are among the faults, or, with no error
 * there, after api_call_fail(); or -ENOMEM. Then *out is empty.
 */
int must_check api_source_read(struct api_call *call, const json_t *source, struct config *out,
			       struct fault_list *faults);
/*
 * That of the parameters, fit to be saved: -EINVAL after api_call_fail() in any case, also for what
 * culvertd would not start with.
 */
int must_check api_source_read_valid(struct api_call *call, struct config *out);
