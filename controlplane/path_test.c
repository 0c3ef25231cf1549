/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/path_test.h"

#include "controlplane/api_diagnose.h"
#include "controlplane/api_server.h"
#include "controlplane/evidence_gather.h"
#include "controlplane/evidence_notes.h"
#include "controlplane/path_search.h"
#include "controlplane/peer_test.h"
#include "controlplane/sa_query.h"
#include "controlplane/trial.h"
#include "lib/net/ip.h"
#include "lib/rpc/rpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TARGETS = 3,
	PORTS = 2,
	ANSWER_MS = 7000, /* message 1 has been sent three times by then */
	FINISH_MS = 2000, /* an answer came: the rest is courtesy */
	PING_MS = 1000,
	POLL_MS = 50,
	WHOLE_MS = 45000,
	PATTERN = 0xabcd,
};

/* One port of the peer. */
struct port {
	struct trial *trial; /* the control plane's; NULL = over */
	uint64_t due_ms;
	bool tried;
	bool answered;
};

struct path_test {
	uint64_t client;
	json_t *id; /* of the call, owned */
	struct addr peer;
	struct ike_path path;
	struct port ports[PORTS];
	uint32_t tunnel; /* handle */
	bool up;	 /* with SAs, which the pings go through */
	bool udp;	 /* its ESP is in UDP */
	struct addr source;
	struct addr targets[TARGETS]; /* who may answer from inside; NONE = no more */
	size_t at;
	struct sa_counters before;
	struct path_search search;
	uint32_t probe;	 /* under way, 0 = none */
	const char *why; /* sizes are not known; NULL = they are */
	uint64_t due_ms;
};

static const uint16_t port_numbers[PORTS] = {IP_PORT_IKE, IP_PORT_NATT};

static bool takes_pings(const struct tunnel *t)
{
	return !t->selector.protocol || t->selector.protocol == IP_PROTO_ICMP;
}

static const struct addr *source_in(const struct control *c, const struct prefix *local)
{
	for (size_t i = 0; i < c->config.n_interfaces; i++) {
		const struct config_interface *interface = &c->config.interfaces[i];

		if (!interface->shutdown && !addr_is_none(&interface->address) &&
		    prefix_contains(local, &interface->address))
			return &interface->address;
	}
	return NULL;
}

static bool is_with(const struct sa_pair *pair, const struct addr *peer)
{
	return pair && addr_eq(ike_path_home(&pair->path), peer);
}

/* The tunnel the pings go through: the first that is up and takes them. */
static void choose_tunnel(struct control *c, struct path_test *test, const struct addr *inside)
{
	const struct tunnels_peer *row = tunnels_peers_first(&c->tunnels.by_peer, &test->peer);

	test->why = "no SA with the peer is up: test crypto peer tells why";
	test->tunnel = UINT32_MAX;
	for (; row; row = tunnels_peers_next(row)) {
		const struct tunnel *t = row->tunnel;
		const struct sa_pair *pair = sa_query_first(&c->store, t->handle);
		const struct addr *source = source_in(c, &t->selector.local);

		if (!is_with(pair, &test->peer))
			continue;
		if (!test->up)
			test->udp = pair->udp;
		test->up = true;
		if (!takes_pings(t) ||
		    (!addr_is_none(inside) && !prefix_contains(&t->selector.remote, inside)))
			test->why = "the address is behind no tunnel with the peer that takes "
				    "pings";
		else if (!source)
			test->why = "no address of ours is inside the tunnel: nothing can be sent "
				    "through it from here";
		else {
			test->tunnel = t->handle;
			test->udp = pair->udp;
			test->source = *source;
			test->why = NULL;
			return;
		}
	}
}

/* Who is likely to be there: the first and the last address of a network are routers, often. */
static void guess_targets(struct path_test *test, const struct prefix *remote)
{
	uint32_t first, size;
	size_t n = 0;

	if (remote->addr.family != ADDR_V4)
		return;
	first = addr_to_v4(&remote->addr);
	size = remote->len < 32 ? (remote->len ? 1u << (32 - remote->len) : UINT32_MAX) : 1;
	if (prefix_contains(remote, &test->peer))
		test->targets[n++] = test->peer;
	if (size > 2) {
		test->targets[n++] = addr_v4(first + 1);
		test->targets[n++] = addr_v4(first + size - 2);
	} else {
		test->targets[n++] = addr_v4(first);
	}
}

static void end_port(struct port *port)
{
	if (port->trial)
		trial_end(port->trial);
	port->trial = NULL;
}

