/* SPDX-License-Identifier: BSD-3-Clause */
/* Which peer of several is asked, and when: transcripts of what happens and who is asked next. */
#include "controlplane/acquire.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	HANDLE = 2,
	PEERS = 3
};

static struct {
	struct acquire acquire;
	struct tunnel tunnel;
	struct tunnels set;
	char asked[16]; /* last digits of the addresses asked, in order */
} f;

static struct addr peer_of(char digit)
{
	return addr_v4(0x0a000000 + (uint32_t)(digit - '0'));
}

static int initiate(void *, const struct tunnel *t, const struct addr *peer, uint64_t)
{
	size_t n = strlen(f.asked);

	assert_ptr_equal(t, &f.tunnel);
	assert_true(n + 1 < sizeof(f.asked));
	f.asked[n] = (char)('0' + (addr_to_v4(peer) & 0xf));
	return 0;
}

static void begin(uint8_t first)
{
	const struct acquire_env env = {.initiate = initiate};

	memset(&f, 0, sizeof(f));
	f.tunnel = (struct tunnel){.handle = HANDLE, .n_peers = PEERS, .first_peer = first};
	for (size_t i = 0; i < PEERS; i++)
		f.tunnel.peers[i] = peer_of((char)('1' + i));
	f.set = (struct tunnels){.rows = &f.tunnel, .n = 1};
	assert_int_equal(acquire_init(&f.acquire, HANDLE + 1, &env), 0);
}

/*
 * One letter, one event, with the peer it is about as a digit behind it: p packet, u up, f phase 1
 * failed, q quick mode failed by the peer, o by ourselves, r rekey, x dead. Without a digit: d down
 * (cleared), i down (idle), x is followed by the loss of the SA.
 */
static void happen(const char *transcript)
{
	for (const char *p = transcript; *p; p++) {
		struct addr peer = peer_of(p[1]);
		struct ike_path path = {.remote = peer};

		switch (*p) {
		case 'p': acquire_packet(&f.acquire, &f.tunnel); break;
		case 'd': acquire_down(&f.acquire, &f.tunnel, IKE_REASON_CLEARED); break;
		case 'i': acquire_down(&f.acquire, &f.tunnel, IKE_REASON_IDLE); break;
		case 'u': acquire_up(&f.acquire, &f.tunnel, &path); break;
		case 'f': acquire_peer_failed(&f.acquire, &f.set, &path); break;
		case 'q': acquire_child_failed(&f.acquire, &f.tunnel, &peer, true); break;
		case 'o': acquire_child_failed(&f.acquire, &f.tunnel, &peer, false); break;
		case 'r': acquire_rekey(&f.acquire, &f.tunnel, &path); break;
		case 'x':
			acquire_down(&f.acquire, &f.tunnel, IKE_REASON_DPD_DEAD);
			acquire_peer_dead(&f.acquire, &f.set, &path);
			break;
		default: continue;
		}
		acquire_run(&f.acquire, &f.set);
	}
}

static const struct row {
	const char *what;
	uint8_t first;
	bool idle_first;
	const char *transcript;
	const char *asked;
} rows[] = {
	{"the first is asked", 0, false, "p", "1"},
	{"each in turn, then it is over", 0, false, "p f1 f2 f3", "123"},
	{"a new negotiation begins with the first", 0, false, "p f1 f2 f3 p", "1231"},
	{"phase 1 fails, then its quick mode does: one step", 0, false, "p f1 q1", "12"},
	{"a refused quick mode turns to the next", 0, false, "p q1 q2 q3 p", "1231"},
	{"what is our own fault does not", 0, false, "p o1 p", "11"},
	{"failure of another peer is none of ours", 0, false, "p f3 q2", "1"},
	{"rekey goes to the peer in use", 0, false, "p f1 u2 r2", "122"},
	{"cleared: the first again", 0, false, "p f1 u2 d p", "121"},
	{"idle: the peer in use", 0, false, "p f1 u2 i p", "122"},
	{"idle default: the first", 0, true, "p f1 u2 i p", "121"},
	{"dead: the one after it", 0, false, "p u1 x1 p", "12"},
	{"the last is dead: the first", 0, false, "p f1 f2 u3 x3 p", "1231"},
	{"a dead one fails: all are asked once", 0, false, "p u1 x1 p f2 f3 f1", "1231"},
	{"a default peer comes first", 2, false, "p", "3"},
	{"then those after it, around the end", 2, false, "p f3 f1 f2", "312"},
	{"and again", 2, false, "p f3 f1 f2 p", "3123"},
	{"cleared: the default again", 1, false, "p f2 u3 d p", "232"},
	{"idle default: the default", 1, true, "p f2 u3 i p", "232"},
	{"dead default: the one after it", 1, false, "p u2 x2 p", "23"},
	{"the peer called us by itself", 1, false, "u1 d p", "2"},
	{"going down does not disturb a negotiation", 0, false, "p f1 d f2", "123"},
	{"packets meanwhile ask the same peer", 0, false, "p p f1 p", "1122"},
};

static void peers_are_asked_in_order(void **)
{
	for (size_t i = 0; i < array_len(rows); i++) {
		begin(rows[i].first);
		f.tunnel.idle_first = rows[i].idle_first;
		happen(rows[i].transcript);
		if (strcmp(f.asked, rows[i].asked) != 0)
			fail_msg("%s: \"%s\" asked %s, not %s", rows[i].what, rows[i].transcript,
				 f.asked, rows[i].asked);
		acquire_fini(&f.acquire);
	}
}

/* What `show` says is who was asked last, and after everything failed the one to begin with. */
static void peer_in_use_is_known(void **)
{
	struct addr first = peer_of('2'), next = peer_of('3');

	begin(1);
	assert_true(addr_eq(acquire_peer(&f.acquire, &f.tunnel), &first));
	happen("p f2");
	assert_true(addr_eq(acquire_peer(&f.acquire, &f.tunnel), &next));
	happen("f3 f1");
	assert_true(addr_eq(acquire_peer(&f.acquire, &f.tunnel), &first));
	acquire_forget(&f.acquire, HANDLE);
	assert_true(addr_eq(acquire_peer(&f.acquire, &f.tunnel), &first));
	acquire_fini(&f.acquire);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(peers_are_asked_in_order),
		cmocka_unit_test(peer_in_use_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
