/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_state.h"

#include <stdint.h>

#define TO(state) (1u << IKE_STATE_##state)

struct state_row {
	const char *show;
	const char *ladder;
	uint32_t next;	    /* bit mask of states that may follow */
	const char *proved; /* shown instead while our own proof is being made */
};

// clang-format off
static const struct state_row rows[IKE_STATE_COUNT] = {
	[IKE_STATE_NEW] = {"MM_NO_STATE", "IKE_READY",
		TO(MM_I_SENT_SA) | TO(MM_R_SENT_SA) | TO(AG_NEW) | TO(QM_I_SENT_OFFER) |
		TO(QM_R_SENT_CHOICE) | TO(XAUTH_SENT_REQUEST) | TO(XAUTH_SENT_STATUS) |
		TO(CONFIG_SENT_SET) | TO(TRANSACTION_DONE) | TO(DEAD)},
	[IKE_STATE_MM_I_SENT_SA] = {"MM_NO_STATE", "IKE_I_MM1", TO(MM_I_SENT_KE) | TO(DEAD)},
	[IKE_STATE_MM_I_SENT_KE] = {"MM_SA_SETUP", "IKE_I_MM3", TO(MM_I_SENT_AUTH) | TO(DEAD)},
	[IKE_STATE_MM_I_SENT_AUTH] = {"MM_KEY_EXCH", "IKE_I_MM5", TO(UP) | TO(DEAD)},
	[IKE_STATE_MM_R_SENT_SA] = {"MM_SA_SETUP", "IKE_R_MM2", TO(MM_R_SENT_KE) | TO(DEAD)},
	[IKE_STATE_MM_R_SENT_KE] = {"MM_KEY_EXCH", "IKE_R_MM4", TO(UP) | TO(DEAD), "MM_KEY_AUTH"},
	[IKE_STATE_AG_NEW] = {"AG_NO_STATE", "IKE_READY",
		TO(AG_I_SENT_OFFER) | TO(AG_R_SENT_CHOICE) | TO(DEAD)},
	[IKE_STATE_AG_I_SENT_OFFER] = {"AG_INIT_EXCH", "IKE_I_AM1", TO(UP) | TO(DEAD), "AG_AUTH"},
	[IKE_STATE_AG_R_SENT_CHOICE] = {"AG_INIT_EXCH", "IKE_R_AM2", TO(UP) | TO(DEAD)},
	[IKE_STATE_UP] = {"QM_IDLE", "IKE_P1_COMPLETE", TO(DEAD)},
	[IKE_STATE_QM_I_SENT_OFFER] = {"QM_IDLE", "IKE_QM_I_QM1", TO(QM_DONE) | TO(DEAD)},
	[IKE_STATE_QM_R_SENT_CHOICE] = {"QM_IDLE", "IKE_QM_R_QM2", TO(QM_DONE) | TO(DEAD)},
	[IKE_STATE_QM_DONE] = {"QM_IDLE", "IKE_QM_PHASE2_COMPLETE", TO(DEAD)},
	[IKE_STATE_XAUTH_SENT_REQUEST] = {"CONF_XAUTH", "IKE_XAUTH_REQ_SENT",
		TO(TRANSACTION_DONE) | TO(DEAD)},
	[IKE_STATE_XAUTH_SENT_STATUS] = {"CONF_XAUTH", "IKE_XAUTH_SET_SENT",
		TO(TRANSACTION_DONE) | TO(DEAD)},
	[IKE_STATE_CONFIG_SENT_SET] = {"CONF_ADDR", "IKE_CONFIG_MODE_SET_SENT",
		TO(TRANSACTION_DONE) | TO(DEAD)},
	[IKE_STATE_TRANSACTION_DONE] = {"CONF_ADDR", "IKE_P1_COMPLETE", TO(DEAD)},
	[IKE_STATE_DEAD] = {"MM_NO_STATE", "IKE_DEST_SA", 0},
};
// clang-format on

/* show-formats 2.2; what is not here is not shown for an SA */
static const char *const asa_states[IKE_STATE_COUNT] = {
	[IKE_STATE_NEW] = "MM_START",
	[IKE_STATE_MM_I_SENT_SA] = "MM_WAIT_MSG2",
	[IKE_STATE_MM_I_SENT_KE] = "MM_WAIT_MSG4",
	[IKE_STATE_MM_I_SENT_AUTH] = "MM_WAIT_MSG6",
	[IKE_STATE_MM_R_SENT_SA] = "MM_WAIT_MSG3",
	[IKE_STATE_MM_R_SENT_KE] = "MM_WAIT_MSG5",
	[IKE_STATE_AG_NEW] = "AM_START",
	[IKE_STATE_AG_I_SENT_OFFER] = "AM_WAIT_MSG2",
	[IKE_STATE_AG_R_SENT_CHOICE] = "AM_WAIT_MSG3",
	[IKE_STATE_XAUTH_SENT_REQUEST] = "AM_TM_INIT_XAUTH_V6H",
	[IKE_STATE_CONFIG_SENT_SET] = "AM_TM_INIT_MODECFG_V6H",
};

const char *ike_state_show(enum ike_state state)
{
	return rows[state].show;
}

const char *ike_state_show_proved(enum ike_state state)
{
	return rows[state].proved ? rows[state].proved : rows[state].show;
}

const char *ike_state_show_asa(enum ike_state state)
{
	return asa_states[state] ? asa_states[state] : "MM_ACTIVE";
}

const char *ike_state_ladder(enum ike_state state)
{
	return rows[state].ladder;
}

bool ike_state_may_follow(enum ike_state from, enum ike_state to)
{
	return rows[from].next & (1u << to);
}
