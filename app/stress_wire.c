/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_wire.h"

#include "app/stress_link.h"
#include "app/stress_parse.h"
#include "app/stress_random.h"
#include "app/stress_socket.h"
#include "lib/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	SECOND_NS = 1000000000,
	SETTLE_MS = 300,    /* for what is still on its way when we end */
	SETTLE_ROUNDS = 15, /* then as long as the receiver's counts change */
};

/* One way through the box. */
struct way {
	struct wire *wire;
	struct stress_socket *out;
	struct stress_impair *impair;
	struct stress_link link;
	uint64_t last_ms; /* something came to impair */
	bool idle;	  /* nothing is held back */
};

struct wire {
	const struct stress_wire_options *o;
	struct stress_wire_result *result;
	struct stress_socket sockets[STRESS_DIRECTIONS]; /* left, right */
	struct way ways[STRESS_DIRECTIONS];
	struct stress_frames frames;
	struct stress_wire_sample total;
	uint64_t start_ms;
};

static volatile sig_atomic_t stopped;

static void stop(int)
{
	stopped = 1;
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND_NS + (uint64_t)ts.tv_nsec;
}

/* On the cable: sent, and told to the flow in this order. */
static void transmit(struct way *way, const struct stress_packet *p)
{
	uint8_t forged[STRESS_FRAME_MAX];
	const uint8_t *bytes = p->frame->bytes;
	struct stress_parse place;

	if (p->kind == STRESS_FORGED) {
		memcpy(forged, bytes, p->frame->len);
		if (!stress_parse_frame(&place, forged, p->frame->len))
			return;
		stress_parse_forge(&place, forged, (uint32_t)p->seq);
		bytes = forged;
	}
	stress_socket_send(way->out, bytes, p->frame->len);
	stress_flow_sent(&way->wire->result->flows, p->flow, p->kind, (uint32_t)p->seq);
	way->wire->total.sent++;
}

static void leave(void *ctx, const struct stress_packet *p)
{
	struct way *way = ctx;

	if (!way->link.bps)
		transmit(way, p);
	else if (!stress_link_put(&way->link, p))
		way->wire->result->flows.rows[p->flow]->queue_full++;
}

/* What the bottleneck lets go by now. */
static void drain(struct way *way)
{
	struct stress_packet p;

	while (way->link.bps && stress_link_get(&way->link, now_ns(), &p)) {
		transmit(way, &p);
		stress_frame_drop(p.frame);
	}
}

/* False when the frame is to pass as it is. */
static bool impair_frame(struct wire *w, unsigned direction, const uint8_t *bytes, uint16_t len)
{
	struct way *way = &w->ways[direction];
	struct stress_packet p = {0};
	struct stress_parse place;
	struct stress_flow *flow;

	if (!w->o->impaired[direction] || !stress_parse_frame(&place, bytes, len) ||
	    (!place.spi && !w->o->ike))
		return false;
	p.flow = stress_flow_find(&w->result->flows, place.spi, direction);
	if (p.flow == STRESS_FLOWS || !(p.frame = stress_frame_create(bytes, len)))
		return false;
	flow = w->result->flows.rows[p.flow];
	flow->udp = place.udp;
	flow->src_be = place.src_be;
	flow->dst_be = place.dst_be;
	flow->received++;
	p.seq = place.seq;
	p.starved = w->o->what.model == STRESS_QOS && w->o->starved_dscp >> place.dscp & 1;
	way->last_ms = clock_now_ms();
	way->idle = false;
	w->total.received++;
	w->result->esp[direction]++;
	if (!stress_impair_put(way->impair, &p, leave, way))
		flow->lost++;
	stress_frame_drop(p.frame);
	return true;
}

static int receive(struct wire *w, unsigned direction)
{
	int err = stress_socket_receive(&w->sockets[direction], &w->frames);

	if (err) {
		fprintf(stderr, "culvert-stress: device \"%s\": %s\n", w->o->devices[direction],
			strerror(-err));
		return -1;
	}
	for (unsigned i = 0; i < w->frames.n; i++) {
		if (!w->frames.len[i] ||
		    impair_frame(w, direction, w->frames.bytes[i], w->frames.len[i]))
			continue;
		stress_socket_send(w->ways[direction].out, w->frames.bytes[i], w->frames.len[i]);
		w->result->others[direction]++;
	}
	return 0;
}

