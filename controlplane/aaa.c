/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/aaa.h"

#include "lib/crypto/password.h"

#include <stdlib.h>
#include <string.h>

enum {
	MS_PER_S = 1000,
	S_PER_MINUTE = 60,
};

struct aaa_job {
	TAILQ_ENTRY(aaa_job) link;
	struct aaa *aaa;
	struct radius_request request;
	struct ike_user user; /* of a login; its password is in the request */
	uint64_t made_ms;
	bool abandoned;
	bool known;  /* a local user of this name exists */
	bool locked; /* and is locked */
	uint8_t n_methods;
	uint8_t methods[CONFIG_METHODS_MAX];
	char asked[CONFIG_REMOTE_NAME]; /* group of the servers; "" = all */
	char stored[PASSWORD_TEXT];	/* of the local user; of another one when there is none */
	struct config_radius_server servers[AAA_SERVERS_MAX];
	size_t n_servers;
	/* written by the thread */
	bool silent[AAA_SERVERS_MAX];
	bool answered[AAA_SERVERS_MAX];
	enum radius_flaw flaw[AAA_SERVERS_MAX];
	struct aaa_answer answer;
};

void aaa_init(struct aaa *a, const struct aaa_env *env)
{
	*a = (struct aaa){.env = *env, .deadtime_s = S_PER_MINUTE};
	lockout_init(&a->lockout);
	TAILQ_INIT(&a->refused);
	TAILQ_INIT(&a->logins);
	TAILQ_INIT(&a->accounting);
	TAILQ_INIT(&a->running);
}

static void free_job(struct aaa_job *job)
{
	secret_wipe_bytes(job, sizeof(*job));
	free(job);
}

static void free_jobs(struct aaa_jobs *jobs)
{
	while (!TAILQ_EMPTY(jobs)) {
		struct aaa_job *job = TAILQ_FIRST(jobs);

		TAILQ_REMOVE(jobs, job, link);
		free_job(job);
	}
}

void aaa_fini(struct aaa *a)
{
	/* before aaa_init() in a control plane that could not be made */
	if (a->env.now_ms) {
		free_jobs(&a->refused);
		free_jobs(&a->logins);
		free_jobs(&a->accounting);
		lockout_fini(&a->lockout);
	}
	secret_wipe_bytes(a->servers, sizeof(a->servers));
}

static bool same_server(const struct config_radius_server *a, const struct config_radius_server *b)
{
	return addr_eq(&a->address, &b->address) && !strcmp(a->group, b->group) &&
	       a->auth_port == b->auth_port && a->acct_port == b->acct_port &&
	       !strcmp(a->key, b->key);
}

static struct aaa_server *find_server(struct aaa_server *rows, size_t n,
				      const struct config_radius_server *like)
{
	for (size_t i = 0; i < n; i++)
		if (same_server(&rows[i].config, like))
			return &rows[i];
	return NULL;
}

void aaa_configure(struct aaa *a, const struct config_remote *config)
{
	struct aaa_server old[AAA_SERVERS_MAX];
	size_t n_old = a->n_servers;

	memcpy(old, a->servers, sizeof(old));
	memset(a->servers, 0, sizeof(a->servers));
	a->n_servers = 0;
	a->deadtime_s = config->deadtime_minutes * S_PER_MINUTE;
	a->max_fail = config->max_fail;
	for (size_t i = 0; i < config->n_servers && a->n_servers < AAA_SERVERS_MAX; i++) {
		const struct config_radius_server *server = &config->servers[i];
		const struct aaa_server *kept = find_server(old, n_old, server);

		if (addr_is_none(&server->address) || !server->key[0])
			continue;
		if (kept)
			a->servers[a->n_servers] = *kept;
		a->servers[a->n_servers++].config = *server;
	}
	secret_wipe_bytes(old, sizeof(old));
}

static bool is_dead(const struct aaa *a, const struct aaa_server *server)
{
	return server->dead_until_ms > a->env.now_ms(a->env.ctx);
}

static bool is_asked(const struct aaa_job *job, const struct aaa_server *server)
{
	return !job->asked[0] || !strcmp(job->asked, server->config.group);
}

