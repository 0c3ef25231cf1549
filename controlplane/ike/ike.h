/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The IKEv1 engine: RFC 2408, 2409, 3706 (DPD), 3947 (NAT traversal). It owns every IKE SA and
 * every exchange in progress and knows nothing else: configuration, clock, randomness, the
 * network, key installation and threads reach it through struct ike_env, so that two engines run
 * against each other in one test with a fake clock. No globals, no threads; every call comes from
 * one thread.
 *
 * It does not keep IPsec SAs: negotiated pairs go to the environment (the SA store), which counts
 * their lifetimes and asks for a rekey with ike_engine_initiate() and a goodbye with
 * ike_engine_delete_child().
 */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/prim.h"
#include "lib/crypto/secret.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IKE_POLICIES_MAX = 32,
	IKE_SUITES_MAX = 6,
	IKE_ID_MAX = 256,
	IKE_GROUP_MAX = 64,
	IKE_USER_MAX = 128,
	IKE_SPLIT_MAX = 50,
	IKE_DATAGRAM_MAX = 10000,
};

/* Where a datagram came from or goes to. Port 4500 datagrams carry the non-ESP marker on the wire;
 * ike_engine_receive() takes them with it and send() gets them with it. */
struct ike_path {
	struct addr local;
	struct addr remote;
	uint16_t local_port; /* host order */
	uint16_t remote_port;
	char interface[32];
	/*
	 * Who the peer is, once it has proved it: two clients behind one NAT share an address and
	 * not this number. The same after a rekey of phase 1 and when a NAT moves the peer. 0 =
	 * not known, or whoever is at that address (a static peer to be called).
	 */
	uint64_t peer;
	/*
	 * Of a client group: proved no more than the group's key. Never the static peer of its
	 * address, and without a place but the address it is given.
	 */
	bool client;
	/* What it has proved to be, as env->admit() numbered it; 0 = nothing worth a number. */
	uint64_t who;
	/*
	 * The address at which it proved who it is, when a NAT has taken it elsewhere since, be it
	 * to another port: what the configuration says of that address holds for it. NONE: it is
	 * there still. Where it is now it may never have been: the source of a datagram proves no
	 * place.
	 */
	struct addr home;
};

/* The address by which the configuration knows the peer. */
const struct addr *ike_path_home(const struct ike_path *path);
/*
 * Whether two paths lead to the same peer: by who it is when both know, else by addresses, but
 * who is called by its address is no client.
 */
bool ike_path_same_peer(const struct ike_path *a, const struct ike_path *b);

/* RFC 2407 4.6.2.1 */
enum ike_id_type {
	IKE_ID_IPV4 = 1,
	IKE_ID_FQDN = 2,
	IKE_ID_USER_FQDN = 3,
	IKE_ID_IPV4_SUBNET = 4,
	IKE_ID_IPV6 = 5,
	IKE_ID_IPV6_SUBNET = 6,
	IKE_ID_IPV4_RANGE = 7,
	IKE_ID_DER_DN = 9,
	IKE_ID_KEY_ID = 11,
};

struct ike_id {
	uint8_t type; /* enum ike_id_type */
	uint8_t protocol;
	uint16_t port;
	uint16_t len;
	uint8_t data[IKE_ID_MAX];
};

/* One acceptable phase 1 proposal; tried in the order given. */
struct ike_policy {
	uint16_t priority; /* number in the configuration, 65535 = the built-in default */
	uint8_t cipher;	   /* enum alg_cipher */
	uint8_t hash;	   /* enum alg_hash */
	uint16_t auth;	   /* enum alg_auth */
	uint16_t group;
	uint32_t lifetime_s;
};

struct pki;

