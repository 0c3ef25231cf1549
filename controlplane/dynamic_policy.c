/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/dynamic_policy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	POLL_MS = 10,
	RETRY_MS = 1000
};

void dynamic_policy_touch(struct control *c)
{
	struct dynamic *d = &c->dynamic;

	if (d->dirty)
		return;
	d->dirty = true;
	d->commit_ms =
		c->now_ms() + DYNAMIC_DELAY_MS + (c->tunnels.n_rules + d->n) / DYNAMIC_RULES_PER_MS;
}

static struct plane_rule rule_of(const struct dynamic_tunnel *dt)
{
	const struct tunnel *t = &dt->t;
	const struct selector *s = &t->selector;
	struct plane_rule rule = {
		.entry = t->sequence,
		.action = PLANE_RULE_PROTECT,
		.worker = t->worker,
		.protocol = s->protocol,
		.src = s->local,
		.dst = s->remote,
		.src_port = {s->local_port, s->local_port ? s->local_port : UINT16_MAX},
		.dst_port = {s->remote_port, s->remote_port ? s->remote_port : UINT16_MAX},
		.tunnel = t->index,
		.hit_line = dt->hit_line,
	};

	memcpy(rule.interface, t->interface, sizeof(rule.interface));
	return rule;
}

/* By place in the policy; there what selects less first, and of equals the older. */
static int compare(const void *a, const void *b)
{
	const struct dynamic_tunnel *x = *(const struct dynamic_tunnel *const *)a;
	const struct dynamic_tunnel *y = *(const struct dynamic_tunnel *const *)b;
	const struct selector *s = &x->t.selector, *t = &y->t.selector;

	if (x->rule != y->rule)
		return x->rule < y->rule ? -1 : 1;
	if (s->remote.len != t->remote.len)
		return (int)t->remote.len - (int)s->remote.len;
	if (s->local.len != t->local.len)
		return (int)t->local.len - (int)s->local.len;
	if (!s->protocol != !t->protocol)
		return s->protocol ? -1 : 1;
	if (!s->local_port + !s->remote_port != !t->local_port + !t->remote_port)
		return (!s->local_port + !s->remote_port) - (!t->local_port + !t->remote_port);
	return x->t.dynamic < y->t.dynamic ? -1 : 1;
}

static size_t collect(const struct dynamic *d, const struct dynamic_tunnel **rows)
{
	const struct dynamic_tunnel *dt;
	size_t n = 0;

	TAILQ_FOREACH(dt, &d->all, link)
		if (dt->up && !dt->ended)
			rows[n++] = dt;
	qsort(rows, n, sizeof(*rows), compare);
	return n;
}

static size_t merge(const struct tunnels *set, const struct dynamic_tunnel *const *rows, size_t n,
		    struct plane_rule *rules)
{
	size_t n_rules = 0, at = 0;

	for (size_t i = 0; i <= set->n_rules; i++) {
		for (; at < n && (rows[at]->rule <= i || i == set->n_rules); at++)
			rules[n_rules++] = rule_of(rows[at]);
		if (i < set->n_rules)
			rules[n_rules++] = set->rules[i];
	}
	return n_rules;
}

int dynamic_policy_apply(struct control *c)
{
	struct dynamic *d = &c->dynamic;
	const struct dynamic_tunnel **rows = calloc(d->n + 1, sizeof(*rows));
	struct plane_rule *rules = calloc(c->tunnels.n_rules + d->n + 1, sizeof(*rules));
	struct dynamic_tunnel *dt;
	int err = -ENOMEM;

	if (rows && rules)
		err = apply_policy(&c->apply, rules,
				   merge(&c->tunnels, rows, collect(d, rows), rules));
	free(rows);
	free(rules);
	if (err < 0)
		return err;
	d->dirty = false;
	TAILQ_FOREACH(dt, &d->leaving, link)
		if (!dt->policy)
			dt->policy = c->apply.policy;
	TAILQ_FOREACH(dt, &d->all, link)
		if (dt->up && !dt->policy)
			dt->policy = c->apply.policy;
	return 0;
}

static void tell_engine(struct control *c, struct dynamic_tunnel *dt)
{
	c->dynamic.n_waiting--;
	for (unsigned i = 0; i < dt->n_held; i++)
		ike_engine_installed(c->engine, dt->held[i], 0);
	dt->n_held = 0;
}

/* Rules that are in force now: the negotiations that waited for them go on. */
static void release_held(struct control *c)
{
	struct dynamic_tunnel *dt;

	if (!c->dynamic.n_waiting || c->apply.policy_answered != c->apply.policy)
		return;
	TAILQ_FOREACH(dt, &c->dynamic.all, link) {
		if (dt->in_force || !dt->policy)
			continue;
		dt->in_force = true;
		if (dt->n_held)
			tell_engine(c, dt);
	}
}

uint64_t dynamic_policy_run(struct control *c, uint64_t now_ms)
{
	struct dynamic *d = &c->dynamic;

	release_held(c);
	if (!d->dirty || c->stop_ms)
		return UINT64_MAX;
	if (now_ms < d->commit_ms)
		return d->commit_ms;
	if (c->apply.policy_answered != c->apply.policy)
		return now_ms + POLL_MS;
	if (dynamic_policy_apply(c) == 0) {
		d->n_policies++;
		return UINT64_MAX;
	}
	d->commit_ms = now_ms + RETRY_MS;
	return d->commit_ms;
}