/* The servers a job asks: those alive; all when none is and nobody else can be asked. */
static void give_servers(const struct aaa *a, struct aaa_job *job, bool others)
{
	job->n_servers = 0;
	for (size_t i = 0; i < a->n_servers; i++)
		if (is_asked(job, &a->servers[i]) && !is_dead(a, &a->servers[i]))
			job->servers[job->n_servers++] = a->servers[i].config;
	if (job->n_servers || others)
		return;
	for (size_t i = 0; i < a->n_servers; i++)
		if (is_asked(job, &a->servers[i]))
			job->servers[job->n_servers++] = a->servers[i].config;
}

static void hurry(struct aaa_job *job)
{
	for (size_t i = 0; i < job->n_servers; i++) {
		job->servers[i].timeout_s = 1;
		job->servers[i].retransmit = 0;
	}
}

/* (worker thread) True when a server has answered. */
static bool ask_servers(struct aaa_job *job)
{
	for (size_t i = 0; i < job->n_servers; i++) {
		enum radius_result result =
			radius_ask(&job->servers[i], &job->request, &job->answer.reply);

		job->answered[i] = result == RADIUS_ACCEPTED || result == RADIUS_REJECTED;
		job->silent[i] = !job->answered[i];
		job->flaw[i] = job->answered[i] ? RADIUS_FLAW_NONE : job->answer.reply.flaw;
		if (!job->answered[i])
			continue;
		job->answer.verdict =
			result == RADIUS_ACCEPTED ? IKE_REASON_NONE : IKE_REASON_USER_REFUSED;
		return true;
	}
	return false;
}

/* (worker thread) */
static void ask_local(struct aaa_job *job)
{
	const struct secret *password = &job->request.password;
	/* always, so that time does not tell who exists or is locked */
	bool right = password_check(job->stored, password->b, password->len);

	job->answer.local = true;
	job->answer.verdict =
		right && job->known && !job->locked ? IKE_REASON_NONE : IKE_REASON_USER_REFUSED;
}

/* (worker thread) */
static void work(void *arg)
{
	struct aaa_job *job = arg;

	job->answer.verdict = job->n_methods ? IKE_REASON_USER_TIMEOUT : IKE_REASON_USER_REFUSED;
	for (size_t i = 0; i < job->n_methods; i++) {
		if (job->methods[i] == CONFIG_METHOD_LOCAL) {
			ask_local(job);
			return;
		}
		if (ask_servers(job))
			return;
	}
}

static void tell(const struct aaa *a, const struct aaa_job *job, size_t server, unsigned state)
{
	const struct aaa_exchange exchange = {
		.server = &job->servers[server],
		.request = &job->request,
		.state = state,
		.flaw = job->flaw[server],
	};

	if (a->env.exchange)
		a->env.exchange(a->env.ctx, &exchange);
}

/* That the first server is asked was told when it was. */
static void tell_answers(const struct aaa *a, const struct aaa_job *job)
{
	bool right = job->answer.verdict == IKE_REASON_NONE;

	for (size_t i = 0; i < job->n_servers; i++) {
		if (!job->silent[i] && !job->answered[i])
			continue;
		if (i > 0)
			tell(a, job, i, AAA_SENT);
		tell(a, job, i, job->silent[i] ? AAA_SILENT : right ? AAA_ACCEPTED : AAA_REJECTED);
	}
}

static void judge_server(struct aaa *a, struct aaa_server *server, bool silent,
			 enum radius_flaw flaw)
{
	bool was_dead = server->dead_until_ms != 0;

	server->flaw = flaw;
	server->asked++;
	server->silent += silent;
	server->answered += !silent;
	server->dead_until_ms =
		silent ? a->env.now_ms(a->env.ctx) + a->deadtime_s * (uint64_t)MS_PER_S : 0;
	if (was_dead != silent)
		a->env.server(a->env.ctx, server);
}

static void judge_servers(struct aaa *a, const struct aaa_job *job)
{
	tell_answers(a, job);
	for (size_t i = 0; i < job->n_servers; i++) {
		struct aaa_server *server = find_server(a->servers, a->n_servers, &job->servers[i]);

		if (server && (job->silent[i] || job->answered[i]))
			judge_server(a, server, job->silent[i], job->flaw[i]);
	}
}

static void settle(struct aaa *a, const struct aaa_job *job)
{
	const struct aaa_answer *answer = &job->answer;
	bool right = answer->verdict == IKE_REASON_NONE;
	enum lockout_outcome outcome = right ? LOCKOUT_RIGHT : LOCKOUT_WRONG;

	if (answer->verdict == IKE_REASON_USER_TIMEOUT)
		outcome = LOCKOUT_UNKNOWN;
	lockout_settle(&a->lockout, job->user.name, &job->user.path.remote, outcome);
	if (answer->local && job->known && outcome != LOCKOUT_UNKNOWN &&
	    lockout_local_result(&a->lockout, job->user.name, right, a->max_fail,
				 a->env.now_ms(a->env.ctx)))
		a->env.locked(a->env.ctx, job->user.name, a->max_fail);
}

