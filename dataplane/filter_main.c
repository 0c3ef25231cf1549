/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/filter_main.h"

#include <errno.h>
#include <stdlib.h>

static_assert(2 * PLANE_PORTS_MAX <= UINT8_MAX + 1);

static void abandon(struct filter_main *fm)
{
	struct filter *retired = fm->retired;

	free(fm->rules);
	free(fm->lists);
	*fm = (struct filter_main){.retired = retired};
}

int filter_main_begin(struct filter_main *fm, const struct plane_filter *says)
{
	size_t n = says->count;

	abandon(fm);
	fm->refused = true;
	/* a line with `neq` is two, or four */
	if (n > 4 * (size_t)PLANE_ACL_LINES)
		return -E2BIG;
	fm->rules = calloc(n + 1, sizeof(*fm->rules));
	fm->lists = calloc(n + 1, sizeof(*fm->lists));
	if (!fm->rules || !fm->lists)
		return -ENOMEM;
	fm->says = *says;
	fm->open = true;
	return 0;
}

int filter_main_line(struct filter_main *fm, const struct plane_rule *rule, int port)
{
	if (port >= 0)
		fm->listed[port] = true;
	if (!fm->open || fm->n == fm->says.count)
		return -EPROTO;
	/* nothing passes an interface without device */
	if (port < 0) {
		fm->says.count--;
		return 0;
	}
	if (rule->action != PLANE_RULE_PROTECT && rule->action != PLANE_RULE_DENY)
		return -EINVAL;
	fm->rules[fm->n] = *rule;
	fm->rules[fm->n].tunnel = rule->action == PLANE_RULE_PROTECT ? 0 : UINT32_MAX;
	fm->lists[fm->n++] = filter_list((unsigned)port, rule->out);
	return 0;
}

static void destroy(struct filter *f)
{
	if (f)
		policy_destroy(f->lists);
	free(f);
}

static struct filter *create(const struct filter_main *fm)
{
	struct filter *f = calloc(1, sizeof(*f));

	if (!f) {
		errno = ENOMEM;
		return NULL;
	}
	f->flags = fm->says.flags;
	for (size_t i = 0; i < fm->n; i++)
		f->any_in |= !fm->rules[i].out;
	f->lists = policy_create(fm->rules, fm->lists, fm->n);
	if (f->lists)
		return f;
	free(f);
	return NULL;
}

int filter_main_commit(struct filter_main *fm, struct dataplane *dp)
{
	struct filter *fresh = NULL, *old;

	/* a line that was refused leaves a hole: what is in force stays */
	if (!fm->open || fm->n != fm->says.count)
		return -EPROTO;
	if (fm->n || fm->says.flags & PLANE_FILTER_NO_HAIRPIN) {
		fresh = create(fm);
		if (!fresh)
			return -errno;
	}
	abandon(fm);
	old = atomic_exchange_explicit(&dp->filter, fresh, memory_order_acq_rel);
	/* behind it: whoever sees the number sees the filter, and the next packet asks again */
	atomic_fetch_add_explicit(&dp->ports_generation, 1, memory_order_release);
	if (!old)
		return 0;
	old->token = rte_rcu_qsbr_start(dp->rcu);
	old->next = fm->retired;
	fm->retired = old;
	return 0;
}

bool filter_main_bars(const struct filter_main *fm, unsigned port)
{
	return fm->refused && fm->listed[port];
}

void filter_main_reclaim(struct filter_main *fm, const struct dataplane *dp)
{
	struct filter **at = &fm->retired, *old;

	while ((old = *at)) {
		if (rte_rcu_qsbr_check(dp->rcu, old->token, false) != 1) {
			at = &old->next;
			continue;
		}
		*at = old->next;
		destroy(old);
	}
}

void filter_main_fini(struct filter_main *fm, struct dataplane *dp)
{
	struct filter *old;

	while ((old = fm->retired)) {
		fm->retired = old->next;
		destroy(old);
	}
	abandon(fm);
	destroy(atomic_exchange(&dp->filter, NULL));
}
