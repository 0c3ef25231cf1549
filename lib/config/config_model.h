/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The configuration as data. The grammar (config_grammar.h) is the only writer; culvert-iked and
 * culvertd read it. Lists are arrays owned by struct config, in the order they print. Defaults are
 * those of IOS (cli-commands.md section 2); a field that equals its default is not printed.
 */
#pragma once

#include "lib/base/dialect.h"
#include "lib/config/config_index.h"
#include "lib/config/config_logging.h"
#include "lib/config/config_object_group.h"
#include "lib/config/config_pki.h"
#include "lib/config/config_profile.h"
#include "lib/config/config_remote.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/secret.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONFIG_NAME = 64,
	CONFIG_IF_NAME = 32,
	CONFIG_KEY_MAX = 128,
	CONFIG_PEERS_MAX = 10,
	CONFIG_SETS_MAX = 6,
	CONFIG_CORES_MAX = 64,
	CONFIG_LANES_MAX = 8,	 /* parallel SA pairs per-class */
	CONFIG_CLASSES_MAX = 64, /* classes of a policy-map */
	CONFIG_MATCHES_MAX = 16, /* match lines of a class-map */
	CONFIG_MATCH_VALUES = 8, /* values of a match line */
	CONFIG_DSCP_NONE = 255,
	CONFIG_ARCHIVE_COPIES = 10,
};

/* The class of every policy-map that takes what no other class does. */
#define CONFIG_CLASS_DEFAULT "class-default"

enum config_device {
	CONFIG_DEVICE_NONE,
	CONFIG_DEVICE_AF_PACKET, /* device af_packet IFNAME */
	CONFIG_DEVICE_AF_XDP,	 /* device af_xdp IFNAME */
	CONFIG_DEVICE_TAP,	 /* device tap NAME */
	CONFIG_DEVICE_PCI,	 /* device pci ADDRESS */
	CONFIG_DEVICE_VDEV,	 /* device vdev STRING */
	CONFIG_DEVICE_LOOPBACK,	 /* of interface Loopback<n>, which has no line for it */
};

struct config_platform {
	uint16_t worker_cores[CONFIG_CORES_MAX]; /* `worker-cores 1-3,5`; none = one, any core */
	uint16_t n_worker_cores;
	int control_core;   /* -1 = not pinned */
	uint32_t memory_mb; /* `memory MB`, default 256 */
	bool hugepages;	    /* `hugepages on|off`, default off */
	/* `hasten-renewal N`, for a laboratory: SAs are renewed so many times sooner than their
	 * lifetime asks for; 0 = as it does */
	uint32_t hasten;
};

/* `crypto isakmp enable IF` */
enum config_isakmp_here {
	CONFIG_ISAKMP_DEFAULT, /* as `crypto isakmp enable` says for all */
	CONFIG_ISAKMP_ON,
	CONFIG_ISAKMP_OFF,
};

struct config_interface {
	char name[CONFIG_IF_NAME]; /* as typed, type expanded: "GigabitEthernet0/1" */
	enum config_device device;
	char device_arg[128];
	struct addr address; /* NONE = no ip address */
	uint8_t prefix_len;
	uint16_t mtu;		      /* `ip mtu`, 0 = the device's (1500) */
	uint16_t adjust_mss;	      /* `ip tcp adjust-mss`, 0 = off */
	char crypto_map[CONFIG_NAME]; /* "" = none */
	bool shutdown;
	uint16_t vlan;		  /* `encapsulation dot1Q`, of a subinterface; 0 = none */
	bool native;		  /* its VLAN has no tag */
	uint8_t reassembly_parts; /* `ip virtual-reassembly`; 0 = default, as the next two */
	uint8_t reassembly_s;
	uint16_t reassembly_pending;
	char description[128];
	uint8_t df_bit;			  /* enum config_df, CONFIG_DF_DEFAULT = the global one */
	uint8_t fragmentation;		  /* enum config_fragmentation, DEFAULT = the global one */
	uint32_t bandwidth_kbps;	  /* `bandwidth`: what percentages are of; 0 = the link's */
	char service_policy[CONFIG_NAME]; /* `service-policy output`, "" = none */
	uint8_t isakmp; /* enum config_isakmp_here: where IKE is off UDP 500 and 4500 end */
	char nameif[CONFIG_IF_NAME]; /* "" = none; as `name` of a stand-in (config_named.h) */
	uint8_t security;	     /* `security-level`, of one with a name: 0 to 100 */
	char access_in[CONFIG_NAME]; /* `access-group`: who may come in; "" = none */
	char access_out[CONFIG_NAME];
};

