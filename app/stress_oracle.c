/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_oracle.h"

#include <errno.h>
#include <stdlib.h>

enum {
	FIRST_SIZE = 4096,
	BURST_MAX = 64,
};

int stress_oracle_init(struct stress_oracle *o, uint32_t window, bool esn,
		       enum stress_oracle_bug bug)
{
	*o = (struct stress_oracle){.window = window, .esn = esn, .bug = bug, .size = FIRST_SIZE};
	o->slots = calloc(o->size, sizeof(*o->slots));
	return o->slots ? 0 : -ENOMEM;
}

void stress_oracle_fini(struct stress_oracle *o)
{
	free(o->slots);
	o->slots = NULL;
}

/* The place of a number in the set, or the free one where it belongs. */
static uint64_t *place(const struct stress_oracle *o, uint64_t number)
{
	size_t at = (size_t)(number * 0x9e3779b97f4a7c15 >> 20) & (o->size - 1);

	while (o->slots[at] && o->slots[at] != number)
		at = (at + 1) & (o->size - 1);
	return &o->slots[at];
}

static int grow(struct stress_oracle *o)
{
	struct stress_oracle larger = *o;

	larger.size = o->size * 2;
	larger.slots = calloc(larger.size, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < o->size; i++)
		if (o->slots[i])
			*place(&larger, o->slots[i]) = o->slots[i];
	free(o->slots);
	*o = larger;
	return 0;
}

static int accept(struct stress_oracle *o, uint64_t number)
{
	uint64_t *slot = place(o, number);

	if (!*slot) {
		*slot = number;
		o->n++;
	}
	if (number > o->top)
		o->top = number;
	return o->n * 2 > o->size ? grow(o) : 0;
}

/*
 * 32 bits of a number are on the wire. Without ESN that is all there is; with it they stand for the
 * lowest number that the window has not left behind.
 */
static uint64_t number_of(const struct stress_oracle *o, uint64_t sent)
{
	uint64_t bottom = o->top >= o->window ? o->top - o->window + 1 : 0;
	uint64_t number = (uint32_t)sent;

	if (!o->esn)
		return number;
	number |= bottom >> 32 << 32;
	return number < bottom ? number + (1ull << 32) : number;
}

static enum stress_verdict look(const struct stress_oracle *o, uint64_t number)
{
	uint64_t window = o->window, below = o->top - number;

	if (number == 0)
		return STRESS_ZERO;
	if (!window || number > o->top)
		return STRESS_ACCEPTED;
	if (o->bug == STRESS_ORACLE_WIDE)
		window++;
	if (below >= window)
		return STRESS_LATE;
	if (o->bug == STRESS_ORACLE_DEAF && below > window / 2)
		return STRESS_ACCEPTED;
	return *place(o, number) ? STRESS_SEEN : STRESS_ACCEPTED;
}

int stress_oracle_judge(struct stress_oracle *oracles, const struct stress_packet *p, unsigned n,
			enum stress_verdict *verdicts)
{
	uint64_t numbers[BURST_MAX];
	int err = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct stress_oracle *o = &oracles[p[i].flow];

		numbers[i] = number_of(o, p[i].seq);
		verdicts[i] = p[i].generation < o->generation ? STRESS_NO_SA : look(o, numbers[i]);
	}
	for (unsigned i = 0; i < n && !err; i++) {
		struct stress_oracle *o = &oracles[p[i].flow];

		if (verdicts[i] != STRESS_ACCEPTED)
			continue;
		/* the sender's ICV covers its whole number when extended */
		if (p[i].kind == STRESS_FORGED || (o->esn && numbers[i] != p[i].seq))
			verdicts[i] = STRESS_AUTH;
		else
			verdicts[i] = look(o, numbers[i]);
		if (verdicts[i] == STRESS_ACCEPTED)
			err = accept(o, numbers[i]);
	}
	return err;
}
