/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/radius_log.h"

#include "controlplane/control.h"

#include <stdio.h>

#define ARGS(...) ((const struct ike_arg[11]){IKE_ARGS(__VA_ARGS__)})

static void say(const struct control *c, const struct aaa_exchange *x, enum ike_say id,
		const struct ike_arg *args)
{
	const struct ike_said said = {
		.id = id,
		.args = args,
		.n = 10,
		.peer = &x->request->peer,
		.local = &x->request->local,
		.user = x->request->user,
	};

	debug_log_say(c->log, &said);
}

static const char *kind_text(enum radius_kind kind)
{
	static const char *const texts[] = {
		[RADIUS_START] = "Start",	 [RADIUS_INTERIM] = "Interim-Update",
		[RADIUS_STOP] = "Stop",		 [RADIUS_ON] = "Accounting-On",
		[RADIUS_OFF] = "Accounting-Off",
	};

	return texts[kind];
}

static const char *answer_text(const struct aaa_exchange *x)
{
	if (x->request->kind != RADIUS_ACCESS)
		return "Accounting-response";
	return x->state == AAA_ACCEPTED ? "Access-Accept" : "Access-Reject";
}

void radius_log_exchange(void *control, const struct aaa_exchange *x)
{
	const struct control *c = control;
	bool access = x->request->kind == RADIUS_ACCESS;
	const struct addr *server = &x->server->address;
	unsigned port = access ? x->server->auth_port : x->server->acct_port;
	const char *user = x->request->user, *flaw = radius_flaw_text(x->flaw);
	char why[160];

	if (!debug_log_wants(c->log, IKE_TOPIC_RADIUS))
		return;
	if (x->state == AAA_SENT && access) {
		say(c, x, IKE_SAY_RADIUS_ACCESS, ARGS(server, port, user));
	} else if (x->state == AAA_SENT) {
		say(c, x, IKE_SAY_RADIUS_ACCOUNTING,
		    ARGS(server, port, user, kind_text(x->request->kind)));
	} else if (x->state == AAA_SILENT) {
		snprintf(why, sizeof(why), "%s%s", flaw ? ": " : "", flaw ? flaw : "");
		say(c, x, IKE_SAY_RADIUS_SILENT, ARGS(server, port, (const char *)why));
	} else {
		say(c, x, IKE_SAY_RADIUS_ANSWER, ARGS(server, port, answer_text(x)));
	}
}
