/* SPDX-License-Identifier: BSD-3-Clause */
/* Which part of a rate each worker gets for what it has to send: see qos_main.h. Only numbers. */
#pragma once

#include <stdint.h>

enum {
	QOS_SHARE_FLOOR = 16, /* least part of an even part, inverted */
	QOS_SHARE_KEEP = 3,   /* of four parts of the demand, what is remembered */
};

/* Demand of one worker, averaged: what was and what came now. */
static inline uint64_t qos_share_demand(uint64_t before, uint64_t now)
{
	return (before * QOS_SHARE_KEEP + now) / (QOS_SHARE_KEEP + 1);
}

/*
 * Parts of n workers in units of 1 / whole; they add up to at most whole. Without any demand the
 * parts stay as they are.
 */
void qos_share_split(const uint64_t *demand, unsigned n, uint32_t whole, uint32_t *parts);
