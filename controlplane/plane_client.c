/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/plane_client.h"

#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

enum {
	TURN_MSGS = 256,     /* of one ring in one turn, so that no ring starves another */
	TURN_DATAGRAMS = 64, /* each may cost a Diffie-Hellman */
	TURN_CAPTURED = 256,
	RETRY_MS = 2, /* a full ring is tried again after */
};

/* A command that has not been answered. */
struct waiting {
	uint64_t cookie; /* 0 = free */
	plane_client_ack_fn fn;
	void *ctx;
	uint64_t arg;
	uint32_t next_free;
};

struct queued_msg {
	STAILQ_ENTRY(queued_msg) link;
	struct plane_msg msg;
};

struct queued_datagram {
	STAILQ_ENTRY(queued_datagram) link;
	struct plane_datagram head;
	uint8_t data[];
};

STAILQ_HEAD(msg_queue, queued_msg);
STAILQ_HEAD(datagram_queue, queued_datagram);

struct plane_client {
	struct plane *plane;
	unsigned n_workers;
	int bell_control;
	int bell_main;
	int bell_workers[PLANE_WORKERS_MAX];
	struct plane_client_handlers handlers;
	struct msg_queue queues[PLANE_WORKERS_MAX + 1]; /* the last is the main thread's */
	struct datagram_queue datagrams[PLANE_WORKERS_MAX];
	size_t n_queued;
	size_t n_datagrams;
	uint64_t dropped;
	struct waiting *waiting;
	uint32_t n_waiting;  /* size of the table */
	uint32_t first_free; /* UINT32_MAX = none */
	size_t n_unanswered;
	uint32_t serial; /* random at start: an ACK for a dead predecessor matches nothing */
	uint8_t packet[PLANE_PACKET_MAX];
};

struct plane_client *plane_client_create(struct plane *plane,
					 const struct plane_client_bells *bells,
					 const struct plane_client_handlers *handlers)
{
	struct plane_client *pc = calloc(1, sizeof(*pc));

	if (!pc)
		return NULL;
	pc->plane = plane;
	pc->n_workers = plane->header->params.n_workers;
	pc->bell_control = bells->control;
	pc->bell_main = bells->main;
	memcpy(pc->bell_workers, bells->workers, pc->n_workers * sizeof(int));
	pc->handlers = *handlers;
	pc->first_free = UINT32_MAX;
	for (size_t i = 0; i < array_len(pc->queues); i++)
		STAILQ_INIT(&pc->queues[i]);
	for (size_t i = 0; i < array_len(pc->datagrams); i++)
		STAILQ_INIT(&pc->datagrams[i]);
	if (secret_random(&pc->serial, sizeof(pc->serial)) < 0) {
		free(pc);
		return NULL;
	}
	return pc;
}

static void free_msg(struct queued_msg *q)
{
	secret_wipe_bytes(&q->msg, sizeof(q->msg));
	free(q);
}

void plane_client_destroy(struct plane_client *pc)
{
	if (!pc)
		return;
	for (size_t i = 0; i < array_len(pc->queues); i++) {
		while (!STAILQ_EMPTY(&pc->queues[i])) {
			struct queued_msg *q = STAILQ_FIRST(&pc->queues[i]);

			STAILQ_REMOVE_HEAD(&pc->queues[i], link);
			free_msg(q);
		}
	}
	for (size_t i = 0; i < array_len(pc->datagrams); i++) {
		while (!STAILQ_EMPTY(&pc->datagrams[i])) {
			struct queued_datagram *q = STAILQ_FIRST(&pc->datagrams[i]);

			STAILQ_REMOVE_HEAD(&pc->datagrams[i], link);
			free(q);
		}
	}
	free(pc->waiting);
	free(pc);
}

static int grow_waiting(struct plane_client *pc)
{
	uint32_t n = pc->n_waiting ? pc->n_waiting * 2 : 64;
	struct waiting *rows = realloc(pc->waiting, n * sizeof(*rows));

	if (!rows)
		return -ENOMEM;
	for (uint32_t i = pc->n_waiting; i < n; i++)
		rows[i] = (struct waiting){.next_free = i + 1 < n ? i + 1 : UINT32_MAX};
	pc->first_free = pc->n_waiting;
	pc->waiting = rows;
	pc->n_waiting = n;
	return 0;
}

