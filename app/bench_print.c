/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_print.h"

#include "app/bench_eal.h"
#include "app/bench_memory.h"
#include "app/build_id.h"
#include "dataplane/dataplane.h"

#include <rte_cycles.h>

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

/* The value of a line "KEY : VALUE" of /proc/cpuinfo. */
static void cpuinfo(const char *key, char *out, size_t size)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	char line[512];

	snprintf(out, size, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		char *colon = strchr(line, ':');

		if (!colon || strncmp(line, key, strlen(key)) != 0)
			continue;
		colon[strcspn(colon, "\n")] = '\0';
		snprintf(out, size, "%s", colon + 1 + (colon[1] == ' '));
		break;
	}
	if (f)
		fclose(f);
}

static const char *scheduling(void)
{
	switch (sched_getscheduler(0)) {
	case SCHED_FIFO: return "real time";
	case SCHED_RR: return "real time in turns";
	default: return "shared";
	}
}

json_t *bench_print_machine(bool hugepages, unsigned repetitions)
{
	const struct build_id *build = build_id_get();
	char model[128], number[16];
	struct utsname host;

	uname(&host);
	cpuinfo("model name", model, sizeof(model));
	cpuinfo("model\t", number, sizeof(number));
	return json_pack(
		"{s:s, s:s, s:s, s:I, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:s}",
		"cpu", model, "cpu_model", number, "kernel", host.release, "tsc_hz",
		(json_int_t)rte_get_tsc_hz(), "processors", (int)bench_eal_cpus(), "pinned_to",
		sched_getcpu(), "scheduling", scheduling(), "memory",
		hugepages ? "huge pages" : "transparent huge pages", "compiler", "gcc " __VERSION__,
		"dpdk", build->dpdk, "ipsec_mb", build->ipsec_mb, "openssl", build->openssl, "git",
		build->git, "repetitions", (int)repetitions, "loss",
		"none: a packet that does not come out ends the run with an error, but "
		"for those below the replay window");
}

/* Of all workers together. */
static double mpps(const struct bench_case *c, double cycles)
{
	return (double)rte_get_tsc_hz() * c->workers / cycles / 1e6;
}

static double gbps(const struct bench_case *c, const struct bench_result *r)
{
	return mpps(c, r->path.mid) * r->inner_bytes * 8 / 1e3;
}

static json_t *span(const struct bench_span *s)
{
	return json_pack("[f, f]", s->min, s->max);
}

static json_t *print_raws(const struct bench_result *r)
{
	json_t *raws = json_object();

	for (unsigned i = 0; i < r->n_raw; i++)
		json_object_set_new(raws, r->raw_names[i], json_real(r->raws[i].mid));
	return raws;
}

static json_t *print_memory(const struct bench_case *c)
{
	struct bench_memory m = bench_memory_of(c);

	return json_pack("{s:I, s:I, s:I}", "sa_pair_bytes", (json_int_t)m.pair_bytes,
			 "sa_pair_key_bytes", (json_int_t)m.key_bytes, "all_sas_bytes",
			 (json_int_t)m.all_bytes);
}

static json_t *print_churn(const struct bench_churn_result *r)
{
	return json_pack("{s:f, s:f, s:I, s:f, s:o, s:f, s:o, s:f, s:I}", "asked_per_s", r->asked,
			 "sustained_per_s", r->sustained, "sas", (json_int_t)r->sas,
			 "cycles_per_packet_without", r->without.mid,
			 "cycles_per_packet_without_range", span(&r->without), "cycles_per_packet",
			 r->with.mid, "cycles_per_packet_range", span(&r->with), "cost_ratio",
			 r->ratio, "lost_packets", (json_int_t)r->lost);
}

static json_t *print_change(const struct bench_change_result *r)
{
	return json_pack("{s:i, s:i, s:f, s:f, s:f, s:I, s:I}", "lines", (int)r->lines, "changes",
			 (int)r->changes, "change_ms", r->change_ms, "longest_gap_us", r->gap_us,
			 "longest_gap_without_us", r->gap_without_us, "packets",
			 (json_int_t)r->packets, "lost_packets", (json_int_t)r->lost);
}

/* The options of a case. */
static json_t *print_case(const struct bench_case *c)
{
	char transform[64];
	json_t *row = json_pack(
		"{s:s, s:s, s:I, s:s, s:I, s:I, s:i, s:i, s:b, s:b, s:b, s:i, s:s, s:i, s:i, s:i}",
		"direction", c->inbound ? "in" : "out", "transform",
		alg_suite_print(c->suite, transform, sizeof(transform)), "sas", (json_int_t)c->sas,
		"order", c->random ? "random" : "round-robin", "policies", (json_int_t)c->policies,
		"window", (json_int_t)c->window, "reorder_percent", (int)c->reorder_percent,
		"distance", (int)c->distance, "esn", c->esn, "nat_t", c->nat_t, "qos", c->qos,
		"workers", (int)c->workers, "spread", c->handoff ? "handoff" : "direct", "burst",
		(int)c->burst, "worker_burst", DATAPLANE_BURST, "churn_per_s", (int)c->churn);

	json_object_set_new(row, "size", c->size ? json_integer(c->size) : json_string("imix"));
	return row;
}

