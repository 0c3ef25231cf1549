/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_show_dynamic.h"
#include "controlplane/api_show_reorder.h"
#include "controlplane/notices.h"
#include "controlplane/qos.h"
#include "controlplane/sa_query.h"
#include "controlplane/tunnel_list.h"
#include "lib/config/config_acl.h"
#include "lib/config/config_grammar.h"
#include "lib/esp/esp.h"
#include "lib/esp/replay.h"

#include <stdio.h>
#include <string.h>

enum {
	OUTER_IP = 20,
	UDP_HEADER = 8,
	DISPLAY_DES =
		56, /* what Cisco boxes print for DES/3DES with a 96-bit ICV (show-formats 6) */
	DISPLAY_AES = 74, /* and for AES with one */
	ICV_96 = 12,
	FIRST_CONN = 2000,
	LANE_NAME = CONFIG_NAME + 8,
};

static json_t *ident(const struct prefix *p, uint8_t protocol, uint16_t port)
{
	struct addr mask = prefix_mask(p);

	return json_pack("{s:o,s:o,s:i,s:i}", "addr", api_call_json_addr(&p->addr), "mask",
			 api_call_json_addr(&mask), "prot", (int)protocol, "port", (int)port);
}

/* The display constants where Cisco has them, the true worst case elsewhere (show-formats 6.1). */
static int overhead(const struct sa_pair *pair)
{
	const struct alg_cipher_row *cipher;
	int icv;

	if (!pair)
		return 0;
	cipher = alg_cipher_row(pair->suite.cipher);
	icv = alg_suite_icv_bytes(pair->suite);
	if (!pair->udp && !pair->transport && icv == ICV_96 && cipher->block_bytes == 8)
		return DISPLAY_DES;
	if (!pair->udp && !pair->transport && icv == ICV_96 && cipher->block_bytes == 16)
		return DISPLAY_AES;
	return (pair->transport ? 0 : OUTER_IP) + ESP_HEADER + cipher->iv_bytes + ESP_TRAILER +
	       cipher->block_bytes - 1 + icv + (pair->udp ? UDP_HEADER : 0);
}

static const char *settings_of(const struct sa_pair *pair)
{
	if (pair->transport)
		return pair->udp ? "Transport UDP-Encaps, " : "Transport, ";
	return pair->udp ? "Tunnel UDP-Encaps, " : "Tunnel, ";
}

/* Whose pair of parallel ones it is; "" of a pair that is alone. */
static const char *lane_name(const struct control *c, const struct tunnel *t, unsigned lane,
			     char buf[LANE_NAME])
{
	const struct config_interface *interface = config_model_interface(&c->config, t->interface);
	const struct config_map *map = config_model_map(&c->config, t->map);
	const struct config_map_entry *entry =
		map ? config_model_map_entry(map, t->sequence) : NULL;

	buf[0] = '\0';
	if (t->spread == PLANE_SPREAD_PER_WORKER)
		snprintf(buf, LANE_NAME, "worker %u", tunnels_worker(t, lane));
	else if (t->spread == PLANE_SPREAD_PER_CLASS && interface && entry)
		snprintf(buf, LANE_NAME, "class %s",
			 qos_lane_name(&c->config, interface, entry, lane));
	return buf;
}

/* What both directions show alike. */
static json_t *sa_object(const struct control *c, const struct tunnel *t,
			 const struct sa_pair *pair, bool outbound)
{
	uint32_t conn = outbound ? pair->conn_out : pair->conn_in;
	char transform[64], lane[LANE_NAME];

	alg_suite_print(pair->suite, transform, sizeof(transform));
	if (pair->esn)
		strncat(transform, " esn", sizeof(transform) - strlen(transform) - 1);
	return json_pack("{s:I,s:s,s:s,s:s,s:i,s:I,s:I,s:s,s:I,s:I,s:i,s:b,s:i,s:s}", "spi",
			 (json_int_t)(outbound ? pair->spi_out : pair->spi_in), "transform",
			 transform, "settings", settings_of(pair), "lane",
			 lane_name(c, t, pair->lane, lane), "slot", 0, "conn_id", (json_int_t)conn,
			 "flow_id", (json_int_t)(conn - FIRST_CONN), "map", t->map, "remaining_kb",
			 (json_int_t)sa_query_remaining_kb(&c->store, pair, outbound),
			 "remaining_s", (json_int_t)sa_query_remaining_s(pair, c->now_ms()),
			 "iv_bytes", (int)alg_cipher_row(pair->suite.cipher)->iv_bytes, "replay",
			 (int)(pair->replay_window != 0), "replay_window", (int)pair->replay_window,
			 "status", "ACTIVE");
}

