/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The SA payload: parsing what the peer offers into arrays of fixed size, choosing from it,
 * writing our own offers and replies, and checking the peer's choice against our offer.
 * Parsing and choosing cost time linear in the length of the payload and allocate nothing.
 */
#pragma once

#include "controlplane/ike/ike_attr.h"
#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offers beyond these numbers are refused whole (SA_MALFORMED): no peer makes them. One proposal
 * can hold 255 transforms, so one big proposal always fits. */
enum {
	IKE_PROPOSALS_MAX = 64,
	IKE_TRANSFORMS_MAX = 256,
	IKE_ATTRS_MAX = 16, /* in one transform; more is ATTR */
};

enum ike_phase {
	IKE_PHASE_1,
	IKE_PHASE_2
};

/* One transform with its attributes decoded: wire numbers, 0 where absent. */
struct ike_transform {
	uint8_t number;
	uint8_t id;	   /* KEY_IKE (1) in phase 1, the cipher's ESP number in phase 2 */
	uint8_t proposal;  /* index into ike_sa_offer.proposals */
	bool last;	   /* no transform follows in its proposal */
	bool foreign;	   /* carries an attribute or value we have no row for: never acceptable */
	bool custom_group; /* describes a group by its numbers: never accepted (H029) */
	uint8_t n_attrs;
	uint16_t encryption; /* phase 1 only */
	uint16_t hash;	     /* phase 1 hash, phase 2 authentication algorithm */
	uint16_t auth;	     /* phase 1 only */
	uint16_t group;
	uint16_t key_bits;
	uint16_t encapsulation; /* phase 2 only */
	uint16_t esn;		/* phase 2 only: IKE_ESN_64 */
	bool has_seconds;
	bool has_kilobytes;
	uint64_t seconds; /* as offered, not yet clamped */
	uint64_t kilobytes;
	const uint8_t *attrs; /* the attribute bytes in the message, parsed clean */
	uint16_t attrs_len;
};

struct ike_proposal {
	uint8_t number;	  /* equal and adjacent numbers are one AND-suite */
	uint8_t protocol; /* enum ike_protocol, or whatever the peer wrote */
	uint8_t spi_len;
	uint32_t spi;	       /* host order, when spi_len is 4 */
	uint16_t first;	       /* its transforms in ike_sa_offer.transforms */
	uint16_t n_transforms; /* at least 1 */
};

/* About 20 kB: on the stack of one function, not in a state. Views point into the message. */
struct ike_sa_offer {
	enum ike_phase phase;
	struct ike_proposal proposals[IKE_PROPOSALS_MAX];
	size_t n_proposals;
	struct ike_transform transforms[IKE_TRANSFORMS_MAX];
	size_t n_transforms;
};

/*
 * Parses an SA payload. BAD_DOI; RESERVED; SA_MALFORMED (lengths, counts, chain, numbers that do
 * not increase, no proposal or transform, too many); BAD_SPI (phase 1: longer than 16; ESP and AH:
 * not 4 bytes or below 256); ATTR (does not fit, empty, repeated with another value, more than
 * IKE_ATTRS_MAX); LIFETIME (type without duration or the reverse, 0 or more than 8 bytes). Unknown
 * protocols, transforms and attributes are not errors: they are never chosen.
 */
int must_check ike_proposal_parse(const struct ike_payload *sa, enum ike_phase phase,
				  struct ike_sa_offer *out);

/* Why a transform was not acceptable, in the order of the comparison. */
enum ike_refusal {
	IKE_REFUSAL_NONE, /* acceptable */
	IKE_REFUSAL_PROTOCOL,
	IKE_REFUSAL_ENCRYPTION,
	IKE_REFUSAL_KEY_BITS,
	IKE_REFUSAL_HASH,
	IKE_REFUSAL_ESN,
	IKE_REFUSAL_GROUP,
	IKE_REFUSAL_AUTH,
	IKE_REFUSAL_ENCAPSULATION,
	IKE_REFUSAL_ATTRIBUTE, /* an attribute or value we have no row for */
	IKE_REFUSAL_COUNT,
};

/* The sentence of `debug crypto isakmp`: "Hash algorithm offered does not match policy!". */
const char *ike_proposal_refusal_text(enum ike_refusal refusal);

/* Called once for each comparison, in order; refusal NONE on the one that is chosen. */
struct ike_proposal_check {
	const struct ike_proposal *proposal;
	const struct ike_transform *transform;
	const struct ike_policy *policy; /* phase 1 */
	enum ike_refusal refusal;
	bool anded; /* the next proposal is to be taken together with this one */
};
typedef void (*ike_proposal_check_fn)(void *ctx, const struct ike_proposal_check *check);

