/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/captures.h"

#include "controlplane/captures_debug.h"
#include "controlplane/captures_plane.h"
#include "controlplane/control.h"

#include <stdlib.h>
#include <string.h>

enum {
	MS = 1000
};

static void forget_packets(struct captures_one *one)
{
	struct captures_packet *p;

	while ((p = one->first)) {
		one->first = p->next;
		free(p);
	}
	one->last = &one->first;
	one->packets = one->packet_bytes = one->lost = 0;
	one->used = 0;
}

struct captures_wish captures_defaults(void)
{
	return (struct captures_wish){
		.in = true, .out = true, .views = PLANE_VIEW_WIRE, .buffer_bytes = CAPTURES_BUFFER};
}

void captures_fini(struct captures *s)
{
	for (size_t i = 0; i < CAPTURES_MAX; i++)
		forget_packets(&s->all[i]);
}

struct captures_one *captures_find(struct captures *s, const char *name)
{
	for (size_t i = 0; i < CAPTURES_MAX; i++)
		if (name[0] && strcmp(s->all[i].name, name) == 0)
			return &s->all[i];
	return NULL;
}

struct captures_one *captures_make(struct captures *s, const char *name)
{
	struct captures_one *one = captures_find(s, name);

	if (one)
		return one;
	for (size_t i = 0; i < CAPTURES_MAX; i++) {
		one = &s->all[i];
		if (one->name[0])
			continue;
		*one = (struct captures_one){.wish = captures_defaults()};
		one->last = &one->first;
		memcpy(one->name, name, strlen(name) + 1);
		return one;
	}
	return NULL;
}

static uint64_t lost_by_plane(const struct control *c)
{
	uint64_t lost = 0;

	for (unsigned i = 0; i < c->plane->header->params.n_workers; i++)
		lost += c->plane->stats_worker[i].capture_lost;
	return lost;
}

uint64_t captures_lost(const struct control *c, const struct captures_one *one)
{
	return one->lost + (one->running ? lost_by_plane(c) - one->lost_base : 0);
}

void captures_start(struct control *c, struct captures_one *one)
{
	const struct captures_wish *w = &one->wish;

	if (one->running)
		return;
	one->running = true;
	one->lost_base = lost_by_plane(c);
	one->until_ms = w->limit_s ? c->now_ms() + w->limit_s * MS : UINT64_MAX;
	captures_plane_program(c);
	debug_log_event(c->log, DEBUG_LOG_CAPTURE_ON, "Capture Point %s enabled.", one->name);
}

void captures_stop(struct control *c, struct captures_one *one)
{
	if (!one->running)
		return;
	one->lost = captures_lost(c, one);
	one->running = false;
	captures_plane_program(c);
	debug_log_event(c->log, DEBUG_LOG_CAPTURE_OFF, "Capture Point %s disabled.", one->name);
}

void captures_clear(struct control *c, struct captures_one *one)
{
	forget_packets(one);
	one->lost_base = lost_by_plane(c);
}

void captures_remove(struct control *c, struct captures_one *one)
{
	captures_stop(c, one);
	forget_packets(one);
	*one = (struct captures_one){.name = ""};
}

static bool is_full(const struct captures_one *one)
{
	const struct captures_wish *w = &one->wish;

	return (w->limit_packets && one->packets >= w->limit_packets) ||
	       (w->limit_bytes && one->packet_bytes >= w->limit_bytes);
}

static void keep(struct control *c, struct captures_one *one, const struct plane_captured *head,
		 const uint8_t *bytes)
{
	size_t size = sizeof(struct captures_packet) + head->len;
	struct captures_packet *p = NULL;

	if (one->wish.drops && head->verdict != PLANE_VERDICT_DROPPED)
		return;
	if (one->used + size <= one->wish.buffer_bytes)
		p = malloc(size);
	if (!p) {
		/* nobody may be there any more to stop it */
		one->lost++;
		captures_stop(c, one);
		return;
	}
	p->next = NULL;
	p->head = *head;
	p->head.interface[sizeof(p->head.interface) - 1] = '\0';
	memcpy(p->bytes, bytes, head->len);
	*one->last = p;
	one->last = &p->next;
	one->packets++;
	one->packet_bytes += head->packet_bytes;
	one->used += size;
	if (is_full(one))
		captures_stop(c, one);
}

void captures_take(void *control, const struct plane_captured *head, const uint8_t *bytes)
{
	struct control *c = control;

	if (head->verdict >= PLANE_VERDICT_COUNT)
		return;
	for (size_t i = 0; i < CAPTURES_MAX; i++)
		if (head->points & 1u << i && c->captures.all[i].running)
			keep(c, &c->captures.all[i], head, bytes);
	if (head->points & 1u << CAPTURES_DEBUG && c->captures.debug)
		captures_debug_say(c, head, bytes);
}

uint64_t captures_turn(struct control *c, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < CAPTURES_MAX; i++) {
		struct captures_one *one = &c->captures.all[i];

		if (!one->running)
			continue;
		if (now >= one->until_ms)
			captures_stop(c, one);
		else if (one->until_ms < next)
			next = one->until_ms;
	}
	return next;
}
