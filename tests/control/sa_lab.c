/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/sa_lab.h"

#include "controlplane/sa_expiry.h"
#include "controlplane/sa_install.h"

#include <cmocka.h>

#include <string.h>

static uint64_t now_ms(void *ctx)
{
	const struct sa_lab *l = ctx;

	return l->now_ms;
}

static const struct tunnel *find_tunnel(void *ctx, uint32_t handle)
{
	const struct sa_lab *l = ctx;

	return handle == SA_LAB_HANDLE ? &l->tunnel : NULL;
}

static int send_command(void *ctx, unsigned worker, struct plane_msg *msg, plane_client_ack_fn fn,
			void *fn_ctx, uint64_t arg)
{
	struct sa_lab *l = ctx;

	assert_int_equal(worker, l->tunnel.worker);
	if (l->send_error)
		return l->send_error;
	assert_true(l->n_commands < SA_LAB_COMMANDS);
	l->commands[l->n_commands++] =
		(struct sa_lab_command){.msg = *msg, .fn = fn, .ctx = fn_ctx, .arg = arg};
	return 0;
}

static void installed(void *ctx, uint32_t spi_in, int error)
{
	struct sa_lab *l = ctx;

	l->installed_spi = spi_in;
	l->installed_error = error;
}

static void delete_child(void *ctx, const struct ike_path *path, uint32_t spi_in)
{
	struct sa_lab *l = ctx;

	(void)path;
	(void)spi_in;
	l->n_deletes++;
}

static void want(void *ctx, uint32_t tunnel, unsigned lane, const struct ike_path *peer)
{
	struct sa_lab *l = ctx;

	(void)peer;
	assert_int_equal(tunnel + lane, SA_LAB_HANDLE);
	l->n_wants++;
}

static void on_event(void *ctx, enum sa_store_event event, const struct sa_pair *pair,
		     enum ike_reason reason)
{
	struct sa_lab *l = ctx;

	(void)pair;
	(void)reason;
	l->n_up += event == SA_STORE_TUNNEL_UP;
	l->n_down += event == SA_STORE_TUNNEL_DOWN;
}

void sa_lab_init(struct sa_lab *l)
{
	const struct plane_params params = {.n_workers = 2, .n_slots = 512, .n_tunnels = 8};
	const struct sa_store_env env = {
		.ctx = l,
		.now_ms = now_ms,
		.tunnel = find_tunnel,
		.send = send_command,
		.installed = installed,
		.delete_child = delete_child,
		.want = want,
		.event = on_event,
	};

	memset(l, 0, sizeof(*l));
	l->now_ms = 5000;
	l->tunnel = (struct tunnel){.handle = SA_LAB_HANDLE, .index = SA_LAB_HANDLE, .n_lanes = 1};
	l->tunnel.replay_window = 64;
	assert_int_equal(plane_layout_create(&l->plane, &params, "/dev/null", "/tmp"), 0);
	l->slots = slots_create(2, 512, 1);
	assert_non_null(l->slots);
	assert_int_equal(sa_store_init(&l->store, &l->plane, l->slots, &env), 0);
}

void sa_lab_fini(struct sa_lab *l)
{
	sa_store_fini(&l->store);
	slots_destroy(l->slots);
	plane_layout_fini(&l->plane);
}

enum plane_type sa_lab_answer(struct sa_lab *l, int error)
{
	struct sa_lab_command c = l->commands[0];
	struct plane_ack ack = {.error = error};

	assert_true(l->n_commands > 0);
	memmove(l->commands, l->commands + 1, --l->n_commands * sizeof(l->commands[0]));
	if (error == 0 && c.msg.type == PLANE_SA_IN_INSTALL)
		plane_stats_in_of(&l->plane, 0)[c.msg.sa.pair].spi = c.msg.sa.spi;
	if (error == 0 && c.msg.type == PLANE_SA_OUT_INSTALL)
		plane_stats_out_of(&l->plane, 0)[c.msg.sa.pair].spi = c.msg.sa.spi;
	if (c.fn)
		c.fn(c.ctx, c.arg, &ack);
	return c.msg.type;
}

void sa_lab_answer_all(struct sa_lab *l)
{
	while (l->n_commands)
		sa_lab_answer(l, 0);
}

struct ike_child sa_lab_child(uint32_t spi_in, uint32_t spi_out, bool initiator)
{
	struct ike_child child = {
		.tunnel = SA_LAB_HANDLE,
		.spi_in = spi_in,
		.spi_out = spi_out,
		.suite = {.cipher = ALG_CIPHER_AES_128, .hash = ALG_HASH_SHA1},
		.initiator = initiator,
		.lifetime_s = SA_LAB_LIFETIME_S,
		.lifetime_kb = 1000,
	};

	child.path.remote = addr_v4(0x0a000002);
	for (size_t i = 0; i < 36; i++)
		child.key_in.b[i] = (uint8_t)i;
	child.key_in.len = child.key_out.len = 36;
	return child;
}

struct sa_pair *sa_lab_bring_up(struct sa_lab *l, uint32_t spi_out, bool initiator)
{
	uint32_t spi_in = sa_store_alloc(&l->store, SA_LAB_HANDLE);
	struct ike_child child = sa_lab_child(spi_in, spi_out, initiator);

	sa_install_in(&l->store, &child);
	assert_int_equal(sa_lab_answer(l, 0), PLANE_SA_IN_INSTALL);
	sa_install_out(&l->store, &child);
	l->now_ms += SA_INSTALL_HOLD_MS;
	sa_install_run(&l->store);
	assert_int_equal(sa_lab_answer(l, 0), PLANE_SA_OUT_INSTALL);
	return sa_store_find(&l->store, spi_in);
}

void sa_lab_pass(struct sa_lab *l, uint64_t ms)
{
	l->now_ms += ms;
	sa_expiry_run(&l->store);
}

void sa_lab_carry(struct sa_lab *l, const struct sa_pair *pair)
{
	struct plane_stats_in *in = &plane_stats_in_of(&l->plane, 0)[plane_spi_slot(pair->spi_in)];

	in->packets++;
	in->bytes += 1000;
	in->last_ms = l->now_ms;
}
