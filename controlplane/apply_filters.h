/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of apply.h about access lists of interfaces, which are sent as a whole. */
#pragma once

#include "controlplane/apply.h"
#include "controlplane/filters.h"

/* 0, or -ENOMEM when something could not be sent. */
int must_check apply_filters(struct apply *a, const struct filters *f);
