/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/far.h"

#include "lib/crypto/secret.h"
#include "lib/net/ip.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

static uint64_t on_now(void *ctx)
{
	return ((struct far *)ctx)->now_ms();
}

static int on_random(void *ctx, void *out, size_t len)
{
	(void)ctx;
	return secret_random(out, len);
}

static void on_send(void *ctx, const struct ike_path *path, const void *data, size_t len)
{
	const struct far *f = ctx;
	struct plane_datagram head = {
		.len = (uint32_t)len,
		.local_port = path->remote_port,
		.remote_port = path->local_port,
		.local = path->remote,
		.remote = path->local,
	};

	strcpy(head.interface, "GigabitEthernet0/1");
	assert_int_equal(plane_ring_send_datagram(f->plane->datagrams_up[0], &head, data), 0);
}

static int on_peer(void *ctx, const struct ike_path *path, const struct ike_id *id,
		   struct ike_peer *out)
{
	(void)ctx;
	(void)path;
	(void)id;
	*out = (struct ike_peer){
		.named = true,
		.n_policies = 1,
		.policies[0] = {10, ALG_CIPHER_AES_128, ALG_HASH_SHA1, ALG_AUTH_PSK, 19,
				FAR_IKE_LIFETIME_S},
	};
	secret_set(&out->psk, "secret", 6);
	return 0;
}

static struct ike_child_config wanted(const struct far *f)
{
	struct addr host = addr_v4(f->host), inside = addr_v4(FAR_INSIDE);

	return (struct ike_child_config){
		.tunnel = 1,
		.selector = {.local = prefix_make(&host, 32), .remote = prefix_make(&inside, 16)},
		.suites[0] = {ALG_CIPHER_AES_128, ALG_HASH_SHA1},
		.n_suites = 1,
		.lifetime_s = FAR_LIFETIME_S,
	};
}

static int on_child(void *ctx, const struct ike_path *path, const struct selector *offered,
		    const struct ike_fit *, struct ike_child_config *out, enum ike_reason *why)
{
	(void)path;
	*out = wanted(ctx);
	*why = IKE_REASON_PROXY_MISMATCH;
	return selector_eq(&out->selector, offered) ? 0 : -ENOENT;
}

static uint32_t on_spi(void *ctx, uint32_t tunnel)
{
	(void)tunnel;
	return 0x1000 + ((struct far *)ctx)->next_spi++;
}

static void on_spi_free(void *ctx, uint32_t spi)
{
	(void)ctx;
	(void)spi;
}

static void on_in(void *ctx, const struct ike_child *child)
{
	((struct far *)ctx)->installing = child->spi_in;
}

static void on_out(void *ctx, const struct ike_child *child)
{
	(void)child;
	((struct far *)ctx)->pairs++;
}

static void on_deleted(void *ctx, const struct ike_path *path, uint32_t spi_out)
{
	(void)ctx;
	(void)path;
	(void)spi_out;
}

static bool on_heard(void *ctx, const struct ike_path *path, uint64_t since_ms, bool *sent)
{
	(void)ctx;
	(void)path;
	(void)since_ms;
	*sent = false;
	return true;
}

static void on_event(void *ctx, const struct ike_event *e)
{
	struct far *f = ctx;

	f->ups += e->type == IKE_EVENT_UP;
}

static int on_job(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg)
{
	(void)ctx;
	(void)work;
	(void)done;
	(void)arg;
	return -ENOSYS;
}

void far_init(struct far *f, size_t number, struct plane *plane, uint64_t (*now_ms)(void))
{
	const struct ike_env env = {
		.ctx = f,
		.now_ms = on_now,
		.random = on_random,
		.send = on_send,
		.peer = on_peer,
		.child = on_child,
		.spi_alloc = on_spi,
		.spi_free = on_spi_free,
		.install_in = on_in,
		.install_out = on_out,
		.child_deleted = on_deleted,
		.heard = on_heard,
		.event = on_event,
		.job = on_job,
	};

	*f = (struct far){.plane = plane,
			  .now_ms = now_ms,
			  .addr = addr_v4(FAR_FIRST + (uint32_t)number),
			  .host = FAR_HOST + (uint32_t)number,
			  .due_ms = UINT64_MAX};
	f->engine = ike_engine_create(&env);
	assert_non_null(f->engine);
}

void far_fini(struct far *f)
{
	ike_engine_destroy(f->engine);
	f->engine = NULL;
}

void far_settle(struct far *f)
{
	if (f->installing) {
		uint32_t spi = f->installing;

		f->installing = 0;
		ike_engine_installed(f->engine, spi, 0);
	}
	f->due_ms = ike_engine_tick(f->engine);
}

void far_receive(struct far *f, const struct plane_datagram *head, const void *data)
{
	const struct ike_path path = {.local = head->remote,
				      .remote = head->local,
				      .local_port = head->remote_port,
				      .remote_port = head->local_port};

	ike_engine_receive(f->engine, &path, data, head->len);
	far_settle(f);
}

void far_call(struct far *f)
{
	const struct ike_child_config config = wanted(f);
	const struct ike_path path = {.local = f->addr,
				      .remote = addr_v4(FAR_HUB),
				      .local_port = IP_PORT_IKE,
				      .remote_port = IP_PORT_IKE};

	assert_int_equal(ike_engine_initiate(f->engine, &path, &config), 0);
	f->due_ms = ike_engine_tick(f->engine);
}
