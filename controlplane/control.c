/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/control.h"

#include "controlplane/captures_plane.h"
#include "controlplane/dynamic_policy.h"
#include "controlplane/events.h"
#include "controlplane/evidence_events.h"
#include "controlplane/ipsec_log.h"
#include "controlplane/kept.h"
#include "controlplane/key_log.h"
#include "controlplane/path_test.h"
#include "controlplane/peer_test.h"
#include "controlplane/pki_store.h"
#include "controlplane/pki_watch.h"
#include "controlplane/provider.h"
#include "controlplane/reconfigure.h"
#include "controlplane/remote_access.h"
#include "controlplane/reorder_watch.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_expiry.h"
#include "controlplane/sa_install.h"
#include "controlplane/vault.h"
#include "lib/base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	STOP_POLL_MS = 5,
	RETRY_MAX_S = 64,
	MS_PER_S = 1000
};

static uint64_t store_now(void *ctx)
{
	const struct control *c = ctx;

	return c->now_ms();
}

static const struct tunnel *store_tunnel(void *ctx, uint32_t handle)
{
	const struct control *c = ctx;

	return tunnels_find(&c->tunnels, handle);
}

static int store_send(void *ctx, unsigned worker, struct plane_msg *msg, plane_client_ack_fn fn,
		      void *fn_ctx, uint64_t arg)
{
	struct control *c = ctx;

	key_log_sa(c, msg);
	return plane_client_send(c->client, (int)worker, msg, fn, fn_ctx, arg);
}

static void store_installed(void *ctx, uint32_t spi_in, int error)
{
	struct control *c = ctx;

	if (error)
		debug_log_event(c->log, DEBUG_LOG_PLANE, "the data plane refused an SA: %s",
				strerror(-error));
	if (error || !dynamic_hold(c, spi_in))
		ike_engine_installed(c->engine, spi_in, error);
}

static void store_delete_child(void *ctx, const struct ike_path *path, uint32_t spi_in)
{
	struct control *c = ctx;

	ike_engine_delete_child(c->engine, path, spi_in);
}

/* Which peer a tunnel has lane 0 decides; the others follow it. -EALREADY is as good as started. */
static void store_want(void *ctx, uint32_t tunnel, unsigned lane, const struct ike_path *peer)
{
	struct control *c = ctx;
	const struct tunnel *t = tunnels_find(&c->tunnels, tunnel);

	if (t && t->dynamic)
		dynamic_want(c, t, peer);
	else if (t && lane)
		(void)!provider_initiate_lane(c, t, lane, &peer->remote, peer->peer);
	else if (t)
		acquire_rekey(&c->acquire, t, peer);
}

/* What was wrong with the peer may be over, or something may be from now on. */
static void look_again(struct control *c, const struct sa_pair *pair)
{
	struct evidence_place *p = evidence_book_find(&c->evidence, &pair->path);

	if (p)
		evidence_book_touch(&c->evidence, p, c->now_ms());
}

static void store_event(void *ctx, enum sa_store_event event, const struct sa_pair *pair,
			enum ike_reason reason)
{
	struct control *c = ctx;
	const struct tunnel *t = tunnels_find(&c->tunnels, pair->tunnel);

	vault_touch(c);
	ipsec_log_store(c, event, pair, reason);
	if (event == SA_STORE_DELETED)
		evidence_drops_ended(c, pair, reason);
	if (event == SA_STORE_TUNNEL_UP)
		c->store.tunnels[pair->tunnel].up_ms = c->now_ms();
	if (event == SA_STORE_TUNNEL_UP || event == SA_STORE_TUNNEL_DOWN)
		look_again(c, pair);
	if (t && event == SA_STORE_CREATED && pair->lane == 0)
		acquire_up(&c->acquire, t, &pair->path);
	if (t && event == SA_STORE_TUNNEL_DOWN && reason == IKE_REASON_IDLE)
		evidence_events_idle(c, t, &pair->path);
	if (t && event == SA_STORE_TUNNEL_DOWN)
		acquire_down(&c->acquire, t, reason);
	if (t && t->dynamic && event == SA_STORE_CREATED)
		dynamic_up(c, t, pair);
	if (t && t->reverse_route)
		reverse_routes_follow(c, t);
	if (event == SA_STORE_DELETED)
		remote_access_pair_deleted(c, pair);
}

