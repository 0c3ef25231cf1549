/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the configuration wants protected: for every interface with a crypto map, for every complete
 * entry by sequence, for every line of its ACL one policy rule, and for every permit line a tunnel
 * with everything an SA of it needs to know. Derived whole from the configuration, immutable until
 * the next one replaces it. No SAs here: those are the SA store's.
 *
 * A tunnel is the same tunnel after a change of the configuration when interface, map, sequence and
 * selectors are the same; its handle stays. Numbers and owners follow from the configuration alone.
 *
 * An entry that refers to a dynamic map gives templates, from which dynamic.h makes tunnels of the
 * same kind while the appliance runs.
 */
#pragma once

#include "controlplane/id_map.h"
#include "controlplane/ike/ike.h"
#include "controlplane/tunnels_peers.h"
#include "lib/config/config_model.h"
#include "lib/plane/plane_layout.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tunnel {
	uint32_t handle; /* worker * n_tunnels + index: its name in this process */
	uint32_t index;	 /* in the owner worker's tunnel table */
	uint8_t worker;	 /* owner */
	char interface[CONFIG_IF_NAME];
	char map[CONFIG_NAME];
	char acl[CONFIG_NAME];
	char profile[CONFIG_NAME];  /* isakmp profile its peer must be of, "" = none */
	char identity[CONFIG_NAME]; /* crypto identity, likewise */
	uint16_t sequence;	    /* of the crypto map entry */
	uint32_t acl_sequence;	    /* of the ACL line */
	struct selector selector;
	struct addr local; /* our endpoint */
	uint16_t mtu;	   /* IP MTU of the interface */
	struct addr peers[CONFIG_PEERS_MAX];
	size_t n_peers;
	uint8_t first_peer; /* a new negotiation begins with this one of them */
	bool idle_first;    /* after the idle time too; else with the peer that was in use */
	struct alg_suite suites[CONFIG_SETS_MAX];
	size_t n_suites;
	uint8_t esn; /* bit i: suites[i] with sequence numbers of 64 bits */
	bool transport;
	uint16_t pfs_group;
	uint32_t lifetime_s;
	uint32_t lifetime_kb;
	uint32_t hasten; /* laboratory: SAs are renewed so many times sooner; 0 = 1 */
	uint32_t idle_s; /* 0 = off */
	uint32_t replay_window;
	uint32_t sa_flags; /* PLANE_SA_DF_*, PLANE_SA_FRAGMENT_AFTER */
	bool reverse_route;
	uint8_t reverse_distance;
	uint32_t reverse_tag;	    /* 0 = none */
	struct addr reverse_peer;   /* next hop of the routes, NONE = the way to the peer */
	uint32_t dynamic;	    /* N of its dynaclN; 0 = of a static entry */
	char template[CONFIG_NAME]; /* dynamic map it was made from, or is a template of; else "" */
	uint16_t template_sequence;
	uint8_t spread;	   /* enum plane_spread */
	uint8_t n_lanes;   /* SA pairs side by side; 1 = no parallel SAs */
	uint8_t n_workers; /* of the appliance */
};

/*
 * What the IKE engine takes for a tunnel is a tunnel and a lane: lanes are negotiated independently
 * of each other.
 */
enum {
	TUNNELS_LANES_MAX = PLANE_WORKERS_MAX,
	TUNNELS_HANDLE_BITS = 26,
};

static inline uint32_t tunnels_child(uint32_t handle, unsigned lane)
{
	return (uint32_t)lane << TUNNELS_HANDLE_BITS | handle;
}

static inline uint32_t tunnels_child_handle(uint32_t child)
{
	return child & ((1u << TUNNELS_HANDLE_BITS) - 1);
}

static inline unsigned tunnels_child_lane(uint32_t child)
{
	return child >> TUNNELS_HANDLE_BITS;
}

