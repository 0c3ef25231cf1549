/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/sa_table.h"

#include "lib/base/log.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
	MTU_MIN = 68
}; /* RFC 791 */

/*
 * Memory that costs nothing until a slot is used, in large pages where the kernel has them, and
 * never in a core dump.
 */
static void *table_alloc(size_t n, size_t row_bytes)
{
	void *p = mmap(NULL, n * row_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		       0);

	if (p == MAP_FAILED)
		return NULL;
	madvise(p, n * row_bytes, MADV_HUGEPAGE);
	madvise(p, n * row_bytes, MADV_DONTDUMP);
	return p;
}

static void table_free(void *p, size_t n, size_t row_bytes)
{
	if (p)
		munmap(p, n * row_bytes);
}

static uint32_t queue_places(uint32_t n_slots)
{
	uint32_t places = 1;

	while (places < n_slots)
		places *= 2;
	return places;
}

static int queue_init(struct sa_queue *q, uint32_t n_slots)
{
	q->mask = queue_places(n_slots) - 1;
	q->slots = table_alloc(q->mask + 1ull, sizeof(*q->slots));
	return q->slots ? 0 : -ENOMEM;
}

static void queue_fini(struct sa_queue *q)
{
	table_free(q->slots, q->mask + 1ull, sizeof(*q->slots));
}

int sa_table_init(struct sa_table *t, const struct plane *plane, unsigned worker,
		  struct esp_crypto *crypto)
{
	const struct plane_params *params = &plane->header->params;

	*t = (struct sa_table){
		.reorder = {.stats = plane_stats_reorder_of(plane, worker)},
		.stats_in = plane_stats_in_of(plane, worker),
		.stats_out = plane_stats_out_of(plane, worker),
		.stats_tunnel = plane_stats_tunnel_of(plane, worker),
		.crypto = crypto,
		.worker = worker,
		.n_slots = params->n_slots,
		.n_tunnels = params->n_tunnels,
	};
	t->in = table_alloc(t->n_slots, sizeof(*t->in));
	t->out = table_alloc(t->n_slots, sizeof(*t->out));
	t->tunnels = table_alloc(t->n_tunnels, sizeof(*t->tunnels));
	t->keys_in = table_alloc(t->n_slots, sizeof(*t->keys_in));
	t->keys_out = table_alloc(t->n_slots, sizeof(*t->keys_out));
	t->reorder.rows = table_alloc(t->n_slots, sizeof(*t->reorder.rows));
	t->current = table_alloc(t->n_tunnels, sizeof(*t->current));
	if (t->in && t->out && t->tunnels && t->keys_in && t->keys_out && t->reorder.rows &&
	    t->current && !queue_init(&t->touched_in, t->n_slots) &&
	    !queue_init(&t->touched_out, t->n_slots)) {
		memset(t->current, 0xff, t->n_tunnels * sizeof(*t->current));
		return 0;
	}
	sa_table_fini(t);
	log_error("no memory for %u SA slots of worker %u", params->n_slots, worker);
	return -ENOMEM;
}

static uint64_t far_bytes(uint32_t window)
{
	return window > SA_WINDOW_NEAR ? replay_words(window) * sizeof(uint64_t) : 0;
}

/* The memory of a window: that of the SA itself, else apart, else NULL with a logged sentence. */
static uint64_t *window_alloc(struct sa_table *t, struct sa_in *sa, uint32_t window)
{
	uint64_t bytes = far_bytes(window);
	uint64_t *bits = bytes ? aligned_alloc(64, bytes) : sa->near;

	if (bits)
		t->window_bytes += bytes;
	else
		log_error("no memory for a replay window of %u: %llu bytes more than the %llu of "
			  "the other windows of worker %u",
			  window, (unsigned long long)bytes, (unsigned long long)t->window_bytes,
			  t->worker);
	return bits;
}

