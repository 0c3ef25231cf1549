/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A store of SA pairs with a fake engine, worker and clock. The worker obeys when sa_lab_answer()
 * says so; what the engine was asked for is counted.
 */
#pragma once

#include "controlplane/sa_store.h"

enum {
	SA_LAB_HANDLE = 3,
	SA_LAB_COMMANDS = 64,
	SA_LAB_LIFETIME_S = 1000,
};

struct sa_lab_command {
	struct plane_msg msg;
	plane_client_ack_fn fn;
	void *ctx;
	uint64_t arg;
};

struct sa_lab {
	struct plane plane;
	struct slots *slots;
	struct sa_store store;
	struct tunnel tunnel; /* SA_LAB_HANDLE, the only one */
	uint64_t now_ms;
	struct sa_lab_command commands[SA_LAB_COMMANDS]; /* not answered */
	size_t n_commands;
	int send_error;
	uint32_t installed_spi; /* last answer to the engine */
	int installed_error;
	unsigned n_deletes;
	unsigned n_wants;
	unsigned n_up;
	unsigned n_down;
};

void sa_lab_init(struct sa_lab *l);
void sa_lab_fini(struct sa_lab *l);
/* The worker obeys one command, or says that error; the command's type is returned. */
enum plane_type sa_lab_answer(struct sa_lab *l, int error);
void sa_lab_answer_all(struct sa_lab *l);
/* What the engine hands over: two keys of 36 bytes, the inbound one is 0, 1, 2... */
struct ike_child sa_lab_child(uint32_t spi_in, uint32_t spi_out, bool initiator);
/* A pair through the whole negotiation. */
struct sa_pair *sa_lab_bring_up(struct sa_lab *l, uint32_t spi_out, bool initiator);
/* The clock goes on by so much, and expires what is due. */
void sa_lab_pass(struct sa_lab *l, uint64_t ms);
/* A packet of 1000 bytes comes in on a pair. */
void sa_lab_carry(struct sa_lab *l, const struct sa_pair *pair);
