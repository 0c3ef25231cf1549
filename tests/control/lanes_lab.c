/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/lanes_lab.h"

#include "controlplane/lanes.h"
#include "controlplane/sa_clear.h"
#include "controlplane/sa_remove.h"

#include <cmocka.h>

struct bench lanes_lab;

int lanes_lab_setup(void **)
{
	bench_init(&lanes_lab, bench_config_a, bench_config_b);
	bench_configure(&lanes_lab, &lanes_lab.a, LANES_LAB_PARALLEL);
	return 0;
}

int lanes_lab_setup_both(void **state)
{
	lanes_lab_setup(state);
	bench_configure(&lanes_lab, &lanes_lab.b, LANES_LAB_PARALLEL);
	return 0;
}

int lanes_lab_teardown(void **)
{
	bench_fini(&lanes_lab);
	return 0;
}

static struct sa_store *store_of(const struct bench_end *end)
{
	return &end->control->store;
}

const struct tunnel *lanes_lab_tunnel(const struct bench_end *end)
{
	return &end->control->tunnels.rows[LANES_LAB_TUNNEL];
}

struct sa_pair *lanes_lab_pair(const struct bench_end *end, unsigned lane)
{
	return bench_lane(end, LANES_LAB_TUNNEL, lane);
}

/* The two ends may have given the same SPI to different pairs. */
static struct sa_pair *find_peer(const struct bench_end *end, const struct sa_pair *pair)
{
	struct sa_pair *other = sa_store_find(store_of(end), pair->spi_out);

	assert_non_null(other);
	assert_int_equal(other->spi_out, pair->spi_in);
	return other;
}

const struct sa_pair *lanes_lab_peer(const struct bench_end *end, const struct sa_pair *pair)
{
	return find_peer(end, pair);
}

size_t lanes_lab_receiving(const struct bench_end *end)
{
	const struct sa_tunnel *tunnel = &store_of(end)->tunnels[lanes_lab_tunnel(end)->handle];
	const struct sa_pair *pair;
	size_t n = 0;

	LIST_FOREACH(pair, &tunnel->pairs, tunnel_link)
		n += pair->state >= SA_STATE_INBOUND && pair->state <= SA_STATE_DRAINING;
	return n;
}

size_t lanes_lab_refusals(const struct bench *bench)
{
	return bench_logged(&bench->a, LANES_LAB_REFUSED) +
	       bench_logged(&bench->b, LANES_LAB_REFUSED);
}

void lanes_lab_assert(const struct bench_end *end, size_t n)
{
	for (unsigned lane = 0; lane < LANES_LAB_N; lane++) {
		const struct sa_pair *pair = lanes_lab_pair(end, lane);

		assert_int_equal(pair != NULL, lane < n);
		if (!pair)
			continue;
		assert_true(pair->state == SA_STATE_UP);
		assert_int_equal(pair->worker, tunnels_worker(lanes_lab_tunnel(end), lane));
		assert_int_equal(plane_spi_worker(pair->spi_in), pair->worker);
		assert_int_equal(
			plane_stats_tunnel_of(&end->plane, pair->worker)[pair->index].spi_out,
			pair->spi_out);
	}
}

void lanes_lab_bring_up(struct bench *bench)
{
	bench_acquire(bench, &bench->a, LANES_LAB_TUNNEL);
	bench_pass(bench, 1);
	lanes_lab_assert(&bench->a, LANES_LAB_N);
}

void lanes_lab_traffic(struct bench *bench, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		for (unsigned lane = 0; lane < LANES_LAB_N; lane++) {
			struct sa_pair *pair = lanes_lab_pair(&bench->a, lane);

			if (pair)
				bench_traffic(&bench->a, pair);
		}
		bench_pass(bench, 1);
	}
}

void lanes_lab_wear_out(struct bench_end *end, const struct sa_pair *pair)
{
	struct plane_msg msg = {.type = PLANE_SA_EXPIRE};

	msg.expire.spi = pair->spi_out;
	msg.expire.pair = plane_spi_slot(pair->spi_in);
	msg.expire.outbound = 1;
	assert_int_equal(plane_ring_send(end->plane.from_worker[pair->worker], &msg), 0);
}

void lanes_lab_clear(struct bench *bench, struct bench_end *end)
{
	const struct sa_clear_filter everything = {0};

	sa_clear_pairs(store_of(end), &everything, IKE_REASON_CLEARED, false);
	lanes_forgive(store_of(end), lanes_lab_tunnel(end)->handle);
	bench_settle(bench);
}

void lanes_lab_clear_one(struct bench *bench, struct bench_end *end, const struct sa_pair *pair)
{
	sa_remove_pair(store_of(end), find_peer(end, pair), IKE_REASON_CLEARED, false);
	bench_settle(bench);
}