static void window_free(struct sa_table *t, struct sa_in *sa)
{
	t->window_bytes -= far_bytes(sa->replay.window);
	if (sa->replay.bits != sa->near)
		free(sa->replay.bits);
}

void sa_table_fini(struct sa_table *t)
{
	for (uint32_t slot = 0; t->in && t->keys_in && slot < t->n_slots; slot++)
		if (t->in[slot].spi) {
			window_free(t, &t->in[slot]);
			esp_crypto_key_fini(&t->keys_in[slot]);
		}
	for (uint32_t slot = 0; t->out && t->keys_out && slot < t->n_slots; slot++)
		if (t->out[slot].spi)
			esp_crypto_key_fini(&t->keys_out[slot]);
	table_free(t->in, t->n_slots, sizeof(*t->in));
	table_free(t->out, t->n_slots, sizeof(*t->out));
	table_free(t->tunnels, t->n_tunnels, sizeof(*t->tunnels));
	table_free(t->current, t->n_tunnels, sizeof(*t->current));
	queue_fini(&t->touched_in);
	queue_fini(&t->touched_out);
	table_free(t->keys_in, t->n_slots, sizeof(*t->keys_in));
	table_free(t->keys_out, t->n_slots, sizeof(*t->keys_out));
	table_free(t->reorder.rows, t->n_slots, sizeof(*t->reorder.rows));
	*t = (struct sa_table){0};
}

/* What both directions ask of a message before anything is touched. */
static int check_sa(const struct sa_table *t, const struct plane_sa *m)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(m->suite.cipher);
	const struct alg_hash_row *hash = alg_hash_row(m->suite.hash);

	if (m->spi == 0 || m->pair >= t->n_slots || m->tunnel >= t->n_tunnels ||
	    !(alg_suite_valid(m->suite) || alg_suite_bare(m->suite)) ||
	    m->key_bytes != cipher->key_bytes || m->salt_bytes != cipher->salt_bytes ||
	    m->auth_bytes != hash->key_bytes)
		return -EINVAL;
	if (m->local.family != ADDR_V4 || m->remote.family != ADDR_V4 ||
	    m->selector.local.addr.family != ADDR_V4 || m->selector.remote.addr.family != ADDR_V4)
		return -EAFNOSUPPORT;
	/* another packet than one between the two ends has no header to be found in */
	if (m->flags & PLANE_SA_TRANSPORT && !(prefix_is_host(&m->selector.local, &m->local) &&
					       prefix_is_host(&m->selector.remote, &m->remote)))
		return -EINVAL;
	return 0;
}

static struct esp_shape shape_of(const struct plane_sa *m)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(m->suite.cipher);

	return (struct esp_shape){
		.outer = m->flags & PLANE_SA_UDP ? ESP_OUTER_UDP : ESP_OUTER_V4,
		.iv = cipher->iv_bytes,
		.block = cipher->block_bytes,
		.icv = alg_suite_icv_bytes(m->suite),
	};
}

static uint16_t flags_of(const struct plane_sa *m)
{
	static const struct {
		uint32_t plane;
		uint16_t sa;
	} map[] = {
		{PLANE_SA_UDP, SA_UDP},
		{PLANE_SA_ESN, SA_ESN},
		{PLANE_SA_DF_COPY, SA_DF_COPY},
		{PLANE_SA_DF_SET, SA_DF_SET},
		{PLANE_SA_FRAGMENT_AFTER, SA_FRAGMENT_AFTER},
		{PLANE_SA_FOLLOW, SA_FOLLOW},
		/* a fragment has no transport header: RFC 4303 3.3.4 */
		{PLANE_SA_TRANSPORT, SA_TRANSPORT | SA_FRAGMENT_AFTER},
	};
	uint16_t flags = 0;

	for (unsigned i = 0; i < array_len(map); i++)
		if (m->flags & map[i].plane)
			flags |= map[i].sa;
	if (alg_cipher_row(m->suite.cipher)->icv_bytes)
		flags |= SA_GCM;
	if (alg_suite_bare(m->suite))
		flags &= ~SA_FOLLOW; /* a forged packet must not move the peer */
	if (m->selector.local_port || m->selector.remote_port)
		flags |= SA_PORTS;
	return flags;
}