enum config_df {
	CONFIG_DF_DEFAULT,
	CONFIG_DF_COPY,
	CONFIG_DF_SET,
	CONFIG_DF_CLEAR
};
enum config_fragmentation {
	CONFIG_FRAGMENTATION_DEFAULT,
	CONFIG_FRAGMENTATION_BEFORE,
	CONFIG_FRAGMENTATION_AFTER,
};

/* As the interface of a route: what it takes ends here. */
#define CONFIG_NULL "Null0"

struct config_route {
	struct prefix prefix;
	struct addr next_hop;		/* NONE when through an interface alone */
	char interface[CONFIG_IF_NAME]; /* "" when through a next hop alone */
	uint8_t distance;		/* default 1 */
};

struct config_acl_line {
	uint32_t sequence; /* 10, 20, ... as `show access-list` prints it */
	bool permit;
	uint8_t protocol; /* 0 = ip */
	struct prefix src;
	struct prefix dst;
	uint16_t src_port[2]; /* lowest, highest; 0..65535 = any (eq, range, gt, lt) */
	uint16_t dst_port[2];
	char remark[128]; /* a remark line when not empty */
	bool neq_src; /* `neq`: every port but src_port; such a line is refused in a crypto ACL */
	bool neq_dst;
	bool inactive;	   /* printed, and selects nothing */
	bool log;	   /* what it denies on an interface is logged */
	char narrower[32]; /* "echo-reply", "established": as well; "" = none */
	uint16_t groups
		[CONFIG_GROUP_PLACES]; /* their numbers, of a line as it was typed; 0 = none */
};

/*
 * A line that selects nothing, but on an interface: a remark, an inactive one, one narrower than
 * others look.
 */
static inline bool config_acl_line_is_idle(const struct config_acl_line *line)
{
	return line->remark[0] || line->inactive || line->narrower[0];
}

/* `name A ALIAS`: a word that lines may have for an address. */
struct config_alias {
	char name[CONFIG_NAME];
	struct addr address;
};

/* `object network`: a name that lines of access lists may have for a network. */
struct config_object {
	char name[CONFIG_NAME];
	bool set;
	struct prefix network;
};

enum config_nat_kind {
	CONFIG_NAT_EXEMPT,    /* what it selects keeps its addresses */
	CONFIG_NAT_TRANSLATE, /* what it selects gets others */
	CONFIG_NAT_GLOBAL,    /* there are addresses for the `nat` of this id */
};

/* A line about the translation of addresses, which is never done here (config_rows_nat.c). */
struct config_nat {
	char text[200]; /* as typed, in lower case or not: how `no` finds it */
	enum config_nat_kind kind;
	unsigned id;	       /* of a PIX; 0 = needs no `global` */
	char acl[CONFIG_NAME]; /* what it selects: a list, else */
	char src[CONFIG_NAME]; /* an object or "any", else */
	struct prefix network; /* a network of sources */
	char dst[CONFIG_NAME]; /* with src: an object, "" = any */
};

struct config_acl {
	char name[CONFIG_NAME]; /* a number is a name */
	bool standard;		/* source only; dst is any */
	bool numbered;
	/*
	 * What the list selects: a line that names object-groups stands here as all it is made
	 * into, with its sequence number. The same array as typed when no line does.
	 */
	struct config_acl_line *lines;
	size_t n_lines;
	bool expanded;
	struct config_acl_line *typed; /* as they print */
	size_t n_typed;
	size_t n_grouped;	     /* of them that name groups */
	struct config_index index;   /* of the typed lines */
	struct config_index doubles; /* of the lines, when they are expanded */
};

struct config_isakmp_policy {
	uint16_t priority;	/* 1..10000; the built-in default 65535 is not in the list */
	enum alg_cipher cipher; /* default DES */
	enum alg_hash hash;	/* default SHA1 */
	enum alg_auth auth;	/* default RSA_SIG, as IOS: PSK must be said */
	uint16_t group;		/* default 1 */
	uint32_t lifetime_s;	/* default 86400; 60..86400 */
};

