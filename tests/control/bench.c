/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/bench.h"

#include "controlplane/reconfigure.h"
#include "lib/config/config_grammar.h"
#include "lib/crypto/prim.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SETTLE_ROUNDS = 200,
	MS_PER_S = 1000
};

static uint64_t clock_ms = 1000000;

const char bench_config_a[] = "crypto isakmp policy 10\n"
			      " encryption aes\n"
			      " hash sha\n"
			      " authentication pre-share\n"
			      " group 19\n"
			      "crypto isakmp key secret address 10.0.0.2\n"
			      "crypto isakmp key secret address 10.0.0.3\n"
			      "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
			      "ip access-list extended VPN\n"
			      " permit tcp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
			      " permit icmp 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
			      "crypto map M 10 ipsec-isakmp\n"
			      " match address VPN\n"
			      " set peer 10.0.0.2\n"
			      " set transform-set T\n"
			      " reverse-route\n"
			      "interface GigabitEthernet0/0\n"
			      " device tap in\n"
			      " ip address 192.168.1.1 255.255.255.0\n"
			      "interface GigabitEthernet0/1\n"
			      " device tap out\n"
			      " ip address 10.0.0.1 255.255.255.0\n"
			      " crypto map M\n";

const char bench_config_b[] = "crypto isakmp policy 10\n"
			      " encryption aes\n"
			      " hash sha\n"
			      " authentication pre-share\n"
			      " group 19\n"
			      "crypto isakmp key secret address 10.0.0.1\n"
			      "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
			      "ip access-list extended VPN\n"
			      " permit tcp 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255\n"
			      " permit icmp 192.168.2.0 0.0.0.255 192.168.1.0 0.0.0.255\n"
			      "crypto map M 10 ipsec-isakmp\n"
			      " match address VPN\n"
			      " set peer 10.0.0.1\n"
			      " set transform-set T\n"
			      "interface GigabitEthernet0/0\n"
			      " device tap in\n"
			      " ip address 192.168.2.1 255.255.255.0\n"
			      "interface GigabitEthernet0/1\n"
			      " device tap out\n"
			      " ip address 10.0.0.2 255.255.255.0\n"
			      " crypto map M\n";

uint64_t bench_now(void)
{
	return clock_ms;
}

static void start_control(struct bench_end *end, const char *text)
{
	const struct control_params params = {
		.plane = &end->plane,
		.bells = {.control = end->bells[BENCH_WORKERS],
			  .main = end->bells[BENCH_WORKERS + 1],
			  .workers = end->bells},
		.versions = {"1", "2", "3", "4", "5", "6"},
		.now_ms = bench_now,
	};
	struct fault_list faults = {0};
	struct config config;

	end->control = control_create(&params);
	assert_non_null(end->control);
	config_model_init(&config);
	assert_int_equal(config_grammar_text(&config, text, strlen(text), &faults), 0);
	fault_list_fini(&faults);
	assert_int_equal(control_start(end->control, &config), 0);
	config_model_fini(&config);
}

static void start_end(struct bench_end *end, const char *address, const char *text)
{
	const struct plane_params params = {
		.n_workers = BENCH_WORKERS, .n_slots = BENCH_SLOTS, .n_tunnels = BENCH_TUNNELS};

	assert_int_equal(addr_parse(&end->address, address), 0);
	assert_int_equal(plane_layout_create(&end->plane, &params, "/dev/null", "/tmp"), 0);
	for (size_t i = 0; i < array_len(end->bells); i++)
		end->bells[i] = plane_bell_create();
	start_control(end, text);
}

void bench_init(struct bench *b, const char *config_a, const char *config_b)
{
	memset(b, 0, sizeof(*b));
	assert_int_equal(prim_init(), 0);
	start_end(&b->a, "10.0.0.1", config_a);
	start_end(&b->b, "10.0.0.2", config_b);
	bench_settle(b);
}

