/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tunnel groups and group policies of an ASA. A part of struct config_remote, written by the
 * grammar alone. What is the same idea as of IOS is kept there: the key of a group `ipsec-l2l` is a
 * key of IKE for the address that is its name, and a group `remote-access` is made a client group,
 * with all that it inherits, by config_tunnel_group_resolve(). Who reads the configuration needs no
 * more than those, and what config_tunnel_group_of_peer() and config_tunnel_group_user() say.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/config/config_remote.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stdint.h>

struct config;
struct config_isakmp_key;

#define CONFIG_TUNNEL_GROUP_L2L "DefaultL2LGroup"
#define CONFIG_TUNNEL_GROUP_RA	"DefaultRAGroup"
#define CONFIG_GROUP_POLICY_ALL "DfltGrpPolicy"

enum {
	CONFIG_KEEPALIVE_L2L_S = 10,
	CONFIG_KEEPALIVE_RA_S = 300,
	CONFIG_KEEPALIVE_RETRY_S = 2,
};

enum config_tunnel_type {
	CONFIG_TUNNEL_L2L,
	CONFIG_TUNNEL_RA,
};

enum config_user_auth {
	CONFIG_USER_AUTH_XAUTH, /* clients log in */
	CONFIG_USER_AUTH_NONE,
	CONFIG_USER_AUTH_HYBRID,
};

struct config_tunnel_group {
	char name[CONFIG_REMOTE_NAME];
	uint8_t type;		     /* enum config_tunnel_type */
	char key[CONFIG_REMOTE_KEY]; /* of clients; of L2L it is with the keys of IKE */
	uint8_t keepalive;	     /* enum config_keepalive */
	uint16_t keepalive_s;
	uint16_t keepalive_retry_s;
	uint8_t user_auth;		     /* enum config_user_auth */
	char trustpoint[CONFIG_REMOTE_NAME]; /* `trust-point`: printed; "" = none */
	bool any_id; /* `peer-id-validate nocheck`: the key alone says who it is */
	char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME];
	size_t n_pools;
	char policy[CONFIG_REMOTE_NAME];     /* "" = CONFIG_GROUP_POLICY_ALL */
	char servers[CONFIG_REMOTE_NAME];    /* of logins: "" = LOCAL, CONFIG_LOGIN_NOBODY = none */
	bool fallback;			     /* LOCAL when no server answers */
	char accounting[CONFIG_REMOTE_NAME]; /* "" = nobody */
};

/* What a group policy says; the rest is that of CONFIG_GROUP_POLICY_ALL. */
enum config_policy_said {
	CONFIG_SAID_IDLE = 1 << 0,
	CONFIG_SAID_MAX = 1 << 1,
	CONFIG_SAID_LOGINS = 1 << 2,
	CONFIG_SAID_PROTOCOLS = 1 << 3,
	CONFIG_SAID_PFS = 1 << 4,
	CONFIG_SAID_SPLIT = 1 << 5,
	CONFIG_SAID_ACL = 1 << 6,
	CONFIG_SAID_SPLIT_DNS = 1 << 7,
	CONFIG_SAID_DNS = 1 << 8,
	CONFIG_SAID_WINS = 1 << 9,
	CONFIG_SAID_DOMAIN = 1 << 10,
	CONFIG_SAID_POOLS = 1 << 11,
	CONFIG_SAID_BANNER = 1 << 12,
};

enum config_protocols {
	CONFIG_PROTOCOL_IPSEC = 1 << 0,
	CONFIG_PROTOCOL_L2TP = 1 << 1,
	CONFIG_PROTOCOL_WEBVPN = 1 << 2,
	CONFIG_PROTOCOL_SVC = 1 << 3,
	CONFIG_PROTOCOL_IKEV2 = 1 << 4,
};

/* `group-policy G attributes`, and of one user `username U attributes`. */
struct config_group_policy {
	char name[CONFIG_REMOTE_NAME];
	uint32_t said; /* enum config_policy_said, bits; what is not said is zero */
	uint32_t idle_s;
	uint32_t max_s;
	uint32_t logins;
	uint8_t protocols; /* enum config_protocols, bits */
	uint8_t pfs;
	uint8_t split; /* enum config_split */
	char acl[CONFIG_REMOTE_NAME];
	char split_dns[CONFIG_REMOTE_LIST];
	struct addr dns[CONFIG_GROUP_SERVERS];
	struct addr wins[CONFIG_GROUP_SERVERS];
	char domain[CONFIG_REMOTE_KEY];
	char banner[CONFIG_REMOTE_KEY];
	char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME];
	size_t n_pools;
	char group_policy[CONFIG_REMOTE_NAME]; /* `vpn-group-policy` of a user, "" = the group's */
};

/* Lookups by exact name, NULL when there is none. */
struct config_tunnel_group *config_tunnel_group_find(const struct config_remote *r,
						     const char *name);
struct config_group_policy *config_tunnel_group_policy(const struct config_remote *r,
						       const char *name);
struct config_group_policy *config_tunnel_group_user_policy(const struct config_remote *r,
							    const char *user);
/* The group a peer lands on: that of its address, else CONFIG_TUNNEL_GROUP_L2L; NULL = neither. */
const struct config_tunnel_group *config_tunnel_group_of_peer(const struct config_remote *r,
							      const struct addr *peer);

/* A name as it is kept, into normal[CONFIG_REMOTE_NAME]: an address as addr_print() has it. */
void config_tunnel_group_normal(const char *name, char *normal);

/* Whose key the key of an L2L group is: key->peer and key->hostname are set, the rest is zero. */
void config_tunnel_group_key_of(const char *name, struct config_isakmp_key *key);
/* Whether a key can be said as that of an L2L group, which never asks its peer to log in. */
bool config_tunnel_group_has_key(const struct config *c, const struct config_isakmp_key *key);
/* The name of such a group, into name[CONFIG_REMOTE_NAME]. */
void config_tunnel_group_name_of(const struct config_isakmp_key *key, char *name);

/*
 * Makes the client groups of all tunnel groups for clients anew; to be called after each change of
 * what they are made of. 0, or -ENOMEM, with the client groups as they were.
 */
int must_check config_tunnel_group_resolve(struct config_remote *r);

/* What a session of this user of a client group may be. */
struct config_user_limits {
	uint32_t logins;
	uint32_t idle_s; /* 0 = never */
	uint32_t max_s;
	bool refused; /* `vpn-tunnel-protocol` without IPsec */
};

struct config_user_limits config_tunnel_group_user(const struct config_remote *r,
						   const struct config_group *group,
						   const char *user);

/* The methods of a login: a list of `aaa authentication login`, LOCAL, or a group of servers. */
struct config_aaa_list config_tunnel_group_methods(const struct config_remote *r, const char *name);