/* What was chosen: values only, valid after the message is gone. */
struct ike_choice {
	uint8_t proposal; /* numbers to echo */
	uint8_t transform;
	uint8_t transform_id;
	struct ike_attr attrs[IKE_ATTRS_MAX]; /* as offered; echoed by the responder */
	size_t n_attrs;
	enum ike_refusal refusal; /* when nothing was chosen: the one that came furthest */
	/* phase 1 */
	size_t policy_index;
	struct ike_policy policy; /* ours, with the lifetime in use */
	/* phase 2 */
	struct alg_suite suite;
	bool esn;
	uint32_t spi;	/* the peer's */
	uint16_t group; /* PFS, 0 = none: KE must be present exactly when it is not 0 */
	uint16_t encapsulation;
	uint32_t lifetime_s;
	uint32_t lifetime_kb;  /* 0 = unlimited */
	bool lifetime_changed; /* in use is not what was offered: tell it with RESPONDER-LIFETIME */
};

/*
 * Responder, phase 1: our policies in their order, against each the peer's transforms in theirs.
 * Lifetime never refuses (R017): the shorter one is used, not below IKE_LIFETIME_MIN_S.
 * NO_PROPOSAL, or BAD_GROUP when everything up to the group matched. check may be NULL.
 */
int must_check ike_proposal_select_p1(const struct ike_sa_offer *offer,
				      const struct ike_policy *policies, size_t n_policies,
				      ike_proposal_check_fn check, void *ctx,
				      struct ike_choice *out);

enum {
	IKE_LIFETIME_MIN_S = 120,
	IKE_LIFETIME_MIN_KB = 2560
}; /* H105 */

/*
 * Responder, phase 2: the peer's proposals in their order, the first transform that is one of
 * config's suites. Proposals with AH, IPCOMP or an AND-suite are refused. udp: this IKE SA found a
 * NAT, so the encapsulation must be a UDP one (RFC or draft numbers); without it, a plain one.
 * config's PFS group must be met exactly; when it has none, any known group is accepted.
 * NO_PROPOSAL, BAD_GROUP.
 */
int must_check ike_proposal_select_p2(const struct ike_sa_offer *offer,
				      const struct ike_child_config *config, bool udp,
				      ike_proposal_check_fn check, void *ctx,
				      struct ike_choice *out);

/* Whether any transform offers this mode in UDP (RFC 3947 5.1), by either's number. */
bool ike_proposal_offers_udp(const struct ike_sa_offer *offer, bool transport);
/* Whether any proposal is of that protocol. */
bool ike_proposal_offers(const struct ike_sa_offer *offer, enum ike_protocol protocol);

/* Whether a proposal is to be taken together with another one (RFC 2408 4.2). */
bool ike_proposal_is_anded(const struct ike_sa_offer *offer, size_t i);
/* The name of an attribute's value as debug has it, "3DES-CBC"; NULL = not known. */
const char *ike_proposal_value_name(enum ike_phase phase, uint16_t type, uint64_t value);

/*
 * Initiator: the peer's reply must be one proposal with one transform that equals one of our
 * offers in every attribute, no more and no less (H103). Same policies or config, encapsulation
 * and group as in the offer. Fills choice as select does. NO_PROPOSAL.
 */
int must_check ike_proposal_verify_p1(const struct ike_sa_offer *reply,
				      const struct ike_policy *policies, size_t n_policies,
				      struct ike_choice *out);
int must_check ike_proposal_verify_p2(const struct ike_sa_offer *reply,
				      const struct ike_child_config *config,
				      enum ike_encapsulation encapsulation, struct ike_choice *out);

/* Our offer of phase 1: one proposal, one transform for each policy. */
void ike_proposal_build_p1(struct ike_build *b, const struct ike_policy *policies,
			   size_t n_policies);
/* Our offer of phase 2: one proposal a suite, all with one SPI, PFS group from config. */
void ike_proposal_build_p2(struct ike_build *b, const struct ike_child_config *config,
			   enum ike_encapsulation encapsulation, uint32_t spi);
/* The responder's SA payload: the chosen transform written again from its values (V41); spi is
 * ours, 0 in phase 1. */
void ike_proposal_build_choice(struct ike_build *b, const struct ike_choice *choice, uint32_t spi);

/* The encapsulation to offer. draft: the NAT-T version agreed is a draft's. */
enum ike_encapsulation ike_proposal_encapsulation(bool transport, bool udp, bool draft);

/* The attributes of a transform as `debug crypto isakmp` prints them, a call for each line:
 * "encryption 3DES-CBC", "life duration (VPI) of 0x0 0x1 0x51 0x80", "encaps is 1 (Tunnel)"; pix
 * where PIX 6 words it otherwise, else the same. */
void ike_proposal_describe(const struct ike_transform *t, enum ike_phase phase,
			   void (*line)(void *ctx, const char *text, const char *pix), void *ctx);
