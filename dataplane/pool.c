/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/pool.h"

#include "dataplane/packet.h"

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum {
	CACHE = 256,
	LARGE_PAGE = 2 << 20,
};

/* A device on the bus reads and writes packets itself and knows only memory of EAL. */
static bool has_pci_device(void)
{
	struct rte_dev_iterator it;

	return rte_dev_iterator_init(&it, "bus=pci") == 0 && rte_dev_iterator_next(&it);
}

static void release(struct rte_mempool_memhdr *memory, void *arg)
{
	(void)arg;
	munmap(memory->addr, memory->len);
}

/* Room for n buffers in memory of our own that the kernel may back with large pages. */
static int populate(struct rte_mempool *pool, unsigned n)
{
	size_t each = pool->header_size + pool->elt_size + pool->trailer_size;
	size_t len = RTE_ALIGN_CEIL(n * each + RTE_CACHE_LINE_SIZE, (size_t)LARGE_PAGE);
	char *at = mmap(NULL, len + LARGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	char *room = RTE_PTR_ALIGN_CEIL(at, LARGE_PAGE);

	if (at == MAP_FAILED)
		return -ENOMEM;
	munmap(room + len, (size_t)(at + LARGE_PAGE - room));
	if (room > at)
		munmap(at, (size_t)(room - at));
	madvise(room, len, MADV_HUGEPAGE);
	madvise(room, len, MADV_DONTDUMP);
	if (rte_mempool_populate_iova(pool, room, (rte_iova_t)(uintptr_t)room, len, release,
				      NULL) == (int)n)
		return 0;
	return -ENOMEM;
}

static struct rte_mempool *create_in_large_pages(const char *name, unsigned n, unsigned cache,
						 unsigned room)
{
	struct rte_pktmbuf_pool_private private = {
		.mbuf_data_room_size = (uint16_t)room,
		.mbuf_priv_size = sizeof(struct packet_meta),
	};
	unsigned bytes = sizeof(struct rte_mbuf) + sizeof(struct packet_meta) + room;
	struct rte_mempool *pool =
		rte_mempool_create_empty(name, n, bytes, cache, sizeof(private), SOCKET_ID_ANY,
					 RTE_MEMPOOL_F_NO_IOVA_CONTIG);

	if (!pool)
		return NULL;
	rte_pktmbuf_pool_init(pool, &private);
	if (rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL) ||
	    populate(pool, n)) {
		rte_mempool_free(pool);
		return NULL;
	}
	rte_mempool_obj_iter(pool, rte_pktmbuf_init, NULL);
	return pool;
}

static struct rte_mempool *create(const char *name, unsigned n, unsigned room)
{
	unsigned cache = n > 2 * CACHE ? CACHE : 0;

	room += RTE_PKTMBUF_HEADROOM;
	if (!rte_eal_has_hugepages() && !has_pci_device())
		return create_in_large_pages(name, n, cache, room);
	return rte_pktmbuf_pool_create(name, n, cache, sizeof(struct packet_meta), (uint16_t)room,
				       SOCKET_ID_ANY);
}

struct rte_mempool *pool_create(const char *name, unsigned n)
{
	return create(name, n, POOL_ROOM);
}

struct rte_mempool *pool_create_large(const char *name, unsigned n)
{
	return create(name, n, POOL_LARGE_ROOM);
}

struct rte_mbuf *pool_gather(struct rte_mbuf *m, struct rte_mempool *pool,
			     struct rte_mempool *large_pool)
{
	struct rte_mempool *fits = m->pkt_len <= POOL_MTU ? pool : large_pool;
	struct rte_mbuf *whole;
	char *at;

	if (m->pkt_len > POOL_LARGE_ROOM || !fits)
		return NULL;
	whole = rte_pktmbuf_alloc(fits);
	if (!whole)
		return NULL;
	*packet_meta(whole) = *packet_meta(m);
	at = rte_pktmbuf_append(whole, (uint16_t)m->pkt_len);
	for (const struct rte_mbuf *s = m; s; s = s->next) {
		memcpy(at, rte_pktmbuf_mtod(s, const void *), s->data_len);
		at += s->data_len;
	}
	return whole;
}
