/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One message being worked on, from its arrival to the reply: the decrypted copy, its views, what
 * the handler verified, and the job: Diffie-Hellman, a signature to check or to make. It outlives
 * the call when the job runs on another thread; nothing of the SA is changed before the commit
 * handler runs.
 */
#pragma once

#include "controlplane/ike/config_payload.h"
#include "controlplane/ike/ike_engine.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_keys.h"
#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_proposal.h"
#include "controlplane/ike/ike_steps.h"
#include "controlplane/ike/ike_txn.h"
#include "controlplane/ike/ike_vendor.h"
#include "lib/base/compat.h"
#include "lib/crypto/pki_file.h"
#include "lib/crypto/pki_verify.h"
#include "lib/crypto/prim.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

/* Runs on any thread; touches nothing but itself and the immutable message. */
struct ike_dh_job {
	uint16_t group;	       /* 0 = nothing to do */
	struct prim_dh *dh;    /* ours while the job runs; created when NULL */
	struct prim_dh **home; /* where it belongs as long as the exchange lives */
	const uint8_t *peer;   /* public value to derive with, NULL = only create */
	size_t peer_len;
	uint8_t shared[PRIM_PUBLIC_MAX]; /* result */
	size_t shared_len;
	int rc;
};

/*
 * The same for certificates. A handler orders it and says that it wants to be called again
 * (IKE_AGAIN, IKE_STEP_AGAIN); then the result is here.
 */
struct ike_cert_job {
	bool ordered;		   /* and not run yet */
	bool checked;		   /* result: verdict, subject */
	bool made;		   /* result: signature, rc */
	struct pki *pki;	   /* our reference */
	const struct pki_key *key; /* of pki; to sign with, NULL = to check */
	struct pki_check check;
	struct prim_chunk wrapped; /* PKCS #7: what is in it joins check.certs; len 0 = none */
	struct pki_ders unwrapped; /* these, owned */
	enum pki_verdict verdict;
	char subject[PKI_TEXT];
	uint8_t hash[PRIM_DIGEST_MAX];
	size_t hash_len;
	uint8_t signature[PKI_SIGNATURE_MAX];
	size_t signature_len;
	int rc;
};

/* What phase 1 handlers verified. */
struct ike_work_main {
	struct ike_choice choice;
	uint32_t vendors; /* bit mask of 1 << enum ike_vendor */
	struct ike_id id;
	bool nat_local;
	bool nat_remote;
	bool initial_contact;
	struct ike_keys keys;		 /* of an aggressive mode that is not authenticated yet */
	uint8_t id_body[4 + IKE_ID_MAX]; /* its initiator's identity, of message 1 */
};

enum {
	IKE_WORK_NOTE = 48
};

/* What quick mode handlers verified. */
struct ike_work_quick {
	struct ike_choice choice;
	struct ike_child_config config;
	bool has_ids;
	uint32_t lifetime_s; /* from RESPONDER-LIFETIME, 0 = not said */
	uint32_t lifetime_kb;
	char note[IKE_WORK_NOTE]; /* what of the offer was refused, printable */
};

/* What the peer's user answered: views into the message. */
struct ike_work_login {
	struct prim_chunk name;
	struct prim_chunk password;
};

struct ike_work {
	LIST_ENTRY(ike_work) link; /* engine->works while a job runs */
	struct ike_engine *engine; /* NULL: the engine is gone */
	struct ike_sa *sa;
	struct ike_txn *txn; /* NULL: the exchange is gone, or an informational message */
	const struct ike_step *step;
	struct ike_path path;
	uint8_t digest[IKE_TXN_DIGEST];
	uint8_t iv[PRIM_IV_MAX]; /* behind the message, committed with it */
	struct ike_msg msg;
	void (*next)(struct ike_work *work); /* after the job; owns the work then */
	bool accepted; /* what came with the message is committed, the reply is being made */
	struct ike_record *record; /* of a quick mode that is not there yet, owned; NULL = none */
	struct ike_dh_job dh;
	struct ike_cert_job cert;
	/* A refusal wants more than its counter: */
	uint16_t notify;	/* told to the peer, 0 = nothing */
	enum ike_reason reason; /* ends the exchange, NONE = it goes on as if nothing had come */
	union {
		struct ike_work_main main;
		struct ike_work_quick quick;
		struct ike_work_login login;
		struct config_payload config; /* what a client asks for */
	};
	size_t len;
	uint8_t raw[]; /* the datagram without marker, decrypted in place */
};

/* data may be NULL with len 0: a step that no message starts. NULL without memory. */
struct ike_work *ike_work_create(struct ike_engine *engine, struct ike_sa *sa,
				 const struct ike_path *path, const void *data, size_t len);
/* Wipes and frees. */
void ike_work_destroy(struct ike_work *work);
/* The exchange ends while the job runs: its result will be thrown away. */
void ike_work_detach(struct ike_work *work);
/*
 * Runs what was ordered (Diffie-Hellman, a signature), on another thread if the environment has
 * one, then work->next(work). Not called when the exchange ended meanwhile.
 */
void ike_work_run(struct ike_work *work);
