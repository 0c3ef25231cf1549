/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * THE CONTRACT between the planes: every message that crosses from culvert-iked to culvertd and
 * back. Values only, one fixed size, no pointer. Commands go to one worker or to culvertd's main
 * thread; each is answered by exactly one PLANE_ACK with the command's cookie (0 or a negative
 * errno). Who owns what: an SA belongs to its worker from the ACK of its installation to the ACK
 * of its removal; slots and tunnel numbers are given out by culvert-iked.
 *
 * SPI IS A HANDLE: an inbound SPI is generation(8) | worker(6) | slot(18), generation 1..255, so
 * the owner is a mask, the SA an array index and one compare, and a stale SPI misses a reused
 * slot.
 */
#pragma once

#include "lib/base/drop.h"
#include "lib/crypto/alg.h"
#include "lib/net/addr.h"

#include <assert.h>
#include <stdint.h>

enum {
	PLANE_SLOT_BITS = 18,
	PLANE_WORKER_BITS = 6,
	PLANE_WORKERS_MAX = 1 << PLANE_WORKER_BITS,
	PLANE_MSG_BYTES = 320,
	PLANE_PACKET_MAX = 10000, /* largest IKE datagram either way (H004) */
	PLANE_NAME = 32,
	PLANE_LANES = 8,      /* parallel outbound SAs of one tunnel on one worker */
	PLANE_CLASSES = 4096, /* class counters of the statistics segment */
};

static inline uint32_t plane_spi_make(uint8_t generation, unsigned worker, uint32_t slot)
{
	return (uint32_t)generation << 24 | worker << PLANE_SLOT_BITS | slot;
}

static inline unsigned plane_spi_worker(uint32_t spi)
{
	return spi >> PLANE_SLOT_BITS & (PLANE_WORKERS_MAX - 1);
}

static inline uint32_t plane_spi_slot(uint32_t spi)
{
	return spi & ((1u << PLANE_SLOT_BITS) - 1);
}

enum plane_type {
	PLANE_NONE,
	/* control plane -> worker */
	PLANE_SA_IN_INSTALL,  /* sa */
	PLANE_SA_OUT_INSTALL, /* sa: becomes the current one of its tunnel and lane */
	PLANE_SA_IN_REMOVE,   /* remove */
	PLANE_SA_OUT_REMOVE,  /* remove */
	PLANE_SA_SET_MTU,     /* mtu: a validated path MTU for one outbound SA */
	PLANE_SA_MOVE,	      /* move: the peer of a pair is reached another way now */
	PLANE_COUNTERS_CLEAR, /* counters: some of this worker to 0 */
	/* control plane -> culvertd main thread */
	PLANE_IF_SET,	     /* interface */
	PLANE_ROUTE_ADD,     /* route */
	PLANE_ROUTE_DEL,     /* route */
	PLANE_POLICY_BEGIN,  /* rule.count rules follow; builds beside the running policy */
	PLANE_POLICY_RULE,   /* rule, in order of precedence */
	PLANE_POLICY_COMMIT, /* publishes; on an error the running policy stays */
	PLANE_QOS_BEGIN,     /* qos.count classes follow: all that is attached anywhere */
	PLANE_QOS_CLASS,    /* qos: the classes of one attachment follow each other, default last */
	PLANE_QOS_MATCH,    /* qos_match: an access list line of the class before, in order */
	PLANE_QOS_COMMIT,   /* publishes; on an error what ran before stays */
	PLANE_ARP_CLEAR,    /* no body: dynamic entries are forgotten */
	PLANE_CONFIG_SAVE,  /* blob: writes the blob area to the configuration file, atomically */
	PLANE_OPTIONS,	    /* options: the global crypto options */
	PLANE_PKI_READ,	    /* no body: the directory of keys into the blob area; ack.bytes of it */
	PLANE_PKI_SAVE,	    /* blob: one file into that directory (dataplane/pki_dir.h) */
	PLANE_PROBE,	    /* probe: a packet of ping or traceroute leaves */
	PLANE_LOG,	    /* log: bytes behind what a log file has */
	PLANE_CAPTURE,	    /* capture: one step of saying which packets are copied out */
	PLANE_FILTER_BEGIN, /* filter: so many lines of access lists of interfaces follow */
	PLANE_FILTER_LINE,  /* rule: a line of a list, in order */
	PLANE_FILTER_COMMIT, /* publishes; on an error what ran before stays */
	/* worker or main thread -> control plane */
	PLANE_ACK,	 /* ack */
	PLANE_ACQUIRE,	 /* acquire: a packet wants a tunnel without SA; at most 1/s a tunnel */
	PLANE_SA_EXPIRE, /* expire: soft or hard limit of bytes, packets or sequence numbers */
	PLANE_NOTICE,	 /* notice: a discarded packet; at most 1 per 5 s a reason and SA */
	PLANE_PATH_MTU,	 /* path_mtu: ICMP 3/4 quoting an ESP packet of ours (unverified) */
	PLANE_SA_MOVED,	 /* move: an authentic packet came another way; at most 1/s an SA */
	PLANE_ANSWER,	 /* answer: what came back to a probe, once a probe */
	PLANE_IF_STATE,	 /* interface name and link state changed: read the statistics segment */
	PLANE_TYPE_COUNT,
};

