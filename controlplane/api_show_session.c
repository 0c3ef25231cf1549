/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/sa_query.h"
#include "controlplane/tunnel_list.h"

#include <stdio.h>
#include <string.h>

enum {
	KEY_TEXT = 160,
	MS_PER_S = 1000,
};

/* Sessions by a text that tells them apart, so that thousands are found at once. */
struct collect {
	const struct control *control;
	json_t *list;
	json_t *by_key; /* the same objects */
};

/* A static peer is one at its address whatever port it has; clients may share an address. */
static const char *key_of(const struct ike_path *path, char buf[KEY_TEXT])
{
	char address[ADDR_TEXT];

	addr_print(&path->remote, address, sizeof(address));
	if (path->client)
		snprintf(buf, KEY_TEXT, "%s %s %u", path->interface, address, path->remote_port);
	else
		snprintf(buf, KEY_TEXT, "%s %s", path->interface, address);
	return buf;
}

static json_t *session_of(struct collect *c, const struct ike_path *path)
{
	char key[KEY_TEXT];
	json_t *s = json_object_get(c->by_key, key_of(path, key));

	if (s)
		return s;
	s = json_pack("{s:s,s:o,s:i,s:s,s:I,s:[],s:[]}", "interface", path->interface, "peer",
		      api_call_json_addr(&path->remote), "port", (int)path->remote_port, "type",
		      path->client ? "user" : "L2L", "uptime_s", (json_int_t)0, "ike", "flows");
	json_array_append_new(c->list, s);
	json_object_set(c->by_key, key, s);
	return s;
}

static void add_ike(void *ctx, const struct ike_sa_info *sa)
{
	json_t *s = session_of(ctx, &sa->path);
	bool up = strcmp(sa->state, "QM_IDLE") == 0;
	json_t *row =
		json_pack("{s:o,s:i,s:o,s:i,s:s,s:I,s:b,s:b,s:s,s:I}", "local",
			  api_call_json_addr(&sa->path.local), "local_port",
			  (int)sa->path.local_port, "remote", api_call_json_addr(&sa->path.remote),
			  "remote_port", (int)sa->path.remote_port, "state", sa->state, "conn_id",
			  (json_int_t)sa->conn_id, "up", (int)up, "dpd", (int)sa->dpd, "nat",
			  sa->nat_local || sa->nat_remote ? "N" : "", "remaining_s",
			  (json_int_t)sa->remaining_s);

	json_array_append_new(json_object_get(s, "ike"), row);
	if (sa->policy.cipher)
		json_object_update_new(s,
				       json_pack("{s:s,s:s}", "ike_cipher",
						 alg_cipher_row(sa->policy.cipher)->name,
						 "ike_hash", alg_hash_row(sa->policy.hash)->name));
	if (up && (json_int_t)sa->age_s > json_integer_value(json_object_get(s, "uptime_s")))
		json_object_set_new(s, "uptime_s", json_integer((json_int_t)sa->age_s));
	if (sa->group[0])
		json_object_set_new(s, "group", json_string(sa->group));
	if (sa->user[0])
		json_object_set_new(s, "user", json_string(sa->user));
}

static json_t *ident(const struct prefix *p)
{
	struct addr mask = prefix_mask(p);

	return json_pack("{s:o,s:o}", "addr", api_call_json_addr(&p->addr), "mask",
			 api_call_json_addr(&mask));
}

static size_t active_sas(const struct control *c, const struct tunnel *t)
{
	const struct sa_pair *pair;
	size_t n = 0;

	LIST_FOREACH(pair, &c->store.tunnels[t->handle].pairs, tunnel_link) {
		if (pair->state >= SA_STATE_INBOUND && pair->state <= SA_STATE_DRAINING)
			n += 1 + pair->out_installed;
	}
	return n;
}

