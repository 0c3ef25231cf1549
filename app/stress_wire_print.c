/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_wire_print.h"

#include "app/stress_wire_options.h"
#include "lib/net/addr.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const directions[STRESS_DIRECTIONS] = {"left-to-right", "right-to-left"};

static const char *address(uint32_t be, char *text)
{
	struct addr a = addr_v4(__builtin_bswap32(be));

	return addr_print(&a, text, ADDR_TEXT);
}

/* What a window makes of a flow, or NULL when there is no such window. */
static const uint64_t *predicted(const struct stress_flow *flow, uint32_t window)
{
	for (unsigned i = 0; i < STRESS_WINDOWS; i++)
		if (stress_window_at(i) == window)
			return flow->predicted[i];
	return NULL;
}

static const struct stress_receiver_row *receiver_of(const struct stress_wire_result *r,
						     const struct stress_flow *flow)
{
	const struct stress_receiver_row *row =
		r->received && flow->spi ? stress_receiver_find(&r->receiver, flow->spi) : NULL;

	/* a kernel lists the SAs it sends by, too: they have no window */
	return row && row->window ? row : NULL;
}

static uint64_t sum(const uint64_t *counts)
{
	uint64_t n = 0;

	for (unsigned v = 0; v < STRESS_VERDICTS; v++)
		n += counts[v];
	return n;
}

/*
 * Late and seen together: a packet that is checked while others are being decrypted may be seen
 * then, and late once they are done.
 */
static bool agrees(const struct stress_flow *flow, const struct stress_receiver_row *row)
{
	const uint64_t *must = predicted(flow, row->window), *is = row->counts;

	return must && is[STRESS_ACCEPTED] == must[STRESS_ACCEPTED] &&
	       is[STRESS_LATE] + is[STRESS_SEEN] == must[STRESS_LATE] + must[STRESS_SEEN] &&
	       is[STRESS_AUTH] == must[STRESS_AUTH];
}

bool stress_wire_print_agrees(const struct stress_wire_result *r)
{
	for (unsigned i = 0; i < r->flows.n; i++) {
		const struct stress_receiver_row *row = receiver_of(r, r->flows.rows[i]);

		if (row && !agrees(r->flows.rows[i], row))
			return false;
	}
	return true;
}

static void print_counts(FILE *out, const char *who, uint32_t window, const uint64_t *counts)
{
	fprintf(out, "  %-9s window %-6u", who, window);
	for (unsigned v = 0; v < STRESS_OTHER; v++)
		if (v < STRESS_ZERO || counts[v])
			fprintf(out, "  %s %" PRIu64, stress_verdict_name(v), counts[v]);
	fprintf(out, "\n");
}

static void print_receiver(FILE *out, const struct stress_flow *flow,
			   const struct stress_receiver_row *row)
{
	uint64_t total = stress_flow_total(flow), known = sum(row->counts);

	if (predicted(flow, row->window))
		print_counts(out, "must be", row->window, predicted(flow, row->window));
	print_counts(out, "receiver", row->window, row->counts);
	if (agrees(flow, row))
		fprintf(out, "  agrees\n");
	else if (known < total)
		fprintf(out,
			"  DIFFERS: %" PRIu64 " of %" PRIu64
			" packets did not reach the receiver's counters\n",
			total - known, total);
	else
		fprintf(out, "  DIFFERS\n");
}

static void print_flow(FILE *out, const struct stress_wire_result *r,
		       const struct stress_flow *flow)
{
	const struct stress_receiver_row *row = receiver_of(r, flow);
	char src[ADDR_TEXT], dst[ADDR_TEXT], spi[16];

	snprintf(spi, sizeof(spi), "0x%08X", flow->spi);
	fprintf(out, "%s %s  %s -> %s  %s\n", flow->spi ? "SPI" : "IKE", flow->spi ? spi : "",
		address(flow->src_be, src), address(flow->dst_be, dst),
		directions[flow->direction]);
	fprintf(out,
		"  received %" PRIu64 "  lost %" PRIu64 "  queue-full %" PRIu64 "  sent %" PRIu64
		"  duplicated %" PRIu64 "  replayed %" PRIu64 "  forged %" PRIu64 "\n",
		flow->received, flow->lost, flow->queue_full, stress_flow_total(flow),
		flow->sent[STRESS_COPY], flow->sent[STRESS_REPLAY], flow->sent[STRESS_FORGED]);
	if (!flow->spi)
		return;
	fprintf(out, "  behind a later one %" PRIu64 ", by up to %" PRIu64 " numbers\n",
		flow->reordered, flow->behind_most);
	if (row) {
		print_receiver(out, flow, row);
		return;
	}
	print_counts(out, "must be", r->o->window, predicted(flow, r->o->window));
	fprintf(out, "  refused by a window of");
	for (unsigned i = 0; i < STRESS_WINDOWS; i++)
		fprintf(out, "%s %u: %" PRIu64, i ? "," : "", stress_window_at(i),
			flow->predicted[i][STRESS_LATE] + flow->predicted[i][STRESS_SEEN]);
	fprintf(out, "\n");
}