enum plane_sa_flags {
	PLANE_SA_UDP = 1 << 0,	     /* ESP in UDP (RFC 3948): udp ports below */
	PLANE_SA_TRANSPORT = 1 << 1, /* transport mode; tunnel mode otherwise */
	PLANE_SA_ESN = 1 << 2,
	PLANE_SA_DF_COPY = 1 << 3, /* outer DF: copy, else set, else clear */
	PLANE_SA_DF_SET = 1 << 4,
	PLANE_SA_FRAGMENT_AFTER = 1 << 5, /* fragment the ESP packet instead of the inner packet */
	/* with UDP, inbound: the peer is behind a NAT, which may move it: PLANE_SA_MOVED */
	PLANE_SA_FOLLOW = 1 << 6,
	PLANE_SA_DYNAMIC = 1 << 8, /* of a tunnel that a restarted control plane does not know */
};

/* One SA of one direction with its keys; the receiver wipes the message once the SA stands. */
struct plane_sa {
	uint32_t spi;	 /* inbound: ours; outbound: the peer's */
	uint32_t pair;	 /* slot of the pair (both directions): index into the statistics segment */
	uint32_t tunnel; /* tunnel the SA serves */
	uint32_t mtu;	 /* outbound: path MTU to the peer, 0 = that of the interface */
	struct addr local; /* our endpoint: destination of inbound ESP, source of outbound ESP */
	struct addr remote;
	uint16_t local_port; /* UDP encapsulation, host order */
	uint16_t remote_port;
	struct selector selector;
	struct alg_suite suite;
	uint32_t replay_window; /* inbound: 0 = off, else a power of two from 64 to 65536 */
	uint8_t lane;		/* outbound: below PLANE_LANES; 0 unless SAs are parallel */
	uint8_t zero2[3];
	uint32_t flags;	     /* enum plane_sa_flags */
	uint64_t soft_bytes; /* PLANE_SA_EXPIRE when passed; 0 = no limit */
	uint64_t hard_bytes; /* dead when passed; 0 = no limit */
	uint64_t hard_ms;    /* dead at this clock_now_ms(), also an orphan; 0 = no limit */
	uint8_t key_bytes;
	uint8_t salt_bytes;
	uint8_t auth_bytes;
	uint8_t zero;
	uint8_t key[32];
	uint8_t salt[4];
	uint8_t auth[64];
};

struct plane_remove {
	uint32_t spi;
	uint32_t pair;
	uint32_t tunnel;
};

struct plane_mtu {
	uint32_t tunnel;
	uint32_t spi;
	uint32_t mtu;
};

