/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The part of the model that is about remote access: users, RADIUS servers, lists of methods, pools
 * of addresses and client groups. A part of struct config (config_model.h), written by the grammar
 * alone.
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/password.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CONFIG_REMOTE_NAME = 64, /* = CONFIG_NAME */
	CONFIG_REMOTE_KEY = 128, /* = CONFIG_KEY_MAX */
	CONFIG_REMOTE_LIST = 256,
	CONFIG_METHODS_MAX = 2,
	CONFIG_GROUP_POOLS = 6,
	CONFIG_GROUP_SERVERS = 2,
	CONFIG_POOL_ADDRESSES = 1 << 20, /* of one range */
	CONFIG_IDLE_DEFAULT_S = 1800,
	CONFIG_LOGINS_DEFAULT = 3,
	CONFIG_RADIUS_AUTH_PORT = 1812,
	CONFIG_RADIUS_ACCT_PORT = 1813,
	CONFIG_RADIUS_TIMEOUT_S = 5,
	CONFIG_RADIUS_RETRANSMIT = 1,
	CONFIG_RADIUS_DEADTIME_MIN = 1,
	CONFIG_ASA_RADIUS_AUTH_PORT = 1645,
	CONFIG_ASA_RADIUS_ACCT_PORT = 1646,
	CONFIG_ASA_RADIUS_TIMEOUT_S = 10,
	CONFIG_PRIVILEGE_USER = 1,
};

/* Who is asked for a login without any server. */
#define CONFIG_LOGIN_LOCAL  "LOCAL"
/* Nobody is: whoever has the key of the group gets in. */
#define CONFIG_LOGIN_NOBODY "none"

enum config_aaa_kind {
	CONFIG_AAA_LOGIN,      /* aaa authentication login */
	CONFIG_AAA_NETWORK,    /* aaa authorization network */
	CONFIG_AAA_ACCOUNTING, /* aaa accounting network */
};

enum config_aaa_method {
	CONFIG_METHOD_LOCAL,
	CONFIG_METHOD_RADIUS,
};

enum config_aaa_protocol {
	CONFIG_PROTOCOL_RADIUS,
	CONFIG_PROTOCOL_TACACS, /* known, and never asked */
	CONFIG_PROTOCOL_LOCAL,
};

struct config_aaa_list {
	char name[CONFIG_REMOTE_NAME];
	uint8_t kind; /* enum config_aaa_kind */
	uint8_t n_methods;
	uint8_t methods[CONFIG_METHODS_MAX]; /* enum config_aaa_method; the next when one is dead */
	char servers[CONFIG_REMOTE_NAME];    /* group of those asked; "" = all */
};

struct config_user {
	char name[CONFIG_REMOTE_NAME];
	char password[PASSWORD_TEXT]; /* as stored: lib/crypto/password.h; "" = none is right */
	uint8_t privilege;	      /* of who types commands, 0..15; default 1 */
};

/* `aaa-server NAME protocol P` */
struct config_server_group {
	char name[CONFIG_REMOTE_NAME];
	uint8_t protocol; /* enum config_aaa_protocol */
};

struct config_radius_server {
	char name[CONFIG_REMOTE_NAME];
	char group[CONFIG_REMOTE_NAME];	    /* of `aaa-server`, "" = none */
	char interface[CONFIG_REMOTE_NAME]; /* `(inside)`, as said there */
	struct addr address;		    /* NONE = not said yet: not used */
	uint16_t auth_port, acct_port;
	uint16_t timeout_s;	     /* of one try */
	uint16_t retransmit;	     /* tries after the first */
	char key[CONFIG_REMOTE_KEY]; /* wiped when the configuration is freed */
	bool unsealed;		     /* answers without Message-Authenticator are believed */
};

struct config_range {
	uint32_t low, high; /* host order, both included */
};

struct config_pool {
	char name[CONFIG_REMOTE_NAME];
	struct config_range *ranges; /* in the order of giving out */
	size_t n_ranges;
};

/* Whether users of a group log in: by the list of the map, by methods of the group, or not. */
enum config_login {
	CONFIG_LOGIN_MAP,
	CONFIG_LOGIN_YES,
	CONFIG_LOGIN_NO
};

enum config_split {
	CONFIG_SPLIT_LIST,    /* by the access list, if there is one */
	CONFIG_SPLIT_ALL,     /* `tunnelall` */
	CONFIG_SPLIT_EXCLUDE, /* the networks of the access list stay outside */
};

enum config_keepalive {
	CONFIG_KEEPALIVE_DEFAULT, /* as `crypto isakmp keepalive` */
	CONFIG_KEEPALIVE_ON,
	CONFIG_KEEPALIVE_OFF,
};

