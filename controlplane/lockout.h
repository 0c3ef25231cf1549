/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The brake on guessing passwords. Wrong ones are counted for each user at each address, for each
 * user, and for each address; beyond a free number the next try has to wait. The first wait doubles
 * with each failure, the others are a rate, so that nobody keeps a user out for long; and who once
 * logged in at an address is not held there by what others do elsewhere. Failures are forgotten
 * with time. One table of fixed size; nothing here knows whether a user exists.
 *
 * Beside that, what IOS has: `aaa local authentication attempts max-fail N` locks a local user
 * after so many wrong passwords in a row, from anywhere, until an administrator unlocks it.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	LOCKOUT_SETS = 1024,
	LOCKOUT_WAYS = 8, /* of a set the row that was longest unused goes */
	LOCKOUT_USER = 64,
	LOCKOUT_FREE_PAIR = 3, /* failures without a wait */
	LOCKOUT_FREE_WIDE = 20,
};

struct lockout_row {
	uint64_t key; /* keyed hash of kind, user and address; 0 = free */
	uint64_t last_ms;
	uint64_t until_ms;
	uint32_t failures;
	bool good; /* the user has logged in there */
};

/* A local user who has failed; owned. */
struct lockout_local {
	TAILQ_ENTRY(lockout_local) link;
	char user[LOCKOUT_USER];
	uint32_t failures;  /* in a row */
	uint64_t locked_ms; /* 0 = not */
};

TAILQ_HEAD(lockout_locals, lockout_local);

struct lockout {
	uint8_t seed[16];
	struct lockout_row rows[LOCKOUT_SETS][LOCKOUT_WAYS];
	struct lockout_locals locals;
	uint64_t held; /* logins refused unasked */
};

enum lockout_outcome {
	LOCKOUT_RIGHT,
	LOCKOUT_WRONG,
	LOCKOUT_UNKNOWN, /* nobody could say */
};

/* Without randomness the hash is guessable, no more. */
void lockout_init(struct lockout *l);
void lockout_fini(struct lockout *l);

/*
 * Whether a login may be tried now. True: it counts as a failure until lockout_settle() says
 * otherwise, so that many at once are not free.
 */
bool must_check lockout_ask(struct lockout *l, const char *user, const struct addr *peer,
			    uint64_t now_ms);
void lockout_settle(struct lockout *l, const char *user, const struct addr *peer,
		    enum lockout_outcome outcome);

/* What a local user's password was. True when this has locked the user; max_fail 0 = never. */
bool lockout_local_result(struct lockout *l, const char *user, bool right, uint32_t max_fail,
			  uint64_t now_ms);
bool lockout_local_is_locked(const struct lockout *l, const char *user);
/* Unlocks a user, or all with NULL. Returns how many were locked. */
size_t lockout_local_clear(struct lockout *l, const char *user);