/*
 * Where the peer of a pair with UDP encapsulation is. As an event: where a packet that advanced the
 * window of spi_in came from, which the control plane may follow (RFC 3947 7).
 */
struct plane_move {
	uint32_t pair;
	uint32_t tunnel;
	uint32_t spi_in;
	uint32_t spi_out; /* of the command; 0 = there is no outbound half */
	struct addr remote;
	uint16_t remote_port; /* host order */
	uint8_t zero[6];
};

struct plane_interface {
	char name[PLANE_NAME]; /* as in the configuration: "GigabitEthernet0/1" */
	struct prefix address; /* own address with its network's length; addr.family NONE = none */
	struct addr own;       /* the address itself (address has its host bits cleared) */
	uint16_t mtu;	       /* IP MTU */
	uint16_t adjust_mss;   /* 0 = off */
	uint8_t up;	       /* not shut down */
	uint8_t ike;	       /* ISAKMP listens here */
	uint8_t crypto_map;    /* a crypto map is applied: clear packets are checked against it */
	uint8_t native;	       /* of a subinterface: untagged frames are its own */
	uint16_t vlan;	       /* of a subinterface: 1..4094; 0 = none yet */
	char parent[PLANE_NAME];     /* of a subinterface: its main interface, else "" */
	uint8_t reassembly_parts;    /* most fragments of a datagram for ourselves; 0 = default */
	uint8_t reassembly_s;	     /* how long they are waited for; 0 = default */
	uint16_t reassembly_pending; /* most datagrams that are not complete; 0 = default */
};

/* What is routed to this interface ends here. */
#define PLANE_NULL "Null0"

struct plane_route {
	struct prefix prefix;
	struct addr next_hop;	    /* NONE with an interface: directly connected */
	char interface[PLANE_NAME]; /* "" = found through the next hop; PLANE_NULL */
	uint32_t distance;
};

enum plane_rule_action {
	PLANE_RULE_PROTECT, /* permit line of a crypto ACL */
	PLANE_RULE_SKIP,    /* deny line: this entry does not want it, the next entry may */
	/* of an access list of an interface; PROTECT is its permit */
	PLANE_RULE_DENY,
};

/* What else a line of an access list of an interface looks at. */
enum plane_rule_only {
	PLANE_RULE_ALL,
	PLANE_RULE_ESTABLISHED, /* TCP with ACK or RST: no connection begins with it */
	PLANE_RULE_FRAGMENTS,	/* the fragments of a datagram but its first */
};

/* Which of several SAs with the same proxy identities a packet takes (RFC 4301 section 4.1). */
enum plane_spread {
	PLANE_SPREAD_NONE,	 /* lane 0 of the owner */
	PLANE_SPREAD_PER_CLASS,	 /* lane = class of the attached service policy, on the owner */
	PLANE_SPREAD_PER_WORKER, /* lane 0 of the worker that has the packet, while it has an SA */
};

/*
 * One crypto ACL line of one crypto map entry on one interface; a tunnel each (S4). Or one line of
 * an access list of an interface: entry, worker, spread and tunnel are 0, and the source ports of
 * an ICMP line are its types and codes, type << 8 | code.
 */
struct plane_rule {
	uint32_t count; /* PLANE_POLICY_BEGIN only: rules that follow */
	char interface[PLANE_NAME];
	uint32_t entry;	   /* crypto map sequence number: a skip jumps to the next entry */
	uint8_t action;	   /* enum plane_rule_action */
	uint8_t worker;	   /* owner of the tunnel */
	uint8_t protocol;  /* 0 = any */
	uint8_t spread;	   /* enum plane_spread */
	struct prefix src; /* our side */
	struct prefix dst;
	uint16_t src_port[2]; /* lowest and highest, host order; 0..65535 = any */
	uint16_t dst_port[2];
	uint32_t tunnel;   /* index into the owner's tunnel table */
	uint32_t hit_line; /* index into the ACL hit counters of the statistics segment */
	uint8_t only;	   /* enum plane_rule_only */
	uint8_t out;	   /* a list of packets that leave; else of those that come in */
	uint8_t zero[2];
};

