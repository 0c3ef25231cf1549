/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The states of phase 1, quick mode and transactions as a table. A state is named for what has
 * happened last. Which state may follow which is a matrix here; the one setter is
 * ike_txn_set_state().
 */
#pragma once

#include <stdbool.h>

enum ike_state {
	IKE_STATE_NEW,		      /* nothing sent, nothing accepted */
	IKE_STATE_MM_I_SENT_SA,	      /* initiator: message 1 sent */
	IKE_STATE_MM_I_SENT_KE,	      /* message 3 sent */
	IKE_STATE_MM_I_SENT_AUTH,     /* message 5 sent */
	IKE_STATE_MM_R_SENT_SA,	      /* responder: message 2 sent, cookie not echoed yet */
	IKE_STATE_MM_R_SENT_KE,	      /* message 4 sent */
	IKE_STATE_AG_NEW,	      /* aggressive mode, nothing sent */
	IKE_STATE_AG_I_SENT_OFFER,    /* initiator: message 1 sent */
	IKE_STATE_AG_R_SENT_CHOICE,   /* responder: message 2 sent, cookie not echoed yet */
	IKE_STATE_UP,		      /* phase 1 complete: both ends authenticated */
	IKE_STATE_QM_I_SENT_OFFER,    /* quick mode initiator: message 1 sent */
	IKE_STATE_QM_R_SENT_CHOICE,   /* responder: message 2 sent */
	IKE_STATE_QM_DONE,	      /* kept only to answer duplicates */
	IKE_STATE_XAUTH_SENT_REQUEST, /* the peer's user is asked for name and password */
	IKE_STATE_XAUTH_SENT_STATUS,  /* and was told whether they were good */
	IKE_STATE_CONFIG_SENT_SET,    /* an address was sent unasked */
	IKE_STATE_TRANSACTION_DONE,   /* kept only to answer duplicates */
	IKE_STATE_DEAD,		      /* to be freed */
	IKE_STATE_COUNT,
};

/* Name in `show crypto isakmp sa`: "MM_KEY_EXCH". */
const char *ike_state_show(enum ike_state state);
/* The same while the peer is authenticated and our own proof is being made: "MM_KEY_AUTH". */
const char *ike_state_show_proved(enum ike_state state);
/* Name on an ASA: the message that is awaited; UP is "MM_ACTIVE" here, or AM_ACTIVE. */
const char *ike_state_show_asa(enum ike_state state);
/* Name in the "Old State = ... New State = ..." lines of debug: "IKE_I_MM3". */
const char *ike_state_ladder(enum ike_state state);
bool ike_state_may_follow(enum ike_state from, enum ike_state to);