void stress_wire_print_table(const struct stress_wire_result *r, FILE *out)
{
	const struct stress_impairment *w = &r->o->what;

	fprintf(out, "%s <-> %s, %.1f s, seed %" PRIu64 "\n", r->o->devices[0], r->o->devices[1],
		r->seconds, r->o->seed);
	fprintf(out,
		"loss %g%%  duplicate %g%%  reorder %g%% %s distance %u  replay %g%% age %u  forge "
		"%g%%  rate %g Mbit/s\n",
		w->loss, w->duplicate, w->reorder, stress_wire_options_model(w->model), w->distance,
		w->replay, w->replay_age, w->forge, (double)r->o->rate_bps / 1e6);
	fprintf(out,
		"ESP %" PRIu64 " to the right, %" PRIu64 " to the left; passed untouched %" PRIu64
		" and %" PRIu64 "\n",
		r->esp[0], r->esp[1], r->others[0], r->others[1]);
	if (r->missed || r->send_failed || r->too_long)
		fprintf(out,
			"NOT PASSED: %" PRIu64 " came too fast, %" PRIu64
			" the device did not take, %" PRIu64
			" were merged: turn the offloads off (ethtool -K DEVICE gro off tso off)\n",
			r->missed, r->send_failed, r->too_long);
	for (unsigned i = 0; i < r->flows.n; i++)
		print_flow(out, r, r->flows.rows[i]);
}

static json_t *counts_json(uint32_t window, const uint64_t *counts)
{
	json_t *o = json_pack("{s:I}", "window", (json_int_t)window);

	for (unsigned v = 0; v < STRESS_VERDICTS; v++)
		json_object_set_new(o, stress_verdict_name(v), json_integer((json_int_t)counts[v]));
	return o;
}

static json_t *flow_json(const struct stress_wire_result *r, const struct stress_flow *flow)
{
	const struct stress_receiver_row *row = receiver_of(r, flow);
	json_t *windows = json_array(), *behind = json_array(), *o;
	char src[ADDR_TEXT], dst[ADDR_TEXT], spi[16];

	snprintf(spi, sizeof(spi), "0x%08X", flow->spi);
	for (unsigned i = 0; flow->spi && i < STRESS_WINDOWS; i++)
		json_array_append_new(windows,
				      counts_json(stress_window_at(i), flow->predicted[i]));
	for (unsigned i = 0; i < STRESS_DISTANCES; i++)
		json_array_append_new(behind, json_integer((json_int_t)flow->behind[i]));
	o = json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o}",
		      "spi", spi, "direction", directions[flow->direction], "src",
		      address(flow->src_be, src), "dst", address(flow->dst_be, dst), "udp",
		      flow->udp, "received", (json_int_t)flow->received, "lost",
		      (json_int_t)flow->lost, "queue_full", (json_int_t)flow->queue_full,
		      "duplicated", (json_int_t)flow->sent[STRESS_COPY], "replayed",
		      (json_int_t)flow->sent[STRESS_REPLAY], "forged",
		      (json_int_t)flow->sent[STRESS_FORGED], "reordered",
		      (json_int_t)flow->reordered, "behind_most", (json_int_t)flow->behind_most,
		      "behind", behind, "predicted", windows);
	if (row) {
		json_t *receiver = counts_json(row->window, row->counts);

		json_object_set_new(receiver, "agrees", json_boolean(agrees(flow, row)));
		json_object_set_new(o, "receiver", receiver);
	}
	return o;
}

json_t *stress_wire_print_json(const struct stress_wire_result *r)
{
	const struct stress_impairment *w = &r->o->what;
	json_t *flows = json_array();

	for (unsigned i = 0; i < r->flows.n; i++)
		json_array_append_new(flows, flow_json(r, r->flows.rows[i]));
	return json_pack(
		"{s:[s, s], s:f, s:I, s:{s:f, s:f, s:f, s:s, s:I, s:f, s:I, s:f, s:b, s:f}, "
		"s:[I, I], s:I, s:I, s:I, s:b, s:o}",
		"devices", r->o->devices[0], r->o->devices[1], "seconds", r->seconds, "seed",
		(json_int_t)r->o->seed, "impairment", "loss", w->loss, "duplicate", w->duplicate,
		"reorder", w->reorder, "model", stress_wire_options_model(w->model), "distance",
		(json_int_t)w->distance, "replay", w->replay, "replay_age",
		(json_int_t)w->replay_age, "forge", w->forge, "forge_ahead", w->forge_ahead,
		"rate_mbit", (double)r->o->rate_bps / 1e6, "untouched", (json_int_t)r->others[0],
		(json_int_t)r->others[1], "missed", (json_int_t)r->missed, "send_failed",
		(json_int_t)r->send_failed, "too_long", (json_int_t)r->too_long, "agrees",
		stress_wire_print_agrees(r), "flows", flows);
}
