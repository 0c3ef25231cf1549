/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Evidence of one negotiation: what was offered and accepted, attribute by attribute, who said to
 * be whom, which message came and which did not, how it ended. Facts as values: no pointers, no
 * keys, no passwords, nothing that is secret. The engine keeps one for each negotiation in progress
 * and hands it to the environment (ike_env.record) whenever it has changed; whoever reads packets
 * of others can fill one as well. The diagnosis (controlplane/diagnose) is made of these.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_proposal.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	IKE_RECORD_OFFERS = 8,	 /* terms kept; n_offers counts all */
	IKE_RECORD_MESSAGES = 6, /* of an exchange */
	IKE_RECORD_TEXT = 80,
	IKE_RECORD_CONFIG = 32, /* attributes of mode config */
};

enum ike_record_kind {
	IKE_RECORD_PHASE1,
	IKE_RECORD_QUICK,
	IKE_RECORD_LOGIN, /* XAUTH and mode config under one IKE SA */
	IKE_RECORD_KIND_COUNT,
};

/* What a transform offers, or a policy wants: numbers of the wire, 0 = absent. */
struct ike_record_terms {
	uint8_t protocol;     /* enum ike_protocol */
	uint8_t transform_id; /* phase 2: the cipher */
	uint16_t encryption;  /* phase 1 */
	uint16_t key_bits;
	uint16_t hash; /* phase 2: the authentication algorithm */
	uint16_t auth;
	uint16_t group;
	uint16_t encapsulation;
	uint16_t esn;
	uint16_t policy; /* ours: number of the policy, or of the entry; else 0 */
	uint32_t lifetime_s;
	uint32_t lifetime_kb;
};

/* Of all comparisons the one in which least differed. */
struct ike_record_nearest {
	bool any;	  /* there was one */
	uint16_t differs; /* bits 1 << enum ike_refusal: everything that differs, not the first */
	struct ike_record_terms offered;
	struct ike_record_terms wanted;
};

struct ike_record_id {
	uint8_t type; /* enum ike_id_type, 0 = none came */
	char text[IKE_RECORD_TEXT];
};

/* One message of the exchange. */
struct ike_record_message {
	uint8_t times; /* sent, or received (duplicates too); 0 = never */
	bool ours;
	uint32_t first_ms; /* since started_ms */
	uint32_t last_ms;
};

/* What the peer has to prove itself with, as we see it. */
enum ike_record_key {
	IKE_RECORD_KEY_UNKNOWN, /* not looked for yet */
	IKE_RECORD_KEY_NONE,
	IKE_RECORD_KEY_ADDRESS,	 /* a pre-shared key of its address */
	IKE_RECORD_KEY_WILDCARD, /* of a range, or of everybody */
	IKE_RECORD_KEY_NAME,	 /* of the name it gave */
	IKE_RECORD_KEY_GROUP,	 /* of a client group */
	IKE_RECORD_KEY_DECOY,	 /* nobody's: the name it gave is not known */
	IKE_RECORD_KEY_CERTIFICATE,
};

struct ike_record_phase1 {
	uint8_t messages_seen; /* number of the last message that came or went, 1 to 6 (3) */
	uint8_t key;	       /* enum ike_record_key */
	bool undecodable;      /* message 5 or 6 decrypts to nonsense: payload, and why in bad */
	bool hash_wrong;       /* it decrypts, and HASH does not hold */
	uint8_t bad_payload;   /* type of the payload at which reading ended, 0 = none */
	struct ike_record_id id_local;
	struct ike_record_id id_remote;	  /* as it came */
	struct ike_record_id id_expected; /* when it is not what was expected */
	bool natt_local;		  /* we offered NAT traversal */
	bool natt_remote;
	bool nat_local; /* a NAT was found in front of us, of the peer */
	bool nat_remote;
	uint16_t peer_vendors; /* bits 1 << enum ike_vendor */
	bool unity;	       /* a client, as its vendor IDs say */
	uint32_t lifetime_s;   /* agreed */
};

