/* SPDX-License-Identifier: BSD-3-Clause */
/* The part of apply.h about service policies, which are sent as a whole. */
#pragma once

#include "controlplane/apply.h"
#include "controlplane/qos.h"

/* 0, or -ENOMEM when something could not be sent. */
int must_check apply_qos(struct apply *a, const struct qos *q);
