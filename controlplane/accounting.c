/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/accounting.h"

#include "controlplane/remote_access.h"
#include "lib/base/log.h"

#include <stdio.h>
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

void accounting_fini(struct control *c)
{
	account_book_close(&c->book);
}

void accounting_keep(struct control *c, const char *run_dir)
{
	char path[sizeof(c->book.path)];
	int rc;

	snprintf(path, sizeof(path), "%s/accounting", run_dir);
	rc = account_book_open(&c->book, path);
	if (rc < 0)
		log_warning("%s cannot be used (%s): sessions are not stopped in the accounts "
			    "after a crash",
			    path, strerror(-rc));
}

static bool is_wanted(const struct control *c, const struct session *session)
{
	const struct config *config = &c->config;
	const struct config_map *map = remote_access_map(config, &session->path);
	const struct config_group *group = config_remote_group(&config->remote, session->group);

	if (group && group->accounting[0])
		return true;
	return map && config->remote.new_model &&
	       config_remote_list(&config->remote, CONFIG_AAA_ACCOUNTING, map->accounting);
}

static void set_name(const struct control *c, struct radius_request *record)
{
	const char *name = c->config.hostname;

	memcpy(record->nas, name, strnlen(name, sizeof(record->nas) - 1));
}

static struct radius_request record_of(struct control *c, const struct session *session,
				       enum radius_kind kind, enum ike_reason reason)
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

	memcpy(record.class_bytes, session->class_bytes, sizeof(record.class_bytes));
	memcpy(record.user, session->user, sizeof(record.user));
	set_name(c, &record);
	return record;
}

static void send_record(struct control *c, const struct session *session, enum radius_kind kind,
			enum ike_reason reason)
{
	struct radius_request record = record_of(c, session, kind, reason);

	account_book_note(&c->book, &record);
	aaa_account(&c->aaa, &record);
}

static void send_appliance(struct control *c, enum radius_kind kind)
{
	struct radius_request record = {.kind = kind, .session = ++c->sessions.last_number};

	set_name(c, &record);
	aaa_account(&c->aaa, &record);
}

/* A stop that was on its way goes again; what had not ended has ended with the program. */
static void send_owed(struct control *c)
{
	const struct radius_request *owed;
	size_t at = 0;

	while ((owed = account_book_next_old(&c->book, &at))) {
		struct radius_request record = *owed;

		if (record.kind != RADIUS_STOP)
			record.reason = IKE_REASON_INTERNAL;
		record.kind = RADIUS_STOP;
		account_book_note(&c->book, &record);
		aaa_account(&c->aaa, &record);
	}
}

static bool any_wanted(const struct control *c)
{
	const struct config_remote *remote = &c->config.remote;

	for (size_t i = 0; i < remote->n_groups; i++)
		if (remote->n_servers && remote->groups[i].accounting[0])
			return true;
	for (size_t i = 0; i < c->config.n_maps; i++)
		if (remote->new_model && remote->n_servers &&
		    config_remote_list(remote, CONFIG_AAA_ACCOUNTING, c->config.maps[i].accounting))
			return true;
	return false;
}

void accounting_reconfigured(struct control *c)
{
	if (c->accounting_on || !any_wanted(c))
		return;
	c->accounting_on = true;
	send_owed(c);
	send_appliance(c, RADIUS_ON);
}

void accounting_off(struct control *c)
{
	if (c->accounting_on)
		send_appliance(c, RADIUS_OFF);
}

void accounting_taken(struct control *c, const struct radius_request *record)
{
	if (record->kind == RADIUS_STOP)
		account_book_forget(&c->book, record->session);
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
	struct radius_request record;

	if (!session->accounted)
		return;
	record = record_of(c, session, RADIUS_INTERIM, IKE_REASON_NONE);
	account_book_note(&c->book, &record);
	if (now_ms < session->interim_ms)
		return;
	set_next(session, now_ms);
	aaa_account(&c->aaa, &record);
}

void accounting_stop(struct control *c, struct session *session, enum ike_reason reason)
{
	if (session->accounted)
		send_record(c, session, RADIUS_STOP, reason);
	session->accounted = false;
}
