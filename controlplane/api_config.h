/* SPDX-License-Identifier: BSD-3-Clause */
/* What the methods about the configuration share. */
#pragma once

#include "lib/base/fault.h"

#include <jansson.h>

/* As @FAULT of the schema. */
json_t *api_config_faults(const struct fault_list *faults);