static void orphan_want(void *ctx, unsigned worker, uint32_t index)
{
	struct control *c = ctx;
	uint32_t n = c->plane->header->params.n_tunnels;
	const struct tunnel *t = index < n ? tunnels_find(&c->tunnels, worker * n + index) : NULL;

	if (t && !t->dynamic)
		acquire_packet(&c->acquire, t);
}

/* Refused: the next try comes after 1, 2, 4 ... seconds. */
static void try_later(struct control *c)
{
	uint64_t now = c->now_ms();

	c->program_dirty = true;
	if (now >= c->retry_ms) {
		c->retry_s = c->retry_s ? c->retry_s * 2 : 1;
		c->retry_s = c->retry_s < RETRY_MAX_S ? c->retry_s : RETRY_MAX_S;
		c->retry_ms = now + c->retry_s * (uint64_t)MS_PER_S;
	}
	/* what should be encrypted must not leave in clear meanwhile; else it is tried again */
	(void)!apply_interfaces_down(&c->apply, &c->config);
}

static void on_main_ack(void *ctx, uint64_t tag, const struct plane_ack *ack)
{
	struct control *c = ctx;
	char what[APPLY_WHAT];
	bool again = apply_answered(&c->apply, tag, ack->error, what);

	if (what[0])
		debug_log_event(c->log, DEBUG_LOG_PLANE, "the data plane refused %s: %s%s", what,
				strerror(-ack->error), again ? "; trying again" : "");
	if (again && ack->error) {
		try_later(c);
	} else if (again) {
		c->program_dirty = true;
		c->retry_ms = 0;
	}
}

int control_send_main(void *control, struct plane_msg *msg)
{
	struct control *c = control;

	return plane_client_send(c->client, PLANE_CLIENT_MAIN, msg, on_main_ack, c,
				 apply_tag(&c->apply, msg));
}

static int create_client(struct control *c, const struct control_params *params)
{
	const struct plane_client_handlers handlers = {.ctx = c,
						       .event = events_plane,
						       .datagram = events_datagram,
						       .captured = captures_take};

	c->client = plane_client_create(c->plane, &params->bells, &handlers);
	return c->client ? 0 : -1;
}

static int create_store(struct control *c)
{
	const struct plane_params *p = &c->plane->header->params;
	const struct sa_store_env env = {
		.ctx = c,
		.now_ms = store_now,
		.tunnel = store_tunnel,
		.send = store_send,
		.installed = store_installed,
		.delete_child = store_delete_child,
		.want = store_want,
		.event = store_event,
	};
	uint32_t seed;

	if (secret_random(&seed, sizeof(seed)) < 0)
		return -1;
	c->slots = slots_create(p->n_workers, p->n_slots, seed);
	if (!c->slots)
		return -1;
	c->orphans = (struct orphans){.plane = c->plane,
				      .slots = c->slots,
				      .client = c->client,
				      .want = orphan_want,
				      .ctx = c};
	if (tunnels_ids_init(&c->ids, p->n_workers, p->n_tunnels) < 0 ||
	    sa_store_init(&c->store, c->plane, c->slots, &env) < 0)
		return -1;
	return orphans_adopt(&c->orphans);
}

static int create_engine(struct control *c)
{
	const struct plane_params *p = &c->plane->header->params;
	const struct acquire_env acquire_env = {.ctx = c, .initiate = provider_initiate};
	const struct apply_env apply_env = {.ctx = c, .send = control_send_main};
	struct ike_env env = provider_env(c);

	apply_init(&c->apply, &apply_env);
	if (id_map_init(&c->qos_counters, PLANE_CLASSES) < 0 ||
	    qos_meter_init(&c->qos_meter, c->plane) < 0)
		return -1;
	if (reverse_routes_init(&c->reverse, p->n_workers * p->n_tunnels) < 0)
		return -1;
	if (acquire_init(&c->acquire, p->n_workers * p->n_tunnels, &acquire_env) < 0)
		return -1;
	if (evidence_samples_init(&c->evidence_samples, p->n_workers * p->n_tunnels) < 0)
		return -1;
	c->engine = ike_engine_create(&env);
	return c->engine ? 0 : -1;
}

