/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A hub and its thousands of peers: a whole control plane over real rings, each peer an engine of
 * its own. CULVERT_SCALE says how many peers there are; 2,000 when it does not.
 */
#include "controlplane/control.h"
#include "lib/base/log.h"
#include "lib/config/config_grammar.h"
#include "lib/crypto/prim.h"
#include "tests/control/far.h"

#include <cmocka.h>

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	PEERS = 2000,
	BATCH = 50,	       /* peers that call in one second */
	BYTES_MAX = 12 * 1024, /* of control plane memory a tunnel */
	MS_PER_S = 1000,
	BURST = 32,
};

struct hub {
	struct plane plane;
	int bells[3];
	struct control *control;
	struct far *peers;
	size_t n_peers;
	uint64_t cpu_ns; /* of the control plane */
};

static uint64_t clock_ms = 1000000;

static uint64_t now(void)
{
	return clock_ms;
}

static char *configuration(size_t n)
{
	char *text = NULL, a[64], b[64];
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	fprintf(f,
		"crypto isakmp policy 10\n encryption aes\n hash sha\n"
		" authentication pre-share\n group 19\n lifetime %u\n"
		"crypto isakmp key secret address 0.0.0.0 0.0.0.0\n"
		"crypto ipsec security-association lifetime seconds %u\n"
		"crypto ipsec transform-set T esp-aes esp-sha-hmac\n",
		FAR_IKE_LIFETIME_S, FAR_LIFETIME_S);
	for (size_t i = 0; i < n; i++) {
		struct addr peer = addr_v4(FAR_FIRST + (uint32_t)i);
		struct addr host = addr_v4(FAR_HOST + (uint32_t)i);

		addr_print(&host, a, sizeof(a));
		addr_print(&peer, b, sizeof(b));
		fprintf(f,
			"ip access-list extended V%zu\n"
			" permit ip 192.168.0.0 0.0.255.255 host %s\n"
			"crypto map M %zu ipsec-isakmp\n match address V%zu\n"
			" set peer %s\n set transform-set T\n",
			i, a, i + 1, i, b);
	}
	fprintf(f, "interface GigabitEthernet0/1\n device tap out\n"
		   " ip address 10.0.0.1 255.255.255.0\n crypto map M\n");
	assert_int_equal(fclose(f), 0);
	return text;
}

static void start_control(struct hub *h)
{
	const struct control_params params = {
		.plane = &h->plane,
		.bells = {.control = h->bells[1], .main = h->bells[2], .workers = h->bells},
		.versions = {"1", "2", "3", "4", "5", "6"},
		.now_ms = now,
	};
	char *text = configuration(h->n_peers);
	struct fault_list faults = {0};
	struct config config;

	h->control = control_create(&params);
	assert_non_null(h->control);
	config_model_init(&config);
	assert_int_equal(config_grammar_text(&config, text, strlen(text), &faults), 0);
	free(text);
	fault_list_fini(&faults);
	assert_int_equal(control_start(h->control, &config), 0);
	config_model_fini(&config);
}

static size_t scale(void)
{
	const char *n = getenv("CULVERT_SCALE");

	return n ? strtoul(n, NULL, 10) : PEERS;
}

static void hub_init(struct hub *h, size_t n)
{
	const struct plane_params params = {
		.n_workers = 1, .n_slots = 4 * (uint32_t)n, .n_tunnels = 2 * (uint32_t)n};

	*h = (struct hub){.n_peers = n, .peers = calloc(n, sizeof(*h->peers))};
	assert_non_null(h->peers);
	assert_int_equal(prim_init(), 0);
	assert_int_equal(plane_layout_create(&h->plane, &params, "/dev/null", "/tmp"), 0);
	for (size_t i = 0; i < array_len(h->bells); i++)
		h->bells[i] = plane_bell_create();
	start_control(h);
	for (size_t i = 0; i < n; i++)
		far_init(&h->peers[i], i, &h->plane, now);
}

static void end_peers(struct hub *h)
{
	for (size_t i = 0; i < h->n_peers; i++) {
		far_fini(&h->peers[i]);
	}
}

static void hub_fini(struct hub *h)
{
	control_destroy(h->control);
	end_peers(h);
	plane_layout_fini(&h->plane);
	for (size_t i = 0; i < array_len(h->bells); i++)
		close(h->bells[i]);
	free(h->peers);
}

static void keep_books(struct hub *h, const struct plane_msg *msg)
{
	struct plane_stats_in *in = plane_stats_in_of(&h->plane, 0);
	struct plane_stats_out *out = plane_stats_out_of(&h->plane, 0);

	switch (msg->type) {
	case PLANE_SA_IN_INSTALL:
		in[msg->sa.pair] = (struct plane_stats_in){.spi = msg->sa.spi};
		break;
	case PLANE_SA_OUT_INSTALL:
		out[msg->sa.pair] = (struct plane_stats_out){.spi = msg->sa.spi};
		break;
	case PLANE_SA_IN_REMOVE: in[msg->remove.pair].spi = 0; break;
	case PLANE_SA_OUT_REMOVE: out[msg->remove.pair].spi = 0; break;
	default: break;
	}
}

static bool answer(struct hub *h, struct plane_ring *to, struct plane_ring *from)
{
	struct plane_msg msg;
	bool moved = false;

	for (int i = 0; i < BURST && plane_ring_recv(to, &msg); i++) {
		struct plane_msg ack = {.type = PLANE_ACK, .cookie = msg.cookie};

		keep_books(h, &msg);
		assert_int_equal(plane_ring_send(from, &ack), 0);
		moved = true;
	}
	return moved;
}