/* The cookie is the row of the waiting table below a serial number that never repeats soon. */
static int wait_for(struct plane_client *pc, uint64_t *cookie, plane_client_ack_fn fn, void *ctx,
		    uint64_t arg)
{
	uint32_t at;

	if (pc->first_free == UINT32_MAX && grow_waiting(pc) < 0)
		return -ENOMEM;
	at = pc->first_free;
	pc->first_free = pc->waiting[at].next_free;
	if (++pc->serial == 0)
		pc->serial = 1;
	*cookie = (uint64_t)pc->serial << 32 | at;
	pc->waiting[at] = (struct waiting){.cookie = *cookie, .fn = fn, .ctx = ctx, .arg = arg};
	pc->n_unanswered++;
	return 0;
}

static void answered(struct plane_client *pc, uint64_t cookie, const struct plane_ack *ack)
{
	uint32_t at = (uint32_t)cookie;
	struct waiting w;

	if (at >= pc->n_waiting || pc->waiting[at].cookie != cookie)
		return;
	w = pc->waiting[at];
	pc->waiting[at] = (struct waiting){.next_free = pc->first_free};
	pc->first_free = at;
	pc->n_unanswered--;
	if (w.fn)
		w.fn(w.ctx, w.arg, ack);
}

static unsigned queue_of(int to)
{
	return to == PLANE_CLIENT_MAIN ? PLANE_WORKERS_MAX : (unsigned)to;
}

static int ring_send(struct plane_client *pc, int to, const struct plane_msg *msg)
{
	bool is_main = to == PLANE_CLIENT_MAIN;
	int err = plane_ring_send(is_main ? pc->plane->to_main : pc->plane->to_worker[to], msg);

	if (err == 0)
		plane_bell_ring(is_main ? pc->bell_main : pc->bell_workers[to]);
	return err;
}

int plane_client_send(struct plane_client *pc, int to, struct plane_msg *msg,
		      plane_client_ack_fn fn, void *ctx, uint64_t arg)
{
	struct msg_queue *queue = &pc->queues[queue_of(to)];
	struct queued_msg *q = NULL;
	int err = 0;

	/*
	 * behind others that wait, or when the ring is full: allocated first, so nothing can fail
	 * later
	 */
	q = malloc(sizeof(*q));
	if (!q || wait_for(pc, &msg->cookie, fn, ctx, arg) < 0)
		err = -ENOMEM;
	else if (STAILQ_EMPTY(queue) && ring_send(pc, to, msg) == 0)
		err = 0;
	else {
		q->msg = *msg;
		STAILQ_INSERT_TAIL(queue, q, link);
		pc->n_queued++;
		q = NULL;
	}
	free(q);
	secret_wipe_bytes(msg, sizeof(*msg));
	return err;
}

/* Datagrams of one peer keep their order: they all go through one worker. */
static unsigned worker_of(const struct plane_client *pc, const struct addr *remote)
{
	uint32_t h = 0;

	for (size_t i = 0; i < sizeof(remote->b); i++)
		h = h * 31 + remote->b[i];
	return h % pc->n_workers;
}

static int ring_send_datagram(struct plane_client *pc, unsigned worker,
			      const struct plane_datagram *head, const void *data)
{
	int err = plane_ring_send_datagram(pc->plane->datagrams_down[worker], head, data);

	if (err == 0)
		plane_bell_ring(pc->bell_workers[worker]);
	return err;
}