/* What comes to port 4500 is ours only with NAT traversal. */
static void start_port(struct control *c, struct path_test *test, size_t i)
{
	struct ike_path path = test->path;
	struct port *port = &test->ports[i];

	if (port_numbers[i] == IP_PORT_NATT && !c->config.isakmp.nat_traversal)
		return;
	port->trial = trial_create(c, test->up);
	path.local_port = path.remote_port = port_numbers[i];
	port->due_ms = c->now_ms() + ANSWER_MS;
	port->tried = port->trial && trial_start(port->trial, &path, NULL) == 0;
	if (!port->tried)
		end_port(port);
}

static const char *port_outcome(const struct port *port)
{
	if (!port->tried)
		return "not tried";
	return port->answered ? "passes" : "no answer";
}

/*
 * What the peer has begun is brought to its end where that is quick, so that nothing is left; but
 * not beside SAs in use (trial_create()).
 */
static void watch_port(const struct path_test *test, struct port *port, uint64_t now)
{
	const struct ike_record *r;

	if (!port->trial)
		return;
	r = trial_record(port->trial, IKE_RECORD_PHASE1);
	if (r && !port->answered && trial_answered(r)) {
		port->answered = true;
		port->due_ms = now + FINISH_MS;
	}
	if (now >= port->due_ms || (r && r->ended_ms) || (port->answered && test->up))
		end_port(port);
}

static void next_target(struct path_test *test, uint16_t mtu)
{
	test->at++;
	if (test->at < TARGETS && !addr_is_none(&test->targets[test->at]))
		path_search_begin(&test->search, mtu);
	else
		test->why = "nobody answered from inside: name an address that does";
}

/* What came of the probe: PATH_LOST also for what has nothing to do with its size. */
static enum path_outcome outcome_of(const json_t *result)
{
	const char *text = json_string_value(json_object_get(result, "outcome"));

	if (text && strcmp(text, "reply") == 0)
		return PATH_CROSSED;
	return text && strcmp(text, "too_big") == 0 ? PATH_REFUSED : PATH_LOST;
}

static void take_answer(struct control *c, struct path_test *test, const struct tunnel *t)
{
	struct probe *p = probes_find(c, test->client, test->probe);
	json_t *result = p ? probes_result(p) : NULL;

	if (p && !result)
		return;
	test->probe = 0;
	path_search_take(&test->search, outcome_of(result),
			 (uint16_t)json_integer_value(json_object_get(result, "mtu")));
	json_decref(result);
	if (!test->search.size && !test->search.largest)
		next_target(test, t->mtu);
}

static void send_probe(struct control *c, struct path_test *test)
{
	struct plane_probe p = {
		.src = test->source,
		.dst = test->targets[test->at],
		.bytes = test->search.size,
		.pattern = PATTERN,
		.ttl = UINT8_MAX,
		.df = 1,
	};

	/* too many are under way: at the next turn */
	if (probes_send(c, test->client, &p, PING_MS) == 0)
		test->probe = p.number;
}

static void watch_pings(struct control *c, struct path_test *test)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, test->tunnel);

	if (test->why)
		return;
	if (!t || !sa_query_first(&c->store, t->handle)) {
		test->why = "the SAs with the peer have gone";
		return;
	}
	if (test->probe)
		take_answer(c, test, t);
	if (!test->why && !test->probe && test->search.size)
		send_probe(c, test);
}

/* What the diagnosis of this peer is to know from now on. */
static void note_sizes(struct control *c, const struct path_test *test)
{
	struct evidence_place *p = evidence_book_named(&c->evidence, &test->peer);
	uint16_t lost = path_search_blackhole(&test->search);
	uint64_t now = c->now_ms();
	struct evidence_note *note;

	if (!p || test->why)
		return;
	evidence_notes_put(&c->evidence, p, EVIDENCE_PATH_MTU, now)->n = test->search.largest;
	if (!lost) {
		evidence_notes_clear(p, EVIDENCE_SIZE_LOST);
		return;
	}
	note = evidence_notes_put(&c->evidence, p, EVIDENCE_SIZE_LOST, now);
	note->n = lost;
	note->count = test->search.largest;
	snprintf(note->text, sizeof(note->text), "pings");
}

static json_t *largest_of(const struct control *c, const struct path_test *test)
{
	struct diagnosis d = {.code = DIAGNOSE_MTU_PROBE, .peer = test->peer};
	char text[ADDR_TEXT];

	diagnose_set(&d, "n", "%u", test->search.largest);
	diagnose_set(&d, "destination", "%s",
		     addr_print(&test->targets[test->at], text, sizeof(text)));
	return api_diagnose_json(c, &d, 0, true);
}