static uint32_t be_of(const struct addr *a)
{
	return __builtin_bswap32(addr_to_v4(a));
}

static uint32_t salt_of(const struct plane_sa *m)
{
	uint32_t salt;

	memcpy(&salt, m->salt, sizeof(salt));
	return salt;
}

static uint32_t mask_of(const struct prefix *p)
{
	struct addr mask = prefix_mask(p);

	return be_of(&mask);
}

static uint64_t limit_of(uint64_t value)
{
	return value ? value : UINT64_MAX;
}

static bool inbound_valid(const struct sa_table *t, const struct plane_sa *m)
{
	if (plane_spi_worker(m->spi) != t->worker || plane_spi_slot(m->spi) != m->pair)
		return false;
	/* nor a forged number a window */
	return replay_window_valid(m->replay_window) &&
	       !(m->replay_window ? alg_suite_bare(m->suite) : m->flags & PLANE_SA_ESN);
}

static void fill_in(struct sa_in *sa, const struct plane_sa *m, struct esp_crypto_key *key,
		    struct plane_stats_in *stats)
{
	const struct selector *sel = &m->selector;

	*sa = (struct sa_in){
		.salt = salt_of(m),
		.key = key,
		.local_be = be_of(&m->local),
		.remote_be = be_of(&m->remote),
		.shape = shape_of(m),
		.suite = m->suite,
		.flags = flags_of(m),
		.wire_min = (uint8_t)esp_wire_min(shape_of(m)),
		.hard_ms = limit_of(m->hard_ms),
		.inner_src_be = be_of(&sel->remote.addr),
		.inner_src_mask = mask_of(&sel->remote),
		.inner_dst_be = be_of(&sel->local.addr),
		.inner_dst_mask = mask_of(&sel->local),
		.protocol = sel->protocol,
		.remote_port_be = __builtin_bswap16(m->remote_port),
		.src_port_be = __builtin_bswap16(sel->remote_port),
		.dst_port_be = __builtin_bswap16(sel->local_port),
		.hard_bytes = limit_of(m->hard_bytes),
		.bytes_limit = limit_of(m->soft_bytes ? m->soft_bytes : m->hard_bytes),
		.pair = m->pair,
		.tunnel = m->tunnel,
		.queued = sa->queued,
		.stats = stats,
	};
}

int sa_table_install_in(struct sa_table *t, const struct plane_sa *m)
{
	struct sa_in *sa = &t->in[m->pair < t->n_slots ? m->pair : 0];
	struct esp_crypto_key *key = &t->keys_in[sa - t->in];
	struct plane_stats_in *stats = &t->stats_in[sa - t->in];
	int err = check_sa(t, m);
	uint64_t *bits;

	if (err)
		return err;
	if (!inbound_valid(t, m))
		return -EINVAL;
	if (sa->spi)
		return -EEXIST;
	err = esp_crypto_key_init(t->crypto, key, m->suite, m->key, m->auth);
	if (err)
		return err;
	bits = window_alloc(t, sa, m->replay_window);
	if (!bits)
		goto err_key;
	fill_in(sa, m, key, stats);
	replay_init(&sa->replay, m->replay_window, bits);
	reorder_begin(&t->reorder, sa);
	*stats = (struct plane_stats_in){
		.tunnel = m->tunnel, .hard_ms = m->hard_ms, .flags = m->flags};
	stats->spi = sa->spi = m->spi;
	return 0;
err_key:
	esp_crypto_key_fini(key);
	return -ENOMEM;
}