/* Whose table the SAs of a lane are in: lane 0 is the owner's. */
static inline unsigned tunnels_worker(const struct tunnel *t, unsigned lane)
{
	return t->spread == PLANE_SPREAD_PER_WORKER ? (t->worker + lane) % t->n_workers : t->worker;
}

/* Workers that have SAs of the tunnel: tunnels_worker() of so many lanes. */
static inline unsigned tunnels_n_workers(const struct tunnel *t)
{
	return t->spread == PLANE_SPREAD_PER_WORKER ? t->n_lanes : 1;
}

/* The numbers in use; outlives every struct tunnels made with it. */
struct tunnels_ids {
	struct id_map *workers; /* owned: tunnel indices of each worker */
	unsigned n_workers;
	uint32_t n_tunnels;
	struct id_map lines; /* hit counters */
};

/* An entry of a dynamic map on one interface. */
struct tunnels_template {
	/*
	 * All but the selector. Its ACL, if it has one, stands in the policy too, for a tunnel that
	 * never has an SA: what it selects does not leave in clear. No handle leads to it.
	 */
	struct tunnel t;
	size_t rule; /* the rules of tunnels made from it come before this one */
};

struct tunnels {
	struct tunnel *rows; /* owned; in the order of `show`: interface, sequence, ACL line */
	size_t n;
	struct plane_rule *rules; /* owned; in order of precedence */
	size_t n_rules;
	struct tunnels_template *templates; /* owned; by interface and sequence */
	size_t n_templates;
	struct tunnels_peers by_peer; /* of rows */
	struct tunnel **by_handle;    /* owned; n_handles; one a worker of each tunnel */
	uint32_t n_handles;
};

enum tunnels_change {
	TUNNELS_SAME,	 /* SAs may stay */
	TUNNELS_RENEW,	 /* SAs of the old are as good, a successor is wanted: the replay window */
	TUNNELS_CHANGED, /* peers, transforms or endpoint differ: SAs of the old must go */
	TUNNELS_GONE,
};

int must_check tunnels_ids_init(struct tunnels_ids *ids, unsigned n_workers, uint32_t n_tunnels);
/* 0 or -ENOMEM (then *copy is empty). */
int must_check tunnels_ids_copy(struct tunnels_ids *copy, const struct tunnels_ids *ids);
void tunnels_ids_fini(struct tunnels_ids *ids);

/* 0, -ENOMEM, or -ENOSPC when a worker has no room for another tunnel; *set is empty then. */
int must_check tunnels_derive(struct tunnels *set, const struct config *config,
			      struct tunnels_ids *ids);
void tunnels_fini(struct tunnels *set);

/* NULL for a handle that is not in use. */
const struct tunnel *tunnels_find(const struct tunnels *set, uint32_t handle);
/*
 * The tunnel a peer's proxy identities are for. NULL and why: checks peer and map, then proxy
 * (R037).
 */
const struct tunnel *tunnels_match(const struct tunnels *set, const struct addr *local,
				   const struct addr *remote, const struct selector *offered,
				   enum ike_reason *why);
bool tunnels_has_peer(const struct tunnel *t, const struct addr *peer);
/* An entry of any map names the peer. */
bool tunnels_know(const struct tunnels *set, const struct addr *peer);
/* An entry of a map at this address of ours names the peer. */
bool tunnels_names(const struct tunnels *set, const struct addr *local, const struct addr *peer);
/* What became of a tunnel of the old set in the new one. */
enum tunnels_change tunnels_compare(const struct tunnel *old, const struct tunnels *set);
/* The hit counter of an ACL line, ID_MAP_NONE when no policy rule uses it. */
uint32_t tunnels_hit_line(const struct tunnels_ids *ids, const char *acl,
			  const struct config_acl_line *line);
/* True when nothing is missing that an SA needs: peer, ACL with lines, transform set. */
bool tunnels_entry_complete(const struct config *config, const struct config_map_entry *entry);