enum plane_filter_flags {
	PLANE_FILTER_DECRYPTED = 1 << 0,  /* lists are asked about what tunnels brought, too */
	PLANE_FILTER_OURS = 1 << 1,	  /* and about packets for the appliance itself */
	PLANE_FILTER_NO_HAIRPIN = 1 << 2, /* nothing leaves by the interface it came in on */
};

struct plane_filter {
	uint32_t count; /* of PLANE_FILTER_LINE */
	uint8_t flags;	/* enum plane_filter_flags */
	uint8_t zero[3];
};

enum plane_qos_flags {
	PLANE_QOS_PRIORITY = 1 << 0,  /* served first, never above priority_bps when others wait */
	PLANE_QOS_FAIR = 1 << 1,      /* flows inside the class share alike */
	PLANE_QOS_MATCH_ALL = 1 << 2, /* DSCP and access list both, else either */
	PLANE_QOS_HAS_ACCESS =
		1 << 3, /* PLANE_QOS_MATCH lines follow (maybe none: matches nothing) */
	PLANE_QOS_SET_DSCP = 1 << 4, /* set_dscp is written into the inner packet */
	PLANE_QOS_POLICE = 1 << 5,
	PLANE_QOS_EXCEED_DROP =
		1 << 6, /* else transmitted, with exceed_dscp when that is below 64 */
};

/*
 * One class of one attached output policy. Packets are matched against the classes of an attachment
 * in the order of these messages, the inner header before encryption (`qos pre-classify` is always
 * on); class-default comes last and matches all. Rates are bits a second of whole frames as they
 * leave; 0 = not given. Nested policies arrive flattened: the outer shape is total_bps.
 */
struct plane_qos {
	uint32_t count;		    /* PLANE_QOS_BEGIN only */
	uint32_t tunnel;	    /* UINT32_MAX: attached to the interface itself */
	char interface[PLANE_NAME]; /* packets leave by it */
	uint8_t worker;		    /* owner of the tunnel */
	uint8_t class_id;	    /* 0, 1, ... within the attachment */
	uint8_t lane;		    /* of parallel SAs, below PLANE_LANES */
	uint8_t flags;		    /* enum plane_qos_flags */
	uint8_t set_dscp;
	uint8_t exceed_dscp;	/* 0..63; 255 = unchanged */
	uint16_t queue_packets; /* queue-limit; 0 = default */
	uint32_t counter;	/* index into the class counters, below PLANE_CLASSES */
	uint32_t burst_bytes;	/* of police and priority; 0 = default */
	uint64_t dscp_mask;	/* bit n: DSCP n matches */
	uint64_t total_bps;	/* shape of the whole attachment; 0 = the speed of the link */
	uint64_t priority_bps;
	uint64_t bandwidth_bps; /* guaranteed minimum, and the weight for what is left */
	uint64_t shape_bps;	/* most the class may take */
	uint64_t police_bps;
};

struct plane_qos_match {
	uint8_t permit;
	uint8_t protocol; /* 0 = any */
	uint8_t zero[6];
	struct prefix src;
	struct prefix dst;
	uint16_t src_port[2]; /* lowest and highest, host order; 0..65535 = any */
	uint16_t dst_port[2];
};

enum {
	PLANE_CAPTURES = 8,	    /* points at which packets are captured */
	PLANE_CAPTURE_LINES = 1024, /* of their access lists, in all */
};

/* Begins beside what runs, says points and their lines, and commits: then all is as was said. */
enum plane_capture_step {
	PLANE_CAPTURE_BEGIN,
	PLANE_CAPTURE_POINT,
	PLANE_CAPTURE_LINE, /* of a point with has_access, in order */
	PLANE_CAPTURE_COMMIT,
};

enum plane_view {
	PLANE_VIEW_WIRE = 1 << 0, /* as it is on the wire: ESP, IKE, and what passes in clear */
	PLANE_VIEW_PLAIN =
		1 << 1, /* before encryption, after decryption, and what passes in clear */
};