void plane_client_send_datagram(struct plane_client *pc, const struct plane_datagram *head,
				const void *data)
{
	unsigned worker = worker_of(pc, &head->remote);
	struct datagram_queue *queue = &pc->datagrams[worker];
	struct queued_datagram *q = NULL;
	int err = -ENOBUFS;

	if (STAILQ_EMPTY(queue))
		err = ring_send_datagram(pc, worker, head, data);
	if (err == 0)
		return;
	if (err == -ENOBUFS && pc->n_datagrams < PLANE_CLIENT_DATAGRAMS)
		q = malloc(sizeof(*q) + head->len);
	if (!q) {
		pc->dropped++;
		return;
	}
	q->head = *head;
	memcpy(q->data, data, head->len);
	STAILQ_INSERT_TAIL(queue, q, link);
	pc->n_datagrams++;
}

static void flush_queue(struct plane_client *pc, int to)
{
	struct msg_queue *queue = &pc->queues[queue_of(to)];

	while (!STAILQ_EMPTY(queue)) {
		struct queued_msg *q = STAILQ_FIRST(queue);

		if (ring_send(pc, to, &q->msg) < 0)
			return;
		STAILQ_REMOVE_HEAD(queue, link);
		pc->n_queued--;
		free_msg(q);
	}
}

static void flush_datagrams(struct plane_client *pc, unsigned worker)
{
	struct datagram_queue *queue = &pc->datagrams[worker];

	while (!STAILQ_EMPTY(queue)) {
		struct queued_datagram *q = STAILQ_FIRST(queue);
		int err = ring_send_datagram(pc, worker, &q->head, q->data);

		if (err == -ENOBUFS)
			return;
		pc->dropped += err < 0;
		STAILQ_REMOVE_HEAD(queue, link);
		pc->n_datagrams--;
		free(q);
	}
}

/* True when the ring may hold more. */
static bool drain_ring(struct plane_client *pc, struct plane_ring *ring, int from)
{
	struct plane_msg msg;

	for (int i = 0; i < TURN_MSGS; i++) {
		if (!plane_ring_recv(ring, &msg))
			return false;
		if (msg.type == PLANE_ACK)
			answered(pc, msg.cookie, &msg.ack);
		else
			pc->handlers.event(pc->handlers.ctx, from, &msg);
	}
	return true;
}

static bool drain_datagrams(struct plane_client *pc, struct plane_ring *ring)
{
	struct plane_datagram head;

	for (int i = 0; i < TURN_DATAGRAMS; i++) {
		if (!plane_ring_recv_datagram(ring, &head, pc->packet))
			return false;
		pc->handlers.datagram(pc->handlers.ctx, &head, pc->packet);
	}
	return true;
}

static bool drain_captured(struct plane_client *pc, struct plane_ring *ring)
{
	struct plane_captured head;

	for (int i = 0; i < TURN_CAPTURED; i++) {
		if (!plane_ring_recv_captured(ring, &head, pc->packet))
			return false;
		pc->handlers.captured(pc->handlers.ctx, &head, pc->packet);
	}
	return true;
}

uint32_t plane_client_turn(struct plane_client *pc)
{
	bool more;

	plane_bell_clear(pc->bell_control);
	more = drain_ring(pc, pc->plane->from_main, PLANE_CLIENT_MAIN);
	for (unsigned i = 0; i < pc->n_workers; i++) {
		more |= drain_ring(pc, pc->plane->from_worker[i], (int)i);
		more |= drain_datagrams(pc, pc->plane->datagrams_up[i]);
		more |= drain_captured(pc, pc->plane->captured[i]);
	}
	if (!plane_client_flushed(pc)) {
		flush_queue(pc, PLANE_CLIENT_MAIN);
		for (unsigned i = 0; i < pc->n_workers; i++) {
			flush_queue(pc, (int)i);
			flush_datagrams(pc, i);
		}
	}
	if (more)
		return 0;
	return plane_client_flushed(pc) ? UINT32_MAX : RETRY_MS;
}

bool plane_client_flushed(const struct plane_client *pc)
{
	return pc->n_queued == 0 && pc->n_datagrams == 0;
}

size_t plane_client_unanswered(const struct plane_client *pc)
{
	return pc->n_unanswered;
}

uint64_t plane_client_datagrams_dropped(const struct plane_client *pc)
{
	return pc->dropped;
}
