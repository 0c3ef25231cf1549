/* SPDX-License-Identifier: BSD-3-Clause */
/* Compiler attributes under one name each. The only header with conditional code. */
#pragma once

#define must_check	  __attribute__((warn_unused_result))
#define printf_like(f, a) __attribute__((format(printf, f, a)))
#define wire_packed	  __attribute__((packed))
#define cache_aligned	  __attribute__((aligned(64)))
#define likely(x)	  __builtin_expect(!!(x), 1)
#define unlikely(x)	  __builtin_expect(!!(x), 0)
#define array_len(a)	  (sizeof(a) / sizeof((a)[0]))
