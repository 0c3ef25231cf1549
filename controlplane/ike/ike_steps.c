/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_steps.h"

#include "controlplane/ike/aggressive_mode_i.h"
#include "controlplane/ike/aggressive_mode_r.h"
#include "controlplane/ike/info_mode.h"
#include "controlplane/ike/main_mode_i.h"
#include "controlplane/ike/main_mode_r.h"
#include "controlplane/ike/mode_config.h"
#include "controlplane/ike/phase1.h"
#include "controlplane/ike/quick_mode.h"
#include "controlplane/ike/quick_mode_i.h"
#include "controlplane/ike/quick_mode_r.h"
#include "controlplane/ike/xauth.h"

#include <stddef.h>

enum {
	MAIN = IKE_EXCHANGE_MAIN,
	AGGRESSIVE = IKE_EXCHANGE_AGGRESSIVE,
	QUICK = IKE_EXCHANGE_QUICK,
	TRANSACTION = IKE_EXCHANGE_TRANSACTION,
	INFO = IKE_EXCHANGE_INFO
};
enum {
	RESPONDER = false,
	INITIATOR = true
};

// clang-format off
static const struct ike_step steps[] = {
	/*
	 * RFC 2409 5.4, pre-shared key (5.1, signatures):  HDR, SA -->  (to here also VID, RFC
	 * 2408 3.16)
	 */
	{ MAIN, INITIATOR, IKE_STATE_NEW, IKE_STEP_NO_MESSAGE, IKE_STEP_CLEAR, "IKE_I_MM1",
	  NULL, main_mode_i_send_offer,
	  IKE_STATE_MM_I_SENT_SA, IKE_STEP_REPEAT, NULL },

	/* 5.4:  --> HDR, SA   then   <-- HDR, SA */
	{ MAIN, RESPONDER, IKE_STATE_NEW, IKE_MESSAGE_MM1, IKE_STEP_CLEAR, "IKE_R_MM1",
	  main_mode_r_receive_offer, main_mode_r_send_choice,
	  IKE_STATE_MM_R_SENT_SA, IKE_STEP_WAIT, NULL },

	/* 5.4:  <-- HDR, SA   then   HDR, KE, Ni [, NAT-D, NAT-D] --> */
	{ MAIN, INITIATOR, IKE_STATE_MM_I_SENT_SA, IKE_MESSAGE_MM2, IKE_STEP_CLEAR, "IKE_I_MM2",
	  main_mode_i_receive_choice, main_mode_i_send_ke,
	  IKE_STATE_MM_I_SENT_KE, IKE_STEP_REPEAT, NULL },

	/* 5.4:  --> HDR, KE, Ni [, NAT-D, NAT-D]   then   <-- HDR, KE, Nr [, NAT-D, NAT-D] */
	{ MAIN, RESPONDER, IKE_STATE_MM_R_SENT_SA, IKE_MESSAGE_MM3, IKE_STEP_CLEAR, "IKE_R_MM3",
	  main_mode_r_receive_ke, main_mode_r_send_ke,
	  IKE_STATE_MM_R_SENT_KE, IKE_STEP_WAIT, NULL },

	/*
	 * 5.4:  <-- HDR, KE, Nr [, NAT-D, NAT-D]   then   HDR*, IDii, HASH_I or [CERT,] SIG_I
	 * (5.1) [, N] -->
	 */
	{ MAIN, INITIATOR, IKE_STATE_MM_I_SENT_KE, IKE_MESSAGE_MM4, IKE_STEP_CLEAR, "IKE_I_MM4",
	  main_mode_i_receive_ke, main_mode_i_send_auth,
	  IKE_STATE_MM_I_SENT_AUTH, IKE_STEP_REPEAT, NULL },

	/* 5.4:  --> message 5   then   <-- HDR*, IDir, HASH_R or [CERT,] SIG_R */
	{ MAIN, RESPONDER, IKE_STATE_MM_R_SENT_KE, IKE_MESSAGE_MM5, IKE_STEP_OPAQUE, "IKE_R_MM5",
	  main_mode_r_receive_auth, main_mode_r_send_auth,
	  IKE_STATE_UP, IKE_STEP_IDLE, phase1_done, phase1_check_auth },

	/* 5.4:  <-- HDR*, IDir, HASH_R or [CERT,] SIG_R */
	{ MAIN, INITIATOR, IKE_STATE_MM_I_SENT_AUTH, IKE_MESSAGE_MM6, IKE_STEP_OPAQUE, "IKE_I_MM6",
	  main_mode_i_receive_auth, main_mode_i_finish,
	  IKE_STATE_UP, IKE_STEP_IDLE, phase1_done, phase1_check_auth },

	/* RFC 2409 5.4, aggressive mode:  HDR, SA, KE, Ni, IDii --> */
	{ AGGRESSIVE, INITIATOR, IKE_STATE_AG_NEW, IKE_STEP_NO_MESSAGE, IKE_STEP_CLEAR, "IKE_I_AM1",
	  NULL, aggressive_mode_i_send_offer,
	  IKE_STATE_AG_I_SENT_OFFER, IKE_STEP_REPEAT, NULL },

	/*
	 * 5.4:  --> message 1   then   <-- HDR, SA, KE, Nr, IDir, HASH_R or [CERT,] SIG_R (5.1) [,
	 * NAT-D, NAT-D]
	 */
	{ AGGRESSIVE, RESPONDER, IKE_STATE_AG_NEW, IKE_MESSAGE_AM1, IKE_STEP_CLEAR,
	  "IKE_R_AM_AAA_AWAIT",
	  aggressive_mode_r_receive_offer, aggressive_mode_r_send_choice,
	  IKE_STATE_AG_R_SENT_CHOICE, IKE_STEP_WAIT, NULL },

	/* 5.4:  <-- message 2   then   HDR*, HASH_I or [CERT,] SIG_I [, NAT-D, NAT-D] [, N] --> */
	{ AGGRESSIVE, INITIATOR, IKE_STATE_AG_I_SENT_OFFER, IKE_MESSAGE_AM2, IKE_STEP_CLEAR,
	  "IKE_I_AM2",
	  aggressive_mode_i_receive_choice, aggressive_mode_i_send_auth,
	  IKE_STATE_UP, IKE_STEP_IDLE, phase1_done, aggressive_mode_i_verify },

	/* 5.4:  --> HDR[*], HASH_I or [CERT,] SIG_I [, NAT-D, NAT-D] [, N] */
	{ AGGRESSIVE, RESPONDER, IKE_STATE_AG_R_SENT_CHOICE, IKE_MESSAGE_AM3, IKE_STEP_EITHER,
	  NULL,
	  aggressive_mode_r_receive_auth, aggressive_mode_r_finish,
	  IKE_STATE_UP, IKE_STEP_IDLE, phase1_done, aggressive_mode_r_verify },

	/* RFC 2409 5.5:  HDR*, HASH(1), SA, Ni [, KE] [, IDci, IDcr] --> */
	{ QUICK, INITIATOR, IKE_STATE_NEW, IKE_STEP_NO_MESSAGE, IKE_STEP_HASH1, NULL,
	  NULL, quick_mode_i_send_offer,
	  IKE_STATE_QM_I_SENT_OFFER, IKE_STEP_REPEAT, NULL },

	/* 5.5:  --> message 1   then   <-- HDR*, HASH(2), SA, Nr [, KE] [, IDci, IDcr] [, N] */
	{ QUICK, RESPONDER, IKE_STATE_NEW, IKE_MESSAGE_QM1, IKE_STEP_HASH1, "IKE_QM_SPI_STARVE",
	  quick_mode_r_receive_offer, quick_mode_r_send_choice,
	  IKE_STATE_QM_R_SENT_CHOICE, IKE_STEP_REPEAT, NULL },

	/* 5.5:  <-- message 2   then   HDR*, HASH(3) --> */
	{ QUICK, INITIATOR, IKE_STATE_QM_I_SENT_OFFER, IKE_MESSAGE_QM2, IKE_STEP_HASH2, NULL,
	  quick_mode_i_receive_choice, quick_mode_i_send_confirm,
	  IKE_STATE_QM_DONE, IKE_STEP_LINGER, quick_mode_done },

	/* 5.5:  --> HDR*, HASH(3) */
	{ QUICK, RESPONDER, IKE_STATE_QM_R_SENT_CHOICE, IKE_MESSAGE_QM3, IKE_STEP_HASH3, NULL,
	  quick_mode_r_receive_confirm, quick_mode_r_finish,
	  IKE_STATE_QM_DONE, IKE_STEP_LINGER, quick_mode_done },

	/* draft-ietf-ipsec-isakmp-xauth-06 4:  HDR*, HASH(1), REQUEST(name, password) --> */
	{ TRANSACTION, INITIATOR, IKE_STATE_NEW, IKE_STEP_NO_MESSAGE, IKE_STEP_HASH1, NULL,
	  NULL, xauth_send_request,
	  IKE_STATE_XAUTH_SENT_REQUEST, IKE_STEP_REPEAT, NULL },

	/* 4:  <-- HDR*, HASH(1), REPLY(name, password) */
	{ TRANSACTION, INITIATOR, IKE_STATE_XAUTH_SENT_REQUEST, IKE_MESSAGE_TRANSACTION,
	  IKE_STEP_HASH1, NULL,
	  xauth_receive_reply, xauth_take_reply,
	  IKE_STATE_TRANSACTION_DONE, IKE_STEP_LINGER, xauth_judge },

	/* 4:  HDR*, HASH(1), SET(status) --> */
	{ TRANSACTION, INITIATOR, IKE_STATE_NEW, IKE_STEP_NO_MESSAGE, IKE_STEP_HASH1, NULL,
	  NULL, xauth_send_status,
	  IKE_STATE_XAUTH_SENT_STATUS, IKE_STEP_REPEAT, NULL },

	/* 4:  <-- HDR*, HASH(1), ACK(status) */
	{ TRANSACTION, INITIATOR, IKE_STATE_XAUTH_SENT_STATUS, IKE_MESSAGE_TRANSACTION,
	  IKE_STEP_HASH1, NULL,
	  xauth_receive_ack, xauth_take_ack,
	  IKE_STATE_TRANSACTION_DONE, IKE_STEP_LINGER, xauth_done },

	/* draft-dukes-ike-mode-cfg-02 3.1:  --> HDR*, HASH(1), REQUEST  then  <-- ..., REPLY */
	{ TRANSACTION, RESPONDER, IKE_STATE_NEW, IKE_MESSAGE_TRANSACTION, IKE_STEP_HASH1, NULL,
	  mode_config_receive, mode_config_send_reply,
	  IKE_STATE_TRANSACTION_DONE, IKE_STEP_LINGER, NULL },

	/* 3.1:  HDR*, HASH(1), SET --> */
	{ TRANSACTION, INITIATOR, IKE_STATE_NEW, IKE_STEP_NO_MESSAGE, IKE_STEP_HASH1, NULL,
	  NULL, mode_config_send_set,
	  IKE_STATE_CONFIG_SENT_SET, IKE_STEP_REPEAT, NULL },

	/* 3.1:  <-- HDR*, HASH(1), ACK */
	{ TRANSACTION, INITIATOR, IKE_STATE_CONFIG_SENT_SET, IKE_MESSAGE_TRANSACTION,
	  IKE_STEP_HASH1, NULL,
	  mode_config_receive_ack, mode_config_take_ack,
	  IKE_STATE_TRANSACTION_DONE, IKE_STEP_LINGER, mode_config_done },

	/* 5.7, before message 6: only tells why our authentication was refused */
	{ INFO, RESPONDER, IKE_STATE_MM_I_SENT_AUTH, IKE_MESSAGE_INFO, IKE_STEP_HASH1, NULL,
	  info_mode_receive_early, info_mode_act,
	  IKE_STATE_MM_I_SENT_AUTH, IKE_STEP_IDLE, NULL },

	/* RFC 2409 5.7:  HDR*, HASH(1), N/D   from either side, no exchange of its own */
	{ INFO, RESPONDER, IKE_STATE_UP, IKE_MESSAGE_INFO, IKE_STEP_HASH1, NULL,
	  info_mode_receive, info_mode_act,
	  IKE_STATE_UP, IKE_STEP_IDLE, NULL },
};
// clang-format on

const struct ike_step *ike_steps_find(uint8_t exchange, bool initiator, enum ike_state state)
{
	for (size_t i = 0; i < array_len(steps); i++)
		if (steps[i].exchange == exchange && steps[i].initiator == initiator &&
		    steps[i].state == state && steps[i].message != IKE_STEP_NO_MESSAGE)
			return &steps[i];
	return NULL;
}

const struct ike_step *ike_steps_start(uint8_t exchange, enum ike_state next)
{
	for (size_t i = 0; i < array_len(steps); i++)
		if (steps[i].exchange == exchange && steps[i].next == next &&
		    steps[i].message == IKE_STEP_NO_MESSAGE)
			return &steps[i];
	return NULL;
}