struct control *control_create(const struct control_params *params)
{
	struct control *c = calloc(1, sizeof(*c));

	if (c) {
		c->loop = params->loop;
		c->plane = params->plane;
		c->now_ms = params->now_ms;
		c->born_ms = params->now_ms();
		c->versions = params->versions;
		config_model_init(&c->config);
		remote_access_init(c);
		dynamic_init(&c->dynamic);
		proofs_init(&c->proofs);
		evidence_book_init(&c->evidence);
		diagnose_watch_init(c);
		c->log = debug_log_create(params->now_ms);
		if (c->log) {
			debug_log_follow(c->log, &c->config);
			debug_log_set_file(c->log, log_file_write, c);
		}
		if (c->log && create_client(c, params) == 0 && create_store(c) == 0 &&
		    create_engine(c) == 0)
			return c;
	}
	log_error("not enough memory or randomness for the control plane");
	control_destroy(c);
	return NULL;
}

static void wipe_text(char *text)
{
	if (text)
		secret_wipe_bytes(text, strlen(text));
	free(text);
}

int control_set_startup(struct control *c, const char *text, size_t len)
{
	char *copy = strndup(text, len);

	if (!copy)
		return -ENOMEM;
	wipe_text(c->startup);
	c->startup = copy;
	return 0;
}

void control_destroy(struct control *c)
{
	if (!c)
		return;
	peer_test_fini(c);
	path_test_fini(c);
	trial_fini(c);
	ike_engine_destroy(c->engine);
	apply_fini(&c->apply);
	qos_fini(&c->qos);
	qos_meter_fini(&c->qos_meter);
	id_map_fini(&c->qos_counters);
	acquire_fini(&c->acquire);
	remote_access_fini(c);
	pki_store_fini(&c->pki);
	proofs_fini(&c->proofs);
	probes_fini(&c->probes);
	captures_fini(&c->captures);
	orphans_fini(&c->orphans);
	sa_store_fini(&c->store);
	slots_destroy(c->slots);
	plane_client_destroy(c->client);
	dynamic_fini(&c->dynamic);
	reverse_routes_fini(&c->reverse);
	routes_fini(&c->routes);
	tunnels_fini(&c->tunnels);
	tunnels_ids_fini(&c->ids);
	evidence_samples_fini(&c->evidence_samples);
	evidence_book_fini(&c->evidence);
	debug_log_destroy(c->log);
	access_fini(&c->access);
	wipe_text(c->startup);
	config_model_fini(&c->config);
	free(c);
}

/*
 * Orphans of tunnels that the configuration does not know (any more) protect nothing it asks for.
 */
static void drop_strangers(struct control *c)
{
	uint32_t n = c->plane->header->params.n_tunnels;

	for (size_t i = 0; i < c->orphans.n; i++) {
		const struct orphan *row = &c->orphans.rows[i];

		if (row->index == ORPHANS_STRAY ||
		    !tunnels_find(&c->tunnels, row->worker * n + row->index))
			orphans_remove(&c->orphans, row->worker, row->index);
	}
}

