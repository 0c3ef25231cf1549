/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/qos_sched.h"

#include "dataplane/qos_asleep.h"

#include <rte_common.h>

enum {
	TURN = QOS_FRAME,      /* bytes of an attachment */
	PACKET_MOST = 1 << 16, /* bytes */
	EXPRESS_PART = 8,      /* of the room: that part is for priority classes alone */
};

/* A packet of full size conforms however small the share of the burst is. */
static void set_police(struct qos_class_state *c, uint32_t share)
{
	uint64_t burst = c->class->police_burst * share / QOS_SHARE_ALL;
	struct rte_meter_srtcm_params params = {
		.cir = RTE_MAX(c->class->want.police_bps / 8 * share / QOS_SHARE_ALL, 1ul),
		.cbs = RTE_MAX(burst, 2ul * QOS_FRAME),
	};

	/* refuses only a rate or a burst of nothing */
	rte_meter_srtcm_profile_config(&c->profile, &params);
}

/* The rates of a class after its share changed. */
static void apply_share(struct qos_scheduler *s, struct qos_class_state *c, uint32_t share)
{
	const struct qos_class *class = c->class;
	const struct plane_qos *q = &class->want;

	c->share_used = share;
	qos_rate_set(&c->shape, q->shape_bps, share, class->shape_burst, s->hz);
	qos_rate_set(&c->priority, q->priority_bps, share, class->priority_burst, s->hz);
	if (q->flags & PLANE_QOS_POLICE)
		set_police(c, share);
}

static void refresh_class(struct qos_scheduler *s, struct qos_class_state *c)
{
	uint32_t share = atomic_load_explicit(&c->share, memory_order_relaxed);

	if (unlikely(share != c->share_used))
		apply_share(s, c, share);
}

/* The port's own rate: of the interface's policy, else of the link. */
static void refresh_port(struct qos_scheduler *s, unsigned port)
{
	struct qos_port_state *p = &s->ports[port];
	const struct qos_attachment *own = &s->plan->attachments[s->plan->by_port[port]];
	uint32_t share = atomic_load_explicit(&p->share, memory_order_relaxed);
	uint64_t bps = s->plan->by_port[port] ? own->total_bps : 0;

	if (!bps)
		bps = atomic_load_explicit(&s->plan->link_bps[port], memory_order_relaxed);
	if (likely(share == p->share_used && bps == p->bps_used))
		return;
	p->share_used = share;
	p->bps_used = bps;
	qos_rate_set(&p->link, bps, share, qos_rate_bytes(bps, QOS_BURST_MS), s->hz);
}

struct qos_attachment_state *qos_sched_find(const struct qos_scheduler *s, uint32_t tunnel,
					    unsigned port)
{
	unsigned i = tunnel < s->n_by_tunnel ? s->by_tunnel[tunnel] : 0;

	if (i)
		return &s->attachments[i];
	if (port >= s->plan->n_ports)
		return NULL;
	i = s->plan->by_port[port];
	if (i)
		return &s->attachments[i];
	return s->attachments[port].n ? &s->attachments[port] : NULL;
}

bool qos_sched_police(struct qos_scheduler *s, struct qos_class_state *c, uint32_t bytes,
		      uint64_t now_tsc)
{
	refresh_class(s, c);
	return rte_meter_srtcm_color_blind_check(&c->meter, &c->profile, now_tsc, bytes) ==
	       RTE_COLOR_GREEN;
}

/* Counters have one writer, which need not read-modify-write atomically. */
static void add(_Atomic uint64_t *counter, uint64_t n)
{
	uint64_t before = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, before + n, memory_order_relaxed);
}

static bool is_priority(const struct qos_class_state *c)
{
	return c->class->want.flags & PLANE_QOS_PRIORITY;
}

static void list_append(struct qos_scheduler *s, struct qos_port_state *p, unsigned i)
{
	if (p->n_listed++)
		s->attachments[p->tail].next = (uint16_t)i;
	else
		p->head = (uint16_t)i;
	p->tail = (uint16_t)i;
	s->attachments[i].listed = true;
}

static unsigned list_take_head(struct qos_scheduler *s, struct qos_port_state *p)
{
	unsigned i = p->head;

	p->head = s->attachments[i].next;
	p->n_listed--;
	s->attachments[i].listed = false;
	return i;
}