static void retire_out(struct sa_out *sa, struct plane_ack *ack)
{
	bool queued = sa->queued;

	ack->spi = sa->spi;
	ack->bytes = sa->bytes;
	ack->packets = sa->packets;
	sa->stats->spi = 0;
	esp_crypto_key_fini(sa->key);
	secret_wipe_bytes(sa, sizeof(*sa));
	sa->queued = queued;
}

/* 90 % of the number space asks for a rekey; the last number is never passed (RFC 4303 3.3.3). */
static void set_sequence_limits(struct sa_out *sa)
{
	sa->seq_hard = sa->flags & SA_ESN ? UINT64_MAX : UINT32_MAX;
	sa->seq_limit = sa->seq_hard / 10 * 9;
}

static void fill_out(struct sa_out *sa, const struct plane_sa *m, struct esp_crypto_key *key,
		     struct plane_stats_out *stats)
{
	*sa = (struct sa_out){
		.spi = m->spi,
		.spi_be = __builtin_bswap32(m->spi),
		.salt = salt_of(m),
		.shape = shape_of(m),
		.key = key,
		.suite = m->suite,
		.flags = flags_of(m),
		.remote = addr_to_v4(&m->remote),
		.mtu = m->mtu ? m->mtu : UINT32_MAX,
		.hard_ms = limit_of(m->hard_ms),
		.pair = m->pair,
		.tunnel = m->tunnel,
		.lane = m->lane,
		.hard_bytes = limit_of(m->hard_bytes),
		.bytes_limit = limit_of(m->soft_bytes ? m->soft_bytes : m->hard_bytes),
		.queued = sa->queued,
		.stats = stats,
	};
	esp_outer_init(&sa->outer, be_of(&m->local), be_of(&m->remote), sa->flags & SA_UDP,
		       m->local_port, m->remote_port);
	set_sequence_limits(sa);
}

/* The SA that packets of a tunnel and lane take from now on; NULL = none. */
static void set_current(struct sa_table *t, uint32_t tunnel, unsigned lane, struct sa_out *sa)
{
	struct sa_tunnel *row = &t->tunnels[tunnel];
	unsigned lowest = 0;

	row->out[lane] = sa;
	if (lane == 0)
		t->stats_tunnel[tunnel].spi_out = sa ? sa->spi : 0;
	while (lowest < PLANE_LANES && !row->out[lowest])
		lowest++;
	t->current[tunnel] =
		lowest < PLANE_LANES ? (uint32_t)(row->out[lowest] - t->out) : SA_NO_SLOT;
}

int sa_table_install_out(struct sa_table *t, const struct plane_sa *m, struct plane_ack *ack)
{
	struct sa_out *sa = &t->out[m->pair < t->n_slots ? m->pair : 0];
	struct esp_crypto_key *key = &t->keys_out[sa - t->out];
	struct plane_stats_out *stats = &t->stats_out[sa - t->out];
	struct sa_out *before;
	int err = check_sa(t, m);

	if (err)
		return err;
	if ((m->mtu && m->mtu < MTU_MIN) || m->lane >= PLANE_LANES)
		return -EINVAL;
	before = t->tunnels[m->tunnel].out[m->lane];
	if (sa->spi && sa != before)
		return -EEXIST;
	if (before)
		retire_out(before, ack);
	set_current(t, m->tunnel, m->lane, NULL);
	err = esp_crypto_key_init(t->crypto, key, m->suite, m->key, m->auth);
	if (err)
		return err;
	*stats = (struct plane_stats_out){.tunnel = m->tunnel, .hard_ms = m->hard_ms};
	fill_out(sa, m, key, stats);
	stats->spi = m->spi;
	set_current(t, m->tunnel, m->lane, sa);
	return 0;
}