/* Locked while this one waited: a guess that was right among many at once. */
static void check_again(struct aaa *a, struct aaa_job *job)
{
	if (job->answer.local && lockout_local_is_locked(&a->lockout, job->user.name))
		job->answer.verdict = IKE_REASON_USER_REFUSED;
}

static void login_done(void *arg)
{
	struct aaa_job *job = arg;
	struct aaa *a = job->aaa;

	TAILQ_REMOVE(&a->running, job, link);
	a->n_running_logins--;
	judge_servers(a, job);
	check_again(a, job);
	settle(a, job);
	if (!job->abandoned)
		a->env.answer(a->env.ctx, &job->user, &job->answer);
	free_job(job);
}

/* A record nobody took goes back to the head of the queue; when all servers are dead it waits. */
static void accounting_done(void *arg)
{
	struct aaa_job *job = arg;
	struct aaa *a = job->aaa;

	TAILQ_REMOVE(&a->running, job, link);
	a->n_running_accounting--;
	judge_servers(a, job);
	if (job->answer.verdict == IKE_REASON_USER_TIMEOUT && !a->stopping && a->n_servers) {
		TAILQ_INSERT_HEAD(&a->accounting, job, link);
		a->n_accounting++;
		return;
	}
	if (job->answer.verdict == IKE_REASON_USER_TIMEOUT)
		a->lost++;
	else
		a->env.accounted(a->env.ctx, &job->request);
	free_job(job);
}

/*
 * The stored password a name is compared with. One that nobody has is compared with somebody
 * else's, always the same one's: types of passwords differ in what they cost.
 */
static void take_stored(struct aaa_job *job, const struct config_remote *config)
{
	const struct config_user *local = config_remote_user(config, job->user.name);
	size_t at = 0;

	job->known = local != NULL;
	for (const char *p = job->user.name; *p && config->n_users; p++)
		at = (at * 31 + (uint8_t)*p) % config->n_users;
	if (!local && config->n_users)
		local = &config->users[at];
	if (local)
		memcpy(job->stored, local->password, sizeof(job->stored));
}

/* What a login is refused for before anybody is asked; NONE: it is asked. */
static enum ike_reason check(struct aaa *a, const struct ike_user *user)
{
	if (a->n_logins >= AAA_WAITING_MAX)
		return IKE_REASON_LOGINS_FULL;
	return lockout_ask(&a->lockout, user->name, &user->path.remote, a->env.now_ms(a->env.ctx))
		       ? IKE_REASON_NONE
		       : IKE_REASON_USER_HELD;
}

static void refuse(struct aaa *a, const struct ike_user *user, enum ike_reason verdict)
{
	struct aaa_job *job = a->n_refused < AAA_WAITING_MAX ? calloc(1, sizeof(*job)) : NULL;

	/* the engine gives the client up after a while */
	if (!job) {
		a->unheard++;
		return;
	}
	job->user = *user;
	secret_wipe(&job->user.password);
	job->answer.verdict = verdict;
	TAILQ_INSERT_TAIL(&a->refused, job, link);
	a->n_refused++;
}

void aaa_login(struct aaa *a, const struct config_remote *config,
	       const struct config_aaa_list *list, const struct ike_user *user, const char *nas)
{
	enum ike_reason verdict = check(a, user);
	struct aaa_job *job = verdict == IKE_REASON_NONE ? calloc(1, sizeof(*job)) : NULL;

	if (!job) {
		refuse(a, user, verdict == IKE_REASON_NONE ? IKE_REASON_LOGINS_FULL : verdict);
		return;
	}
	job->aaa = a;
	job->user = *user;
	secret_wipe(&job->user.password);
	job->request.kind = RADIUS_ACCESS;
	job->request.password = user->password;
	job->request.peer = user->path.remote;
	job->request.local = user->path.local;
	memcpy(job->request.user, user->name, sizeof(job->request.user));
	memcpy(job->request.nas, nas, strnlen(nas, sizeof(job->request.nas) - 1));
	/* those of a tunnel group have no name and need no new model */
	if (list && (config->new_model || !list->name[0])) {
		job->n_methods = list->n_methods;
		memcpy(job->asked, list->servers, sizeof(job->asked));
		memcpy(job->methods, list->methods, sizeof(job->methods));
	}
	take_stored(job, config);
	job->locked = lockout_local_is_locked(&a->lockout, user->name);
	TAILQ_INSERT_TAIL(&a->logins, job, link);
	a->n_logins++;
}