struct ike_record_quick {
	uint32_t tunnel; /* env's handle, 0 with known false */
	bool known;	 /* an entry was found for it */
	uint32_t msgid;
	struct selector ours;	 /* initiator: proposed; responder: of the entry when known */
	struct selector offered; /* responder: as the peer proposed, from our side */
	bool has_offered;
	bool answered_others; /* initiator: the answer names other proxies: offered */
	bool range;	      /* the proxies name a range that is no network */
	bool ke_received;
	uint16_t group_offered; /* PFS; 0 = none */
	uint16_t group_wanted;
	uint32_t spi_in;
	uint32_t spi_out;
	uint32_t lifetime_s; /* in use; the peer's below ours when lowered */
	uint32_t lifetime_kb;
	bool lifetime_lowered; /* RESPONDER-LIFETIME, or its offer was shorter */
};

struct ike_record_login {
	char group[IKE_GROUP_MAX];
	char user[IKE_USER_MAX];
	uint8_t tries;
	bool asked; /* XAUTH: was asked for a name */
	bool answered;
	bool accepted;
	bool old_draft; /* mode config or XAUTH of a version that is not ours */
	struct addr address;
	uint16_t requested[IKE_RECORD_CONFIG]; /* mode config attributes asked for */
	uint8_t n_requested;
	bool got_dns; /* in our reply */
	bool got_split;
};

struct ike_record {
	enum ike_record_kind kind;
	uint64_t ike_sa;
	uint32_t conn_id;
	struct ike_path path;
	uint64_t started_ms; /* env clock */
	uint64_t changed_ms;
	uint64_t ended_ms; /* 0 = in progress */
	bool initiator;	   /* our role in this exchange */
	bool aggressive;
	bool up; /* ended well */
	uint8_t cookie_i[8];
	uint8_t cookie_r[8];
	enum ike_reason reason; /* how it ended, NONE = well or not yet */
	enum ike_reason hint;	/* what it seems while it still tries */
	struct ike_record_message messages[IKE_RECORD_MESSAGES]; /* by number - 1 */
	uint16_t notify;      /* last error notify of the peer, 0 = none */
	bool notify_proven;   /* it came under the keys of the SA */
	uint16_t notify_sent; /* last of ours */
	uint16_t n_offers;    /* transforms in the initiator's offer */
	uint8_t n_offers_kept;
	struct ike_record_terms offers[IKE_RECORD_OFFERS];
	struct ike_record_nearest nearest;
	struct ike_record_terms chosen; /* zero = none */
	union {
		struct ike_record_phase1 phase1;
		struct ike_record_quick quick;
		struct ike_record_login login;
	};
};

/* "AES-CBC-256 MD5 pre-share group 2", "ESP_3DES HMAC-SHA", "AH HMAC-SHA transport": what stands in
 * a sentence. Returns buf. */
char *ike_record_terms_print(const struct ike_record_terms *t, enum ike_phase phase, char *buf,
			     size_t size);
/* The name of one attribute ("hash") and its value in the terms ("MD5"). */
const char *ike_record_attribute(enum ike_refusal attribute);
char *ike_record_value_print(const struct ike_record_terms *t, enum ike_refusal attribute,
			     enum ike_phase phase, char *buf, size_t size);

/* The same facts out of what the engine works with. */
struct ike_record_terms ike_record_terms_offered(const struct ike_sa_offer *offer, size_t i);
struct ike_record_terms ike_record_terms_of_policy(const struct ike_policy *policy);
/* The i-th suite of an entry; udp: this IKE SA found a NAT. */
struct ike_record_terms ike_record_terms_of_suite(const struct ike_child_config *config, size_t i,
						  bool udp);
/* Everything that keeps the i-th transform of an offer from being what is wanted. */
uint16_t ike_record_terms_differ(const struct ike_sa_offer *offer, size_t i,
				 const struct ike_record_terms *wanted);
/* Keeps what is offered; of more than IKE_RECORD_OFFERS the first. */
void ike_record_terms_keep(struct ike_record *record, const struct ike_sa_offer *offer);
/* The nearest of all comparisons; of several the first. */
void ike_record_terms_nearest(struct ike_record *record, const struct ike_sa_offer *offer,
			      const struct ike_record_terms *wanted, size_t n_wanted);