struct plane_capture {
	uint8_t step;	    /* enum plane_capture_step */
	uint8_t point;	    /* below PLANE_CAPTURES */
	uint8_t views;	    /* of enum plane_view */
	uint8_t in;	    /* packets that come by the interface */
	uint8_t out;	    /* packets that leave by it */
	uint8_t has_access; /* only what its lines permit */
	uint8_t zero[2];
	char interface[PLANE_NAME]; /* "" = all */
	struct plane_qos_match line;
};

enum {
	PLANE_LOG_NAME = 64,
	PLANE_LOG_TEXT = 224,
};

/*
 * A piece of the event log for a file beside the configuration (dataplane/log_file.h). -EINVAL for
 * a name that is none.
 */
struct plane_log {
	uint16_t len; /* bytes of text */
	uint8_t zero[2];
	uint32_t most_bytes; /* then the file becomes NAME.1 and a new one begins; 0 = never */
	char name[PLANE_LOG_NAME];
	char text[PLANE_LOG_TEXT];
};

struct plane_options {
	uint8_t nat_traversal; /* UDP 4500 is served */
	uint8_t zero[7];
};

struct plane_blob {
	uint32_t len; /* bytes in the blob area */
};

struct plane_ack {
	int32_t error; /* 0 or a negative errno */
	uint32_t spi;
	uint64_t bytes; /* of the SA removed or replaced: its last counters */
	uint64_t packets;
};

struct plane_acquire {
	uint32_t tunnel;
	struct selector flow; /* the packet: host prefixes, its protocol and ports */
};

enum plane_expire_why {
	PLANE_EXPIRE_BYTES,
	PLANE_EXPIRE_SEQUENCE
};

struct plane_expire {
	uint32_t spi;
	uint32_t pair;
	uint32_t tunnel;
	uint8_t hard; /* 0: time to rekey; 1: no longer used */
	uint8_t outbound;
	uint8_t why; /* enum plane_expire_why */
	uint8_t zero;
};

struct plane_notice {
	uint32_t reason; /* enum drop_reason */
	uint32_t spi;
	uint32_t pair;	     /* UINT32_MAX when there is no SA */
	uint32_t suppressed; /* like ones not reported since the last */
	uint64_t seq;	     /* ACL_IN, ACL_OUT, HAIRPIN: see plane_notice_place() */
	/* outer; for ESP_POLICY, NO_ROUTE, ACL_*, HAIRPIN, IP_MULTICAST the packet's own */
	struct selector flow;
};

/* What seq is when an interface refused the packet: its port, and the line (UINT32_MAX = none). */
static inline uint64_t plane_notice_place(uint32_t port, uint32_t hit_line)
{
	return (uint64_t)port << 32 | hit_line;
}

struct plane_path_mtu {
	struct addr local;
	struct addr remote;
	uint32_t spi;
	uint32_t mtu;
};

/*
 * A packet of ping or traceroute, which takes the way of any packet we send: route, policy, tunnel.
 * -EHOSTUNREACH without a route, -EADDRNOTAVAIL when the source is no address of ours that is up,
 * -EMSGSIZE when no interface could send it in one piece as it asks.
 */
struct plane_probe {
	uint32_t number; /* chosen by the sender, other than those it waits for */
	struct addr src; /* NONE = that of the interface it leaves by */
	struct addr dst;
	uint16_t port;	  /* UDP to this port, host order; 0 = ICMP echo */
	uint16_t bytes;	  /* of the IP datagram, PLANE_PROBE_MIN to PLANE_PROBE_MAX */
	uint16_t pattern; /* the data, over and over */
	uint8_t tos;
	uint8_t ttl;
	uint8_t df;
	uint8_t zero[3];
};

enum {
	PLANE_PROBE_MIN = 28,
	PLANE_PROBE_MAX = 18024,
	PLANE_PROBES = 256, /* waited for; of more the oldest are forgotten */
};

