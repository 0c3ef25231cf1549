/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/plane/drops_scene.h"

#include "dataplane/packet.h"

struct drops_scene drops_scene_create(void)
{
	struct bed_sa sa = {
		.suite = {ALG_CIPHER_AES_128, ALG_HASH_SHA1}, .generation = 1, .window = 64};
	struct drops_scene s = {.bed = bed_create(2, 2), .peer = seal_create(&sa, 1)};

	bed_policy(s.bed);
	bed_install(s.bed, &sa);
	bed_udp(s.inner, 1, 2, DROPS_INNER);
	bed_udp(s.away, 2, 1, DROPS_INNER);
	return s;
}

void drops_scene_destroy(struct drops_scene *s)
{
	rte_pktmbuf_free_bulk(s->held, s->n_held);
	seal_destroy(s->peer);
	bed_destroy(s->bed);
}

void drops_scene_hold(struct drops_scene *s, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(s->bed->dp.pool);

		if (!m)
			return;
		rte_pktmbuf_append(m, 60);
		*packet_meta(m) = (struct packet_meta){0};
		s->held[s->n_held++] = m;
	}
}
