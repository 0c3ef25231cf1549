/* SPDX-License-Identifier: BSD-3-Clause */
/* A pair of IPsec SAs, one each way, as sa_store.h keeps it: all there is to know of it. */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/sa_counters.h"
#include "lib/plane/plane_msg.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum sa_state {
	SA_STATE_LARVAL,     /* has an SPI; being negotiated */
	SA_STATE_INSTALLING, /* inbound SA sent to the worker */
	SA_STATE_INBOUND,    /* inbound SA stands: the peer may send */
	SA_STATE_UP,	     /* both stand and the tunnel's traffic goes out on it */
	SA_STATE_REKEYING,   /* as UP, and a successor is wanted */
	SA_STATE_DRAINING,   /* another pair carries the traffic; still receives */
	SA_STATE_DYING,	     /* being removed from the worker */
	SA_STATE_GONE,
	SA_STATE_COUNT,
};

struct sa_pair {
	LIST_ENTRY(sa_pair) link;	 /* all pairs */
	LIST_ENTRY(sa_pair) tunnel_link; /* pairs of its tunnel */
	LIST_ENTRY(sa_pair) peer_link;	 /* sa_store_peer(), when it has a path */
	LIST_ENTRY(sa_pair) wait_link;	 /* those that wait */
	uint32_t tunnel;     /* handle; UINT32_MAX when the tunnel is gone from the configuration */
	enum sa_state state; /* written by sa_store_set_state() alone */
	uint8_t lane;
	bool current; /* carries the traffic of its lane, or was told to */
	unsigned worker;
	uint32_t index; /* the tunnel's index at the worker */
	uint32_t spi_in, spi_out;
	uint32_t replaces; /* spi_in of the pair whose outbound half this one's took the place of */
	uint32_t predecessor;	    /* spi_in of the newest pair when this one was agreed on */
	uint32_t conn_in, conn_out; /* connection ids as `show` prints them */
	uint64_t ike_sa;	    /* it was negotiated under */
	uint32_t msgid;		    /* of its quick mode, for the log; 0 after a reload */
	struct ike_path path;
	struct selector selector;
	struct alg_suite suite;
	bool esn;
	bool transport;
	bool udp;
	bool nat_remote; /* with udp: the peer's NAT may move it */
	bool initiator;
	bool out_installed; /* the worker has (or is about to have) the outbound half */
	bool lost;	    /* a collision: carries no traffic of ours */
	bool failed;	    /* larval: could not be sent to the worker; the engine is told later */
	bool silent;	    /* the peer has deleted it: no DELETE when it ends */
	uint16_t pfs_group;
	uint32_t replay_window;
	uint32_t mtu; /* path MTU of the outbound half; 0 = the interface's */
	uint32_t lifetime_s;
	uint32_t lifetime_kb;
	uint64_t created_ms;
	uint64_t soft_ms; /* UINT64_MAX = no limit */
	uint64_t hard_ms;
	uint64_t drain_ms;	/* draining: end of the grace time, UINT64_MAX = none */
	struct plane_msg *held; /* owned; outbound half, while it may be needed again; or NULL */
	bool waits;		/* held has not been sent: the peer may not be ready */
	uint64_t lost_ms;
	uint64_t switch_ms; /* waits: not longer than this */
	uint64_t want_ms;   /* rekeying: next request for a successor */
	unsigned acks;	    /* removals of a half not acknowledged */
	bool removal_sent;  /* dying: of the inbound half, the last to go */
	struct sa_reorder reorder;
	struct sa_counters last; /* of halves that are gone from the worker */
	/* as read when the removal was sent; its ACK says what came since */
	uint64_t last_in_packets;
	uint64_t last_in_bytes;
	uint64_t last_out_packets;
	uint64_t last_out_bytes;
	/* carried before `clear counters`: still count for the lifetime, and in the last ACK */
	uint64_t cleared_in_packets;
	uint64_t cleared_in_bytes;
	uint64_t cleared_out_packets;
	uint64_t cleared_out_bytes;
};

LIST_HEAD(sa_pair_list, sa_pair);