/* What the configuration says of one peer. */
struct ike_peer {
	struct secret psk; /* len 0 = no key for this peer */
	bool has_key;	   /* written by the engine, which wipes psk */
	bool named;	   /* by its own address, not by a range or any */
	struct ike_policy policies[IKE_POLICIES_MAX];
	size_t n_policies;
	struct ike_id local_id;
	struct ike_id remote_id; /* type 0 = its address, whatever NAT made of it */
	bool any_id;		 /* with a key found by its address: any identity will do */
	bool any_name;		 /* with a key of its own address alone: any name, as on a router */
	bool nat_traversal;
	uint32_t nat_keepalive_s;
	uint32_t hasten; /* laboratory: SAs are renewed so many times sooner; 0 = 1 */
	uint32_t dpd_s;	 /* 0 = off */
	uint32_t dpd_retry_s;
	bool dpd_periodic; /* else only when traffic goes out and none comes in */
	/* Initiator: begin in aggressive mode. Responder: it is accepted from this peer. */
	bool aggressive;
	/*
	 * Nobody of that name has a key, but somebody of another would be accepted: answered as
	 * that one would be, under a key that nobody has, so that names cannot be tried out. No psk
	 * then.
	 */
	bool decoy;
	/* The key is that of the name it gave, not of its address. */
	bool by_name;
	/* Has a key of its own and no leave to show certificates: called, it is offered the key. */
	bool keyed;
	bool xauth; /* responder: a user must log in once phase 1 is up (not with no-xauth) */
	/*
	 * Responder, with xauth: a policy for RSA signatures means that only we sign, and a login
	 * is all it proves itself with (draft-ietf-ipsec-isakmp-hybrid-auth).
	 */
	bool hybrid;
	bool hybrid_decoy;	   /* the same as decoy: no login of that name will be right */
	bool client;		   /* responder: asks us for an address and more: mode config */
	bool push;		   /* responder: gets it from us unasked */
	char group[IKE_GROUP_MAX]; /* client group it belongs to, "" = none */
	bool fragmentation;	   /* IKE fragments may be sent when the peer says it takes them */
	uint16_t mtu; /* of the interface to the peer, for IKE fragments; 0 = not known */
	/* Certificates, for policies that want them; NULL = none. Borrowed: the engine counts its
	 * own references. */
	struct pki *pki;
};

enum {
	IKE_PROOF_CERTS = 8
};

/* Who a peer has proved to be. Borrowed for the call. */
struct ike_proof {
	const struct ike_id *id;
	/* DER, the peer's own first, verified; none = it has the pre-shared key */
	struct prim_chunk certs[IKE_PROOF_CERTS];
	size_t n_certs;
	bool by_name; /* the pre-shared key is that of this name; else it has only been claimed */
	bool called;  /* we began: it has to be the one that was meant */
};

/* What follows from who it is. */
struct ike_admission {
	uint64_t who; /* ike_path.who from now on */
	bool own_dpd; /* what follows, instead of what struct ike_peer has */
	uint32_t dpd_s;
	uint32_t dpd_retry_s;
};

/* What a client that has authenticated asks for with mode config. */
struct ike_client_request {
	struct ike_path path;
	uint64_t ike_sa;
	char group[IKE_GROUP_MAX];
	char user[IKE_USER_MAX]; /* "" without XAUTH */
	struct addr wanted;	 /* it had before, and would like to keep; NONE */
};

/* And what it gets. Texts end with a zero; "" and NONE are not sent. */
struct ike_client_config {
	struct addr address;
	uint8_t prefix_len; /* the netmask */
	struct addr dns[2];
	struct addr wins[2];
	char domain[128];
	char banner[512];
	char split_dns[256];		      /* domains with commas between */
	char backup[256];		      /* servers with spaces between */
	struct selector split[IKE_SPLIT_MAX]; /* local: the network at our side */
	size_t n_split;
	bool split_exclude; /* the list goes outside the tunnel, all else inside */
	bool save_password;
	uint16_t pfs_group;
	uint32_t lifetime_s; /* of the address, 0 = not said */
};

/* A user who wants in. */
struct ike_user {
	struct ike_path path;
	uint64_t ike_sa;
	char group[IKE_GROUP_MAX];
	char name[IKE_USER_MAX]; /* printable */
	struct secret password;
};

/* What the configuration wants of one SA pair: one permit line of one crypto map entry. */
struct ike_child_config {
	uint32_t tunnel;   /* the environment's own handle, returned in every callback */
	uint32_t sequence; /* of the crypto map entry, for debug */
	struct selector selector;
	struct alg_suite suites[IKE_SUITES_MAX]; /* in order of preference */
	size_t n_suites;
	uint8_t esn; /* bit i: suites[i] with sequence numbers of 64 bits (RFC 4304) */
	bool transport;
	uint16_t pfs_group; /* 0 = none asked; an offered group is accepted anyway */
	uint32_t lifetime_s;
	uint32_t lifetime_kb;
};

/* Whether what a peer has offered fits what a configuration wants. */
struct ike_fit {
	bool (*fits)(const struct ike_fit *fit, const struct ike_child_config *config);
};

