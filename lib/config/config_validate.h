/* SPDX-License-Identifier: BSD-3-Clause */
/* The checks behind config_grammar_validate(): faults of a configuration as a whole. */
#pragma once

#include "lib/base/fault.h"
#include "lib/config/config_model.h"

void config_validate_all(const struct config *c, struct fault_list *faults);

/* The part about class-maps, policy-maps and where they are. */
void config_validate_qos(const struct config *c, struct fault_list *faults);
/* The part about client groups, pools, lists of methods and RADIUS servers. */
void config_validate_remote(const struct config *c, struct fault_list *faults);
/* The part about isakmp, transform sets, crypto maps and their access lists. */
void config_validate_crypto(const struct config *c, struct fault_list *faults);
