/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Looks for the largest packet that crosses, one size after the other. Pure: the caller sends a
 * packet of the size asked for and says what became of it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
	PATH_SEARCH_FIRST = 100, /* whether anything crosses */
	PATH_SEARCH_TRIES = 2,	 /* before a size is said to be lost */
};

enum path_outcome {
	PATH_CROSSED,
	PATH_LOST,
	PATH_REFUSED, /* somebody said that it is too big */
};

/* Sizes are those of IP datagrams. */
struct path_search {
	uint16_t largest; /* that crossed, 0 = none */
	uint16_t lost;	  /* the smallest that got no answer, 0 = none */
	uint16_t refused; /* the smallest that was said to be too big, 0 = none */
	uint16_t size;	  /* to be tried next, 0 = it is over */
	uint8_t tries;	  /* of that size, without answer */
	uint16_t told;	  /* the limit that was told last, 0 = none */
	uint16_t most;	  /* no larger one is of interest */
};

void path_search_begin(struct path_search *s, uint16_t most);
/* What became of a packet of s->size. mtu: what whoever refused it would take, 0 = not said. */
void path_search_take(struct path_search *s, enum path_outcome outcome, uint16_t mtu);
/*
 * The smallest size that is lost without a word though smaller ones cross, 0 = there is none: who
 * sends it is told of a limit below it.
 */
uint16_t path_search_blackhole(const struct path_search *s);
