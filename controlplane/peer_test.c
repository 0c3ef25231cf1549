/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/peer_test.h"

#include "controlplane/api_diagnose.h"
#include "controlplane/api_negotiations.h"
#include "controlplane/api_server.h"
#include "controlplane/evidence_gather.h"
#include "controlplane/sa_query.h"
#include "controlplane/trial.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdlib.h>

enum {
	PHASE_MS = 15000, /* a message has been sent four times by then */
	POLL_MS = 500,
};

struct peer_test {
	uint64_t client;
	json_t *id; /* of the call, owned */
	struct addr peer;
	struct trial *trial; /* the control plane's */
	bool quick;	     /* no pair was up: that is tried, too */
	size_t pairs;	     /* that are up */
	uint64_t due_ms;     /* not longer than this */
};

const struct tunnel *peer_test_tunnel(struct api_call *call, struct addr *peer)
{
	struct control *c = call->control;
	const struct tunnels_peer *row;
	char text[ADDR_TEXT];
	int rc = api_call_addr(call, "peer", peer);

	if (rc < 0)
		return NULL;
	row = rc ? tunnels_peers_first(&c->tunnels.by_peer, peer) : NULL;
	if (!row)
		api_call_fail(call, RPC_INVALID_PARAMS,
			      "no complete entry of a crypto map on an interface names peer %s",
			      addr_print(peer, text, sizeof(text)));
	else if (!config_model_isakmp(&c->config, row->tunnel->interface) || c->stop_ms)
		api_call_fail(call, RPC_FAILED, "ISAKMP is not enabled on %s",
			      row->tunnel->interface);
	else
		return row->tunnel;
	return NULL;
}

/* As the engine would have it after its last try. */
static struct ike_record given_up(const struct control *c, const struct ike_record *r)
{
	struct ike_record ended = *r;

	if (ended.ended_ms)
		return ended;
	ended.ended_ms = c->now_ms();
	ended.reason = r->hint ? r->hint : IKE_REASON_NO_ANSWER;
	return ended;
}

void peer_test_diagnose(struct control *c, const struct addr *peer, const struct ike_record *phase1,
			const struct ike_record *quick, struct diagnose_list *out)
{
	struct evidence_place *p = evidence_book_named(&c->evidence, peer);
	struct evidence_room *room = p ? calloc(1, sizeof(*room)) : NULL;
	struct ike_record records[2];
	struct evidence e;

	if (!room)
		return;
	evidence_gather(c, p, room, &e);
	e.wanted = true;
	e.ike_up = false;
	e.phase1_lately = 0;
	e.n_sas = e.n_drops = e.n_notes = e.n_login = e.n_phase1 = e.n_quick = 0;
	if (phase1) {
		records[0] = given_up(c, phase1);
		e.phase1 = &records[0];
		e.n_phase1 = 1;
	}
	if (quick) {
		records[1] = given_up(c, quick);
		e.quick = &records[1];
		e.n_quick = 1;
	}
	diagnose_peer(&e, out);
	free(room);
}

json_t *peer_test_roots(const struct control *c, const struct diagnose_list *list)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < list->n; i++)
		if (!list->items[i].under)
			json_array_append_new(rows, api_diagnose_json(c, &list->items[i], 0, true));
	return rows;
}

static const char *outcome_of(const struct ike_record *r)
{
	if (!r)
		return "not run";
	if (r->up)
		return "up";
	return trial_answered(r) || r->ended_ms ? "failed" : "no answer";
}

/* Of what was not tried there may have been a negotiation. */
static json_t *standing(const struct control *c, const struct addr *peer)
{
	const struct evidence_place *p = evidence_book_named(&c->evidence, peer);

	return p ? api_diagnose_list(c, p->found, p->n_found, true) : json_array();
}