static bool deliver(struct hub *h)
{
	static uint8_t data[PLANE_PACKET_MAX];
	struct plane_datagram head;
	bool moved = false;

	for (int i = 0; i < BURST; i++) {
		uint32_t at;

		if (!plane_ring_recv_datagram(h->plane.datagrams_down[0], &head, data))
			break;
		moved = true;
		at = addr_to_v4(&head.remote) - FAR_FIRST;
		assert_true(at < h->n_peers);
		if (!h->peers[at].engine)
			continue;
		far_receive(&h->peers[at], &head, data);
	}
	return moved;
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void settle(struct hub *h)
{
	int quiet = 0;

	while (quiet < 3) {
		uint64_t start = cpu_ns();
		bool moved;

		control_turn(h->control);
		h->cpu_ns += cpu_ns() - start;
		moved = answer(h, h->plane.to_main, h->plane.from_main);
		moved |= answer(h, h->plane.to_worker[0], h->plane.from_worker[0]);
		moved |= deliver(h);
		quiet = moved ? 0 : quiet + 1;
	}
}

static void pass(struct hub *h, unsigned seconds)
{
	for (unsigned s = 0; s < seconds; s++) {
		clock_ms += MS_PER_S;
		for (size_t i = 0; i < h->n_peers; i++)
			if (h->peers[i].engine && h->peers[i].due_ms <= clock_ms)
				far_settle(&h->peers[i]);
		settle(h);
	}
}

static size_t carrying(const struct hub *h)
{
	const struct control *c = h->control;
	size_t n = 0;

	for (size_t i = 0; i < c->tunnels.n; i++)
		n += sa_store_current(&c->store, c->tunnels.rows[i].handle, 0) != NULL;
	return n;
}

static void bring_up(struct hub *h)
{
	settle(h);
	h->cpu_ns = 0;
	for (size_t i = 0; i < h->n_peers; i++) {
		far_call(&h->peers[i]);
		if (i % BATCH == BATCH - 1)
			pass(h, 1);
	}
	pass(h, 1);
	assert_int_equal(carrying(h), h->n_peers);
}

/* Large blocks are in maps of their own. */
static size_t heap(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static void each_tunnel_takes_little_memory(void **state)
{
	size_t n = scale(), before = heap(), configured, used;
	struct hub h;
	double us;

	(void)state;
	hub_init(&h, n);
	end_peers(&h);
	configured = heap();
	for (size_t i = 0; i < n; i++)
		far_init(&h.peers[i], i, &h.plane, now);
	bring_up(&h);
	us = (double)h.cpu_ns / 1e3 / (double)n;
	pass(&h, 60);
	end_peers(&h);
	used = heap();
	print_message("%zu tunnels: %zu bytes each, %zu of them with the configuration; "
		      "%.0f us of CPU each to bring them up\n",
		      n, (used - before) / n, (configured - before) / n, us);
	assert_true(used - before <= n * BYTES_MAX);
	hub_fini(&h);
}

/* As the data plane would count. */
static void traffic(struct hub *h)
{
	const struct sa_pair *pair;

	LIST_FOREACH(pair, &h->control->store.pairs, link) {
		struct plane_stats_in *in =
			&plane_stats_in_of(&h->plane, 0)[plane_spi_slot(pair->spi_in)];
		struct plane_stats_out *out =
			&plane_stats_out_of(&h->plane, 0)[plane_spi_slot(pair->spi_in)];

		if (!pair->current)
			continue;
		in->packets++;
		in->last_ms = clock_ms;
		out->packets++;
		out->last_ms = clock_ms;
	}
}

static void all_are_rekeyed_on_time(void **state)
{
	size_t n = scale() / 4;
	struct hub h;

	(void)state;
	hub_init(&h, n);
	bring_up(&h);
	for (unsigned s = 0; s < FAR_IKE_LIFETIME_S + FAR_LIFETIME_S; s += 5) {
		traffic(&h);
		pass(&h, 5);
		assert_int_equal(carrying(&h), n);
	}
	for (size_t i = 0; i < n; i++) {
		assert_true(h.peers[i].ups >= 2);
		assert_true(h.peers[i].pairs >= 3);
		assert_true(h.peers[i].pairs <= 4);
	}
	hub_fini(&h);
}

/* What is watched of peers that work: counters and rules, every ten seconds each. */
static void watching_costs_little(void **state)
{
	enum {
		SECONDS = 60,
		US_MAX = 20000, /* of each second, with a thousand peers */
	};
	size_t n = scale() / 2;
	struct hub h;
	uint64_t us;

	(void)state;
	hub_init(&h, n);
	bring_up(&h);
	pass(&h, SECONDS);
	h.cpu_ns = 0;
	for (unsigned s = 0; s < SECONDS; s++) {
		traffic(&h);
		pass(&h, 1);
	}
	us = h.cpu_ns / 1000 / SECONDS;
	print_message("%zu peers at work: %llu us of CPU each second\n", n, (unsigned long long)us);
	assert_true(us * 1000 <= US_MAX * n);
	hub_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_tunnel_takes_little_memory),
		cmocka_unit_test(all_are_rekeyed_on_time),
		cmocka_unit_test(watching_costs_little),
	};

	log_init("scale_test", LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
