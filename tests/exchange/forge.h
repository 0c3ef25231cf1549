/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What an attacker writes, on the path or with the right keys (an insider): messages of the lab
 * changed payload by payload, decrypted and encrypted again with the keys of an engine, or made
 * from nothing.
 */
#pragma once

#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_sa.h"
#include "tests/exchange/lab.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The newest SA of an end, NULL when there is none. */
struct ike_sa *forge_sa(const struct lab *lab, int end);

/*
 * Replaces the body of the index-th payload of a type in a packet on its way; body NULL removes
 * it. An encrypted message is opened with the receiver's keys and closed again, its HASH computed
 * anew when rehash is set. False when the packet has no such payload.
 */
bool forge_replace(const struct lab *lab, struct lab_packet *p, uint8_t type, size_t index,
		   const void *body, size_t len, bool rehash);
/* Adds a payload behind the others. */
bool forge_add(const struct lab *lab, struct lab_packet *p, uint8_t type, const void *body,
	       size_t len, bool rehash);
/* One change of one message in flight: the forged copy arrives first, then the true one. */
struct forgery {
	size_t n; /* which packet */
	uint8_t type;
	size_t index;
	const uint8_t *body;
	size_t len;
	bool add;
	bool rehash;
	bool done;
};

/* A lab fate; fate_ctx is a struct forgery. */
enum lab_fate forge_before(struct lab *lab, size_t n, struct lab_packet *p);
/* A asks for a pair, and one message on the way is forged: what lab_initiate() says. */
int must_check forge_exchange(struct lab *lab, struct forgery *forgery);
/* Writes the other cookies into a packet. */
void forge_cookies(struct lab_packet *p, const struct ike_sa *sa);

/*
 * An informational message under the newest SA of from, made by fill and given to the other end.
 * The hash is damaged when good is false.
 */
void forge_info(struct lab *lab, int from, uint32_t msgid, bool good,
		void (*fill)(struct ike_build *b, const struct ike_sa *sa, void *ctx), void *ctx);