/* A negotiated pair. The receiver copies what it keeps; keys are wiped after the callback. */
struct ike_child {
	uint32_t tunnel;
	uint32_t spi_in;      /* ours, from env->spi_alloc() */
	uint32_t spi_out;     /* the peer's */
	uint64_t ike_sa;      /* id of the IKE SA it was negotiated under */
	uint32_t msgid;	      /* of its quick mode */
	struct ike_path path; /* endpoints; ports matter with udp */
	struct selector selector;
	struct alg_suite suite;
	bool esn;
	bool transport;
	bool nat_remote; /* the peer is behind a NAT, which may move it */
	bool udp;	 /* ESP in UDP */
	bool initiator;
	uint16_t pfs_group;
	uint32_t lifetime_s; /* the lower of both ends, RESPONDER-LIFETIME included */
	uint32_t lifetime_kb;
	struct secret key_in; /* alg_suite_keymat_bytes(): cipher key, salt, integrity key */
	struct secret key_out;
};

/* Why something ended or was refused: rows of ike_reasons.def, REASON(ID, "name", "sentence"). */
enum ike_reason {
#define REASON(id, name, text) IKE_REASON_##id,
#include "controlplane/ike/ike_reasons.def"
#undef REASON
	IKE_REASON_COUNT,
};

/* Rejected input: rows of ike_counters.def, COUNTER(ID, "ike.name", "sentence"). */
enum ike_counter {
#define COUNTER(id, name, text) IKE_COUNT_##id,
#include "controlplane/ike/ike_counters.def"
#undef COUNTER
	IKE_COUNTER_COUNT,
};

const char *ike_reason_name(enum ike_reason reason);
const char *ike_reason_text(enum ike_reason reason);
const char *ike_counter_name(enum ike_counter counter);
const char *ike_counter_text(enum ike_counter counter);

enum ike_topic {
	IKE_TOPIC_ISAKMP,
	IKE_TOPIC_IPSEC,
	IKE_TOPIC_ENGINE,
	IKE_TOPIC_ICMP, /* what comes back to ping and traceroute: not of the engine */
	IKE_TOPIC_RADIUS,
	IKE_TOPIC_PACKET, /* packets with their verdict: not of the engine */
	IKE_TOPIC_COUNT
};

enum ike_event_type {
	IKE_EVENT_UP,	  /* phase 1 complete */
	IKE_EVENT_DOWN,	  /* an IKE SA is gone: reason */
	IKE_EVENT_HINT,	  /* it seems phase 1 will not come up: reason; once an SA */
	IKE_EVENT_FAILED, /* phase 1 never came up: reason */
	/* quick mode failed: tunnel, reason; spi is our inbound SPI when it was installed already
	 * (install_in) and has to be removed, else 0 */
	IKE_EVENT_CHILD_FAILED,
	/* the peer has forgotten us: drop every SA of this peer but those of ike_sa */
	IKE_EVENT_INITIAL_CONTACT,
	IKE_EVENT_MOVED,       /* a NAT reaches the peer of path.peer another way now: path */
	IKE_EVENT_INVALID_SPI, /* the peer does not know spi (authenticated notify) */
	IKE_EVENT_AGGRESSIVE,  /* somebody wants aggressive mode where it is not enabled */
	IKE_EVENT_DPD_LOST,    /* DPD has no answer (tries), but ESP of the peer comes in */
	IKE_EVENT_COLLISION, /* both ends negotiate the same at once: tunnel, 0 = phase 1 renewed */
	IKE_EVENT_SIZED,     /* the peer has answered ike_engine_sized(): number */
};

struct ike_event {
	enum ike_event_type type;
	enum ike_reason reason;
	uint64_t ike_sa;
	struct ike_path path;
	uint32_t tunnel;
	uint32_t spi;
	uint32_t number;  /* SIZED */
	uint8_t tries;	  /* DPD_LOST, and DOWN with DPD_DEAD: probes without answer */
	bool aggressive;  /* of the IKE SA: negotiated in aggressive mode */
	char detail[160]; /* printable, for the log */
};

struct ike_said;
struct ike_record;

/*
 * The world as the engine sees it. Callbacks may not call back into the engine, except through
 * job() completion, which the environment delivers later (never from inside job()).
 */