json_t *bench_print_row(const struct bench_case *c, const struct bench_result *r)
{
	json_t *row = print_case(c);
	json_t *figures = json_pack(
		"{s:f, s:o, s:f, s:o, s:s, s:o, s:f, s:f, s:f, s:f, s:f, s:i, s:I, s:I, s:o}",
		"cycles_per_packet", r->path.mid, "cycles_per_packet_range", span(&r->path),
		"raw_cycles_per_packet", r->raw.mid, "raw_cycles_per_packet_range", span(&r->raw),
		"raw_api", r->raw_api, "raw_apis", print_raws(r), "empty_cycles_per_packet",
		r->empty.mid, "overhead_cycles", r->path.mid - r->raw.mid, "ratio",
		r->path.mid / r->raw.mid, "mpps", mpps(c, r->path.mid), "gbps", gbps(c, r),
		"verified_packets", (int)r->verified_packets, "packets", (json_int_t)r->packets,
		"late_packets", (json_int_t)r->late, "memory", print_memory(c));

	json_object_update_new(row, figures);
	if (c->workers > 1) {
		json_object_set_new(row, "one_worker_cycles_per_packet", json_real(r->alone.mid));
		json_object_set_new(row, "one_worker_mpps",
				    json_real(mpps(c, r->alone.mid) / c->workers));
		json_object_set_new(row, "speedup", json_real(r->speedup));
		json_object_set_new(row, "raw_speedup", json_real(r->raw_speedup));
	}
	if (c->churn)
		json_object_set_new(row, "churn", print_churn(&r->churn));
	if (c->policy_change)
		json_object_set_new(row, "policy_change", print_change(&r->change));
	return row;
}

void bench_print_table_head(const json_t *machine)
{
	const char *key, *gap = "";
	json_t *value;

	json_object_foreach((json_t *)machine, key, value) {
		if (json_is_string(value))
			printf("%s%s %s", gap, key, json_string_value(value));
		else
			printf("%s%s %lld", gap, key, (long long)json_integer_value(value));
		gap = ", ";
	}
	printf("\n\n%-3s %-28s %5s %7s %-11s %8s | %7s %16s | %7s %16s | %6s %8s | %6s %6s | %s\n",
	       "dir", "transform", "size", "SAs", "order", "policies", "cycles", "[min..max]",
	       "raw", "[min..max]", "ratio", "overhead", "Mpps", "Gbit/s",
	       "options; raw by; verified");
}

static void print_options(const struct bench_case *c)
{
	printf("window %u, reorder %u %% by %u, ESN %s, NAT-T %s, QoS %s, %u worker%s, %s, "
	       "burst %u, churn %u",
	       c->window, c->reorder_percent, c->distance, c->esn ? "on" : "off",
	       c->nat_t ? "on" : "off", c->qos ? "on" : "off", c->workers,
	       c->workers == 1 ? "" : "s", c->handoff ? "handoff" : "direct", c->burst, c->churn);
}

/* What has no column. */
static void print_more(const struct bench_case *c, const struct bench_result *r)
{
	const struct bench_churn_result *churn = &r->churn;
	const struct bench_change_result *change = &r->change;
	struct bench_memory m = bench_memory_of(c);

	if (c->sas > 1)
		printf("    memory: %llu bytes an SA pair and %llu for its keys, %.1f MB in all\n",
		       (unsigned long long)m.pair_bytes, (unsigned long long)m.key_bytes,
		       (double)m.all_bytes / (1 << 20));
	if (r->late)
		printf("    late: %llu of %llu packets arrived below the window and were dropped\n",
		       (unsigned long long)r->late, (unsigned long long)r->packets);
	if (c->workers > 1)
		printf("    workers: together %.2f times one of them alone (%.1f cycles); the raw "
		       "cipher %.2f times\n",
		       r->speedup, r->alone.mid, r->raw_speedup);
	if (c->churn)
		printf("    churn: %.0f SAs a second installed and removed, %.1f [%.1f..%.1f] "
		       "cycles a packet with, %.1f [%.1f..%.1f] without (%+.1f %%), %llu lost\n",
		       churn->sustained, churn->with.mid, churn->with.min, churn->with.max,
		       churn->without.mid, churn->without.min, churn->without.max,
		       (churn->ratio - 1) * 100, (unsigned long long)churn->lost);
	if (c->policy_change)
		printf("    policy change: %u lines built in %.0f ms, %u times; longest gap "
		       "between "
		       "polls %.0f us, %.0f us without; %llu of %llu packets lost\n",
		       change->lines, change->change_ms, change->changes, change->gap_us,
		       change->gap_without_us, (unsigned long long)change->lost,
		       (unsigned long long)change->packets);
}

void bench_print_table_row(const struct bench_case *c, const struct bench_result *r)
{
	char transform[64], size[16], path[32], raw[32];

	snprintf(size, sizeof(size), c->size ? "%u" : "imix", c->size);
	snprintf(path, sizeof(path), "[%.1f..%.1f]", r->path.min, r->path.max);
	snprintf(raw, sizeof(raw), "[%.1f..%.1f]", r->raw.min, r->raw.max);
	printf("%-3s %-28s %5s %7u %-11s %8u | %7.1f %16s | %7.1f %16s | %6.2f %8.1f | %6.2f %6.1f "
	       "| ",
	       c->inbound ? "in" : "out", alg_suite_print(c->suite, transform, sizeof(transform)),
	       size, c->sas, c->random ? "random" : "round-robin", c->policies, r->path.mid, path,
	       r->raw.mid, raw, r->path.mid / r->raw.mid, r->path.mid - r->raw.mid,
	       mpps(c, r->path.mid), gbps(c, r));
	print_options(c);
	printf("; %s; %u\n", r->raw_api, r->verified_packets);
	print_more(c, r);
	fflush(stdout);
}
