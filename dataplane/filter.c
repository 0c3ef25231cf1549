/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/filter.h"

#include "dataplane/counters.h"
#include "dataplane/notice.h"
#include "lib/net/ip.h"

#include <string.h>

enum {
	TCP_FLAGS_AT = 13,
	TCP_BEGUN = 0x14, /* ACK or RST */
};

/* What a transport header shows of itself, as far as it is there. */
static void read_transport(const uint8_t *data, unsigned len, struct policy_key *key)
{
	switch (key->protocol) {
	case IP_PROTO_ICMP:
		if (len >= 2)
			memcpy(&key->src_port_be, data, 2);
		break;
	case IP_PROTO_TCP:
		key->zero = len > TCP_FLAGS_AT && (data[TCP_FLAGS_AT] & TCP_BEGUN) != 0;
		[[fallthrough]];
	case IP_PROTO_UDP:
		if (len < 4)
			break;
		memcpy(&key->src_port_be, data, 2);
		memcpy(&key->dst_port_be, data + 2, 2);
		break;
	}
}

static struct policy_key key_of(const struct rte_mbuf *m, uint8_t list)
{
	const struct ip_v4 *ip = rte_pktmbuf_mtod(m, const struct ip_v4 *);
	unsigned at = (ip->version_ihl & 15) * 4u, len = rte_pktmbuf_data_len(m);
	struct policy_key key = {
		.protocol = ip->protocol,
		.port = list,
		.fragment = (ip->fragment_be & IP_OFFSET_BE) != 0,
		.src_be = ip->src_be,
		.dst_be = ip->dst_be,
	};

	if (!key.fragment && len > at)
		read_transport((const uint8_t *)ip + at, len - at, &key);
	return key;
}

static void refuse(struct worker *w, struct rte_mbuf *m, enum drop_reason reason, unsigned port,
		   uint32_t hit_line)
{
	notice_filter(w, reason, m, plane_notice_place(port, hit_line));
	counters_drop(w, m, reason);
}

/* Whether the list of that interface permits m; else m is dropped. */
static bool ask(struct worker *w, struct rte_mbuf *m, unsigned port, bool out)
{
	struct policy_key key = key_of(m, filter_list(port, out));
	struct policy_verdict verdict;

	policy_lookup(w->filter->lists, &key, &verdict, 1);
	if (verdict.hit_line < PLANE_ACL_LINES)
		w->hits[verdict.hit_line]++;
	if (likely(verdict.tunnel != UINT32_MAX))
		return true;
	refuse(w, m, out ? DROP_ACL_OUT : DROP_ACL_IN, port, verdict.hit_line);
	return false;
}

static bool has_list(const struct filter *f, unsigned port, bool out)
{
	return !policy_empty(f->lists, filter_list(port, out));
}

static bool asks_in(const struct filter *f, const struct packet_meta *meta)
{
	return has_list(f, meta->in_port, false) &&
	       (!(meta->flags & PACKET_DECAPSULATED) || f->flags & PLANE_FILTER_DECRYPTED);
}

/* In and out by one interface, be it from tunnel to tunnel. */
static bool turns(const struct worker *w, const struct packet_meta *meta)
{
	const struct route_next_hop *nh = &w->next_hops[meta->next_hop];

	return w->filter->flags & PLANE_FILTER_NO_HAIRPIN && nh->kind >= ROUTE_GLEAN &&
	       nh->port == meta->in_port;
}

unsigned filter_in(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned left = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct packet_meta *meta = packet_meta(m[i]);

		if (!(meta->flags & (PACKET_OURS | PACKET_NO_POLICY))) {
			if (asks_in(w->filter, meta) && !ask(w, m[i], meta->in_port, false))
				continue;
			if (turns(w, meta)) {
				refuse(w, m[i], DROP_HAIRPIN, meta->in_port, UINT32_MAX);
				continue;
			}
		}
		m[left++] = m[i];
	}
	return left;
}

/* What was for a tunnel and leaves in clear after all has not been asked about on its way. */
static bool asks_out(const struct filter *f, const struct packet_meta *meta)
{
	bool ours = (meta->flags & (PACKET_OURS | PACKET_AGAIN)) == PACKET_OURS;

	return !ours && !(meta->flags & PACKET_NO_POLICY) && has_list(f, meta->out_port, true);
}

unsigned filter_out(struct worker *w, struct rte_mbuf **m, unsigned n)
{
	unsigned left = 0;

	for (unsigned i = 0; i < n; i++) {
		const struct packet_meta *meta = packet_meta(m[i]);

		if (!asks_out(w->filter, meta) || ask(w, m[i], meta->out_port, true))
			m[left++] = m[i];
	}
	return left;
}

bool filter_local(struct worker *w, struct rte_mbuf *m)
{
	const struct packet_meta *meta = packet_meta(m);

	if (meta->flags & PACKET_OURS || !(w->filter->flags & PLANE_FILTER_OURS) ||
	    !asks_in(w->filter, meta))
		return true;
	return ask(w, m, meta->in_port, false);
}

bool filter_looks(const struct filter *f, unsigned in, unsigned out)
{
	return has_list(f, in, false) || has_list(f, out, true);
}

bool filter_looks_behind(const struct filter *f, const struct port *ports, unsigned out)
{
	return has_list(f, out, true) || (f->any_in && f->flags & PLANE_FILTER_DECRYPTED) ||
	       (f->flags & PLANE_FILTER_NO_HAIRPIN && ports[out].ike);
}