struct config_isakmp_key {
	char key[CONFIG_KEY_MAX];   /* wiped when the configuration is freed */
	struct prefix peer;	    /* 0.0.0.0/0 = wildcard */
	char hostname[CONFIG_NAME]; /* key by FQDN identity; "" = by address */
	bool no_xauth;
};

enum config_identity {
	CONFIG_IDENTITY_ADDRESS,
	CONFIG_IDENTITY_HOSTNAME,
	CONFIG_IDENTITY_KEY_ID,
	CONFIG_IDENTITY_DN, /* the name in our certificate; without one, the address */
};

struct config_isakmp {
	bool enabled;		       /* default on */
	enum config_identity identity; /* default address */
	char key_id[CONFIG_NAME];      /* of identity key-id */
	bool aggressive_disabled;      /* `aggressive-mode disable`: whatever asks for it */
	uint32_t keepalive_s;	       /* DPD; 0 = off */
	uint32_t keepalive_retry_s;    /* default 2 */
	bool keepalive_periodic;       /* default on-demand */
	uint32_t nat_keepalive_s;      /* 0 = default of 20 when behind NAT */
	bool nat_traversal;	       /* default on */
	bool invalid_spi_recovery;     /* ask a peer whose SA is gone here for a new one */
	bool fragmentation;	       /* of IKE messages; default on */
};

/* Who we say we are to a peer of aggressive mode. */
enum config_endpoint {
	CONFIG_ENDPOINT_NONE, /* as `crypto isakmp identity` */
	CONFIG_ENDPOINT_IPV4,
	CONFIG_ENDPOINT_FQDN,
	CONFIG_ENDPOINT_USER_FQDN,
};

/* `crypto isakmp peer address A`: aggressive mode with it, both roles. */
struct config_isakmp_peer {
	struct addr address;
	char password[CONFIG_KEY_MAX]; /* "" = the key for the address; wiped at the end */
	enum config_endpoint endpoint;
	char endpoint_text[CONFIG_NAME];
};

/* `lifetime kilobytes disable`: no volume has that number. */
enum config_kilobytes {
	CONFIG_LIFETIME_NONE = 1
};

struct config_lifetime {
	uint32_t seconds;   /* 120..86400; 0 = inherit (in a map entry) */
	uint32_t kilobytes; /* 2560..536870912; 0 = inherit; CONFIG_LIFETIME_NONE = not counted */
};

struct config_ipsec {
	struct config_lifetime lifetime;	 /* default 3600 s, 4608000 kB */
	uint32_t idle_s;			 /* 0 = off; 60..86400 */
	uint32_t replay_window;			 /* 64..65536, default 64; 0 = disabled */
	enum config_df df_bit;			 /* default copy */
	enum config_fragmentation fragmentation; /* default before-encryption */
};

struct config_transform_set {
	char name[CONFIG_NAME];
	struct alg_suite suite;
	bool esn; /* sequence numbers of 64 bits */
	bool transport;
};

enum config_replay {
	CONFIG_REPLAY_INHERIT = 1 /* no window has that size */
};

struct config_map_entry {
	uint16_t sequence; /* 1..65535 */
	char acl[CONFIG_NAME];
	struct addr peers[CONFIG_PEERS_MAX];
	size_t n_peers;
	struct addr default_peer; /* asked first; NONE = the first of the list */
	char sets[CONFIG_SETS_MAX][CONFIG_NAME];
	size_t n_sets;
	uint16_t pfs_group; /* 0 = none */
	struct config_lifetime lifetime;
	uint32_t idle_s;	/* 0 = inherit */
	bool idle_default;	/* once idle, begin with the default peer again */
	uint32_t replay_window; /* CONFIG_REPLAY_INHERIT, 0 = disabled, or the size */
	bool reverse_route;
	uint8_t reverse_distance;   /* of the routes; 0 = 1 */
	uint32_t reverse_tag;	    /* 0 = none */
	struct addr reverse_peer;   /* next hop of the routes; NONE = towards the peer */
	char dynamic[CONFIG_NAME];  /* dynamic map that the entry refers to, "" = a static entry */
	bool per_class;		    /* parallel SAs: a pair for each class of the service policy */
	uint8_t per_worker;	    /* or for each of so many workers; 0 = off; not both */
	char profile[CONFIG_NAME];  /* `set isakmp-profile`: who the peer may be, "" = none */
	char identity[CONFIG_NAME]; /* `identity`, "" = none */
	char description[128];
	char service_policy[CONFIG_NAME]; /* of each tunnel of the entry; "" = the interface's */
};

