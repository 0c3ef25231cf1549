/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/sa_query.h"
#include "controlplane/tunnel_list.h"

#include <stdio.h>

enum {
	ALGORITHM_TEXT = 48
};

struct connection_row {
	uint32_t id;
	const char *type;
	const char *interface;
	const struct addr *address;
	const char *algorithm;
	uint64_t encrypt;
	uint64_t decrypt;
	uint64_t last_seq;
};

static void add(json_t *list, const struct connection_row *row)
{
	json_array_append_new(
		list, json_pack("{s:I,s:s,s:s,s:o,s:s,s:I,s:I,s:I}", "id", (json_int_t)row->id,
				"type", row->type, "interface", row->interface, "address",
				api_call_json_addr(row->address), "algorithm", row->algorithm,
				"encrypt", (json_int_t)row->encrypt, "decrypt",
				(json_int_t)row->decrypt, "last_seq", (json_int_t)row->last_seq));
}

static void add_ike(void *ctx, const struct ike_sa_info *sa)
{
	char algorithm[ALGORITHM_TEXT] = "";
	const struct connection_row row = {
		.id = sa->conn_id,
		.type = "IKE",
		.interface = sa->path.interface,
		.address = &sa->path.local,
		.algorithm = algorithm,
	};

	if (sa->policy.cipher)
		snprintf(algorithm, sizeof(algorithm), "%s+%s",
			 alg_hash_row(sa->policy.hash)->engine_name,
			 alg_cipher_row(sa->policy.cipher)->engine_name);
	add(ctx, &row);
}

/* As on IOS the inbound SA shows only decryptions, the outbound SA only encryptions. */
static void add_pair(json_t *list, const struct control *c, const struct tunnel *t,
		     const struct sa_pair *pair)
{
	const struct sa_counters counters = sa_query_counters(&c->store, pair);
	const struct plane_stats_in *in = sa_query_in(&c->store, pair);
	const struct plane_stats_out *out = sa_query_out(&c->store, pair);
	char algorithm[ALGORITHM_TEXT];
	struct connection_row row = {
		.id = pair->conn_in,
		.type = "IPsec",
		.interface = t->interface,
		.address = &pair->path.local,
		.algorithm = algorithm,
		.decrypt = counters.in_packets,
		.last_seq = in ? __atomic_load_n(&in->top, __ATOMIC_RELAXED) : 0,
	};

	if (pair->suite.hash == ALG_HASH_NONE)
		snprintf(algorithm, sizeof(algorithm), "%s",
			 alg_cipher_row(pair->suite.cipher)->engine_name);
	else
		snprintf(algorithm, sizeof(algorithm), "%s+%s",
			 alg_hash_row(pair->suite.hash)->engine_name,
			 alg_cipher_row(pair->suite.cipher)->engine_name);
	add(list, &row);
	if (!pair->out_installed)
		return;
	row.id = pair->conn_out;
	row.decrypt = 0;
	row.encrypt = counters.out_packets;
	row.last_seq = out ? __atomic_load_n(&out->seq, __ATOMIC_RELAXED) : 0;
	add(list, &row);
}

json_t *api_show_engine_connections(struct api_call *call)
{
	const struct control *c = call->control;
	struct tunnel_list all;
	json_t *list;

	if (tunnel_list_init(&all, c) < 0)
		return NULL;
	list = json_array();
	ike_engine_each(c->engine, add_ike, list);
	for (size_t i = 0; i < all.n; i++) {
		const struct tunnel *t = all.rows[i];
		const struct sa_pair *pair;

		LIST_FOREACH(pair, &c->store.tunnels[t->handle].pairs, tunnel_link) {
			if (pair->state >= SA_STATE_INBOUND && pair->state <= SA_STATE_DRAINING)
				add_pair(list, c, t, pair);
		}
	}
	tunnel_list_fini(&all);
	return json_pack("{s:o}", "connections", list);
}
