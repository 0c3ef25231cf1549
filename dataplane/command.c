/* SPDX-License-Identifier: BSD-3-Clause */
#include "dataplane/command.h"

#include "dataplane/inbound.h"
#include "dataplane/outbound.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <string.h>

enum {
	COMMANDS_A_ROUND = 32
};

typedef int command_fn(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack);

static int sa_in_install(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack)
{
	ack->spi = msg->sa.spi;
	return sa_table_install_in(&w->sas, &msg->sa);
}

static int sa_out_install(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack)
{
	return sa_table_install_out(&w->sas, &msg->sa, ack);
}

static int sa_in_remove(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack)
{
	return sa_table_remove_in(&w->sas, &msg->remove, ack);
}

static int sa_out_remove(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack)
{
	return sa_table_remove_out(&w->sas, &msg->remove, ack);
}

static int sa_set_mtu(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack)
{
	ack->spi = msg->mtu.spi;
	return sa_table_set_mtu(&w->sas, &msg->mtu);
}

static int sa_move(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack)
{
	ack->spi = msg->move.spi_in;
	return sa_table_move(&w->sas, &msg->move);
}

/* What waits in the queues now is no count. */
static void clear_classes(struct worker *w)
{
	struct plane_stats_class *rows = plane_stats_class_of(w->dp->plane, w->id);

	for (size_t i = 0; i < PLANE_CLASSES; i++)
		rows[i] = (struct plane_stats_class){.queued = rows[i].queued,
						     .queued_most = rows[i].queued};
}

static int counters_clear(struct worker *w, const struct plane_msg *msg, struct plane_ack *ack)
{
	(void)ack;
	if (msg->counters & PLANE_COUNTERS_SA)
		sa_table_clear_counters(&w->sas);
	if (msg->counters & PLANE_COUNTERS_DROPS)
		memset(w->stats->drops, 0, sizeof(w->stats->drops));
	if (msg->counters & PLANE_COUNTERS_ACL)
		memset(w->hits, 0, PLANE_ACL_LINES * sizeof(*w->hits));
	if (msg->counters & PLANE_COUNTERS_CLASS)
		clear_classes(w);
	return 0;
}

static command_fn *const commands[PLANE_TYPE_COUNT] = {
	[PLANE_SA_IN_INSTALL] = sa_in_install,	 [PLANE_SA_OUT_INSTALL] = sa_out_install,
	[PLANE_SA_IN_REMOVE] = sa_in_remove,	 [PLANE_SA_OUT_REMOVE] = sa_out_remove,
	[PLANE_SA_SET_MTU] = sa_set_mtu,	 [PLANE_SA_MOVE] = sa_move,
	[PLANE_COUNTERS_CLEAR] = counters_clear,
};

static bool send_ack(struct worker *w)
{
	if (plane_ring_send(w->dp->plane->from_worker[w->id], &w->ack))
		return false;
	w->ack_waits = false;
	w->ring_control = true;
	return true;
}

static void carry_out(struct worker *w, const struct plane_msg *msg)
{
	command_fn *fn = msg->type < PLANE_TYPE_COUNT ? commands[msg->type] : NULL;

	w->ack = (struct plane_msg){.type = PLANE_ACK, .cookie = msg->cookie};
	w->ack.ack.error = fn ? fn(w, msg, &w->ack.ack) : -EINVAL;
	w->ack_waits = true;
}

bool command_drain(struct worker *w)
{
	struct plane_msg msg;
	unsigned n = 0;

	if (w->ack_waits && !send_ack(w))
		return false;
	while (n < COMMANDS_A_ROUND && plane_ring_recv(w->dp->plane->to_worker[w->id], &msg)) {
		/* what is in the engines refers to SAs */
		if (n++ == 0) {
			outbound_flush(w);
			inbound_flush(w);
		}
		carry_out(w, &msg);
		if (!send_ack(w))
			break;
	}
	if (n)
		secret_wipe_bytes(&msg, sizeof(msg));
	return n != 0;
}