/* How large, and what the rules make of all that is known of the peer. */
static json_t *diagnoses_of(struct control *c, const struct path_test *test)
{
	struct evidence_place *p = evidence_book_named(&c->evidence, &test->peer);
	struct evidence_room *room = calloc(1, sizeof(*room));
	struct diagnose_list *list = calloc(1, sizeof(*list));
	json_t *rows = NULL;
	struct evidence e;

	if (p && room && list) {
		evidence_gather(c, p, room, &e);
		diagnose_peer(&e, list);
	}
	if (list)
		rows = peer_test_roots(c, list);
	if (rows && !test->why)
		json_array_insert_new(rows, 0, largest_of(c, test));
	free(list);
	free(room);
	return rows;
}

static const char *esp_of(const struct path_test *test, uint64_t sent, uint64_t received)
{
	if (!test->up)
		return "no SA";
	if (received)
		return "passes";
	return sent ? "no answer" : "not tried";
}

static void add_sizes(const struct path_test *test, json_t *row)
{
	const struct path_search *s = &test->search;
	uint16_t lost = path_search_blackhole(s);

	if (test->why)
		json_object_set_new(row, "why", json_string(test->why));
	if (test->why)
		return;
	json_object_set_new(row, "source", api_call_json_addr(&test->source));
	json_object_set_new(row, "inside", api_call_json_addr(&test->targets[test->at]));
	json_object_set_new(row, "largest", json_integer(s->largest));
	if (lost)
		json_object_set_new(row, "lost", json_integer(lost));
	if (s->refused)
		json_object_set_new(row, "refused", json_integer(s->refused));
}

static json_t *result_of(struct control *c, struct path_test *test)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, test->tunnel);
	struct sa_counters now = t && test->up ? sa_query_tunnel(&c->store, t) : test->before;
	uint64_t sent = now.out_packets - test->before.out_packets;
	uint64_t received = now.in_packets - test->before.in_packets;
	json_t *row;

	if (!test->why && test->search.size)
		test->why = "it took too long";
	note_sizes(c, test);
	row = json_pack("{s:o,s:s,s:s,s:s,s:s,s:I,s:I,s:o}", "peer",
			api_call_json_addr(&test->peer), "udp500", port_outcome(&test->ports[0]),
			"udp4500", port_outcome(&test->ports[1]), "esp",
			esp_of(test, sent, received), "encapsulation",
			test->udp ? "UDP 4500" : "protocol 50", "sent", (json_int_t)sent,
			"received", (json_int_t)received, "diagnoses", diagnoses_of(c, test));
	if (row)
		add_sizes(test, row);
	return row;
}

static void destroy(struct path_test *test)
{
	for (size_t i = 0; i < PORTS; i++)
		end_port(&test->ports[i]);
	json_decref(test->id);
	free(test);
}

uint64_t path_test_turn(struct control *c, uint64_t now)
{
	struct path_test *test = c->path_test;
	bool over;

	if (!test)
		return UINT64_MAX;
	for (size_t i = 0; i < PORTS; i++)
		watch_port(test, &test->ports[i], now);
	watch_pings(c, test);
	over = !test->ports[0].trial && !test->ports[1].trial &&
	       (test->why || (!test->probe && !test->search.size));
	if (!over && now < test->due_ms && !c->stop_ms)
		return now + POLL_MS;
	if (c->api)
		api_server_reply(c->api, test->client, rpc_result(test->id, result_of(c, test)));
	c->path_test = NULL;
	destroy(test);
	return now;
}

/* False after api_call_fail(), or without memory. */
static bool start(struct api_call *call, struct path_test *test)
{
	const struct tunnel *t = peer_test_tunnel(call, &test->peer);
	struct control *c = call->control;
	struct addr inside = {0};

	if (!t || api_call_addr(call, "inside", &inside) < 0)
		return false;
	test->client = call->client->id;
	test->due_ms = c->now_ms() + WHOLE_MS;
	test->path = trial_path(t, &test->peer);
	choose_tunnel(c, test, &inside);
	t = test->why ? NULL : tunnels_find(&c->tunnels, test->tunnel);
	if (t) {
		test->before = sa_query_tunnel(&c->store, t);
		path_search_begin(&test->search, t->mtu);
		test->targets[0] = inside;
	}
	if (t && addr_is_none(&inside))
		guess_targets(test, &t->selector.remote);
	for (size_t i = 0; i < PORTS; i++)
		start_port(c, test, i);
	test->id = json_deep_copy(call->id);
	return test->id;
}

json_t *path_test_call(struct api_call *call)
{
	struct path_test *test;

	if (call->control->path_test)
		return api_call_fail(call, RPC_FAILED,
				     "another `test crypto path` is under way: try again later");
	test = calloc(1, sizeof(*test));
	if (!test)
		return NULL;
	if (!start(call, test)) {
		destroy(test);
		return NULL;
	}
	call->control->path_test = test;
	call->deferred = true;
	return NULL;
}

void path_test_fini(struct control *c)
{
	if (c->path_test)
		destroy(c->path_test);
	c->path_test = NULL;
}