static json_t *flow_of(const struct control *c, const struct tunnel *t, const struct sa_pair *pair)
{
	const struct sa_counters n = sa_query_tunnel(&c->store, t);
	json_t *row = json_pack(
		"{s:i,s:o,s:o,s:I,s:s,s:I,s:I,s:I,s:I,s:I,s:I}", "protocol",
		(int)t->selector.protocol, "local_ident", ident(&t->selector.local), "remote_ident",
		ident(&t->selector.remote), "active_sas", (json_int_t)active_sas(c, t), "origin",
		t->dynamic ? "dynamic crypto map" : "crypto map", "in_packets",
		(json_int_t)n.in_packets, "in_bytes", (json_int_t)n.in_bytes, "in_drops",
		(json_int_t)sa_counters_recv_errors(&n), "out_packets", (json_int_t)n.out_packets,
		"out_bytes", (json_int_t)n.out_bytes, "out_drops", (json_int_t)n.send_errors);
	char transform[64];

	if (!pair)
		return row;
	alg_suite_print(pair->suite, transform, sizeof(transform));
	json_object_update_new(
		row, json_pack("{s:I,s:I,s:I,s:s}", "in_kb",
			       (json_int_t)sa_query_remaining_kb(&c->store, pair, false), "out_kb",
			       (json_int_t)sa_query_remaining_kb(&c->store, pair, true),
			       "remaining_s", (json_int_t)sa_query_remaining_s(pair, c->now_ms()),
			       "transform", transform));
	return row;
}

static void add_tunnel(struct collect *c, const struct tunnel *t)
{
	const struct control *control = c->control;
	const struct sa_pair *pair = sa_query_first(&control->store, t->handle);
	const struct dynamic_tunnel *dynamic = dynamic_of(t);
	struct ike_path path = {.local = t->local, .remote_port = 500};
	json_t *s;

	if (pair)
		path = pair->path;
	else if (dynamic)
		path = dynamic->path;
	else
		path.remote = *acquire_peer(&control->acquire, t);
	snprintf(path.interface, sizeof(path.interface), "%s", t->interface);
	s = session_of(c, &path);
	json_array_append_new(json_object_get(s, "flows"), flow_of(control, t, pair));
}

static void add_clients(struct collect *c)
{
	const struct session *session;

	TAILQ_FOREACH(session, &c->control->sessions.all, link) {
		json_t *s = session_of(c, &session->path);

		if (session->user[0])
			json_object_set_new(s, "user", json_string(session->user));
		if (session->group[0])
			json_object_set_new(s, "group", json_string(session->group));
		if (!addr_is_none(&session->address.addr))
			json_object_set_new(s, "address",
					    api_call_json_addr(&session->address.addr));
		json_object_set_new(
			s, "uptime_s",
			json_integer((json_int_t)((c->control->now_ms() - session->started_ms) /
						  MS_PER_S)));
	}
}

static bool any(const json_t *rows, const char *field)
{
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		const json_t *value = json_object_get(row, field);

		if (json_is_true(value) || json_integer_value(value))
			return true;
	}
	return false;
}

static const char *status_of(const json_t *session)
{
	const json_t *ike = json_object_get(session, "ike");
	bool flows = any(json_object_get(session, "flows"), "active_sas");
	bool up = any(ike, "up");

	if (flows)
		return up ? "UP-ACTIVE" : "UP-NO-IKE";
	if (up)
		return "UP-IDLE";
	return json_array_size(ike) ? "DOWN-NEGOTIATING" : "DOWN";
}

/* Of this type only ("L2L", "user"), when one is named. */
static json_t *finish(const struct api_call *call, const json_t *all)
{
	const char *type = api_call_text(call, "type");
	json_t *list = json_array(), *s;
	size_t i;

	json_array_foreach(all, i, s) {
		const char *its = json_string_value(json_object_get(s, "type"));

		if (type && strcmp(type, its ? its : "") != 0)
			continue;
		json_object_set_new(s, "status", json_string(status_of(s)));
		api_call_add_nameif(call, s, json_string_value(json_object_get(s, "interface")));
		json_array_append(list, s);
	}
	return list;
}

json_t *api_show_session(struct api_call *call)
{
	struct collect c = {.control = call->control};
	struct tunnel_list all;
	json_t *result;

	if (tunnel_list_init(&all, c.control) < 0)
		return NULL;
	c.list = json_array();
	c.by_key = json_object();
	for (size_t i = 0; i < all.n; i++)
		add_tunnel(&c, all.rows[i]);
	tunnel_list_fini(&all);
	ike_engine_each(c.control->engine, add_ike, &c);
	add_clients(&c);
	result = json_pack("{s:o}", "sessions", finish(call, c.list));
	json_decref(c.by_key);
	json_decref(c.list);
	return result;
}
