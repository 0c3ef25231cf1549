/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the engine keeps evidence: a record (ike_record.h) of each negotiation in progress, filled in
 * by one line at each place that learns something, and handed to the environment when it has
 * changed. Whoever has no record, for want of memory or because nobody asked for any, is left
 * alone: all of these then do nothing.
 */
#pragma once

#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_proposal.h"
#include "controlplane/ike/ike_record.h"
#include "controlplane/ike/ike_sa.h"
#include "controlplane/ike/ike_work.h"

#include <stdbool.h>
#include <stdint.h>

struct ike_quick;

/* Pieces that the files of this part share. NULL without memory, or when nobody asks. */
struct ike_record *ike_evidence_create(const struct ike_sa *sa, enum ike_record_kind kind,
				       bool initiator);
/* Of a message being worked on, NULL = none, or it is over. */
struct ike_record *ike_evidence_of_work(const struct ike_work *work);
/* What SA, quick mode and login know by now. */
void ike_evidence_see_phase1(const struct ike_sa *sa, struct ike_record *r);
void ike_evidence_see_quick(const struct ike_quick *quick, struct ike_record *r);
void ike_evidence_see_login(const struct ike_sa *sa, struct ike_record *r);
void ike_evidence_put_id(struct ike_record_id *out, const struct ike_id *id);
/* Hands it out; the second time it is over. */
void ike_evidence_tell(const struct ike_sa *sa, struct ike_record *r);
void ike_evidence_close(const struct ike_sa *sa, struct ike_record *r, enum ike_reason reason);

/* Phase 1: the handshake is there, which owns the record. */
void ike_evidence_begin(struct ike_sa *sa);
/* Quick mode as initiator. */
void ike_evidence_begin_quick(struct ike_quick *quick);
/* The same as responder, before it is known what for: the work owns it, then the quick mode. */
void ike_evidence_begin_offered(struct ike_work *work);
void ike_evidence_take_offered(struct ike_quick *quick, struct ike_work *work);
/* XAUTH and mode config of an SA that has come up, when there is to be any. */
void ike_evidence_begin_login(struct ike_sa *sa);
/* Phase 1 that we were to begin, and have nothing to prove ourselves with: NO_KEY, or NO_CERT. */
void ike_evidence_no_key(struct ike_engine *engine, const struct ike_path *path,
			 enum ike_reason reason);
/* Message 1 of phase 1 that is refused before there is an SA; id: who it says it is, type 0 = no
 * word of that. */
void ike_evidence_refused_first(struct ike_engine *engine, const struct ike_path *path,
				const struct ike_header *header, const struct ike_id *id,
				enum ike_reason reason);

/* Messages: on their way, or come; again: the same as before. */
void ike_evidence_sent(const struct ike_txn *txn, bool again);
void ike_evidence_received(const struct ike_txn *txn, bool again);
/* A message was refused: what it shows. The exchange may go on. */
void ike_evidence_refused(struct ike_work *work, int verdict);

/* What was offered, and (n policies) how near it came to what is wanted. */
void ike_evidence_offer_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer);
void ike_evidence_refused_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer,
			     const struct ike_policy *policies, size_t n);
void ike_evidence_offer_p2(const struct ike_work *work, const struct ike_sa_offer *offer);
void ike_evidence_refused_p2(const struct ike_work *work, const struct ike_sa_offer *offer,
			     const struct ike_child_config *config);
/* Who the peer says it is, and whom we had expected when that is not so. */
void ike_evidence_peer_id(const struct ike_sa *sa, const struct ike_id *id);
void ike_evidence_expected_id(const struct ike_sa *sa);
/* The proxies in a message of quick mode; NULL: they are no networks. */
void ike_evidence_proxies(const struct ike_work *work, const struct selector *s);
/* The entry that was found for them. */
void ike_evidence_entry(const struct ike_work *work);

/* The peer says no; proven: under the keys of the SA. */
void ike_evidence_notified(const struct ike_sa *sa, uint16_t type, bool proven);
void ike_evidence_quick_notified(const struct ike_quick *quick, uint16_t type);
/* We said no. */
void ike_evidence_notify_sent(const struct ike_sa *sa, uint16_t type);
/* What it seems, while it still goes on: sa->main.hint. */
void ike_evidence_hint(const struct ike_sa *sa);

/* Phase 1 has come up. */
void ike_evidence_up(const struct ike_sa *sa);
/* The SA ends: of phase 1 and of the login whatever is not over. */
void ike_evidence_ended(const struct ike_sa *sa, enum ike_reason reason);
void ike_evidence_quick_up(const struct ike_quick *quick);
void ike_evidence_quick_ended(const struct ike_quick *quick, enum ike_reason reason);

/* The login has come further: access says how far. */
void ike_evidence_login(const struct ike_sa *sa);
/* The client's wishes, as they stand in a payload; and what it got. */
void ike_evidence_requested(const struct ike_sa *sa, struct rbuf attrs);
void ike_evidence_configured(const struct ike_sa *sa, const struct ike_client_config *client);
/* It speaks a version of XAUTH or mode config that is not ours. */
void ike_evidence_old_draft(const struct ike_sa *sa);