static void stop_end(struct bench_end *end)
{
	control_destroy(end->control);
	plane_layout_fini(&end->plane);
	for (size_t i = 0; i < array_len(end->bells); i++)
		close(end->bells[i]);
}

void bench_fini(struct bench *b)
{
	stop_end(&b->a);
	stop_end(&b->b);
}

static struct plane_stats_in *in_of(struct bench_end *end, int worker, uint32_t slot)
{
	return &plane_stats_in_of(&end->plane, (unsigned)worker)[slot];
}

static struct plane_stats_out *out_of(struct bench_end *end, int worker, uint32_t slot)
{
	return &plane_stats_out_of(&end->plane, (unsigned)worker)[slot];
}

static int install_in(struct bench_end *end, int worker, const struct plane_sa *sa)
{
	struct plane_stats_in *in = in_of(end, worker, sa->pair);

	assert_int_equal(plane_spi_worker(sa->spi), worker);
	assert_int_equal(plane_spi_slot(sa->spi), sa->pair);
	if (in->spi)
		return -EEXIST;
	*in = (struct plane_stats_in){
		.spi = sa->spi, .tunnel = sa->tunnel, .hard_ms = sa->hard_ms, .flags = sa->flags};
	return 0;
}

static int install_out(struct bench_end *end, int worker, const struct plane_sa *sa,
		       struct plane_ack *ack)
{
	struct plane_stats_tunnel *t =
		&plane_stats_tunnel_of(&end->plane, (unsigned)worker)[sa->tunnel];

	for (uint32_t i = 0; i < BENCH_SLOTS; i++) {
		struct plane_stats_out *out = out_of(end, worker, i);

		if (!out->spi || out->tunnel != sa->tunnel || end->lanes[worker][i] != sa->lane)
			continue;
		ack->packets = out->packets;
		ack->bytes = out->bytes;
		out->spi = 0;
	}
	*out_of(end, worker, sa->pair) = (struct plane_stats_out){
		.spi = sa->spi, .tunnel = sa->tunnel, .hard_ms = sa->hard_ms};
	end->lanes[worker][sa->pair] = sa->lane;
	if (sa->lane == 0)
		t->spi_out = sa->spi;
	return 0;
}

static int remove_in(struct bench_end *end, int worker, const struct plane_remove *r,
		     struct plane_ack *ack)
{
	struct plane_stats_in *in = in_of(end, worker, r->pair);

	if (in->spi != r->spi)
		return -ENOENT;
	ack->packets = in->packets;
	ack->bytes = in->bytes;
	in->spi = 0;
	return 0;
}

static int remove_out(struct bench_end *end, int worker, const struct plane_remove *r,
		      struct plane_ack *ack)
{
	struct plane_stats_out *out = out_of(end, worker, r->pair);
	struct plane_stats_tunnel *of = plane_stats_tunnel_of(&end->plane, (unsigned)worker);

	if (out->spi != r->spi)
		return -ENOENT;
	ack->packets = out->packets;
	ack->bytes = out->bytes;
	if (r->tunnel < BENCH_TUNNELS && of[r->tunnel].spi_out == out->spi)
		of[r->tunnel].spi_out = 0;
	out->spi = 0;
	return 0;
}

static int obey(struct bench_end *end, int at, const struct plane_msg *msg, struct plane_ack *ack)
{
	if (end->refuse_type && (int)msg->type == end->refuse_type)
		return end->refuse_error;
	switch (msg->type) {
	case PLANE_SA_IN_INSTALL: return install_in(end, at, &msg->sa);
	case PLANE_SA_OUT_INSTALL: return install_out(end, at, &msg->sa, ack);
	case PLANE_SA_IN_REMOVE: return remove_in(end, at, &msg->remove, ack);
	case PLANE_SA_OUT_REMOVE: return remove_out(end, at, &msg->remove, ack);
	default: return 0;
	}
}

