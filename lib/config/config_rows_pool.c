/* SPDX-License-Identifier: BSD-3-Clause */
/* `ip local pool`: addresses for clients, one line a range. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct config_range range_of(const struct config_line *line)
{
	const struct config_arg *both = config_line_arg(line, "range");
	const struct config_arg *low = config_line_arg(line, "low");
	uint32_t first = low ? addr_to_v4(&low->value.addr) : 0;
	const struct config_arg *high = config_line_arg(line, "high");

	if (both)
		return (struct config_range){addr_to_v4(&both->value.addr), both->value.number};
	return (struct config_range){first, high ? addr_to_v4(&high->value.addr) : first};
}

static bool meet(struct config_range a, struct config_range b)
{
	return a.low <= b.high && b.low <= a.high;
}

/* The pool that has addresses of the range already, in a range that is not the same one. */
static const struct config_pool *find_overlap(const struct config_remote *r, const char *name,
					      struct config_range range)
{
	for (size_t i = 0; i < r->n_pools; i++)
		for (size_t k = 0; k < r->pools[i].n_ranges; k++) {
			const struct config_range *other = &r->pools[i].ranges[k];
			bool same = !strcmp(r->pools[i].name, name) && other->low == range.low &&
				    other->high == range.high;

			if (!same && meet(*other, range))
				return &r->pools[i];
		}
	return NULL;
}

static int check_range(struct config_line *line, const char *name, struct config_range range)
{
	const struct config_arg *at = config_line_arg(line, "range");
	const struct config_pool *other;

	at = at ? at : config_line_arg(line, "low");
	if (range.low > range.high)
		return config_line_refuse(line, at, "the first address is above the last one");
	if (range.high - range.low >= CONFIG_POOL_ADDRESSES)
		return config_line_refuse(line, at, "a range has at most %d addresses",
					  CONFIG_POOL_ADDRESSES);
	other = find_overlap(&line->config->remote, name, range);
	if (other)
		return config_line_refuse(line, at, "pool %s has some of these addresses already",
					  other->name);
	return 0;
}

static size_t find_range(const struct config_pool *pool, struct config_range range)
{
	size_t i = 0;

	while (i < pool->n_ranges &&
	       (pool->ranges[i].low != range.low || pool->ranges[i].high != range.high))
		i++;
	return i;
}

static void remove_pool(struct config_line *line, struct config_pool *pool)
{
	struct config_remote *r = &line->config->remote;

	free(pool->ranges);
	config_line_remove(line, &r->pools, &r->n_pools, sizeof(*pool), (size_t)(pool - r->pools));
}

static int remove_range(struct config_line *line, struct config_pool *pool)
{
	struct config_range range = range_of(line);
	size_t at = pool ? find_range(pool, range) : 0;

	if (!pool || (range.low && at == pool->n_ranges)) {
		config_line_note(line, "there is no such pool");
	} else if (!range.low) {
		remove_pool(line, pool);
	} else {
		config_line_remove(line, &pool->ranges, &pool->n_ranges, sizeof(*pool->ranges), at);
		if (!pool->n_ranges)
			remove_pool(line, pool);
	}
	return 0;
}

static int apply_pool(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;
	const char *name = config_line_text(line, "name");
	struct config_pool *pool = config_remote_pool(r, name);
	struct config_range range = range_of(line), *row;
	int err;

	if (line->no)
		return remove_range(line, pool);
	err = check_range(line, name, range);
	if (err || (pool && find_range(pool, range) < pool->n_ranges))
		return err;
	if (!pool) {
		pool = config_line_insert(line, &r->pools, &r->n_pools, sizeof(*pool), r->n_pools);
		if (!pool)
			return -ENOMEM;
		config_line_copy(pool->name, sizeof(pool->name), name);
	}
	row = config_line_insert(line, &pool->ranges, &pool->n_ranges, sizeof(*row),
				 pool->n_ranges);
	if (row)
		*row = range;
	else if (!pool->n_ranges)
		remove_pool(line, pool);
	return row ? 0 : -ENOMEM;
}

static void print_pools(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	char low[ADDR_TEXT], high[ADDR_TEXT];

	(void)object;
	for (size_t i = 0; i < c->remote.n_pools; i++)
		for (size_t k = 0; k < c->remote.pools[i].n_ranges; k++) {
			struct addr a = addr_v4(c->remote.pools[i].ranges[k].low);
			struct addr b = addr_v4(c->remote.pools[i].ranges[k].high);

			config_print_line(p, row->mode, "ip local pool %s %s%c%s",
					  c->remote.pools[i].name, addr_print(&a, low, sizeof(low)),
					  p->dialect == DIALECT_IOS ? ' ' : '-',
					  addr_print(&b, high, sizeof(high)));
		}
}

/* `isakmp client configuration address-pool local P`: of groups that name no pool. */
static int apply_client_pool(struct config_line *line)
{
	struct config_remote *r = &line->config->remote;

	if (config_line_arg(line, "side"))
		config_line_note(line, "the pool is for clients of any interface");
	config_line_set_text(line, r->client_pool, sizeof(r->client_pool),
			     line->no ? "" : config_line_text(line, "pool"));
	return 0;
}

static void print_client_pool(struct config_print *p, const struct config_row *row,
			      const struct config *c, const void *object)
{
	(void)object;
	if (c->remote.client_pool[0])
		config_print_line(
			p, row->mode, "%sisakmp client configuration address-pool local %s",
			p->dialect == DIALECT_PIX ? "" : "crypto ", c->remote.client_pool);
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "ip local pool <name:pool> / {<range:address-range> [mask <netmask:mask>]|<low:address> "
	 "[<high:address>]}",
	 apply_pool, print_pools},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "crypto isakmp client configuration address-pool local / <pool> [<side:label>]",
	 apply_client_pool, print_client_pool},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "isakmp client configuration address-pool local / <pool> [<side:label>]",
	 apply_client_pool, .dialects = CONFIG_IN_PIX},
};

const struct config_rows config_rows_pool = {rows, array_len(rows)};
