/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Two IKE engines in one process: a fake clock, random numbers from a seed, Diffie-Hellman jobs
 * and SA installations that are done when the lab says so, and a channel whose packets a test may
 * drop, duplicate, delay or corrupt. A NAT may stand in front of end A. A test is a transcript.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_record.h"
#include "lib/base/dialect.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LAB_CHILDREN = 64,
	LAB_EVENTS = 256,
	LAB_DELETED = 64,
	LAB_QUEUE = 256,
	LAB_RECORD = 512,
	LAB_NEGOTIATIONS = 64,
};

enum lab_fate {
	LAB_DELIVER,
	LAB_DROP,
	LAB_DUPLICATE,
	LAB_CORRUPT, /* a bit of the byte at corrupt_at */
	LAB_DELAY,   /* by less than a retransmission takes */
	LAB_LATE,    /* by more than that: the message comes again before it */
};

struct lab;

struct lab_packet {
	int to;		      /* 0 = A, 1 = B */
	struct ike_path path; /* as the receiver sees it */
	uint64_t at_ms;
	size_t len;
	uint8_t data[IKE_DATAGRAM_MAX];
};

/* What the environment of one end was told. */
struct lab_end {
	struct lab *lab;
	int me;
	struct ike_engine *engine;
	struct addr addr;
	struct ike_peer peer; /* what it knows of the other end */
	struct ike_id group;  /* the only name it knows in aggressive mode, type 0 = any */
	bool unknown_peer;
	bool any_peer;		       /* any address is a peer; the other end's is named */
	struct ike_child_config child; /* what it wants */
	bool no_map;
	bool job_fails_to_queue;
	bool hears;			 /* heard() */
	bool has_sent;			 /* *sent of heard() */
	int install_error;		 /* answer to install_in */
	bool install_stalls;		 /* never answered */
	struct ike_client_config client; /* answer to client() */
	enum ike_reason client_refusal;	 /* instead, when not NONE */
	const char *password;		 /* of the user "alice" */
	enum ike_reason user_verdict;	 /* of env->user when it is not NONE */
	bool user_stalls;		 /* never answered */
	size_t n_users;			 /* times env->user was called */
	struct ike_user user;		 /* the last one */
	bool user_waits;		 /* to be answered by the lab */
	size_t n_clients;
	bool no_spi;
	uint64_t random_state;
	bool random_fails;
	uint32_t next_spi;
	int spis; /* allocated and neither freed nor installed */
	struct ike_child in[LAB_CHILDREN];
	size_t n_in;
	struct ike_child out[LAB_CHILDREN];
	size_t n_out;
	struct ike_event events[LAB_EVENTS];
	size_t n_events;
	struct ike_record negotiations[LAB_NEGOTIATIONS]; /* as last told, oldest first */
	size_t n_negotiations;
	size_t n_told; /* times env->record was called */
	uint32_t deleted[LAB_DELETED];
	size_t n_deleted;
	size_t n_sent;
	size_t bytes_sent;
	size_t n_keepalives;
	enum dialect dialect; /* of its debug lines */
	char *log;	      /* debug lines, owned */
	size_t log_len;
};

struct lab_job {
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

struct lab_install {
	int end;
	uint32_t spi;
};

struct lab {
	uint64_t now_ms;
	struct lab_end ends[2];
	struct lab_packet *queue[LAB_QUEUE]; /* owned */
	size_t n_queue;
	struct lab_packet *record[LAB_RECORD]; /* all packets sent, owned */
	size_t n_record;
	struct lab_job jobs[64];
	size_t n_jobs;
	bool jobs_wait; /* jobs stay queued until this is false */
	struct lab_install installs[64];
	size_t n_installs;
	size_t n_packets; /* sent so far, the index given to fate */
	enum lab_fate (*fate)(struct lab *lab, size_t n, struct lab_packet *packet);
	void *fate_ctx;
	size_t fate_n; /* for lab_fate_nth() */
	enum lab_fate fate_what;
	size_t corrupt_at; /* from the end of the message; 0 = in its last block */
	bool nat;	   /* in front of A */
	struct addr nat_addr;
	uint16_t nat_offset; /* added to A's ports */
	bool cut;	     /* nothing arrives */
};

/*
 * Both ends agree: aes 256, sha, group 2, PSK; esp-aes 256 esp-sha-hmac, tunnel, 192.168.1/24 -
 * 2/24.
 */
void lab_init(struct lab *lab);
void lab_start(struct lab *lab); /* creates the engines, with the configuration as it is then */
/* What an engine sees of the lab (lab_env.c). */
struct ike_env lab_env(struct lab_end *end);
/* One end loses its memory: a new engine without a word to the other. */
void lab_restart(struct lab *lab, int end);
/* Destroys everything. */
void lab_fini(struct lab *lab);

/* A tunnel that is up, A its initiator, DPD off, and what happened so far forgotten. */
void lab_tunnel(struct lab *lab);

struct ike_path lab_path(const struct lab *lab, int end);
int lab_initiate(struct lab *lab, int end);
/* Delivers, runs jobs, confirms installations and moves the clock, until nothing happens for ms. */
void lab_run(struct lab *lab, uint64_t ms);
/* One packet, job or installation; false when there is none. */
bool lab_step(struct lab *lab);
/* Everything, without moving the clock. */
void lab_settle(struct lab *lab);
/* A packet nobody of the two has sent. */
void lab_inject(struct lab *lab, int to, const void *data, size_t len, uint16_t dport);
void lab_inject_path(struct lab *lab, int to, const struct ike_path *path, const void *data,
		     size_t len);

/* The n-th packet sent in all gets the fate fate_what, once. */
enum lab_fate lab_fate_nth(struct lab *lab, size_t n, struct lab_packet *packet);

/* How many IKE SAs are in state QM_IDLE, and in any state. */
size_t lab_up(const struct lab *lab, int end);
size_t lab_sas(const struct lab *lab, int end);
/* The first event of a type, or NULL. */
const struct ike_event *lab_event(const struct lab_end *end, enum ike_event_type type);
/* The newest record of a kind, or NULL. */
const struct ike_record *lab_negotiation(const struct lab_end *end, enum ike_record_kind kind);
size_t lab_count_events(const struct lab_end *end, enum ike_event_type type);
uint64_t lab_counter(const struct lab *lab, int end, enum ike_counter counter);
/* Sum of all counters of an end. */
uint64_t lab_rejected(const struct lab *lab, int end);
/* True when the newest pair of A and of B fit: SPIs crossed, keys equal, selectors mirrored. */
bool lab_pair_fits(const struct lab *lab);
/* Forgets events, children, counters cannot be. */
void lab_forget(struct lab *lab);