static bool serve_ring(struct bench_end *end, int at, struct plane_ring *to,
		       struct plane_ring *from)
{
	struct plane_msg msg;
	bool moved = false;

	while (plane_ring_recv(to, &msg)) {
		struct plane_msg answer = {.type = PLANE_ACK, .cookie = msg.cookie};

		answer.ack.error = obey(end, at, &msg, &answer.ack);
		assert_int_equal(plane_ring_send(from, &answer), 0);
		assert_true(end->n_seen < BENCH_MSGS);
		end->seen[end->n_seen] = msg;
		end->seen_at[end->n_seen++] = at;
		moved = true;
	}
	return moved;
}

static void hold(struct bench *b, const struct plane_datagram *head, const uint8_t *data)
{
	struct bench_datagram *d = malloc(sizeof(*d));

	assert_non_null(d);
	assert_true(b->n_held < BENCH_HELD);
	d->head = *head;
	memcpy(d->data, data, head->len);
	b->held[b->n_held++] = d;
}

/* What the receiver sees of it: from a it leaves the NAT, for the NAT it goes in to a. */
static void translate(const struct bench *b, struct plane_datagram *up)
{
	if (addr_is_none(&b->nat))
		return;
	if (addr_eq(&up->remote, &b->a.address)) {
		up->remote = b->nat;
		up->remote_port = (uint16_t)(up->remote_port + BENCH_NAT_PORT);
	} else if (addr_eq(&up->local, &b->nat)) {
		up->local = b->a.address;
		up->local_port = (uint16_t)(up->local_port - BENCH_NAT_PORT);
	}
}

static void deliver(struct bench *b, struct plane_datagram *head, const uint8_t *data)
{
	struct plane_datagram up = *head;
	struct bench_end *end;

	b->n_datagrams++;
	up.local = head->remote;
	up.remote = head->local;
	up.local_port = head->remote_port;
	up.remote_port = head->local_port;
	translate(b, &up);
	end = addr_eq(&up.local, &b->a.address)	  ? &b->a
	      : addr_eq(&up.local, &b->b.address) ? &b->b
						  : NULL;
	if (!end || b->cut || (b->lose_after && b->n_datagrams > b->lose_after))
		return;
	assert_int_equal(plane_ring_send_datagram(end->plane.datagrams_up[0], &up, data), 0);
}

static bool serve(struct bench *b, struct bench_end *end)
{
	static uint8_t data[PLANE_PACKET_MAX];
	struct plane_datagram head;
	bool moved = serve_ring(end, PLANE_CLIENT_MAIN, end->plane.to_main, end->plane.from_main);

	for (int w = 0; w < BENCH_WORKERS; w++) {
		moved |= serve_ring(end, w, end->plane.to_worker[w], end->plane.from_worker[w]);
		while (plane_ring_recv_datagram(end->plane.datagrams_down[w], &head, data)) {
			if (b->hold)
				hold(b, &head, data);
			else
				deliver(b, &head, data);
			moved = true;
		}
	}
	return moved;
}

void bench_settle(struct bench *b)
{
	int quiet = 0;

	for (int i = 0; i < SETTLE_ROUNDS && quiet < 3; i++) {
		control_turn(b->a.control);
		control_turn(b->b.control);
		quiet = serve(b, &b->a) | serve(b, &b->b) ? 0 : quiet + 1;
	}
	assert_true(quiet >= 3);
}

void bench_release(struct bench *b, size_t i)
{
	struct bench_datagram *d = b->held[i];

	assert_true(i < b->n_held);
	b->n_held--;
	memmove(&b->held[i], &b->held[i + 1], (b->n_held - i) * sizeof(d));
	deliver(b, &d->head, d->data);
	free(d);
	bench_settle(b);
}

void bench_pass(struct bench *b, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		clock_ms += MS_PER_S;
		bench_settle(b);
	}
}

