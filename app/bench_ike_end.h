/* SPDX-License-Identifier: BSD-3-Clause */
/* One end of bench_ike_net.h: its engine, and the world as that sees it. */
#pragma once

#include "app/bench_ike_net.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	BENCH_IKE_START_MS = 1000000,
	BENCH_IKE_MS = 1000000,		  /* in ns */
	BENCH_IKE_RESPONDER = 0x0a000001, /* address */
	BENCH_IKE_CALLERS = 0x0b000000,
	BENCH_IKE_FIRST_SPI = 256, /* RFC 2406 2.1: those below are reserved */
};

struct bench_ike_end;

/* A datagram to an end, or with a SPI the answer that its inbound SA stands. */
struct bench_ike_parcel {
	TAILQ_ENTRY(bench_ike_parcel) link;
	struct bench_ike_end *to;
	struct ike_path path;
	uint32_t spi;
	size_t len;
	uint8_t data[];
};

struct bench_ike_job {
	TAILQ_ENTRY(bench_ike_job) link;
	void (*work)(void *arg);
	void (*done)(void *arg);
	void *arg;
};

TAILQ_HEAD(bench_ike_parcels, bench_ike_parcel);
TAILQ_HEAD(bench_ike_jobs, bench_ike_job);

struct bench_ike_end {
	struct bench_ike_net *net;
	struct ike_engine *engine;
	struct addr addr;
	uint64_t due_ms;
};

struct bench_ike_caller {
	struct bench_ike_end end;
	struct ike_child near;
	struct ike_child far; /* the responder's */
	bool up;
};

struct bench_ike_net {
	struct bench_ike_setup setup;
	struct bench_ike_end responder;
	struct bench_ike_caller *callers; /* owned */
	struct bench_ike_parcels to_responder;
	struct bench_ike_parcels to_callers;
	struct bench_ike_jobs jobs;
	size_t n_waiting; /* to_responder */
	size_t n_jobs;
	uint64_t idle_ms; /* the clock moved while nobody computed */
	uint32_t next_spi;
	struct bench_ike_tally tally;
};

bool bench_ike_end_responds(const struct bench_ike_end *end);
/* 0 or -ENOMEM. */
int must_check bench_ike_end_start(struct bench_ike_net *net, struct bench_ike_end *end,
				   uint32_t address);
/* What the caller wants, from the responder's side when far. */
struct ike_child_config bench_ike_end_child(const struct bench_ike_net *net, size_t caller,
					    bool far);
uint64_t bench_ike_end_now_ms(const struct bench_ike_net *net);