/* What an ASA's settings are made of, and its one number for both directions. */
static void add_kind(json_t *sa, const struct sa_pair *pair)
{
	json_object_update_new(sa, json_pack("{s:s,s:b,s:b,s:I}", "type",
					     pair->path.client ? "RA" : "L2L", "nat_t",
					     (int)pair->udp, "transport", (int)pair->transport,
					     "pair_conn_id", (json_int_t)pair->conn_in));
}

static json_t *inbound_sa(const struct control *c, const struct tunnel *t,
			  const struct sa_pair *pair, bool detail)
{
	const struct plane_stats_in *in = sa_query_in(&c->store, pair);
	const struct sa_counters n = sa_query_counters(&c->store, pair);
	json_t *sa = sa_object(c, t, pair, false);
	char bitmap[20] = "0000000000000000";

	if (in)
		snprintf(bitmap, sizeof(bitmap), "%016llX",
			 (unsigned long long)replay_bitmap_shown(
				 __atomic_load_n(&in->bitmap, __ATOMIC_RELAXED)));
	json_object_update_new(
		sa, json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "bitmap", bitmap, "packets",
			      (json_int_t)n.in_packets, "bytes", (json_int_t)n.in_bytes, "seq",
			      (json_int_t)(in ? __atomic_load_n(&in->top, __ATOMIC_RELAXED) : 0),
			      "replay_late", (json_int_t)n.replay_late, "replay_seen",
			      (json_int_t)n.replay_seen, "auth_failed", (json_int_t)n.auth_failed,
			      "policy_failed", (json_int_t)n.policy_failed, "other_failed",
			      (json_int_t)(n.other_failed + n.pad_failed + n.invalid_len +
					   n.invalid_prot + n.invalid_sa)));
	add_kind(sa, pair);
	api_show_reorder(sa, c, t, pair, detail);
	return sa;
}

static json_t *outbound_sa(const struct control *c, const struct tunnel *t,
			   const struct sa_pair *pair)
{
	const struct plane_stats_out *out = sa_query_out(&c->store, pair);
	const struct sa_counters n = sa_query_counters(&c->store, pair);
	json_t *sa = sa_object(c, t, pair, true);

	json_object_update_new(
		sa,
		json_pack("{s:I,s:I,s:I}", "packets", (json_int_t)n.out_packets, "bytes",
			  (json_int_t)n.out_bytes, "seq",
			  (json_int_t)(out ? __atomic_load_n(&out->seq, __ATOMIC_RELAXED) : 0)));
	add_kind(sa, pair);
	return sa;
}

static void add_sas(json_t *block, const struct control *c, const struct tunnel *t, bool detail)
{
	json_t *in = json_array(), *out = json_array();
	const struct sa_pair *pair;

	LIST_FOREACH(pair, &c->store.tunnels[t->handle].pairs, tunnel_link) {
		if (pair->state < SA_STATE_INBOUND || pair->state > SA_STATE_DRAINING)
			continue;
		json_array_append_new(in, inbound_sa(c, t, pair, detail));
		if (pair->out_installed)
			json_array_append_new(out, outbound_sa(c, t, pair));
	}
	json_object_set_new(block, "inbound_esp", in);
	json_object_set_new(block, "outbound_esp", out);
}

