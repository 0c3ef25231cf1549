/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Bytes into the packet path of a real worker, at each of its doors: a frame, an IP packet for
 * us, an ESP packet of a live SPI, a datagram on UDP 4500, and decrypted text under a valid ICV.
 * Whatever they are, each packet is counted once, no buffer is lost, and the worker comes to
 * rest.
 */
#include "dataplane/reassemble.h"
#include "dataplane/worker_state.h"
#include "lib/esp/esp.h"
#include "lib/net/ip.h"
#include "lib/plane/plane_ring.h"
#include "tests/plane/bed.h"
#include "tests/plane/seal.h"

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* There only under a leak checker. */
void __lsan_disable(void) __attribute__((weak));
void __lsan_enable(void) __attribute__((weak));

enum door {
	DOOR_FRAME,
	DOOR_IP,
	DOOR_ESP,
	DOOR_NATT,
	DOOR_TEXT,
	DOOR_TEXT_CBC,
	DOOR_COUNT
};
enum {
	SIZE_MAX_IN = 1400,
	SLOT_GCM = 1,
	SLOT_CBC = 2
};

static const struct bed_sa sa_gcm = {
	.suite = {ALG_CIPHER_GCM_128, ALG_HASH_NONE},
	.generation = 1,
	.slot = SLOT_GCM,
	.window = 64,
};
/* raw ESP over AES-CBC whose selector has ports */
static const struct bed_sa sa_cbc = {
	.suite = {ALG_CIPHER_AES_128, ALG_HASH_SHA1},
	.generation = 1,
	.slot = SLOT_CBC,
	.window = 64,
	.protocol = IP_PROTO_UDP,
	.port_1 = 5000,
	.port_2 = 6000,
};

static struct bed *bed;
static struct sealer *gcm, *cbc;

/*
 * The leak checker does not look into the memory of EAL, which holds the pointers to all the rest,
 * so what lives as long as the process is made behind its back.
 */
static void start(void)
{
	if (__lsan_disable)
		__lsan_disable();
	bed_eal_init();
	bed = bed_create(2, 1);
	bed_policy(bed);
	bed_install(bed, &sa_gcm);
	bed_install(bed, &sa_cbc);
	gcm = seal_create(&sa_gcm, 1);
	cbc = seal_create(&sa_cbc, 1);
	/* no ICMP errors: everything that leaves has come in */
	for (unsigned port = 0; port < BED_PORTS; port++)
		bed->dp.ports[port].own = (struct addr){0};
	if (__lsan_enable)
		__lsan_enable();
}

/* An IP packet of the peer around the bytes. */
static void put_ip(uint8_t protocol, const uint8_t *data, size_t size)
{
	struct bed_packet p = {.len = (unsigned)(20 + size)};
	struct ip_v4 ip;

	ip_build_v4(&ip, __builtin_bswap32(0x0a090001), __builtin_bswap32(0x0a090002), protocol, 0,
		    64, (uint16_t)p.len, 1, false);
	memcpy(p.b, &ip, 20);
	memcpy(p.b + 20, data, size);
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
}

static void put_esp(const uint8_t *data, size_t size)
{
	uint32_t spi_be = __builtin_bswap32(bed_spi(size & 1 ? &sa_gcm : &sa_cbc, 1));
	uint8_t esp[4 + SIZE_MAX_IN];

	memcpy(esp, &spi_be, 4);
	memcpy(esp + 4, data, size);
	put_ip(IP_PROTO_ESP, esp, 4 + size);
}

static void put_natt(const uint8_t *data, size_t size)
{
	uint8_t udp[8 + SIZE_MAX_IN] = {0x11, 0x94, 0x11, 0x94};

	udp[4] = (uint8_t)((8 + size) >> 8);
	udp[5] = (uint8_t)(8 + size);
	memcpy(udp + 8, data, size);
	put_ip(IP_PROTO_UDP, udp, 8 + size);
}

static void put_text(struct sealer *s, const uint8_t *data, size_t size)
{
	static uint64_t seq;
	unsigned block = seal_shape(s).block, len = (unsigned)(size + block) & ~(block - 1);
	uint8_t text[SIZE_MAX_IN + 32] = {0};
	struct bed_packet p;

	/* the bytes end the text, where the trailer stands */
	memcpy(text + len - size, data, size);
	seal_text(s, ++seq, text, len, &p);
	bed_put(bed, BED_OUTSIDE, p.b, p.len);
}

static uint64_t settled(void)
{
	const struct plane_stats_worker *w = bed->plane.stats_worker;
	uint64_t n = w->punted + bed_drops(bed);

	for (unsigned port = 0; port < BED_PORTS; port++)
		n += w->ports[port].tx_packets;
	return n;
}

static void drain(void)
{
	static uint8_t datagram[PLANE_PACKET_MAX];
	struct plane_datagram head;
	struct plane_msg msg;
	struct rte_mbuf *m;

	while (rte_ring_dequeue(bed->dp.punt[0], (void **)&m) == 0)
		rte_pktmbuf_free(m);
	while (plane_ring_recv_datagram(bed->plane.datagrams_up[0], &head, datagram))
		;
	while (bed_event(bed, &msg))
		;
	bed_flush(bed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t before;
	uint8_t door;

	if (!bed)
		start();
	if (size < 2 || size > SIZE_MAX_IN)
		return 0;
	before = settled();
	door = data[0] % DOOR_COUNT;
	data++;
	size--;
	switch (door) {
	case DOOR_FRAME: bed_put_frame(bed, size & 1, data, (unsigned)size); break;
	case DOOR_IP: bed_put(bed, BED_OUTSIDE, data, (unsigned)size); break;
	case DOOR_ESP: put_esp(data, size); break;
	case DOOR_NATT: put_natt(data, size); break;
	default: put_text(door == DOOR_TEXT ? gcm : cbc, data, size); break;
	}
	bed_run(bed);
	/* a fragment for us waits for the others: its time is over at once */
	reassemble_run(bed->dp.workers[0]->reassembly, UINT64_MAX);
	/* fragments may make several of one */
	if (settled() < before + 1)
		abort();
	drain();
	bed_check_pool(bed);
	return 0;
}
