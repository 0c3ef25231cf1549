/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture.h"

#include "controlplane/diagnose/capture_esp.h"
#include "controlplane/diagnose/capture_talk.h"
#include "controlplane/ike/ike_msg.h"

#include <string.h>

enum {
	US_PER_MS = 1000,
	VERSION_AT = 17,
	VERSION_2 = 0x20,
};

struct capture_pair *capture_pair_of(struct capture *c, const struct addr *from,
				     const struct addr *to, enum capture_side *side)
{
	for (size_t i = 0; i < c->n_pairs; i++) {
		struct capture_pair *p = &c->pairs[i];

		for (*side = CAPTURE_BEGAN; *side < CAPTURE_SIDES; (*side)++)
			if (addr_eq(&p->ends[*side], from) && addr_eq(&p->ends[!*side], to))
				return p;
	}
	return NULL;
}

bool capture_is_between(const struct ike_record *r, const struct capture_pair *pair)
{
	return (addr_eq(&r->path.local, &pair->ends[0]) &&
		addr_eq(&r->path.remote, &pair->ends[1])) ||
	       (addr_eq(&r->path.local, &pair->ends[1]) &&
		addr_eq(&r->path.remote, &pair->ends[0]));
}

static struct capture_pair *meet(struct capture *c, const struct capture_packet *p,
				 enum capture_side *side)
{
	struct capture_pair *pair = capture_pair_of(c, &p->src, &p->dst, side);

	if (pair || c->n_pairs == CAPTURE_PAIRS)
		return pair;
	pair = &c->pairs[c->n_pairs++];
	pair->ends[0] = p->src;
	pair->ends[1] = p->dst;
	*side = CAPTURE_BEGAN;
	return pair;
}

static void take_ike(struct capture *c, struct capture_pair *pair, const struct capture_packet *p)
{
	struct ike_header h;

	if (p->len > VERSION_AT && p->data[VERSION_AT] == VERSION_2)
		pair->ikev2++;
	else if (ike_msg_parse_header(&h, p->data, p->len) != IKE_PARSED)
		pair->malformed++;
	else if (h.exchange == IKE_EXCHANGE_MAIN || h.exchange == IKE_EXCHANGE_AGGRESSIVE)
		capture_talk_phase1(c, pair, p, &h);
	else
		capture_talk_phase2(c, pair, p, &h);
}

/* Files that were put together are not always in order; time does not go back for that. */
static void take_time(struct capture *c, uint64_t time_us)
{
	uint64_t ms = time_us / US_PER_MS;

	if (!c->frames++)
		c->start_ms = ms;
	if (ms > c->now_ms)
		c->now_ms = ms;
}

void capture_add(struct capture *c, const struct capture_frame *frame)
{
	struct capture_packet p = capture_packet_parse(&c->packets, frame);
	struct capture_pair *pair;
	enum capture_side side;

	take_time(c, frame->time_us);
	if (p.kind == CAPTURE_OTHER)
		return;
	pair = meet(c, &p, &side);
	if (!pair)
		return;
	if (p.kind == CAPTURE_ESP) {
		capture_esp_add(c, pair, side, &p);
		return;
	}
	pair->ike[side]++;
	pair->asked[!side] = (struct capture_asked){0};
	take_ike(c, pair, &p);
}