static void flush_when_idle(struct wire *w, uint64_t now_ms)
{
	for (unsigned d = 0; d < STRESS_DIRECTIONS; d++) {
		struct way *way = &w->ways[d];

		if (way->idle || now_ms - way->last_ms < w->o->hold_ms)
			continue;
		stress_impair_flush(way->impair, leave, way);
		way->idle = true;
	}
}

static void sample(struct wire *w)
{
	struct stress_wire_result *r = w->result;
	void *grown = realloc(r->samples, (r->n_samples + 1) * sizeof(*r->samples));

	if (!grown)
		return;
	r->samples = grown;
	for (unsigned i = 0; i < STRESS_WINDOWS; i++) {
		w->total.refused[i] = 0;
		for (unsigned f = 0; f < r->flows.n; f++)
			w->total.refused[i] += r->flows.rows[f]->predicted[i][STRESS_LATE] +
					       r->flows.rows[f]->predicted[i][STRESS_SEEN];
	}
	r->samples[r->n_samples++] = w->total;
}

static void each_second(struct wire *w, uint64_t now_ms)
{
	struct stress_wire_result *r = w->result;

	while (r->n_samples < (now_ms - w->start_ms) / 1000) {
		const struct stress_wire_sample *was =
			r->n_samples ? &r->samples[r->n_samples - 1] : NULL;
		uint64_t received = was ? was->received : 0, sent = was ? was->sent : 0;

		sample(w);
		for (unsigned d = 0; d < STRESS_DIRECTIONS; d++)
			r->missed += stress_socket_missed(&w->sockets[d]);
		if (!isatty(STDERR_FILENO))
			continue;
		fprintf(stderr,
			"\r%5us  ESP in %llu/s, out %llu/s; in all %llu and %llu, %u SPIs, window "
			"64 refuses %llu, 1024 %llu   ",
			r->n_samples, (unsigned long long)(w->total.received - received),
			(unsigned long long)(w->total.sent - sent),
			(unsigned long long)w->total.received, (unsigned long long)w->total.sent,
			r->flows.n, (unsigned long long)w->total.refused[0],
			(unsigned long long)w->total.refused[4]);
	}
}

/* How long there is nothing to do when no frame comes. */
static struct timespec pause_of(const struct wire *w)
{
	uint64_t now = now_ns(), due = now + w->o->hold_ms * 1000000ull / 2;

	for (unsigned d = 0; d < STRESS_DIRECTIONS; d++)
		if (stress_link_due_ns(&w->ways[d].link) < due)
			due = stress_link_due_ns(&w->ways[d].link);
	due = due > now ? due - now : 0;
	return (struct timespec){(time_t)(due / SECOND_NS), (long)(due % SECOND_NS)};
}

static bool is_over(const struct wire *w, uint64_t now_ms)
{
	const struct stress_wire_options *o = w->o;

	return stopped || (o->duration_s && now_ms - w->start_ms >= o->duration_s * 1000ull) ||
	       (o->packets && w->total.received >= o->packets);
}

static int forward(struct wire *w)
{
	struct pollfd fds[STRESS_DIRECTIONS] = {
		{.fd = w->sockets[0].fd, .events = POLLIN},
		{.fd = w->sockets[1].fd, .events = POLLIN},
	};
	sigset_t signals, before;
	uint64_t now_ms;
	int err = 0;

	/* signals come only while we wait: none is missed between the test and the wait */
	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, &before);
	do {
		struct timespec pause = pause_of(w);

		ppoll(fds, STRESS_DIRECTIONS, &pause, &before);
		for (unsigned d = 0; d < STRESS_DIRECTIONS && !err; d++) {
			err = receive(w, d);
			drain(&w->ways[d]);
		}
		now_ms = clock_now_ms();
		flush_when_idle(w, now_ms);
		each_second(w, now_ms);
	} while (!err && !is_over(w, now_ms));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* Everything that is held leaves, at the pace of the bottleneck. */