struct ike_env {
	void *ctx;
	uint64_t (*now_ms)(void *ctx);
	int (*random)(void *ctx, void *out, size_t len);
	void (*send)(void *ctx, const struct ike_path *path, const void *data, size_t len);
	/* The same, not to be fragmented on any way. NULL: as send(). */
	void (*send_whole)(void *ctx, const struct ike_path *path, const void *data, size_t len);
	/*
	 * 0, or -ENOENT for a peer that is not configured. id: who it says it is (aggressive mode)
	 * or has proved to be (certificates); NULL before. The engine wipes out->psk.
	 */
	int (*peer)(void *ctx, const struct ike_path *path, const struct ike_id *id,
		    struct ike_peer *out);
	/*
	 * The peer is authenticated as proof says: whether it may be who the configuration has at
	 * this address. 0 and *out, or -EACCES and the reason. NULL: everybody may.
	 */
	int (*admit)(void *ctx, const struct ike_path *path, const struct ike_proof *proof,
		     struct ike_admission *out, enum ike_reason *why);
	/* Initiator: whether the peer of a path may have SAs of the tunnel. NULL: it may. */
	bool (*may_have)(void *ctx, const struct ike_path *path, uint32_t tunnel);
	/*
	 * Responder: what our configuration wants for the proxy identities offered (as seen from
	 * our side). 0, or -ENOENT and the reason (no map, no such proxies). Where several would
	 * do, it is the first that fits, or when none does the first; fit NULL: all do.
	 */
	int (*child)(void *ctx, const struct ike_path *path, const struct selector *offered,
		     const struct ike_fit *fit, struct ike_child_config *out, enum ike_reason *why);
	/* A fresh inbound SPI for the tunnel, 0 when there is no room. Given back by spi_free()
	 * unless installed. */
	uint32_t (*spi_alloc)(void *ctx, uint32_t tunnel);
	void (*spi_free)(void *ctx, uint32_t spi);
	/*
	 * Installs the inbound SA. Answered later by ike_engine_installed(spi_in, error); until
	 * then the engine sends nothing that would let the peer use it.
	 */
	void (*install_in)(void *ctx, const struct ike_child *child);
	/* The peer is ready: from now on traffic may go out on spi_out. */
	void (*install_out)(void *ctx, const struct ike_child *child);
	/* The peer deleted its inbound SA spi_out (our outbound): the pair goes. */
	void (*child_deleted)(void *ctx, const struct ike_path *path, uint32_t spi_out);
	/*
	 * True when something came in from the peer of this path on ESP since since_ms
	 * (liveness), and in *sent whether we sent something.
	 */
	bool (*heard)(void *ctx, const struct ike_path *path, uint64_t since_ms, bool *sent);
	void (*event)(void *ctx, const struct ike_event *event);
	/*
	 * XAUTH: whether this is the user. Answered later by ike_engine_user(), never from inside.
	 * The engine wipes the password after the call. NULL: nobody is.
	 */
	void (*user)(void *ctx, const struct ike_user *user);
	/*
	 * Mode config: an address and more for a client. 0, or -ENOSPC (pool), -EACCES (limits,
	 * group) and the reason. Asked again under a new IKE SA of the same path.peer, it gets the
	 * same address. NULL: nobody gets any.
	 */
	int (*client)(void *ctx, const struct ike_client_request *request,
		      struct ike_client_config *out, enum ike_reason *why);
	/*
	 * Runs work(arg) on another thread and then done(arg) on the engine's thread; the
	 * environment calls ike_engine_tick() afterwards. 0, or -errno: the engine then runs it
	 * at once.
	 */
	int (*job)(void *ctx, void (*work)(void *arg), void (*done)(void *arg), void *arg);
	/* Something to say, only for topics switched on with ike_engine_debug(): ike_say.h. */
	void (*debug)(void *ctx, const struct ike_said *said);
	/*
	 * A negotiation has come further, or has ended: all that is known of it so far
	 * (ike_record.h), borrowed for the call. Known by ike_sa, kind and msgid. NULL: nobody
	 * keeps them.
	 */
	void (*record)(void *ctx, const struct ike_record *record);
	/*
	 * Another engine has SAs with the same peers, which are not to be forgotten: no
	 * INITIAL-CONTACT is sent.
	 */
	bool beside;
};

struct ike_engine;

/* Copies env. NULL without memory or randomness. */
struct ike_engine *ike_engine_create(const struct ike_env *env);
/* Frees everything without a word to the peers; see ike_engine_shutdown(). */
void ike_engine_destroy(struct ike_engine *engine);

/* One datagram from the network. Never fails: what is wrong is counted. */
void ike_engine_receive(struct ike_engine *engine, const struct ike_path *path, const void *data,
			size_t len);
/*
 * Runs everything that is due. Returns the clock value of the next timer, UINT64_MAX for none; to
 * be called after any other call as well.
 */
uint64_t ike_engine_tick(struct ike_engine *engine);

/*
 * Wants an SA pair: starts phase 1 if there is none to this peer, then quick mode. A second call
 * for a tunnel whose quick mode is already under way or waiting does nothing (-EALREADY). path:
 * local and remote addresses; ports 500. Also the way to rekey: a new pair beside the old one.
 */
