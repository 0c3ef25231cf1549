/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/vault.h"

#include "controlplane/ike/ike_vault.h"
#include "controlplane/kept.h"
#include "controlplane/reverse_routes.h"
#include "lib/base/log.h"

#include <stdlib.h>
#include <string.h>

enum {
	VERSION = 1
};

struct header {
	uint32_t version;
	uint32_t pair_bytes; /* sizeof(struct kept_pair): the programs are alike */
	uint32_t n_pairs;
	uint32_t zero;
};

/* A pair and what makes its tunnel the tunnel it is. */
struct kept_pair {
	struct sa_pair pair; /* without its links and what it owns */
	char interface[CONFIG_IF_NAME];
	char map[CONFIG_NAME];
	uint16_t sequence;
	struct selector selector;
};

static bool is_kept(const struct sa_pair *pair)
{
	return (pair->state == SA_STATE_UP || pair->state == SA_STATE_REKEYING ||
		pair->state == SA_STATE_DRAINING) &&
	       !pair->path.client && !pair->path.who;
}

static const struct tunnel *tunnel_to_keep(const struct control *c, const struct sa_pair *pair)
{
	const struct tunnel *t = is_kept(pair) ? tunnels_find(&c->tunnels, pair->tunnel) : NULL;

	return t && !t->dynamic ? t : NULL;
}

static void write_pair(struct wbuf *w, const struct sa_pair *pair, const struct tunnel *t)
{
	struct kept_pair kept;

	memset(&kept, 0, sizeof(kept));
	kept.pair = *pair;
	kept.pair.held = NULL;
	kept.pair.waits = false;
	memset(&kept.pair.link, 0, sizeof(kept.pair.link));
	memset(&kept.pair.tunnel_link, 0, sizeof(kept.pair.tunnel_link));
	memset(&kept.pair.peer_link, 0, sizeof(kept.pair.peer_link));
	memset(&kept.pair.wait_link, 0, sizeof(kept.pair.wait_link));
	memcpy(kept.interface, t->interface, sizeof(kept.interface));
	memcpy(kept.map, t->map, sizeof(kept.map));
	kept.sequence = t->sequence;
	kept.selector = t->selector;
	wbuf_bytes(w, &kept, sizeof(kept));
}

static void write_all(const struct control *c, struct wbuf *w)
{
	struct header header = {.version = VERSION, .pair_bytes = sizeof(struct kept_pair)};
	const struct tunnel *t;
	const struct sa_pair *pair;

	LIST_FOREACH(pair, &c->store.pairs, link)
		header.n_pairs += tunnel_to_keep(c, pair) != NULL;
	wbuf_bytes(w, &header, sizeof(header));
	LIST_FOREACH(pair, &c->store.pairs, link) {
		t = tunnel_to_keep(c, pair);
		if (t)
			write_pair(w, pair, t);
	}
	ike_vault_write(c->engine, w);
}

void vault_write(struct control *c)
{
	size_t size = sizeof(struct header) + c->store.n_pairs * sizeof(struct kept_pair) +
		      ike_vault_bytes(c->engine);
	uint8_t *bytes = malloc(size);
	struct wbuf w = wbuf_of(bytes, bytes ? size : 0);

	write_all(c, &w);
	/* an older one would name SAs that are no more; without any they go on as orphans */
	if (w.bad || plane_kept_write(c->plane, PLANE_KEPT_VAULT, (const char *)bytes, w.len) < 0)
		plane_kept_forget(c->plane, PLANE_KEPT_VAULT);
	if (bytes)
		secret_wipe_bytes(bytes, size);
	free(bytes);
}

/* Its tunnel is still the one it was, and has it at the same place of the same worker. */
static const struct tunnel *tunnel_of(const struct control *c, const struct kept_pair *k)
{
	const struct tunnel *t = tunnels_find(&c->tunnels, k->pair.tunnel);

	if (!t || t->dynamic || strncmp(t->interface, k->interface, sizeof(k->interface)) != 0 ||
	    strncmp(t->map, k->map, sizeof(k->map)) != 0 || t->sequence != k->sequence ||
	    !selector_eq(&t->selector, &k->selector) || k->pair.lane >= t->n_lanes)
		return NULL;
	return t->index == k->pair.index && tunnels_worker(t, k->pair.lane) == k->pair.worker
		       ? t
		       : NULL;
}