/* The class has a packet again: it goes on from where the others are, not from where it stopped. */
static void wake(struct qos_scheduler *s, struct qos_attachment_state *a, struct qos_class_state *c)
{
	struct qos_port_state *p = &s->ports[a->attachment->port];
	unsigned id = (unsigned)(c - a->classes);
	uint64_t ahead = c->served - a->virtual;

	if (ahead > PACKET_MOST * c->class->unit)
		c->served = a->virtual;
	a->waiting[id / 64] |= 1ull << id % 64;
	if (a->listed)
		return;
	if (a->sleeps)
		qos_asleep_remove(s, p, (unsigned)(a - s->attachments));
	else
		a->credit = TURN;
	list_append(s, p, (unsigned)(a - s->attachments));
}

static void count(struct qos_scheduler *s, struct qos_attachment_state *a,
		  struct qos_class_state *c, int packets, int64_t bytes)
{
	struct qos_port_state *p = &s->ports[a->attachment->port];

	s->n += (uint32_t)packets;
	p->n += (uint32_t)packets;
	a->n += (uint32_t)packets;
	c->n += (uint32_t)packets;
	if (is_priority(c)) {
		p->n_express += (uint32_t)packets;
		a->n_express += (uint32_t)packets;
	}
	add(&c->waiting, (uint64_t)bytes);
	c->stats->queued = c->n;
}

/* Queues that are full all together must not keep out what has priority. */
static bool has_room(const struct qos_scheduler *s, const struct qos_class_state *c)
{
	uint32_t room = is_priority(c) ? s->room : s->room - s->room / EXPRESS_PART;

	return c->n < c->class->limit && s->n < room;
}

struct rte_mbuf *qos_sched_push(struct qos_scheduler *s, struct qos_attachment_state *a,
				struct qos_class_state *c, struct rte_mbuf *m)
{
	struct rte_mbuf *victim = NULL;

	if (unlikely(!has_room(s, c))) {
		victim = c->fair ? qos_fair_victim(c->fair, m) : m;
		if (victim == m)
			return m;
		count(s, a, c, -1, -(int64_t)packet_meta(victim)->wait.bytes);
	}
	if (c->fair)
		qos_fair_push(c->fair, m);
	else
		qos_queue_push(&c->queue, m);
	count(s, a, c, 1, packet_meta(m)->wait.bytes);
	if (c->n > c->stats->queued_most)
		c->stats->queued_most = c->n;
	if (c->n == 1)
		wake(s, a, c);
	return victim;
}

/* Takes the next packet of a class out and charges nothing. */
static struct rte_mbuf *take(struct qos_scheduler *s, struct qos_attachment_state *a,
			     struct qos_class_state *c)
{
	struct rte_mbuf *m = c->fair ? qos_fair_pop(c->fair) : qos_queue_pop(&c->queue);
	unsigned id = (unsigned)(c - a->classes);

	count(s, a, c, -1, -(int64_t)packet_meta(m)->wait.bytes);
	if (!c->n)
		a->waiting[id / 64] &= ~(1ull << id % 64);
	return m;
}

/* Takes and charges the class, its attachment and its port. */
static struct rte_mbuf *send(struct qos_scheduler *s, struct qos_attachment_state *a,
			     struct qos_class_state *c, uint64_t now_tsc)
{
	struct rte_mbuf *m = take(s, a, c);
	uint16_t bytes = packet_meta(m)->wait.bytes;

	if (!is_priority(c)) {
		a->virtual = c->served;
		c->served += bytes * c->class->unit;
	} else if (qos_rate_ready(&c->priority, now_tsc)) {
		/* what it sends because nobody else can is not held against it */
		qos_rate_charge(&c->priority, bytes, now_tsc);
	}
	qos_rate_charge(&c->shape, bytes, now_tsc);
	qos_rate_charge(&a->total, bytes, now_tsc);
	qos_rate_charge(&s->ports[a->attachment->port].link, bytes, now_tsc);
	c->stats->sent_packets++;
	c->stats->sent_bytes += bytes;
	return m;
}

/* What may leave of an attachment now. */
struct choice {
	struct qos_class_state *express; /* a priority class below its rate */
	struct qos_class_state *best;	 /* of the others the one that is due */
	struct qos_class_state *beyond;	 /* a priority class above its rate */
	uint64_t ready_tsc;		 /* when one of the shaped classes may */
};

static void consider(struct qos_scheduler *s, struct choice *choice, struct qos_class_state *c,
		     uint64_t now_tsc)
{
	refresh_class(s, c);
	if (!qos_rate_ready(&c->shape, now_tsc))
		choice->ready_tsc = RTE_MIN(choice->ready_tsc, c->shape.next_tsc);
	else if (!is_priority(c))
		choice->best = choice->best && (int64_t)(choice->best->served - c->served) <= 0
				       ? choice->best
				       : c;
	else if (qos_rate_ready(&c->priority, now_tsc))
		choice->express = choice->express ? choice->express : c;
	else
		choice->beyond = choice->beyond ? choice->beyond : c;
}