enum {
	CONFIG_CLIENT_INITIATE = 1 << 0, /* we begin mode config */
	CONFIG_CLIENT_RESPOND = 1 << 1,	 /* the client does */
};

struct config_map {
	char name[CONFIG_NAME];
	char local_interface
		[CONFIG_IF_NAME];	  /* `crypto map M local-address IF`, "" = the interface */
	struct config_map_entry *entries; /* by sequence */
	size_t n_entries;
	/* lists of methods for clients (config_remote.h), "" = none */
	char authentication[CONFIG_NAME]; /* who must log in: XAUTH */
	char authorization[CONFIG_NAME];
	char accounting[CONFIG_NAME];
	uint8_t client_address; /* CONFIG_CLIENT_*, bits: mode config */
};

enum config_class_match_kind {
	CONFIG_MATCH_ANY,
	CONFIG_MATCH_DSCP,
	CONFIG_MATCH_PRECEDENCE,
	CONFIG_MATCH_ACCESS,
};

struct config_class_match {
	uint8_t kind; /* enum config_class_match_kind */
	bool ip;      /* `match ip dscp`: printed as typed */
	uint8_t n_values;
	uint8_t values[CONFIG_MATCH_VALUES]; /* any of these */
	char acl[CONFIG_NAME];
};

/* `class-map`: which packets are of a class. Without a match line: none. */
struct config_class {
	char name[CONFIG_NAME];
	bool any; /* match-any; else all lines must match */
	char description[128];
	struct config_class_match matches[CONFIG_MATCHES_MAX];
	uint8_t n_matches;
};

enum config_rate_kind {
	CONFIG_RATE_NONE,
	CONFIG_RATE_FULL,      /* `priority` alone: as fast as may be */
	CONFIG_RATE_BPS,       /* value in bits a second */
	CONFIG_RATE_PERCENT,   /* of the shape of the parent, else of the interface */
	CONFIG_RATE_REMAINING, /* percent of what priority and guarantees leave */
};

struct config_rate {
	uint64_t value;
	uint8_t kind; /* enum config_rate_kind */
	uint8_t zero[7];
};

enum config_exceed {
	CONFIG_EXCEED_DROP,
	CONFIG_EXCEED_TRANSMIT,
	CONFIG_EXCEED_SET_DSCP,
};

/* What a policy-map does with one class. */
struct config_policy_class {
	char name[CONFIG_NAME]; /* of a class-map, or CONFIG_CLASS_DEFAULT */
	struct config_rate priority;
	struct config_rate bandwidth;
	struct config_rate shape;
	struct config_rate police;
	uint32_t priority_burst; /* bytes; 0 = default */
	uint32_t police_burst;
	uint8_t exceed; /* enum config_exceed, of police */
	uint8_t exceed_dscp;
	uint8_t set_dscp; /* CONFIG_DSCP_NONE = unchanged */
	bool fair;
	uint32_t queue_packets;	 /* `queue-limit`, 0 = default */
	char child[CONFIG_NAME]; /* `service-policy`, "" = none */
};

struct config_policy_map {
	char name[CONFIG_NAME];
	char description[128];
	struct config_policy_class *classes; /* in order of matching; class-default last */
	size_t n_classes;
};

/* How somebody sits at a terminal: over SSH, or at the machine itself. */
enum config_terminal {
	CONFIG_TERMINAL_VTY,
	CONFIG_TERMINAL_CONSOLE,
	CONFIG_TERMINALS,
};

/* `archive`: copies of the running configuration, written by the shell of who asks for one. */
struct config_archive {
	char path[128]; /* what their names begin with, "" = none; $h the host name, $t the time */
	uint32_t maximum; /* 1..14, the oldest goes */
};