int sa_table_remove_in(struct sa_table *t, const struct plane_remove *r, struct plane_ack *ack)
{
	struct sa_in *sa = sa_table_in(t, r->spi);
	bool queued;

	if (!sa || r->pair != sa->pair)
		return -ENOENT;
	ack->spi = sa->spi;
	ack->bytes = sa->bytes;
	ack->packets = sa->packets;
	sa->stats->spi = 0;
	window_free(t, sa);
	esp_crypto_key_fini(sa->key);
	queued = sa->queued;
	secret_wipe_bytes(sa, sizeof(*sa));
	sa->queued = queued;
	return 0;
}

/* The outbound SA a message means, or NULL: the peer's SPI is no handle, the slot is. */
static struct sa_out *find_out(struct sa_table *t, uint32_t pair, uint32_t spi)
{
	if (spi == 0 || pair >= t->n_slots || t->out[pair].spi != spi)
		return NULL;
	return &t->out[pair];
}

int sa_table_remove_out(struct sa_table *t, const struct plane_remove *r, struct plane_ack *ack)
{
	struct sa_out *sa = find_out(t, r->pair, r->spi);

	if (!sa)
		return -ENOENT;
	if (t->tunnels[sa->tunnel].out[sa->lane] == sa)
		set_current(t, sa->tunnel, sa->lane, NULL);
	retire_out(sa, ack);
	return 0;
}

int sa_table_set_mtu(struct sa_table *t, const struct plane_mtu *m)
{
	struct sa_out *sa = NULL;

	for (unsigned lane = 0; m->tunnel < t->n_tunnels && lane < PLANE_LANES; lane++)
		if (t->tunnels[m->tunnel].out[lane] &&
		    t->tunnels[m->tunnel].out[lane]->spi == m->spi)
			sa = t->tunnels[m->tunnel].out[lane];
	if (!sa)
		return -ENOENT;
	if (m->mtu && m->mtu < MTU_MIN)
		return -EINVAL;
	sa->mtu = m->mtu ? m->mtu : UINT32_MAX;
	sa->path_epoch = 0;
	return 0;
}

int sa_table_move(struct sa_table *t, const struct plane_move *m)
{
	struct sa_in *in = sa_table_in(t, m->spi_in);
	struct sa_out *out = find_out(t, m->pair, m->spi_out);

	if (m->remote.family != ADDR_V4 || !m->remote_port)
		return -EINVAL;
	if (!in || in->pair != m->pair || !(in->flags & SA_UDP) || (m->spi_out && !out))
		return -ENOENT;
	in->remote_be = be_of(&m->remote);
	in->remote_port_be = __builtin_bswap16(m->remote_port);
	if (!out)
		return 0;
	esp_outer_move(&out->outer, be_of(&m->remote), m->remote_port);
	out->remote = addr_to_v4(&m->remote);
	out->path_epoch = 0;
	return 0;
}

void sa_table_clear_counters(struct sa_table *t)
{
	for (uint32_t slot = 0; slot < t->n_slots; slot++) {
		struct plane_stats_in *in = &t->stats_in[slot];
		struct plane_stats_out *out = &t->stats_out[slot];

		if (t->in[slot].spi) {
			t->in[slot].packets_cleared = t->in[slot].packets;
			t->in[slot].bytes_cleared = t->in[slot].bytes;
			t->reorder.stats[slot] = (struct plane_stats_reorder){0};
			*in = (struct plane_stats_in){
				.spi = in->spi,
				.tunnel = in->tunnel,
				.top = in->top,
				.bitmap = in->bitmap,
				.last_ms = in->last_ms,
				.hard_ms = in->hard_ms,
			};
		}
		if (t->out[slot].spi) {
			t->out[slot].packets_cleared = t->out[slot].packets;
			t->out[slot].bytes_cleared = t->out[slot].bytes;
			*out = (struct plane_stats_out){
				.spi = out->spi,
				.tunnel = out->tunnel,
				.seq = out->seq,
				.last_ms = out->last_ms,
				.hard_ms = out->hard_ms,
			};
		}
	}
	for (uint32_t i = 0; i < t->n_tunnels; i++)
		t->stats_tunnel[i].no_sa = 0;
}