static struct choice choose(struct qos_scheduler *s, struct qos_attachment_state *a,
			    uint64_t now_tsc)
{
	struct choice choice = {.ready_tsc = UINT64_MAX};

	if (!qos_rate_ready(&a->total, now_tsc)) {
		choice.ready_tsc = a->total.next_tsc;
		return choice;
	}
	for (unsigned i = 0; i < array_len(a->waiting); i++)
		for (uint64_t bits = a->waiting[i]; bits; bits &= bits - 1)
			consider(s, &choice, &a->classes[i * 64 + (unsigned)__builtin_ctzll(bits)],
				 now_tsc);
	return choice;
}

/* Priority classes below their rate, in all attachments of the port. */
static unsigned pop_express(struct qos_scheduler *s, struct qos_port_state *p, uint64_t now_tsc,
			    struct rte_mbuf **m, unsigned max)
{
	unsigned n = 0, i = p->head;

	for (unsigned k = 0; k < p->n_listed; k++, i = s->attachments[i].next) {
		struct qos_attachment_state *a = &s->attachments[i];

		while (n < max && a->n_express && qos_rate_ready(&p->link, now_tsc)) {
			struct choice choice = choose(s, a, now_tsc);

			if (!choice.express)
				break;
			m[n++] = send(s, a, choice.express, now_tsc);
		}
	}
	return n;
}

/*
 * One packet of the attachment whose turn it is, or NULL: it goes to the end of the list when its
 * turn is over, and to sleep when nothing of it may leave.
 */
static struct rte_mbuf *pop_turn(struct qos_scheduler *s, struct qos_port_state *p,
				 uint64_t now_tsc)
{
	struct qos_attachment_state *a = &s->attachments[p->head];
	struct qos_class_state *c;
	struct choice choice;
	bool blocked = a->n && a->credit > 0;
	struct rte_mbuf *m;

	if (blocked) {
		choice = choose(s, a, now_tsc);
		c = choice.express ? choice.express : choice.best ? choice.best : choice.beyond;
		if (c) {
			m = send(s, a, c, now_tsc);
			a->credit -= packet_meta(m)->wait.bytes;
			return m;
		}
		a->ready_tsc = choice.ready_tsc;
	}
	if (a->credit <= 0)
		a->credit += TURN;
	list_take_head(s, p);
	if (blocked)
		qos_asleep_push(s, p, (unsigned)(a - s->attachments));
	else if (a->n)
		list_append(s, p, (unsigned)(a - s->attachments));
	return NULL;
}

/* Those whose time has come stand in the list again. */
static void rouse(struct qos_scheduler *s, struct qos_port_state *p, uint64_t now_tsc)
{
	while (p->n_asleep && qos_asleep_first(s, p) <= now_tsc) {
		unsigned i = p->asleep[0];

		qos_asleep_remove(s, p, i);
		list_append(s, p, i);
	}
}

unsigned qos_sched_pop(struct qos_scheduler *s, unsigned port, uint64_t now_tsc,
		       struct rte_mbuf **m, unsigned max)
{
	struct qos_port_state *p = &s->ports[port];
	unsigned n = 0;

	refresh_port(s, port);
	rouse(s, p, now_tsc);
	if (p->n_express)
		n = pop_express(s, p, now_tsc, m, max);
	while (n < max && p->n_listed && qos_rate_ready(&p->link, now_tsc)) {
		m[n] = pop_turn(s, p, now_tsc);
		n += m[n] != NULL;
	}
	return n;
}

unsigned qos_sched_drain(struct qos_scheduler *s, unsigned port, struct rte_mbuf **m, unsigned max)
{
	struct qos_port_state *p = &s->ports[port];
	unsigned n = 0;

	rouse(s, p, UINT64_MAX);
	while (n < max && p->n_listed) {
		struct qos_attachment_state *a = &s->attachments[p->head];

		for (unsigned i = 0; i < a->attachment->n_classes; i++)
			while (n < max && a->classes[i].n)
				m[n++] = take(s, a, &a->classes[i]);
		if (!a->n)
			list_take_head(s, p);
	}
	return n;
}

uint64_t qos_sched_ready(const struct qos_scheduler *s, unsigned port)
{
	const struct qos_port_state *p = &s->ports[port];

	if (!p->n)
		return UINT64_MAX;
	return RTE_MAX(p->n_listed ? 0 : qos_asleep_first(s, p), p->link.next_tsc);
}
