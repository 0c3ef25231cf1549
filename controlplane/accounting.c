/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/accounting.h"

#include "controlplane/remote_access.h"

#include <string.h>
#include <time.h>

enum {
	MS_PER_S = 1000,
	SESSIONS_BITS =
		24, /* so many sessions a second would have to be opened to repeat a number */
};

void accounting_init(struct control *c)
{
	c->sessions.last_number = (uint64_t)time(NULL) << SESSIONS_BITS;
}

static bool is_wanted(const struct control *c, const struct session *session)
{
	const struct config *config = &c->config;
	const struct config_map *map = remote_access_map(config, &session->path);

	return map && config->remote.new_model &&
	       config_remote_list(&config->remote, CONFIG_AAA_ACCOUNTING, map->accounting);
}

static void send_record(struct control *c, const struct session *session, enum radius_kind kind,
			enum ike_reason reason)
{
	struct radius_request record = {
		.kind = kind,
		.peer = session->path.remote,
		.local = session->path.local,
		.session = session->number,
		.address = session->address.addr,
		.class_len = session->class_len,
		.in_bytes = session->in_bytes,
		.out_bytes = session->out_bytes,
		.in_packets = session->in_packets,
		.out_packets = session->out_packets,
		.seconds = (uint32_t)((c->now_ms() - session->started_ms) / MS_PER_S),
		.reason = reason,
	};
	const char *name = c->config.hostname;

	memcpy(record.class_bytes, session->class_bytes, sizeof(record.class_bytes));
	memcpy(record.user, session->user, sizeof(record.user));
	memcpy(record.nas, name, strnlen(name, sizeof(record.nas) - 1));
	aaa_account(&c->aaa, &record);
}

static void set_next(struct session *session, uint64_t now_ms)
{
	session->interim_ms =
		session->interim_s ? now_ms + session->interim_s * (uint64_t)MS_PER_S : UINT64_MAX;
}

void accounting_start(struct control *c, struct session *session)
{
	if (!is_wanted(c, session))
		return;
	session->accounted = true;
	set_next(session, c->now_ms());
	send_record(c, session, RADIUS_START, IKE_REASON_NONE);
}

void accounting_round(struct control *c, struct session *session, uint64_t now_ms)
{
	if (!session->accounted || now_ms < session->interim_ms)
		return;
	set_next(session, now_ms);
	send_record(c, session, RADIUS_INTERIM, IKE_REASON_NONE);
}

void accounting_stop(struct control *c, struct session *session, enum ike_reason reason)
{
	if (session->accounted)
		send_record(c, session, RADIUS_STOP, reason);
	session->accounted = false;
}