/* `crypto isakmp client configuration group`, `vpngroup`, or a tunnel group with all it inherits */
struct config_group {
	char name[CONFIG_REMOTE_NAME];
	bool derived;	   /* of a tunnel group: config_tunnel_group_resolve() makes it */
	bool any_map;	   /* named without a list of the crypto map: vpngroup and tunnel group */
	bool no_ipsec;	   /* `vpn-tunnel-protocol` without ipsec: nobody may */
	uint8_t login;	   /* enum config_login */
	uint8_t split;	   /* enum config_split, of acl */
	uint8_t keepalive; /* enum config_keepalive, then two numbers of seconds */
	uint16_t keepalive_s, keepalive_retry_s;
	char servers[CONFIG_REMOTE_NAME];    /* of the login; "" = LOCAL */
	bool fallback;			     /* LOCAL when none of them answers */
	char accounting[CONFIG_REMOTE_NAME]; /* servers told of sessions, "" = the map's */
	char key[CONFIG_REMOTE_KEY];	     /* wiped when the configuration is freed */
	struct addr dns[CONFIG_GROUP_SERVERS];
	struct addr wins[CONFIG_GROUP_SERVERS];
	char domain[CONFIG_REMOTE_KEY];
	char banner[CONFIG_REMOTE_KEY];
	char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME];
	size_t n_pools;
	char acl[CONFIG_REMOTE_NAME];	    /* split tunnelling: the networks at our side */
	uint8_t netmask_len;		    /* 0 = not said */
	char split_dns[CONFIG_REMOTE_LIST]; /* with commas between */
	char backup[CONFIG_REMOTE_LIST];    /* gateways with blanks between */
	bool hybrid; /* clients prove themselves by their login alone; we show a certificate */
	bool save_password;
	bool include_local_lan;
	bool replace_oldest; /* `max-logins N replace-oldest` */
	uint32_t max_logins; /* of one user; default 3, 0 = none may */
	uint32_t max_users;  /* 0 = no limit */
	uint16_t pfs_group;  /* 0 = none */
	uint32_t idle_s;     /* default 1800; 0 = never */
	uint32_t max_s;	     /* of a session; 0 = no limit */
};

struct config_remote {
	bool new_model;		   /* `aaa new-model` */
	uint32_t update_minutes;   /* accounting in between; 0 = none */
	uint32_t max_fail;	   /* wrong passwords in a row that lock a local user; 0 = never */
	uint32_t deadtime_minutes; /* a server that did not answer is left alone so long */
	struct config_aaa_list *lists; /* by kind, then in order of appearance */
	size_t n_lists;
	struct config_user *users;
	size_t n_users;
	struct config_radius_server *servers; /* in the order of asking */
	size_t n_servers;
	struct config_pool *pools;
	size_t n_pools;
	struct config_group *groups; /* those of tunnel groups behind all others */
	size_t n_groups;
	struct config_server_group *server_groups;
	size_t n_server_groups;
	struct config_tunnel_group *tunnel_groups; /* config_tunnel_group.h, and the next two */
	size_t n_tunnel_groups;
	struct config_group_policy *group_policies;
	size_t n_group_policies;
	struct config_group_policy *user_policies; /* by the name of the user */
	size_t n_user_policies;
	char client_pool[CONFIG_REMOTE_NAME]; /* of groups without; "" = none */
	uint32_t max_sessions;		      /* `vpn-sessiondb max-session-limit`; 0 = none */
};

struct config_remote config_remote_defaults(void);
void config_remote_fini(struct config_remote *r);
/* A deep copy. 0, or -ENOMEM; then *copy may be given to config_remote_fini(). */
int must_check config_remote_copy(struct config_remote *copy, const struct config_remote *r);

/* Lookups by exact name, NULL when there is none. */
struct config_aaa_list *config_remote_list(const struct config_remote *r, enum config_aaa_kind kind,
					   const char *name);
struct config_user *config_remote_user(const struct config_remote *r, const char *name);
struct config_radius_server *config_remote_server(const struct config_remote *r, const char *name);
struct config_pool *config_remote_pool(const struct config_remote *r, const char *name);
/* One of its own before that of a tunnel group. */
struct config_group *config_remote_group(const struct config_remote *r, const char *name);
/* Of a group, or the one of groups without; how many. */
size_t config_remote_group_pools(const struct config_remote *r, const struct config_group *group,
				 const char (**pools)[CONFIG_REMOTE_NAME]);
struct config_server_group *config_remote_server_group(const struct config_remote *r,
						       const char *name);