static json_t *result_of(struct control *c, const struct peer_test *test)
{
	const struct ike_record *phase1 = trial_record(test->trial, IKE_RECORD_PHASE1);
	const struct ike_record *quick = trial_record(test->trial, IKE_RECORD_QUICK);
	bool agreed = test->pairs && trial_agreed(test->trial);
	struct diagnose_list *found = calloc(1, sizeof(*found));
	json_t *negotiations = json_array(), *result = NULL;

	if (phase1)
		json_array_append_new(negotiations, api_negotiations_one(c, phase1));
	if (quick)
		json_array_append_new(negotiations, api_negotiations_one(c, quick));
	if (found && ((phase1 && !phase1->up && !agreed) || (quick && !quick->up)))
		peer_test_diagnose(c, &test->peer, phase1, quick, found);
	if (found)
		result = json_pack(
			"{s:o,s:I,s:s,s:s,s:O,s:o}", "peer", api_call_json_addr(&test->peer),
			"pairs", (json_int_t)test->pairs, "phase1",
			agreed ? "agreed" : outcome_of(phase1), "quick", outcome_of(quick),
			"negotiations", negotiations, "diagnoses", peer_test_roots(c, found));
	if (result && test->pairs)
		json_object_set_new(result, "standing", standing(c, &test->peer));
	json_decref(negotiations);
	free(found);
	return result;
}

/* The SAs made end with their DELETE. */
static void forget(struct control *c)
{
	struct peer_test *test = c->peer_test;

	c->peer_test = NULL;
	if (!test)
		return;
	trial_end(test->trial);
	json_decref(test->id);
	free(test);
}

static bool is_over(const struct peer_test *test, uint64_t now)
{
	const struct ike_record *phase1 = trial_record(test->trial, IKE_RECORD_PHASE1);
	const struct ike_record *quick = trial_record(test->trial, IKE_RECORD_QUICK);

	if (now >= test->due_ms)
		return true;
	if (!test->quick && trial_agreed(test->trial))
		return true;
	if (!phase1 || !trial_settled(phase1, now))
		return false;
	return !phase1->up || !test->quick || (quick && trial_settled(quick, now));
}

uint64_t peer_test_turn(struct control *c, uint64_t now)
{
	struct peer_test *test = c->peer_test;

	if (!test)
		return UINT64_MAX;
	if (!is_over(test, now) && !c->stop_ms)
		return now + POLL_MS < test->due_ms ? now + POLL_MS : test->due_ms;
	if (c->api)
		api_server_reply(c->api, test->client, rpc_result(test->id, result_of(c, test)));
	forget(c);
	return now;
}

static json_t *start(struct api_call *call, struct peer_test *test)
{
	const struct tunnel *t = peer_test_tunnel(call, &test->peer);
	struct control *c = call->control;
	struct ike_path path;
	int rc;

	if (!t)
		return NULL;
	path = trial_path(t, &test->peer);
	test->client = call->client->id;
	test->pairs = sa_query_up(&c->store, &path);
	test->quick = test->pairs == 0;
	test->due_ms = c->now_ms() + (test->quick ? 2 : 1) * PHASE_MS;
	test->trial = trial_create(c, test->pairs > 0);
	test->id = json_deep_copy(call->id);
	if (!test->trial || !test->id)
		return NULL;
	rc = trial_start(test->trial, &path, test->quick ? t : NULL);
	if (rc && rc != -ENOENT)
		return NULL;
	c->peer_test = test;
	call->deferred = true;
	return NULL;
}

json_t *peer_test_call(struct api_call *call)
{
	struct peer_test *test;

	if (call->control->peer_test)
		return api_call_fail(call, RPC_FAILED,
				     "another `test crypto peer` is under way: try again later");
	test = calloc(1, sizeof(*test));
	if (!test)
		return NULL;
	start(call, test);
	if (call->control->peer_test == test)
		return NULL;
	if (test->trial)
		trial_end(test->trial);
	json_decref(test->id);
	free(test);
	return NULL;
}

void peer_test_fini(struct control *c)
{
	forget(c);
}