struct config {
	char hostname[CONFIG_NAME]; /* default "culvert" */
	enum dialect dialect;	    /* `terminal dialect`: of new sessions and of the saved file */
	bool ikev1_words;	    /* an ASA since 8.4, which says `crypto ikev1` */
	char enable_secret[PASSWORD_TEXT]; /* as stored; "" = none */
	struct config_platform platform;
	uint32_t exec_timeout[CONFIG_TERMINALS]; /* seconds without a key; 0 = for ever */
	struct config_logging logging;
	struct config_archive archive;
	uint16_t tcpmss; /* `sysopt connection tcpmss`, of interfaces that have no adjust-mss */
	bool permit_vpn; /* `sysopt connection permit-vpn`: what was decrypted passes in lists */
	bool same_inter; /* `same-security-traffic permit inter-interface`: without effect */
	bool same_intra; /* and intra-interface: out by the interface it came in on */
	/* kept and printed */
	char management_access[CONFIG_IF_NAME]; /* name of an interface, "" = none */
	bool names_on;				/* `names`: lines may have aliases */
	struct config_alias *aliases;
	size_t n_aliases;
	struct config_isakmp isakmp;
	struct config_ipsec ipsec;
	struct config_interface *interfaces; /* in order of appearance: port numbers follow it */
	size_t n_interfaces;
	struct config_route *routes;
	size_t n_routes;
	struct config_object *objects;
	size_t n_objects;
	struct config_nat *nats;
	size_t n_nats;
	struct config_object_group *object_groups;
	size_t n_object_groups;
	struct config_acl *acls;
	size_t n_acls;
	struct config_isakmp_policy *policies; /* by priority */
	size_t n_policies;
	struct config_isakmp_key *keys;
	size_t n_keys;
	size_t keys_room; /* rows allocated */
	struct config_index keys_index;
	struct config_isakmp_peer *isakmp_peers;
	size_t n_isakmp_peers;
	struct config_profile *profiles; /* who may be a peer: config_profile.h */
	size_t n_profiles;
	struct config_crypto_identity *identities;
	size_t n_identities;
	struct config_cert_map *cert_maps; /* of one name together, by sequence */
	size_t n_cert_maps;
	struct config_transform_set *transform_sets;
	size_t n_transform_sets;
	struct config_map *maps;
	size_t n_maps;
	struct config_map *dynamic_maps; /* templates: no peers needed, no local_interface */
	size_t n_dynamic_maps;
	struct config_class *classes;
	size_t n_classes;
	struct config_policy_map *policy_maps;
	size_t n_policy_maps;
	struct config_pki pki;	     /* trustpoints and certificates */
	struct config_remote remote; /* clients, users, RADIUS */
};

/* Defaults of a box without configuration. */
void config_model_init(struct config *config);
/* Frees every list and wipes the keys. */
void config_model_fini(struct config *config);
/* A deep copy; 0 or -ENOMEM (then *copy is empty). */
int must_check config_model_copy(struct config *copy, const struct config *config);

/*
 * Lookups by exact (case-sensitive) name; NULL when there is none. Pointers live until the next
 * change.
 */
struct config_interface *config_model_interface(const struct config *c, const char *name);
/* The main interface of "GigabitEthernet0/1.100"; NULL when i is none or there is none. */
struct config_interface *config_model_parent(const struct config *c,
					     const struct config_interface *i);
bool config_model_is_sub(const struct config_interface *i);
/* Neither it nor its main interface is shut down, and a subinterface has its VLAN. */
bool config_model_enabled(const struct config *c, const struct config_interface *i);
struct config_alias *config_model_alias(const struct config *c, const char *name);
struct config_object *config_model_object(const struct config *c, const char *name);
struct config_acl *config_model_acl(const struct config *c, const char *name);
struct config_transform_set *config_model_transform_set(const struct config *c, const char *name);
struct config_map *config_model_map(const struct config *c, const char *name);
struct config_map *config_model_dynamic_map(const struct config *c, const char *name);
struct config_map_entry *config_model_map_entry(const struct config_map *map, uint16_t sequence);
struct config_isakmp_policy *config_model_policy(const struct config *c, uint16_t priority);
/* Whether IKE is spoken there; an interface that is not configured has what all have. */
bool config_model_isakmp(const struct config *c, const char *interface);
/* The most specific key for a peer address, or NULL. */
const struct config_isakmp_key *config_model_key(const struct config *c, const struct addr *peer);
/* The key for a host name (an identity, without regard to case), or NULL. */
const struct config_isakmp_key *config_model_host_key(const struct config *c, const char *host,
						      size_t len);
struct config_isakmp_peer *config_model_isakmp_peer(const struct config *c,
						    const struct addr *address);
struct config_class *config_model_class(const struct config *c, const char *name);
struct config_policy_map *config_model_policy_map(const struct config *c, const char *name);
struct config_policy_class *config_model_policy_class(const struct config_policy_map *policy,
						      const char *name);
