/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A test bed: one real data plane with one worker and two Ethernet devices made of rings, without
 * root or hugepages. Port 0 is the inside, port 1 the outside with a crypto map. The test plays the
 * hosts, the main thread and the control plane.
 *
 *   192.168.SITE.0/24 -- [ inside 192.168.SITE.1 | outside 10.9.0.SITE ] -- 10.9.0.0/24
 */
#pragma once

#include "dataplane/dataplane.h"
#include "dataplane/filter_main.h"
#include "lib/base/drop.h"
#include "lib/plane/plane_msg.h"

#include <rte_mbuf.h>
#include <rte_ring.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	BED_INSIDE,
	BED_OUTSIDE,
	BED_PORTS,
	BED_PACKET = 10240,
	BED_SLOTS = 64,
	BED_TUNNELS = 64,
	BED_TUNNEL = 3, /* the tunnel of bed_policy() */
};

struct bed {
	struct dataplane dp;
	struct plane plane;
	struct filter_main filter;
	struct rte_ring *rx[BED_PORTS];
	struct rte_ring *tx[BED_PORTS];
	unsigned site;
	unsigned pool_free; /* buffers free when the bed was made */
	unsigned held;	    /* buffers the test holds back */
};

struct bed_packet {
	uint8_t b[BED_PACKET]; /* from the IP header */
	unsigned len;
};

/* Once per process. */
void bed_eal_init(void);

/* Site 1 or 2, with routes to both insides and the far outside resolved. */
struct bed *bed_create(unsigned site, unsigned n_workers);
void bed_destroy(struct bed *bed);

/* A policy that protects 192.168.SITE.0/24 <-> 192.168.OTHER.0/24 on the outside port. */
void bed_policy(struct bed *bed);
/* The same with the tunnel at another worker. */
void bed_policy_worker(struct bed *bed, uint8_t worker);
/* The same, and a worker with an SA of its own uses that one. */
void bed_policy_per_worker(struct bed *bed, uint8_t worker);
void bed_set_policy(struct bed *bed, const struct plane_rule *rules, size_t n);

/* The lists of interfaces: rules of ports (rule.out: of what leaves), enum plane_filter_flags. */
void bed_filter(struct bed *bed, const struct plane_rule *rules, const uint8_t *ports, size_t n,
		uint8_t flags);

/* The IP MTU of both ports and of all routes; 1500 when made. */
void bed_set_mtu(struct bed *bed, uint16_t mtu);
/* Puts IP bytes on the wire to a port (or a whole frame), runs the worker, takes what came out. */
void bed_put(struct bed *bed, unsigned port, const void *ip, unsigned len);
void bed_put_frame(struct bed *bed, unsigned port, const void *frame, unsigned len);
void bed_run(struct bed *bed);
/* One packet that left by a port, its Ethernet header taken off; false when there is none. */
bool bed_take(struct bed *bed, unsigned port, struct bed_packet *p);
/* Throws away what left by both ports; returns how many. */
unsigned bed_flush(struct bed *bed);
/* Sends len bytes in on one port and expects exactly one packet out of the other. */
bool bed_pass(struct bed *bed, unsigned in, const void *ip, unsigned len, struct bed_packet *out);

/* Commands and events. */
int bed_command(struct bed *bed, struct plane_msg *msg, struct plane_ack *ack);
int bed_command_worker(struct bed *bed, unsigned worker, struct plane_msg *msg,
		       struct plane_ack *ack);
/* Takes the next message to the control plane that is no ACK; false when there is none. */
bool bed_event(struct bed *bed, struct plane_msg *msg);

uint64_t bed_drop(const struct bed *bed, enum drop_reason reason);
uint64_t bed_drops(const struct bed *bed);
/* Every buffer is back in the pool. */
void bed_check_pool(struct bed *bed);

/*
 * An SA pair between site 1 and site 2 with keys made of seed; both ends get equal calls. In
 * transport mode it is for the two ends themselves.
 */
struct bed_sa {
	struct alg_suite suite;
	uint32_t slot;
	uint8_t worker; /* owner, at both sites */
	uint8_t generation;
	uint32_t window;
	uint32_t flags; /* enum plane_sa_flags */
	uint32_t mtu;
	uint8_t seed;
	uint8_t protocol;
	uint16_t port_1, port_2; /* selector ports of site 1 and site 2 */
	uint16_t udp_1, udp_2;	 /* 4500 unless set */
	uint64_t soft_bytes, hard_bytes, hard_ms;
};

/* The message that installs the SA for traffic from site `from`, at its sender or its receiver. */
struct plane_msg bed_sa_msg(const struct bed_sa *sa, unsigned from, bool outbound);
uint32_t bed_spi(const struct bed_sa *sa, unsigned from);
/* Installs both directions at a site; asserts success. */
void bed_install(struct bed *bed, const struct bed_sa *sa);
void bed_remove(struct bed *bed, const struct bed_sa *sa);

/* Packets. Addresses as 192.168.SITE.HOST. Returns the length. */
unsigned bed_udp(uint8_t *out, unsigned src_site, unsigned dst_site, unsigned total_len);
unsigned bed_icmp(uint8_t *out, uint32_t src, uint32_t dst, unsigned total_len);
/* Recomputes the IPv4 header checksum after a test changed the header. */
void bed_fix_checksum(uint8_t *ip);

/* Every suite alg_suite_valid() accepts; returns how many. */
unsigned bed_suites(struct alg_suite *out, unsigned max);
/* Every suite that is a cipher alone. */
unsigned bed_bare_suites(struct alg_suite *out, unsigned max);