int control_start(struct control *c, struct config *config)
{
	struct config before = c->config;
	int err;

	/* their peers come again; before a policy that may have another tunnel in their place */
	orphans_remove_dynamic(&c->orphans);
	c->config = *config;
	config_model_init(config);
	err = reconfigure_apply(c, &before);
	captures_plane_program(c); /* what a dead predecessor captured is nobody's any more */
	if (err == -EOVERFLOW)
		log_error("the service policies have more than %d classes in all: each tunnel of a "
			  "crypto map entry has classes of its own, put the service-policy on the "
			  "interface instead",
			  PLANE_CLASSES);
	config_model_fini(&before);
	vault_adopt(c);
	if (c->orphans.n)
		log_notice("%zu other SAs of the process before this one go on until they expire",
			   c->orphans.n);
	drop_strangers(c);
	rollback_resume(c);
	return err;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t run_rounds(struct control *c, uint64_t now)
{
	/* pairs that came since the last round are not due before the next one */
	if (now >= c->expiry_ms || now >= c->round_ms)
		c->expiry_ms = sa_expiry_run(&c->store);
	if (now < c->round_ms)
		return earlier(c->round_ms, c->expiry_ms);
	dynamic_round(c, now);
	orphans_run(&c->orphans, now);
	qos_meter_round(&c->qos_meter, now);
	reorder_watch_round(c, now);
	remote_access_round(c, now);
	evidence_samples_run(c, now);
	if (c->program_dirty && now >= c->retry_ms)
		reconfigure_program(c);
	else if (!c->program_dirty && plane_client_unanswered(c->client) == 0)
		c->retry_s = 0;
	c->round_ms = now + MS_PER_S;
	return earlier(c->round_ms, c->expiry_ms);
}

static uint64_t stop_if_done(struct control *c, uint64_t now)
{
	bool done = plane_client_flushed(c->client) && plane_client_unanswered(c->client) == 0 &&
		    aaa_idle(&c->aaa);

	if ((done || now >= c->stop_ms) && c->loop)
		loop_stop(c->loop);
	return now + STOP_POLL_MS;
}

/* What the workers were told is done; the next process finds it in the vault. */
static uint64_t reload(struct control *c, uint64_t now)
{
	bool quiet = plane_client_flushed(c->client) && plane_client_unanswered(c->client) == 0;

	if (now < c->reload_ms)
		return c->reload_ms;
	if (!quiet && now < c->reload_ms + CONTROL_STOP_MS)
		return now + STOP_POLL_MS;
	vault_write(c);
	kept_write(c);
	c->reloading = true;
	if (c->loop)
		loop_stop(c->loop);
	return UINT64_MAX;
}

uint64_t control_turn(void *control)
{
	struct control *c = control;
	uint64_t now = c->now_ms();
	uint32_t wait = plane_client_turn(c->client);
	uint64_t next = wait == UINT32_MAX ? UINT64_MAX : now + wait;

	next = earlier(next, run_rounds(c, now));
	next = earlier(next, sa_install_run(&c->store));
	next = earlier(next, remote_access_turn(c));
	next = earlier(next, dynamic_policy_run(c, now));
	next = earlier(next, probes_turn(c, now));
	next = earlier(next, trial_turn(c, now));
	next = earlier(next, peer_test_turn(c, now));
	next = earlier(next, path_test_turn(c, now));
	next = earlier(next, captures_turn(c, now));
	pki_store_turn(c);
	next = earlier(next, pki_watch_turn(c, now));
	next = earlier(next, ike_engine_tick(c->engine));
	next = earlier(next, rollback_turn(c, now));
	next = earlier(next, kept_turn(c, now));
	next = earlier(next, vault_turn(c, now));
	next = earlier(next, size_watch_turn(c, now));
	next = earlier(next, diagnose_watch_turn(c, now));
	next = earlier(next, box_watch_turn(c, now));
	/* a peer that failed in this tick: the next one is asked at once, which is new work */
	if (c->acquire.pending) {
		acquire_run(&c->acquire, &c->tunnels);
		next = now;
	}
	if (c->routes_dirty && !c->stop_ms)
		reconfigure_routes(c);
	if (c->stop_ms)
		next = earlier(next, stop_if_done(c, now));
	else if (c->reload_ms && !c->reloading)
		next = earlier(next, reload(c, now));
	return next;
}

void control_terminate(void *control)
{
	struct control *c = control;
	const struct sa_clear_filter everything = {0};

	if (c->stop_ms)
		return;
	log_notice("terminating: saying goodbye to every peer");
	remote_access_shutdown(c);
	trial_end_all(c);
	sa_clear_pairs(&c->store, &everything, IKE_REASON_SHUTDOWN, false);
	ike_engine_shutdown(c->engine);
	/* nobody may go on with what the peers have just been told to forget */
	vault_write(c);
	c->stop_ms = c->now_ms() + CONTROL_STOP_MS;
}
