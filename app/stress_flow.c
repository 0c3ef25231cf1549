/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_flow.h"

#include <stdlib.h>

void stress_flow_init(struct stress_flows *f, bool esn)
{
	*f = (struct stress_flows){.esn = esn};
}

static void destroy(struct stress_flow *flow)
{
	for (unsigned i = 0; i < STRESS_WINDOWS; i++)
		stress_window_fini(&flow->windows[i]);
	free(flow);
}

void stress_flow_fini(struct stress_flows *f)
{
	for (unsigned i = 0; i < f->n; i++)
		destroy(f->rows[i]);
	f->n = 0;
}

static struct stress_flow *create(uint32_t spi, unsigned direction)
{
	struct stress_flow *flow = calloc(1, sizeof(*flow));
	int err = 0;

	if (!flow)
		return NULL;
	flow->spi = spi;
	flow->direction = (uint8_t)direction;
	for (unsigned i = 0; i < STRESS_WINDOWS && !err; i++)
		err = stress_window_init(&flow->windows[i], STRESS_BUG_NONE, stress_window_at(i));
	if (!err)
		return flow;
	destroy(flow);
	return NULL;
}

uint32_t stress_flow_find(struct stress_flows *f, uint32_t spi, unsigned direction)
{
	uint32_t at = (spi * 0x9e3779b1u ^ direction) % array_len(f->hash);

	while (f->hash[at]) {
		struct stress_flow *flow = f->rows[f->hash[at] - 1];

		if (flow->spi == spi && flow->direction == direction)
			return f->hash[at] - 1u;
		at = (at + 1) % array_len(f->hash);
	}
	if (f->n == STRESS_FLOWS || !(f->rows[f->n] = create(spi, direction)))
		return STRESS_FLOWS;
	f->hash[at] = (uint16_t)++f->n;
	return f->n - 1;
}

static void note_order(struct stress_flow *flow, uint64_t number)
{
	uint64_t top = flow->windows[STRESS_WINDOWS - 1].r.top, behind = top - number;
	unsigned row;

	if (number >= top)
		return;
	row = 63u - (unsigned)__builtin_clzll(behind);
	flow->reordered++;
	flow->behind[row < STRESS_DISTANCES ? row : STRESS_DISTANCES - 1]++;
	flow->behind_most = behind > flow->behind_most ? behind : flow->behind_most;
}

void stress_flow_sent(struct stress_flows *f, uint32_t row, enum stress_kind kind, uint32_t seq_low)
{
	struct stress_flow *flow = f->rows[row];

	flow->sent[kind]++;
	if (!flow->spi)
		return;
	if (kind == STRESS_ORIGINAL)
		note_order(flow, stress_window_number(&flow->windows[STRESS_WINDOWS - 1], seq_low,
						      f->esn));
	for (unsigned i = 0; i < STRESS_WINDOWS; i++) {
		struct stress_window *w = &flow->windows[i];
		uint64_t number = stress_window_number(w, seq_low, f->esn);
		enum stress_verdict v = stress_verdict_of(stress_window_check(w, number));

		if (number == 0)
			v = STRESS_ZERO;
		if (v == STRESS_ACCEPTED && kind == STRESS_FORGED)
			v = STRESS_AUTH;
		if (v == STRESS_ACCEPTED)
			stress_window_update(w, number);
		flow->predicted[i][v]++;
	}
}

uint64_t stress_flow_total(const struct stress_flow *flow)
{
	uint64_t n = 0;

	for (unsigned kind = 0; kind < STRESS_KINDS; kind++)
		n += flow->sent[kind];
	return n;
}
