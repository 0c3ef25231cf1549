/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <time.h>

enum {
	MS_PER_S = 1000,
};

static const struct {
	const char *name;
	long long seconds;
} units[] = {{"year", 31536000}, {"week", 604800}, {"day", 86400}, {"hour", 3600}, {"minute", 60}};

/* "2 weeks, 3 days, 22 hours, 32 minutes": from the first unit that is not zero down to minutes. */
static void print_uptime(FILE *out, long long s)
{
	const char *separator = "";

	for (size_t i = 0; i < array_len(units); i++) {
		long long n = s / units[i].seconds;

		s %= units[i].seconds;
		if (n == 0 && !*separator && i + 1 < array_len(units))
			continue;
		fprintf(out, "%s%lld %s%s", separator, n, units[i].name, n == 1 ? "" : "s");
		separator = ", ";
	}
}

static void print_cores(FILE *out, const json_t *cores)
{
	const json_t *core;
	size_t i;

	json_array_foreach(cores, i, core)
		fprintf(out, "%s%lld",
			i			     ? ", "
			: json_array_size(cores) > 1 ? " on cores "
						     : " on core ",
			json_integer_value(core));
}

/* "11:34:56.123 UTC Sun Nov 22 2026" */
void render_clock(FILE *out, const struct render_request *request, const json_t *result)
{
	long long ms = render_number_of(result, "time_ms");
	time_t seconds = (time_t)(ms / MS_PER_S);
	char clock[16], date[48];
	struct tm tm;

	(void)request;
	gmtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	strftime(date, sizeof(date), "UTC %a %b %e %Y", &tm);
	fprintf(out, "%s.%03lld %s\n", clock, ms % MS_PER_S, date);
}

/* "11 mins 19 secs" */
static void print_short(FILE *out, long long s)
{
	static const struct {
		const char *name;
		long long seconds;
	} short_units[] = {{"day", 86400}, {"hour", 3600}, {"min", 60}, {"sec", 1}};

	for (size_t i = 0; i < array_len(short_units); i++) {
		long long n = s / short_units[i].seconds;

		s %= short_units[i].seconds;
		if (n || short_units[i].seconds == 1)
			fprintf(out, " %lld %s%s", n, short_units[i].name, n == 1 ? "" : "s");
	}
}

static void print_ports(FILE *out, const struct render_request *request, const json_t *result)
{
	const json_t *port;
	char mac[15];
	size_t i;

	json_array_foreach(json_object_get(result, "interfaces"), i, port)
		fprintf(out, "%zu: %s: address is %s\n", i, render_port_of(request, port, "name"),
			render_mac_of(port, "mac", mac));
}

/* show-formats 11, what a PIX says; an ASA says nearly the same. */
static void render_box(FILE *out, const struct render_request *request, const json_t *result)
{
	fprintf(out, "Culvert Security Appliance Version %s (%s)\n\nCompiled on %s\n\n",
		render_text_of(result, "version"), render_text_of(result, "git"),
		render_text_of(result, "built"));
	fprintf(out, "%s up", render_text_of(result, "hostname"));
	print_short(out, render_number_of(result, "uptime_s"));
	fprintf(out, "\n\nHardware:   %lld packet workers, %lld MB packet memory\n",
		render_number_of(result, "workers"), render_number_of(result, "memory_mb"));
	print_ports(out, request, result);
	fprintf(out,
		"\nLicensed Features:\nVPN-DES:            Enabled\nVPN-3DES:           Enabled\n"
		"VPN-AES:            Enabled\nMaximum Interfaces: %lld\n"
		"ISAKMP peers:       Unlimited\n",
		render_number_of(result, "interfaces_max"));
}

void render_version(FILE *out, const struct render_request *request, const json_t *result)
{
	long long workers = render_number_of(result, "workers");

	if (request->dialect != DIALECT_IOS) {
		render_box(out, request, result);
		return;
	}
	fprintf(out, "Culvert Software, Version %s (%s)\nCompiled %s\n",
		render_text_of(result, "version"), render_text_of(result, "git"),
		render_text_of(result, "built"));
	fprintf(out, "DPDK %s, intel-ipsec-mb %s, OpenSSL %s\n\n", render_text_of(result, "dpdk"),
		render_text_of(result, "ipsec_mb"), render_text_of(result, "openssl"));
	fprintf(out, "%s uptime is ", render_text_of(result, "hostname"));
	print_uptime(out, render_number_of(result, "uptime_s"));
	fprintf(out, "\nSystem started by %s\n\n", render_text_of(result, "boot_reason"));
	fprintf(out, "%lld packet worker%s", workers, workers == 1 ? "" : "s");
	print_cores(out, json_object_get(result, "worker_cores"));
	fprintf(out, "\n%lld MB of packet memory, hugepages %s\n",
		render_number_of(result, "memory_mb"),
		json_is_true(json_object_get(result, "hugepages")) ? "on" : "off");
	fprintf(out, "The control plane was restarted %lld time%s\n",
		render_number_of(result, "restarts"),
		render_number_of(result, "restarts") == 1 ? "" : "s");
}