/* By cause, in the words of IOS (hostile 3.0.1). */
static void add_errors(json_t *block, const struct control *c, const struct tunnel *t,
		       const struct sa_counters *n)
{
	const struct sa_tunnel *kept = &c->store.tunnels[t->handle];
	json_int_t no_sa = (uint32_t)(sa_query_no_sa(&c->store, t) - kept->no_sa_base);

	json_object_set_new(
		block, "errors",
		json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "no_sa_send", no_sa,
			  "encaps_failed",
			  (json_int_t)(n->send_errors - n->out_rollover - n->out_internal) - no_sa,
			  "invalid_sa", (json_int_t)n->invalid_sa, "rollover_send",
			  (json_int_t)n->out_rollover, "rollover_recv", (json_int_t)n->in_rollover,
			  "internal_send", (json_int_t)n->out_internal, "decaps_failed",
			  (json_int_t)(n->other_failed + n->pad_failed), "verify_failed",
			  (json_int_t)n->auth_failed, "invalid_identity",
			  (json_int_t)n->policy_failed, "invalid_len", (json_int_t)n->invalid_len,
			  "invalid_prot", (json_int_t)n->invalid_prot, "replay_failed",
			  (json_int_t)(n->replay_late + n->replay_seen - n->in_rollover)));
}

static void add_counters(json_t *block, const struct control *c, const struct tunnel *t)
{
	struct sa_counters n = sa_query_tunnel(&c->store, t);
	json_int_t out, in;

	orphans_count(&c->orphans, t, &n);
	out = (json_int_t)n.out_packets;
	in = (json_int_t)n.in_packets;
	json_object_update_new(
		block,
		json_pack(
			"{s:I,s:I,s:I,s:I,s:I,s:I,s:i,s:i,s:i,s:i,s:i,s:I,s:I,s:I,s:I,s:I,s:I,s:I,"
			"s:I}",
			"encaps", out, "encrypt", out, "digest", out, "decaps", in, "decrypt", in,
			"verify", in, "compressed", 0, "decompressed", 0, "not_compressed", 0,
			"compr_failed", 0, "decompress_failed", 0, "send_errors",
			(json_int_t)n.send_errors, "recv_errors",
			(json_int_t)sa_counters_recv_errors(&n), "pre_frag",
			(json_int_t)n.fragmented, "pre_frag_failed", (json_int_t)n.fragment_failed,
			"fragments", (json_int_t)n.fragments, "pmtus_sent",
			(json_int_t)n.too_big_sent, "pmtus_rcvd",
			(json_int_t)c->store.tunnels[t->handle].mtus_received,
			"frags_needing_reassembly", (json_int_t)n.inner_fragments));
	add_errors(block, c, t, &n);
}

static void add_state(json_t *block, const struct control *c, const struct tunnel *t)
{
	const struct sa_pair *pair = sa_query_first(&c->store, t->handle);
	const struct plane_stats_device *device = notices_device(c, t->interface);
	const struct addr *peer = pair ? &pair->path.remote : acquire_peer(&c->acquire, t);
	int media = device && device->mtu ? device->mtu : t->mtu;
	bool udp = pair && pair->udp;

	json_object_update_new(
		block,
		json_pack("{s:o,s:i,s:s,s:o,s:o,s:i,s:i,s:i,s:I,s:I,s:b}", "current_peer",
			  api_call_json_addr(peer), "current_port",
			  (int)(pair ? pair->path.remote_port : 500), "flags",
			  t->dynamic ? "" : "origin_is_acl,", "local_endpt",
			  api_call_json_addr(&t->local), "remote_endpt", api_call_json_addr(peer),
			  "path_mtu", pair && pair->mtu ? (int)pair->mtu : media, "media_mtu",
			  media, "overhead", overhead(pair), "current_outbound_spi",
			  (json_int_t)(pair ? pair->spi_out : 0), "current_inbound_spi",
			  (json_int_t)(pair ? pair->spi_in : 0), "pfs",
			  (int)(pair && pair->pfs_group)));
	json_object_update_new(block,
			       json_pack("{s:i,s:i}", "local_endpt_port",
					 udp ? (int)pair->path.local_port : 0, "remote_endpt_port",
					 udp ? (int)pair->path.remote_port : 0));
}

