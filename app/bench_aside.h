/* SPDX-License-Identifier: BSD-3-Clause */
/* A thread beside one worker, on the processor next to its own. */
#pragma once

#include "lib/base/compat.h"

#include <pthread.h>

/* 0 or -errno, logged. */
int must_check bench_aside_start(pthread_t *thread, void *(*fn)(void *), void *arg);
