/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_print.h"

#include "app/build_id.h"

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

json_t *bench_print_machine(bool hugepages)
{
	const struct build_id *build = build_id_get();
	char model[128], number[16];
	struct utsname host;

	uname(&host);
	cpuinfo("model name", model, sizeof(model));
	cpuinfo("model\t", number, sizeof(number));
	return json_pack("{s:s, s:s, s:s, s:I, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i}", "cpu",
			 model, "cpu_model", number, "kernel", host.release, "tsc_hz",
			 (json_int_t)rte_get_tsc_hz(), "pinned_to", sched_getcpu(), "memory",
			 hugepages ? "huge pages" : "transparent huge pages", "compiler",
			 __VERSION__, "dpdk", build->dpdk, "ipsec_mb", build->ipsec_mb, "openssl",
			 build->openssl, "git", build->git, "repetitions", BENCH_REPETITIONS);
}

static double mpps(const struct bench_result *r)
{
	return (double)rte_get_tsc_hz() / r->path.mid / 1e6;
}

static double gbps(const struct bench_result *r)
{
	return mpps(r) * r->inner_bytes * 8 / 1e3;
}

static json_t *span(const struct bench_span *s)
{
	return json_pack("[f, f]", s->min, s->max);
}

json_t *bench_print_row(const struct bench_case *c, const struct bench_result *r)
{
	char transform[64];
	json_t *row = json_pack(
		"{s:s, s:s, s:I, s:s, s:I, s:I, s:i, s:i, s:i, s:f, s:o, s:f, s:o, s:s, s:f, s:f, "
		"s:f, s:f, s:f, s:i}",
		"direction", c->inbound ? "in" : "out", "transform",
		alg_suite_print(c->suite, transform, sizeof(transform)), "sas", (json_int_t)c->sas,
		"order", c->random ? "random" : "round-robin", "policies", (json_int_t)c->policies,
		"window", (json_int_t)c->window, "reorder_percent", 0, "workers", 1, "burst",
		BENCH_BURST, "cycles_per_packet", r->path.mid, "cycles_per_packet_range",
		span(&r->path), "raw_cycles_per_packet", r->raw.mid, "raw_cycles_per_packet_range",
		span(&r->raw), "raw_api", r->raw_api, "empty_cycles_per_packet", r->empty.mid,
		"overhead_cycles", r->path.mid - r->raw.mid, "ratio", r->path.mid / r->raw.mid,
		"mpps", mpps(r), "gbps", gbps(r), "verified_packets", (int)r->verified_packets);

	json_object_set_new(row, "size", c->size ? json_integer(c->size) : json_string("imix"));
	return row;
}

void bench_print_table_head(const json_t *machine)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)machine, key, value)
		if (json_is_string(value))
			printf("%s %s, ", key, json_string_value(value));
		else
			printf("%s %lld, ", key, (long long)json_integer_value(value));
	printf("burst %d, 1 worker, no reordering\n\n", BENCH_BURST);
	printf("%-3s %-28s %5s %7s %-11s %8s %6s | %7s %15s | %7s %15s | %6s %8s | %6s %6s | %s\n",
	       "dir", "transform", "size", "SAs", "order", "policies", "window", "cycles",
	       "[min..max]", "raw", "[min..max]", "ratio", "overhead", "Mpps", "Gbit/s",
	       "raw by; verified");
}

void bench_print_table_row(const struct bench_case *c, const struct bench_result *r)
{
	char transform[64], size[16], path[32], raw[32];

	snprintf(size, sizeof(size), c->size ? "%u" : "imix", c->size);
	snprintf(path, sizeof(path), "[%.1f..%.1f]", r->path.min, r->path.max);
	snprintf(raw, sizeof(raw), "[%.1f..%.1f]", r->raw.min, r->raw.max);
	printf("%-3s %-28s %5s %7u %-11s %8u %6u | %7.1f %15s | %7.1f %15s | %6.2f %8.1f | %6.2f "
	       "%6.1f | %s; %u\n",
	       c->inbound ? "in" : "out", alg_suite_print(c->suite, transform, sizeof(transform)),
	       size, c->sas, c->random ? "random" : "round-robin", c->policies, c->window,
	       r->path.mid, path, r->raw.mid, raw, r->path.mid / r->raw.mid,
	       r->path.mid - r->raw.mid, mpps(r), gbps(r), r->raw_api, r->verified_packets);
	fflush(stdout);
}