static const char *line_text(const struct control *c, const struct tunnel *t, char *buf,
			     size_t size)
{
	const struct config_acl *acl = config_model_acl(&c->config, t->acl);

	if (t->dynamic)
		return api_show_dynamic_line(t, buf, size);
	for (size_t i = 0; acl && i < acl->n_lines; i++) {
		const struct selector selector = config_acl_line_selector(&acl->lines[i]);

		if (acl->lines[i].sequence == t->acl_sequence &&
		    !config_acl_line_is_idle(&acl->lines[i]) &&
		    (!acl->expanded || selector_eq(&t->selector, &selector)))
			return config_grammar_acl_text(&acl->lines[i], acl->standard, buf, size);
	}
	return "";
}

static json_t *block_of(const struct control *c, const struct tunnel *t, bool detail)
{
	const struct selector *s = &t->selector;
	char line[CONFIG_ACL_TEXT];
	json_t *block = json_pack("{s:i,s:s,s:s,s:o,s:o}", "sequence", (int)t->sequence, "acl",
				  t->acl, "acl_line", line_text(c, t, line, sizeof(line)),
				  "local_ident", ident(&s->local, s->protocol, s->local_port),
				  "remote_ident", ident(&s->remote, s->protocol, s->remote_port));

	add_state(block, c, t);
	api_show_dynamic_client(block, c, t);
	add_counters(block, c, t);
	add_sas(block, c, t, detail);
	return block;
}

struct filter {
	const struct addr *peer; /* NULL: any, as the next two */
	const char *map;
	const char *interface;
	uint32_t spi; /* 0: any */
};

static bool has_spi(const struct control *c, const struct tunnel *t, uint32_t spi)
{
	const struct sa_pair *pair;

	LIST_FOREACH(pair, &c->store.tunnels[t->handle].pairs, tunnel_link)
		if (pair->spi_in == spi || pair->spi_out == spi)
			return true;
	return false;
}

static bool shows(const struct control *c, const struct tunnel *t, const struct filter *f)
{
	const struct sa_pair *pair = sa_query_first(&c->store, t->handle);

	if (f->peer && !addr_eq(f->peer, pair ? &pair->path.remote : acquire_peer(&c->acquire, t)))
		return false;
	if ((f->map && strcmp(f->map, t->map) != 0) ||
	    (f->interface && strcmp(f->interface, t->interface) != 0))
		return false;
	return !f->spi || has_spi(c, t, f->spi);
}

/* The heading of the blocks of an interface; takes `blocks`. */
static json_t *interface_of(const struct api_call *call, const struct tunnel *t, json_t *blocks)
{
	json_t *row = json_pack("{s:s,s:s,s:o,s:o}", "interface", t->interface, "map", t->map,
				"local_addr", api_call_json_addr(&t->local), "blocks", blocks);

	api_call_add_nameif(call, row, t->interface);
	return row;
}

json_t *api_show_ipsec_sa(struct api_call *call)
{
	const struct control *c = call->control;
	json_t *interfaces, *blocks = NULL;
	bool detail = json_is_true(json_object_get(call->params, "detail"));
	struct tunnel_list all;
	const char *last = "";
	struct addr peer;
	int only = api_call_addr(call, "peer", &peer);
	const struct filter filter = {
		.peer = only ? &peer : NULL,
		.map = api_call_text(call, "map"),
		.interface = api_call_interface(call),
		.spi = (uint32_t)json_integer_value(json_object_get(call->params, "spi")),
	};

	if (only < 0 || tunnel_list_init(&all, c) < 0)
		return NULL;
	interfaces = json_array();
	for (size_t i = 0; i < all.n; i++) {
		const struct tunnel *t = all.rows[i];

		if (!shows(c, t, &filter))
			continue;
		if (!blocks || strcmp(last, t->interface) != 0) {
			blocks = json_array();
			json_array_append_new(interfaces, interface_of(call, t, blocks));
			last = t->interface;
		}
		json_array_append_new(blocks, block_of(c, t, detail));
	}
	tunnel_list_fini(&all);
	return json_pack("{s:o}", "interfaces", interfaces);
}
