/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/capture_esp.h"

#include "controlplane/ike/ike_payload.h"
#include "lib/crypto/prim.h"

#include <string.h>

enum {
	MS = 1000,
	WINDOW = 64,	   /* what a peer has that was told nothing else */
	TWICE_PERCENT = 80 /* so much of it twice: the capture has it twice, not the network */
};

static struct capture_flow *flow_of(struct capture *c, const struct capture_pair *pair,
				    enum capture_side from, uint32_t spi)
{
	struct capture_flow *f;

	for (size_t i = 0; i < c->n_flows; i++) {
		f = &c->flows[i];
		if (f->spi == spi && f->pair == pair && f->from == from)
			return f;
	}
	f = &c->flows[c->next_flow];
	c->next_flow = (c->next_flow + 1) % CAPTURE_FLOWS;
	if (c->n_flows < CAPTURE_FLOWS)
		c->n_flows++;
	*f = (struct capture_flow){.pair = pair, .from = from, .spi = spi};
	return f;
}

/* Numbers are of 32 bits on the wire: half of them are ahead. */
static void follow(struct capture_flow *f, struct capture_count *n, uint32_t seq)
{
	uint32_t ahead = seq - f->top;
	uint64_t bit;

	if (!f->any || ahead - 1 < INT32_MAX) {
		f->seen = f->any && ahead < WINDOW ? f->seen << ahead | 1 : 1;
		f->top = seq;
		f->any = true;
		return;
	}
	if (-ahead >= WINDOW) {
		n->late++;
		if (-ahead > n->late_most)
			n->late_most = -ahead;
		return;
	}
	bit = 1ull << -ahead;
	n->again += f->seen & bit ? 1 : 0;
	f->seen |= bit;
}

/* "Before" is then one to two minutes ago. */
static void remember(struct capture_esp *esp, uint64_t now_ms)
{
	if (now_ms - esp->marked_ms < (uint64_t)EVIDENCE_WINDOW_S * MS)
		return;
	memcpy(esp->before, esp->mark, sizeof(esp->before));
	memcpy(esp->mark, esp->now, sizeof(esp->mark));
	esp->marked_ms = now_ms;
}

void capture_esp_add(struct capture *c, struct capture_pair *pair, enum capture_side from,
		     const struct capture_packet *p)
{
	struct rbuf b = rbuf_of(p->data, p->len);
	uint32_t spi = rbuf_u32(&b), seq = rbuf_u32(&b);
	struct capture_esp *esp = &pair->esp;

	if (b.bad)
		return;
	if (!esp->first_ms)
		esp->first_ms = esp->marked_ms = c->now_ms;
	remember(esp, c->now_ms);
	esp->udp = p->src_port != 0;
	esp->last_ms[from] = c->now_ms;
	esp->now[from].packets++;
	follow(flow_of(c, pair, from, spi), &esp->now[from], seq);
}

static bool is_captured_twice(const struct capture_count *n)
{
	return n->again * 2 * 100 >= n->packets * TWICE_PERCENT;
}

static struct evidence_counters counters(const struct capture_count n[CAPTURE_SIDES],
					 enum capture_side side, bool twice)
{
	return (struct evidence_counters){
		.in_packets = n[!side].packets,
		.out_packets = n[side].packets,
		.replay_late = n[!side].late,
		.replay_seen = twice ? 0 : n[!side].again,
	};
}

bool capture_esp_view(const struct capture *c, const struct capture_pair *pair,
		      enum capture_side side, struct evidence_sa *sa)
{
	const struct capture_esp *esp = &pair->esp;
	bool twice = is_captured_twice(&esp->now[!side]);

	/* of one direction alone the other is not missed */
	if (!esp->first_ms || !pair->ike[CAPTURE_BEGAN] || !pair->ike[CAPTURE_ANSWERS])
		return false;
	*sa = (struct evidence_sa){
		.current = true,
		.newest = true,
		.up = true,
		.udp = esp->udp,
		.age_s = (uint32_t)((c->now_ms - esp->first_ms) / MS),
		.window = WINDOW,
		.now = counters(esp->now, side, twice),
		.before = counters(esp->before, side, twice),
		.in_last_ms = esp->last_ms[!side],
		.out_last_ms = esp->last_ms[side],
		.late_most = esp->now[!side].late_most,
	};
	return true;
}

static bool names(const struct ike_payload *natd, const struct ike_header *h, enum alg_hash hash,
		  const struct addr *addr, uint16_t port)
{
	const uint8_t port_bytes[] = {(uint8_t)(port >> 8), (uint8_t)port};
	const struct prim_chunk chunks[] = {
		{h->cookie_i, IKE_COOKIE_LEN},
		{h->cookie_r, IKE_COOKIE_LEN},
		{addr->b, addr_len_bytes(addr)},
		{port_bytes, sizeof(port_bytes)},
	};
	uint8_t want[PRIM_DIGEST_MAX];

	return prim_hash(hash, chunks, array_len(chunks), want) == 0 &&
	       memcmp(natd->body, want, alg_hash_row(hash)->digest_bytes) == 0;
}

/* The first names who it is sent to, as the sender sees it; the others all that the sender has. */
void capture_esp_natd(struct capture_talk *t, const struct ike_msg *msg,
		      const struct capture_packet *p, enum capture_side from)
{
	enum alg_hash hash = alg_hash_of_ike(t->record.chosen.hash);
	bool to = false, own = false;
	unsigned n = 0;

	if (hash == ALG_HASH_COUNT)
		return;
	for (size_t i = 0; i < msg->n; i++) {
		const struct ike_payload *natd = &msg->payloads[i];

		if (natd->type != IKE_PAYLOAD_NATD && natd->type != IKE_PAYLOAD_NATD_DRAFT)
			continue;
		if (ike_payload_check_natd(natd, hash) != IKE_PARSED)
			return;
		if (!n++)
			to = names(natd, &msg->header, hash, &p->dst, p->dst_port);
		else
			own = own || names(natd, &msg->header, hash, &p->src, p->src_port);
	}
	if (n < 2)
		return;
	t->nat[from] = t->nat[from] || !own;
	t->nat[!from] = t->nat[!from] || !to;
}