void aaa_abandon(struct aaa *a, uint64_t ike_sa)
{
	struct aaa_job *job;

	TAILQ_FOREACH(job, &a->refused, link)
		job->abandoned |= job->user.ike_sa == ike_sa;
	TAILQ_FOREACH(job, &a->logins, link)
		job->abandoned |= job->user.ike_sa == ike_sa;
	TAILQ_FOREACH(job, &a->running, link)
		job->abandoned |= job->user.ike_sa == ike_sa;
}

void aaa_account(struct aaa *a, const struct radius_request *record)
{
	struct aaa_job *job = calloc(1, sizeof(*job));

	if (!job || a->n_accounting >= AAA_WAITING_MAX) {
		a->lost++;
		free(job);
		return;
	}
	job->aaa = a;
	job->request = *record;
	job->made_ms = a->env.now_ms(a->env.ctx);
	job->n_methods = 1;
	job->methods[0] = CONFIG_METHOD_RADIUS;
	TAILQ_INSERT_TAIL(&a->accounting, job, link);
	a->n_accounting++;
}

static void run(struct aaa *a, struct aaa_job *job, void (*done)(void *arg))
{
	memset(job->silent, 0, sizeof(job->silent));
	memset(job->answered, 0, sizeof(job->answered));
	memset(job->flaw, 0, sizeof(job->flaw));
	if (job->n_servers && job->n_methods && job->methods[0] == CONFIG_METHOD_RADIUS)
		tell(a, job, 0, AAA_SENT);
	if (job->made_ms)
		job->request.delay_s =
			(uint32_t)((a->env.now_ms(a->env.ctx) - job->made_ms) / MS_PER_S);
	if (a->stopping)
		hurry(job);
	TAILQ_INSERT_TAIL(&a->running, job, link);
	if (a->env.job(a->env.ctx, work, done, job) < 0) {
		work(job);
		done(job);
	}
}

static bool has_local(const struct aaa_job *job)
{
	return job->n_methods && job->methods[job->n_methods - 1] == CONFIG_METHOD_LOCAL;
}

/* When a server may be asked again; 0 = now. */
static uint64_t next_alive(const struct aaa *a)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < a->n_servers; i++) {
		if (!is_dead(a, &a->servers[i]))
			return 0;
		if (a->servers[i].dead_until_ms < next)
			next = a->servers[i].dead_until_ms;
	}
	return next;
}

static void tell_refused(struct aaa *a)
{
	struct aaa_job *job;

	while ((job = TAILQ_FIRST(&a->refused))) {
		TAILQ_REMOVE(&a->refused, job, link);
		a->n_refused--;
		if (!job->abandoned)
			a->env.answer(a->env.ctx, &job->user, &job->answer);
		free_job(job);
	}
}

uint64_t aaa_turn(struct aaa *a)
{
	uint64_t alive = a->n_accounting ? next_alive(a) : UINT64_MAX;

	tell_refused(a);
	while (a->n_logins && a->n_running_logins < AAA_LOGINS_AT_ONCE) {
		struct aaa_job *job = TAILQ_FIRST(&a->logins);

		TAILQ_REMOVE(&a->logins, job, link);
		a->n_logins--;
		give_servers(a, job, has_local(job));
		a->n_running_logins++;
		run(a, job, login_done);
	}
	/* without a server they wait for one that is configured: nothing is sent nowhere */
	while (a->n_accounting && !a->n_running_accounting && alive == 0) {
		struct aaa_job *job = TAILQ_FIRST(&a->accounting);

		TAILQ_REMOVE(&a->accounting, job, link);
		a->n_accounting--;
		give_servers(a, job, false);
		a->n_running_accounting++;
		run(a, job, accounting_done);
		alive = a->n_accounting ? next_alive(a) : UINT64_MAX;
	}
	return a->n_accounting && !a->n_running_accounting ? alive : UINT64_MAX;
}

bool aaa_idle(const struct aaa *a)
{
	return !a->n_refused && !a->n_logins && !a->n_accounting && !a->n_running_logins &&
	       !a->n_running_accounting;
}