int ike_engine_initiate(struct ike_engine *engine, const struct ike_path *path,
			const struct ike_child_config *config);
/* Phase 1 alone, whatever stands with the peer. 0, -ENOENT (unknown peer or no key), -errno. */
int must_check ike_engine_phase1(struct ike_engine *engine, const struct ike_path *path);
/*
 * Asks the peer whether it is there (RFC 3706) in an IP datagram of so many bytes, or up to a block
 * of the cipher less, that may not be fragmented; as few as the question takes when that is more.
 * An answer is IKE_EVENT_SIZED with this number; nothing is repeated, and nothing ends without one.
 * 0, -ENOENT without an IKE SA, -EOPNOTSUPP when the peer does not answer such questions, -EBUSY
 * while another one waits for its answer.
 */
int must_check ike_engine_sized(struct ike_engine *engine, const struct ike_path *path,
				size_t bytes, uint32_t *number);
void ike_engine_installed(struct ike_engine *engine, uint32_t spi_in, int error);
/* An IKE SA with the peer stands: quick mode with it needs no phase 1. */
bool ike_engine_reaches(struct ike_engine *engine, const struct ike_path *path);
/* Sends DELETE for our inbound SPI under any IKE SA to this peer; silent when there is none. */
void ike_engine_delete_child(struct ike_engine *engine, const struct ike_path *path,
			     uint32_t spi_in);
/*
 * Ends IKE SAs with DELETE: one by connection id, or all of one remote address, or all (conn_id 0
 * and remote NULL). Returns how many.
 */
size_t ike_engine_clear(struct ike_engine *engine, uint32_t conn_id, const struct addr *remote);
/* The same for all of one peer (path.peer), for a reason that is logged. */
size_t ike_engine_end_peer(struct ike_engine *engine, uint64_t peer, enum ike_reason reason);
/* The same for all that stand on one proof (path.who). */
size_t ike_engine_end_who(struct ike_engine *engine, uint64_t who, enum ike_reason reason);
/*
 * The peer of to->peer has proved by other means (ESP) that it is reached this way now, which
 * was at another port or address: its IKE SAs follow. 0, or -EADDRINUSE: the configuration names
 * somebody else at the new address, nothing follows. No
 * event.
 */
int must_check ike_engine_move(struct ike_engine *engine, const struct addr *from,
			       const struct ike_path *to);
/* XAUTH: the answer to env->user: NONE lets the user in, anything else ends the IKE SA. */
void ike_engine_user(struct ike_engine *engine, uint64_t ike_sa, enum ike_reason verdict);
/* DELETE for every IKE SA (after the caller has deleted the children): the appliance goes down. */
void ike_engine_shutdown(struct ike_engine *engine);
/* The cipher key of an IKE SA, for whoever is to decrypt its messages. Borrowed for the call. */
struct ike_key {
	uint8_t cookie_i[8];
	const struct secret *enc;
};

/* Of one SA, or with 0 of all that have keys. */
void ike_engine_keys(const struct ike_engine *engine, uint64_t ike_sa,
		     void (*tell)(void *ctx, const struct ike_key *key), void *ctx);

/* Topics as a bit mask of 1 << enum ike_topic. */
void ike_engine_debug(struct ike_engine *engine, unsigned topics);

/* For `show crypto isakmp sa`. */
struct ike_sa_info {
	uint64_t id;
	uint32_t conn_id;
	struct ike_path path;
	bool initiator;
	bool deleted;
	const char *state;     /* IOS name: "QM_IDLE" */
	const char *state_asa; /* "MM_ACTIVE", "MM_WAIT_MSG6" */
	bool aggressive;
	bool rekey; /* one of two SAs of a peer while phase 1 is renewed: the other one carries */
	uint8_t cookie_i[8];
	uint8_t cookie_r[8];
	struct ike_policy policy; /* negotiated; zero before agreement */
	uint64_t age_s;
	uint64_t remaining_s;
	bool nat_local;
	bool nat_remote;
	bool dpd;
	uint32_t children;	   /* quick modes completed under it */
	uint32_t pending;	   /* and in progress */
	char group[IKE_GROUP_MAX]; /* of a client */
	char user[IKE_USER_MAX];
};

void ike_engine_each(const struct ike_engine *engine,
		     void (*fn)(void *ctx, const struct ike_sa_info *), void *ctx);
uint64_t ike_engine_counter(const struct ike_engine *engine, enum ike_counter counter);