struct plane_answer {
	uint32_t number;
	uint32_t rtt_us;
	struct addr from;
	struct addr to;	    /* an address of ours: the probe's source */
	struct addr target; /* the probe's destination */
	uint16_t bytes;	    /* of the IP datagram */
	uint16_t mtu;	    /* of "fragmentation needed" */
	uint8_t type;	    /* ICMP: 0 = the reply to an echo, else an error about the probe */
	uint8_t code;
	uint8_t same; /* the data came back as they went */
	uint8_t ttl;
};

enum plane_counters {
	PLANE_COUNTERS_SA = 1 << 0,
	PLANE_COUNTERS_DROPS = 1 << 1,
	PLANE_COUNTERS_ACL = 1 << 2,
	PLANE_COUNTERS_CLASS = 1 << 3,
};

struct plane_msg {
	uint32_t type; /* enum plane_type */
	uint32_t zero;
	uint64_t cookie; /* chosen by the sender of a command, returned in its ACK */
	union {
		struct plane_sa sa;
		struct plane_remove remove;
		struct plane_mtu mtu;
		struct plane_move move;
		struct plane_interface interface;
		struct plane_route route;
		struct plane_rule rule;
		struct plane_qos qos;
		struct plane_qos_match qos_match;
		struct plane_options options;
		struct plane_blob blob;
		struct plane_ack ack;
		struct plane_acquire acquire;
		struct plane_expire expire;
		struct plane_notice notice;
		struct plane_path_mtu path_mtu;
		struct plane_probe probe;
		struct plane_answer answer;
		struct plane_capture capture;
		struct plane_log log;
		struct plane_filter filter;
		uint32_t counters; /* of enum plane_counters */
		uint8_t bytes[PLANE_MSG_BYTES - 16];
	};
};

static_assert(sizeof(struct plane_msg) == PLANE_MSG_BYTES);

/*
 * A UDP datagram of IKE (or a NAT-T keepalive) between a worker and the control plane: this header,
 * then len bytes, over as many ring elements as it takes. Port 4500 datagrams carry the four zero
 * bytes of the non-ESP marker in both directions; a keepalive is the single byte 0xff.
 */
struct plane_datagram {
	uint32_t len;
	uint16_t local_port; /* host order */
	uint16_t remote_port;
	struct addr local;
	struct addr remote;
	char interface[PLANE_NAME]; /* received on; ignored when sending */
	uint8_t whole;		    /* sending: with DF, and not at all when it does not fit */
	uint8_t zero[7];
};

enum plane_verdict {
	PLANE_VERDICT_WAITS, /* still on its way when it was time to tell */
	PLANE_VERDICT_SENT,
	PLANE_VERDICT_ENCRYPTED, /* with spi and seq */
	PLANE_VERDICT_DECRYPTED, /* with spi and seq */
	PLANE_VERDICT_FRAGMENTED,
	PLANE_VERDICT_OURS, /* for the appliance itself */
	PLANE_VERDICT_DROPPED,
	PLANE_VERDICT_COUNT,
};

/* A captured packet, worker -> control plane: this header, the packet from its IP header on. */
struct plane_captured {
	uint32_t len;	       /* bytes that follow, at most PLANE_CAPTURED_MAX */
	uint32_t packet_bytes; /* of the whole packet */
	uint64_t time_ns;      /* since 1970 */
	uint64_t seq;	       /* of ESP, 0 = none */
	uint32_t spi;	       /* of the SA, 0 = none */
	uint16_t reason;       /* enum drop_reason of PLANE_VERDICT_DROPPED */
	uint8_t points;	       /* bit i: point i wants it */
	uint8_t verdict;       /* enum plane_verdict */
	uint8_t view;	       /* of enum plane_view; both when nothing is encrypted */
	uint8_t outbound;
	uint8_t zero[22];
	char interface[PLANE_NAME];
};

static_assert(sizeof(struct plane_captured) == sizeof(struct plane_datagram));
static_assert(PLANE_CAPTURES <= 8);