void bench_acquire(struct bench *b, struct bench_end *end, size_t tunnel)
{
	const struct tunnel *t = &end->control->tunnels.rows[tunnel];
	struct plane_msg msg = {.type = PLANE_ACQUIRE, .acquire.tunnel = t->index};

	assert_int_equal(plane_ring_send(end->plane.from_worker[t->worker], &msg), 0);
	bench_settle(b);
}

void bench_traffic(struct bench_end *end, const struct sa_pair *pair)
{
	struct plane_stats_in *in = in_of(end, (int)pair->worker, plane_spi_slot(pair->spi_in));
	struct plane_stats_out *out = out_of(end, (int)pair->worker, plane_spi_slot(pair->spi_in));

	in->packets++;
	in->bytes += 100;
	in->last_ms = clock_ms;
	out->packets++;
	out->bytes += 100;
	out->last_ms = clock_ms;
}

struct sa_pair *bench_lane(const struct bench_end *end, size_t tunnel, unsigned lane)
{
	const struct control *c = end->control;

	return sa_store_current(&c->store, c->tunnels.rows[tunnel].handle, lane);
}

struct sa_pair *bench_current(const struct bench_end *end, size_t tunnel)
{
	return bench_lane(end, tunnel, 0);
}

size_t bench_count_pairs(const struct bench_end *end, size_t tunnel)
{
	const struct control *c = end->control;
	const struct sa_pair *pair;
	size_t n = 0;

	LIST_FOREACH(pair, &c->store.tunnels[c->tunnels.rows[tunnel].handle].pairs, tunnel_link)
		n++;
	return n;
}

size_t bench_seen(const struct bench_end *end, enum plane_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < end->n_seen; i++)
		n += end->seen[i].type == type;
	return n;
}

void bench_forget(struct bench_end *end)
{
	end->n_seen = 0;
}

size_t bench_logged(const struct bench_end *end, const char *text)
{
	const char *line;
	size_t n = 0;

	for (size_t i = 0; (line = debug_log_line(end->control->log, i)); i++)
		n += strstr(line, text) != NULL;
	return n;
}

void bench_configure(struct bench *b, struct bench_end *end, const char *text)
{
	struct config *config = &end->control->config;
	struct fault_list faults = {0};
	struct config before;

	assert_int_equal(config_model_copy(&before, config), 0);
	assert_int_equal(config_grammar_text(config, text, strlen(text), &faults), 0);
	assert_int_equal(reconfigure_apply(end->control, &before), 0);
	config_model_fini(&before);
	fault_list_fini(&faults);
	bench_settle(b);
}

void bench_restart(struct bench *b, struct bench_end *end, const char *config)
{
	plane_kept_forget(&end->plane, PLANE_KEPT_VAULT);
	bench_reload(b, end, config);
}

void bench_reload(struct bench *b, struct bench_end *end, const char *config)
{
	control_destroy(end->control);
	start_control(end, config);
	bench_settle(b);
}

void bench_assert_joined(const struct bench *bench, size_t tunnel)
{
	const struct sa_pair *a = bench_current(&bench->a, tunnel);
	const struct sa_pair *b = bench_current(&bench->b, tunnel);

	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(a->spi_in, b->spi_out);
	assert_int_equal(a->spi_out, b->spi_in);
}

void bench_bring_up(struct bench *b, size_t tunnel)
{
	bench_acquire(b, &b->a, tunnel);
	bench_assert_joined(b, tunnel);
}

void bench_pass_with_traffic(struct bench *b, size_t tunnel, unsigned seconds)
{
	struct bench_end *ends[] = {&b->a, &b->b};

	for (unsigned i = 0; i < seconds; i++) {
		for (size_t e = 0; e < array_len(ends); e++) {
			if (bench_current(ends[e], tunnel))
				bench_traffic(ends[e], bench_current(ends[e], tunnel));
		}
		bench_pass(b, 1);
	}
}
