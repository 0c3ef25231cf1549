/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two control planes in one process, each over a real memory file with real rings, and a data plane
 * that only keeps the books: it answers every command, fills the statistics segment and carries IKE
 * datagrams from one end to the other. The clock stands still until a test moves it.
 */
#pragma once

#include "controlplane/control.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BENCH_WORKERS = 4,
	BENCH_SLOTS = 64,
	BENCH_TUNNELS = 32,
	BENCH_MSGS = 4096,
	BENCH_HELD = 16,
	BENCH_NAT_PORT = 20000, /* added to the ports of a by the NAT */
};

struct bench_end {
	struct plane plane;
	int bells[BENCH_WORKERS + 2]; /* workers, control, main */
	struct control *control;
	struct addr address;			   /* datagrams for it are delivered here */
	struct plane_msg seen[BENCH_MSGS];	   /* commands without keys, oldest first */
	int seen_at[BENCH_MSGS];		   /* worker, or PLANE_CLIENT_MAIN */
	uint8_t lanes[BENCH_WORKERS][BENCH_SLOTS]; /* of the outbound SAs */
	size_t n_seen;
	int refuse_type; /* PLANE_NONE, or the command answered with refuse_error */
	int refuse_error;
};

struct bench {
	struct bench_end a; /* 10.0.0.1, inside 192.168.1.0/24 */
	struct bench_end b; /* 10.0.0.2, inside 192.168.2.0/24 */
	bool cut;	    /* datagrams are lost */
	struct addr nat;    /* of a NAT in front of a, which changes its ports too; NONE = none */
	size_t n_datagrams;
	size_t lose_after;			 /* datagrams beyond so many are lost; 0 = none */
	bool hold;				 /* datagrams wait for bench_release() */
	struct bench_datagram *held[BENCH_HELD]; /* owned, oldest first */
	size_t n_held;
};

struct bench_datagram {
	struct plane_datagram head;
	uint8_t data[PLANE_PACKET_MAX];
};

/* Two ends of one tunnel each for TCP and ICMP; a knows a second peer key for failover. */
extern const char bench_config_a[];
extern const char bench_config_b[];

void bench_init(struct bench *b, const char *config_a, const char *config_b);
void bench_fini(struct bench *b);
/* Moves everything until nothing moves any more. */
void bench_settle(struct bench *b);
/* Delivers the i-th of the datagrams that wait, and settles. */
void bench_release(struct bench *b, size_t i);
/* Advances the clock in steps of a second, settling after each. */
void bench_pass(struct bench *b, unsigned seconds);
uint64_t bench_now(void);

/* A packet wants the i-th tunnel of this end. */
void bench_acquire(struct bench *b, struct bench_end *end, size_t tunnel);
/* Pretends that the SA pair carried traffic both ways just now. */
void bench_traffic(struct bench_end *end, const struct sa_pair *pair);
/* The pair that carries the traffic of the i-th tunnel, or NULL. */
struct sa_pair *bench_current(const struct bench_end *end, size_t tunnel);
/* The same of a lane of its own. */
struct sa_pair *bench_lane(const struct bench_end *end, size_t tunnel, unsigned lane);
size_t bench_count_pairs(const struct bench_end *end, size_t tunnel);
/* Commands of a type seen since bench_forget(). */
size_t bench_seen(const struct bench_end *end, enum plane_type type);
void bench_forget(struct bench_end *end);
/* Lines of the log with this text. */
size_t bench_logged(const struct bench_end *end, const char *text);
/* Applies configuration lines at an end, as a client of the API would. */
void bench_configure(struct bench *b, struct bench_end *end, const char *text);
/*
 * The control plane dies without a word and a new one starts on the same memory with the same
 * text, and without a vault: the SAs of before are orphans.
 */
void bench_restart(struct bench *b, struct bench_end *end, const char *config);
/* The same with what it has left in the vault. */
void bench_reload(struct bench *b, struct bench_end *end, const char *config);

/* Both ends carry the tunnel's traffic on each other's SPIs. */
void bench_assert_joined(const struct bench *b, size_t tunnel);
/* A packet at end a brings the tunnel up. */
void bench_bring_up(struct bench *b, size_t tunnel);
/* As bench_pass(), with traffic both ways every second. */
void bench_pass_with_traffic(struct bench *b, size_t tunnel, unsigned seconds);