/* The worker has both halves as the book says. */
static bool stands(const struct control *c, const struct sa_pair *pair)
{
	uint32_t slot = plane_spi_slot(pair->spi_in);
	const struct plane_stats_in *in;
	const struct plane_stats_out *out;

	if (plane_spi_worker(pair->spi_in) != pair->worker ||
	    slot >= c->plane->header->params.n_slots)
		return false;
	in = &plane_stats_in_of(c->plane, pair->worker)[slot];
	out = &plane_stats_out_of(c->plane, pair->worker)[slot];
	return __atomic_load_n(&in->spi, __ATOMIC_RELAXED) == pair->spi_in &&
	       (!pair->out_installed ||
		__atomic_load_n(&out->spi, __ATOMIC_RELAXED) == pair->spi_out);
}

static bool is_good(const struct sa_pair *pair)
{
	return memchr(pair->path.interface, '\0', sizeof(pair->path.interface)) &&
	       (pair->path.local.family == ADDR_V4 || pair->path.local.family == ADDR_V6) &&
	       pair->path.remote.family == pair->path.local.family &&
	       alg_cipher_row(pair->suite.cipher) && alg_hash_row(pair->suite.hash);
}

static bool adopt_pair(struct control *c, const uint8_t *at)
{
	const struct tunnel *t;
	struct kept_pair kept;

	memcpy(&kept, at, sizeof(kept));
	t = is_good(&kept.pair) ? tunnel_of(c, &kept) : NULL;
	if (!t || !is_kept(&kept.pair) || !stands(c, &kept.pair) ||
	    sa_store_adopt(&c->store, &kept.pair) < 0)
		return false;
	orphans_release(&c->orphans, kept.pair.spi_in);
	if (kept.pair.current && kept.pair.lane == 0)
		acquire_up(&c->acquire, t, &kept.pair.path);
	if (t->reverse_route)
		reverse_routes_follow(c, t);
	return true;
}

void vault_adopt(struct control *c)
{
	struct header header = {0};
	size_t len = 0, n_pairs = 0, n_sas;
	const char *bytes = plane_kept_read(c->plane, PLANE_KEPT_VAULT, &len);
	struct rbuf r = rbuf_of(bytes, len);
	const uint8_t *at = bytes ? rbuf_take(&r, sizeof(header)) : NULL;

	if (at)
		memcpy(&header, at, sizeof(header));
	if (header.version != VERSION || header.pair_bytes != sizeof(struct kept_pair))
		return;
	/* it may be what kills, and from here on the configuration may be another one */
	if (c->plane->kept->loads >= KEPT_LOADS_MAX) {
		log_warning("SAs of the process before this one are not taken over: it has been "
			    "started %d times in short order",
			    KEPT_LOADS_MAX);
		return;
	}
	at = rbuf_take(&r, header.n_pairs * sizeof(struct kept_pair));
	/* the other way round: lists are filled at their heads */
	for (size_t i = at ? header.n_pairs : 0; i; i--)
		n_pairs += adopt_pair(c, at + (i - 1) * sizeof(struct kept_pair));
	n_sas = at ? ike_vault_adopt(c->engine, &r) : 0;
	if (n_pairs || n_sas)
		log_notice("%zu ISAKMP SAs and %zu pairs of IPsec SAs of the process before this "
			   "one go on",
			   n_sas, n_pairs);
}

void vault_touch(struct control *c)
{
	uint64_t soon = c->now_ms() + VAULT_TOUCH_MS + c->store.n_pairs / VAULT_PER_MS;

	if (soon < c->vault_ms)
		c->vault_ms = soon;
}

uint64_t vault_turn(struct control *c, uint64_t now_ms)
{
	if (now_ms < c->vault_ms)
		return c->vault_ms;
	vault_write(c);
	c->vault_ms = now_ms + VAULT_ROUND_MS + c->store.n_pairs / VAULT_PER_MS;
	return c->vault_ms;
}
