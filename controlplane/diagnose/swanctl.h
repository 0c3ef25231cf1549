/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A strongSwan swanctl.conf as the lines a router would have for the same: policies, keys,
 * transform sets, access lists and a crypto map. What IKEv1 with these has no word for is told and
 * left out; connections of IKEv2 alone are no peers of ours.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/base/fault.h"

#include <stdbool.h>

/* Whether a text is a swanctl.conf: it has a section `connections`. */
bool swanctl_is(const char *text);
/* malloc'ed, with keys in clear: to be wiped. NULL without memory. */
char *must_check swanctl_lines(const char *text, struct fault_list *faults);
