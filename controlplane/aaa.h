/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Who may log in, and the accounting of who is: questions to local users and RADIUS servers, by the
 * methods of a list, off the loop's thread. A question takes with it all it needs, so that the
 * configuration may change meanwhile. The next server is asked when one does not answer, the next
 * method when no server does; never when the answer is no. A server that did not answer is left
 * alone for a while. Who guesses passwords has to wait (lockout.h), and an unknown name costs as
 * much as a wrong password.
 */
#pragma once

#include "controlplane/lockout.h"
#include "controlplane/radius.h"
#include "lib/base/compat.h"
#include "lib/config/config_remote.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	AAA_SERVERS_MAX = 8,	/* of the configuration, the first ones */
	AAA_LOGINS_AT_ONCE = 2, /* the thread pool is also for Diffie-Hellman */
	AAA_WAITING_MAX = 1024, /* of either kind, and of those refused unasked */
};

/* A server and when it may be asked again. */
struct aaa_server {
	struct config_radius_server config;
	uint64_t dead_until_ms; /* 0 = alive */
	uint64_t asked;		/* requests, answers, and those never answered */
	uint64_t answered;
	uint64_t silent;
	enum radius_flaw flaw; /* of what came last instead of an answer */
};

/* What came of a login. */
struct aaa_answer {
	enum ike_reason verdict; /* NONE, or USER_REFUSED, _TIMEOUT, _HELD, LOGINS_FULL */
	bool local;		 /* the local list said so */
	struct radius_reply reply;
};

typedef void (*aaa_answer_fn)(void *ctx, const struct ike_user *user,
			      const struct aaa_answer *answer);

/* One request to one server, when it goes out and when it is over. */
struct aaa_exchange {
	const struct config_radius_server *server;
	const struct radius_request *request;
	enum {
		AAA_SENT,
		AAA_ACCEPTED,
		AAA_REJECTED,
		AAA_SILENT,
	} state;
	enum radius_flaw flaw;
};

struct aaa_env {
	void *ctx;
	uint64_t (*now_ms)(void *ctx);
	/* As ike_env.job. */
	int (*job)(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg);
	aaa_answer_fn answer;
	/* A server has become dead (no answer in time) or alive again. */
	void (*server)(void *ctx, const struct aaa_server *server);
	/* A local user is locked now, after so many wrong passwords in a row. */
	void (*locked)(void *ctx, const char *user, uint32_t failures);
	/* A server has taken this accounting record. */
	void (*accounted)(void *ctx, const struct radius_request *record);
	/* What servers are asked; NULL when nobody wants to know. */
	void (*exchange)(void *ctx, const struct aaa_exchange *exchange);
};

struct aaa_job;
TAILQ_HEAD(aaa_jobs, aaa_job);

struct aaa {
	struct aaa_env env;
	struct aaa_server servers[AAA_SERVERS_MAX];
	size_t n_servers;
	uint32_t deadtime_s;
	uint32_t max_fail; /* of a local user, 0 = any number */
	struct lockout lockout;
	struct aaa_jobs refused;    /* owned; wait for the turn to be told so */
	struct aaa_jobs logins;	    /* owned; waiting */
	struct aaa_jobs accounting; /* owned; waiting, in order */
	struct aaa_jobs running;    /* owned by their threads until done */
	size_t n_refused, n_logins, n_accounting;
	size_t n_running_logins, n_running_accounting;
	uint64_t unheard; /* logins that could not even be refused */
	uint64_t lost;	  /* accounting records given up */
	bool stopping;	  /* what is sent now must not take long */
};

void aaa_init(struct aaa *a, const struct aaa_env *env);
/* No job may be running. */
void aaa_fini(struct aaa *a);
/* The servers of a configuration; those that stay keep their state. */
void aaa_configure(struct aaa *a, const struct config_remote *config);
/*
 * Asks by the methods of a list whether this is the user: env.answer comes later, never from
 * inside, also when list is NULL (then USER_REFUSED). Copies the user; the caller wipes its own.
 */
void aaa_login(struct aaa *a, const struct config_remote *config,
	       const struct config_aaa_list *list, const struct ike_user *user, const char *nas);
/* The IKE SA of a login is gone: nobody waits for the answer. */
void aaa_abandon(struct aaa *a, uint64_t ike_sa);
/* Sends a record to the servers; in the order of the calls. */
void aaa_account(struct aaa *a, const struct radius_request *record);
/* Starts what can be started; returns the next time, UINT64_MAX for none. */
uint64_t aaa_turn(struct aaa *a);
/* Nothing waits and nothing runs. */
bool aaa_idle(const struct aaa *a);
