/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"

#include <stdio.h>
#include <time.h>

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

enum {
	MS_PER_S = 1000,
	NS_PER_MS = 1000000,
	PER_CENT = 100,
	STALL_MS = 1000, /* without heartbeat, as the data plane counts stalls */
};

static uint64_t drop_count(const struct control *c, size_t reason)
{
	uint64_t n = relaxed(c->plane->stats_main->drops[reason]) - c->drops_base[reason];

	for (unsigned w = 0; w < c->plane->header->params.n_workers; w++)
		n += relaxed(c->plane->stats_worker[w].drops[reason]);
	return n;
}

static void add_drop(json_t *list, const char *name, const char *text, uint64_t count)
{
	json_array_append_new(list, json_pack("{s:s,s:s,s:I}", "name", name, "text", text, "count",
					      (json_int_t)count));
}

/*
 * Rejected IKE messages are further rows of the same table: nothing is discarded without a count.
 */
json_t *api_show_system_drops(struct api_call *call)
{
	const struct control *c = call->control;
	json_t *list = json_array();
	uint64_t total = 0, n;

	for (size_t i = DROP_NONE + 1; i < DROP_COUNT; i++) {
		n = drop_count(c, i);
		total += n;
		add_drop(list, drop_name(i), drop_text(i), n);
	}
	for (size_t i = 0; i < IKE_COUNTER_COUNT; i++) {
		n = ike_engine_counter(c->engine, i) - c->ike_base[i];
		total += n;
		add_drop(list, ike_counter_name(i), ike_counter_text(i), n);
	}
	return json_pack("{s:o,s:I}", "drops", list, "total", (json_int_t)total);
}

static json_t *ports_of(const struct api_call *call)
{
	const struct plane_stats_device *d = call->control->plane->stats_main->devices;
	json_t *list = json_array();

	for (size_t i = 0; i < PLANE_PORTS_MAX && d[i].interface[0]; i++) {
		json_t *row;
		char mac[18];

		snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", d[i].mac[0],
			 d[i].mac[1], d[i].mac[2], d[i].mac[3], d[i].mac[4], d[i].mac[5]);
		row = json_pack("{s:s,s:s}", "name", d[i].interface, "mac", mac);
		api_call_add_nameif(call, row, d[i].interface);
		json_array_append_new(list, row);
	}
	return list;
}

json_t *api_show_system_version(struct api_call *call)
{
	const struct control *c = call->control;
	const struct plane_header *h = c->plane->header;
	const struct config_platform *p = &c->config.platform;
	const struct control_versions *v = &c->versions;
	json_t *cores = json_array();
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	for (size_t i = 0; i < p->n_worker_cores; i++)
		json_array_append_new(cores, json_integer(p->worker_cores[i]));
	return json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:I,s:s,s:i,s:o,s:i,s:b,s:i,s:o,s:i,s:I}",
			 "version", v->version, "git", v->git, "built", v->built, "dpdk", v->dpdk,
			 "ipsec_mb", v->ipsec_mb, "openssl", v->openssl, "hostname",
			 c->config.hostname, "uptime_s",
			 (json_int_t)((c->now_ms() - h->boot_ms) / MS_PER_S), "boot_reason",
			 "culvertd", "workers", (int)h->params.n_workers, "worker_cores", cores,
			 "memory_mb", (int)p->memory_mb, "hugepages", (int)p->hugepages, "restarts",
			 (int)relaxed(c->plane->stats_main->iked_starts) - 1, "interfaces",
			 ports_of(call), "interfaces_max", PLANE_PORTS_MAX, "time_ms",
			 (json_int_t)now.tv_sec * MS_PER_S + now.tv_nsec / NS_PER_MS);
}

static double ratio(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

/* "stalled_ms" is there while the worker does not run. */
static json_t *liveness_of(const struct control *c, unsigned worker)
{
	uint64_t heartbeat = relaxed(c->plane->stats_worker[worker].heartbeat_ms);
	uint64_t now = c->now_ms();
	json_t *row = json_pack("{s:I}", "stalls",
				(json_int_t)relaxed(c->plane->stats_main->worker_stalls[worker]));

	if (heartbeat && now > heartbeat + STALL_MS)
		json_object_set_new(row, "stalled_ms", json_integer((json_int_t)(now - heartbeat)));
	return row;
}

json_t *api_show_system_processes(struct api_call *call)
{
	const struct control *c = call->control;
	const struct config_platform *p = &c->config.platform;
	json_t *list = json_array();

	for (unsigned w = 0; w < c->plane->header->params.n_workers; w++) {
		const struct plane_stats_worker *s = &c->plane->stats_worker[w];
		json_t *row = json_pack(
			"{s:i,s:f,s:f,s:f}", "worker", (int)w, "busy_percent",
			PER_CENT * ratio(relaxed(s->busy_loops), relaxed(s->loops)),
			"packets_per_burst", ratio(relaxed(s->packets), relaxed(s->bursts)),
			"cycles_per_packet", ratio(relaxed(s->busy_cycles), relaxed(s->packets)));

		json_object_update_new(row, liveness_of(c, w));
		if (w < p->n_worker_cores)
			json_object_set_new(row, "core", json_integer(p->worker_cores[w]));
		json_array_append_new(list, row);
	}
	return json_pack("{s:o}", "workers", list);
}
