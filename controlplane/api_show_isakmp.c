/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"

#include <stdio.h>

enum {
	COOKIE_TEXT = 17,
	DEFAULT_PRIORITY = 65535,
	DEFAULT_LIFETIME_S = 86400
};

static const char *cookie_text(const uint8_t cookie[8], char buf[COOKIE_TEXT])
{
	for (size_t i = 0; i < 8; i++)
		snprintf(buf + 2 * i, 3, "%02x", cookie[i]);
	return buf;
}

static const char *auth_name(uint16_t auth)
{
	const struct alg_auth_row *row = alg_auth_row(auth);

	return row && !row->psk ? row->name : "psk";
}

static const char *nat_name(const struct ike_sa_info *sa)
{
	if (sa->nat_local && sa->nat_remote)
		return "both";
	if (sa->nat_local)
		return "local";
	return sa->nat_remote ? "remote" : "none";
}

/* Absent until phase 1 has agreed on them. */
static void add_agreed(json_t *row, const struct ike_sa_info *sa)
{
	if (!sa->policy.cipher)
		return;
	json_object_set_new(row, "cipher", json_string(alg_cipher_row(sa->policy.cipher)->name));
	json_object_set_new(row, "hash", json_string(alg_hash_row(sa->policy.hash)->name));
	json_object_set_new(row, "auth", json_string(auth_name(sa->policy.auth)));
	json_object_set_new(row, "group", json_integer(sa->policy.group));
	json_object_set_new(row, "lifetime_s", json_integer(sa->policy.lifetime_s));
	json_object_set_new(row, "remaining_s", json_integer((json_int_t)sa->remaining_s));
}

static void add_sa(void *ctx, const struct ike_sa_info *sa)
{
	const struct addr *src = sa->initiator ? &sa->path.local : &sa->path.remote;
	const struct addr *dst = sa->initiator ? &sa->path.remote : &sa->path.local;
	char i[COOKIE_TEXT], r[COOKIE_TEXT];
	json_t *row;

	row = json_pack("{s:I,s:o,s:o,s:o,s:o,s:s,s:s,s:s,s:i,s:s,s:i,s:i,s:b,s:I,s:s,s:s}",
			"conn_id", (json_int_t)sa->conn_id, "dst", api_call_json_addr(dst), "src",
			api_call_json_addr(src), "local", api_call_json_addr(&sa->path.local),
			"remote", api_call_json_addr(&sa->path.remote), "state", sa->state, "role",
			sa->initiator ? "initiator" : "responder", "status",
			sa->deleted ? "ACTIVE (deleted)" : "ACTIVE", "slot", 0, "nat", nat_name(sa),
			"local_port", (int)sa->path.local_port, "remote_port",
			(int)sa->path.remote_port, "dpd", (int)sa->dpd, "created",
			(json_int_t)sa->children, "cookie_i", cookie_text(sa->cookie_i, i),
			"cookie_r", cookie_text(sa->cookie_r, r));
	if (!row)
		return;
	json_object_update_new(row, json_pack("{s:s,s:b,s:s,s:b,s:I,s:I}", "asa_state",
					      sa->state_asa, "aggressive", (int)sa->aggressive,
					      "type", sa->path.client ? "user" : "L2L", "rekey",
					      (int)sa->rekey, "pending", (json_int_t)sa->pending,
					      "age_s", (json_int_t)sa->age_s));
	if (sa->group[0])
		json_object_set_new(row, "client_group", json_string(sa->group));
	if (sa->user[0])
		json_object_set_new(row, "user", json_string(sa->user));
	add_agreed(row, sa);
	json_array_append_new(ctx, row);
}

json_t *api_show_isakmp_sa(struct api_call *call)
{
	json_t *sas = json_array();

	ike_engine_each(call->control->engine, add_sa, sas);
	return json_pack("{s:o}", "sas", sas);
}

/* The keys themselves are nobody's to see. */
json_t *api_show_isakmp_key(struct api_call *call)
{
	const struct config *config = &call->control->config;
	json_t *list = json_array();

	for (size_t i = 0; i < config->n_keys; i++) {
		const struct config_isakmp_key *key = &config->keys[i];
		char prefix[PREFIX_TEXT];

		json_array_append_new(
			list, json_pack("{s:s,s:s,s:b}", "peer",
					key->hostname[0]
						? key->hostname
						: prefix_print(&key->peer, prefix, sizeof(prefix)),
					"kind", key->hostname[0] ? "hostname" : "address",
					"no_xauth", (int)key->no_xauth));
	}
	return json_pack("{s:o}", "keys", list);
}

static void add_policy(json_t *list, const struct config_isakmp_policy *p)
{
	json_array_append_new(
		list, json_pack("{s:i,s:s,s:s,s:s,s:i,s:I}", "priority", (int)p->priority, "cipher",
				alg_cipher_row(p->cipher)->name, "hash",
				alg_hash_row(p->hash)->name, "auth", auth_name((uint16_t)p->auth),
				"group", (int)p->group, "lifetime_s", (json_int_t)p->lifetime_s));
}

json_t *api_show_isakmp_policy(struct api_call *call)
{
	const struct config *config = &call->control->config;
	const struct config_isakmp_policy built_in = {
		.priority = DEFAULT_PRIORITY,
		.cipher = ALG_CIPHER_DES,
		.hash = ALG_HASH_SHA1,
		.auth = ALG_AUTH_RSA_SIG,
		.group = 1,
		.lifetime_s = DEFAULT_LIFETIME_S,
	};
	json_t *list = json_array();

	for (size_t i = 0; i < config->n_policies; i++)
		add_policy(list, &config->policies[i]);
	add_policy(list, &built_in);
	return json_pack("{s:o}", "policies", list);
}