static void finish(struct wire *w)
{
	struct stress_wire_result *r = w->result;

	for (unsigned d = 0; d < STRESS_DIRECTIONS; d++) {
		struct way *way = &w->ways[d];

		stress_impair_flush(way->impair, leave, way);
		while (stress_link_due_ns(&way->link) != UINT64_MAX)
			drain(way);
		r->missed += stress_socket_missed(&w->sockets[d]);
		r->send_failed += w->sockets[d].send_failed;
		r->too_long += w->sockets[d].too_long;
	}
	r->seconds = (double)(clock_now_ms() - w->start_ms) / 1000;
	sample(w);
	if (isatty(STDERR_FILENO))
		fputc('\n', stderr);
}

static int open_ways(struct wire *w)
{
	struct stress_impairment what = w->o->what;
	int err = 0;

	/* with a bottleneck the scheduler reorders, not the count of packets */
	if (what.model == STRESS_QOS && w->o->rate_bps)
		what.distance = 0;
	for (unsigned d = 0; d < STRESS_DIRECTIONS && !err; d++) {
		struct way *way = &w->ways[d];

		*way = (struct way){.wire = w, .out = &w->sockets[!d], .idle = true};
		way->impair = stress_impair_create(&what, w->o->seed + d);
		err = stress_link_init(&way->link, w->o->rate_bps, w->o->queue);
		if (err || !way->impair) {
			fprintf(stderr, "culvert-stress: out of memory\n");
			err = -1;
		}
	}
	for (unsigned d = 0; d < STRESS_DIRECTIONS && !err; d++)
		err = stress_socket_open(&w->sockets[d], w->o->devices[d]);
	return err;
}

static void close_ways(struct wire *w)
{
	for (unsigned d = 0; d < STRESS_DIRECTIONS; d++) {
		stress_impair_destroy(w->ways[d].impair);
		stress_link_fini(&w->ways[d].link);
		stress_socket_close(&w->sockets[d]);
	}
}

static void settle(void)
{
	struct timespec ts = {.tv_nsec = SETTLE_MS * 1000000L};

	nanosleep(&ts, NULL);
}

/* The receiver's counts, when two readings in a row are the same. */
static int read_receiver(struct wire *w)
{
	static struct stress_receiver last;
	struct stress_wire_result *r = w->result;

	settle();
	if (stress_receiver_read(&r->receiver, w->o->receiver))
		return -1;
	for (unsigned i = 0; i < SETTLE_ROUNDS; i++) {
		last = r->receiver;
		settle();
		if (stress_receiver_read(&r->receiver, w->o->receiver))
			return -1;
		if (last.n == r->receiver.n &&
		    memcmp(last.rows, r->receiver.rows, last.n * sizeof(last.rows[0])) == 0)
			break;
	}
	r->received = true;
	return 0;
}

int stress_wire_run(const struct stress_wire_options *o, struct stress_wire_result *r)
{
	struct sigaction action = {.sa_handler = stop};
	static struct stress_receiver before;
	static struct wire w;
	int err;

	*r = (struct stress_wire_result){.o = o};
	stress_flow_init(&r->flows, o->esn);
	w = (struct wire){.o = o, .result = r, .sockets = {{.fd = -1}, {.fd = -1}}};
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	err = open_ways(&w);
	if (!err && o->receiver)
		err = stress_receiver_read(&before, o->receiver);
	if (!err) {
		w.start_ms = clock_now_ms();
		fprintf(stderr, "culvert-stress: forwarding between %s and %s\n", o->devices[0],
			o->devices[1]);
		err = forward(&w);
		finish(&w);
	}
	if (!err && o->receiver)
		err = read_receiver(&w);
	if (!err && o->receiver)
		stress_receiver_subtract(&r->receiver, &before);
	close_ways(&w);
	return err;
}

void stress_wire_fini(struct stress_wire_result *r)
{
	stress_flow_fini(&r->flows);
	free(r->samples);
}
