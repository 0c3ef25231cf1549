/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Quick mode (RFC 2409 5.5): what both roles share. The handlers of the steps are in
 * quick_mode_i.h and quick_mode_r.h. Installation order: the inbound SA is installed and
 * confirmed before the message that lets the peer use it is sent; outbound when the peer is known
 * to be ready.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_keys.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_work.h"
#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

enum {
	QUICK_MODE_NONCE = 32
};

struct ike_quick {
	LIST_ENTRY(ike_quick) link;
	LIST_ENTRY(ike_quick) install_link; /* engine->installing */
	bool installing;
	struct ike_txn txn;
	struct ike_child_config config;
	struct ike_nonce nonce_i;
	struct ike_nonce nonce_r;
	struct prim_dh *dh;
	struct ike_child child;	   /* complete, with keys, from the installation on */
	uint32_t spi_in;	   /* ours; given back on failure unless installed */
	uint32_t spi_out;	   /* the peer's, as soon as it is known */
	bool installed;		   /* the environment was given the inbound SA */
	bool reported;		   /* the end was told to the environment */
	struct ike_record *record; /* owned, NULL = none is kept */
};

/*
 * A quick mode under an SA that is up; an initiator's message ID is marked as used. NULL without
 * memory or when the ID is not fresh.
 */
struct ike_quick *quick_mode_create(struct ike_sa *sa, uint32_t msgid, bool initiator,
				    const struct ike_child_config *config);
void quick_mode_destroy(struct ike_quick *quick);
/* Starts one as initiator. 0 or -errno. */
int must_check quick_mode_start(struct ike_sa *sa, const struct ike_child_config *config);

struct ike_quick *quick_mode_of(struct ike_txn *txn);
struct ike_quick *quick_mode_find(struct ike_sa *sa, uint32_t msgid);
/* One we started for this tunnel, unfinished. */
struct ike_quick *quick_mode_find_tunnel(struct ike_sa *sa, uint32_t tunnel);
/* The peer negotiates the same tunnel: said as an event. */
void quick_mode_look_for_collision(const struct ike_quick *quick);
/* How many are not finished. */
size_t quick_mode_active(const struct ike_sa *sa);

/* Ends an unfinished one: SPI given back, the environment told, memory freed. */
void quick_mode_fail(struct ike_quick *quick, enum ike_reason reason);
void quick_mode_give_up(struct ike_txn *txn);
/* The peer refused (authenticated notify): fails the quick mode meant, if one can be told. */
void quick_mode_refused(struct ike_sa *sa, const struct ike_notify *notify);
/* The environment has installed the inbound SA, or could not. */
void quick_mode_installed(struct ike_engine *engine, uint32_t spi_in, int error);
/* Row action: the pair is complete. */
void quick_mode_done(struct ike_txn *txn);

/* Pieces of the handlers. */
int must_check quick_mode_check_payloads(struct ike_work *work, uint16_t group);
int must_check quick_mode_own_nonce(struct ike_quick *quick, struct ike_nonce *nonce);
/* Keys of both directions, and the inbound SA to the environment. */
int must_check quick_mode_install(struct ike_work *work);
void quick_mode_write_ke(struct ike_out *out, const struct ike_quick *quick);
/*
 * Our view of the proxy identities in a message; the IKE addresses when there are none. A range
 * that is no network is refused, and named in work->quick.note.
 */
int must_check quick_mode_selector(struct ike_work *work, bool initiator, bool *has_ids,
				   struct selector *out);
/*
 * Transport mode through a NAT: each end names itself with the address it has, so the identities
 * are put to the addresses the SA will have (RFC 3947 5.2). NATD: a NAT-OA that is malformed;
 * PROXY_ID: the peer behind the NAT names itself otherwise than in NAT-OA.
 */
int must_check quick_mode_through_nat(const struct ike_work *work, struct selector *s);
/* NAT-OA of both ends, the initiator's first. */
void quick_mode_write_natoa(struct ike_out *out, const struct ike_sa *sa, bool initiator);
/* The encapsulation we offer under this SA. */
enum ike_encapsulation quick_mode_encapsulation(const struct ike_sa *sa, bool transport);
