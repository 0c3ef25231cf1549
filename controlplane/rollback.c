/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/rollback.h"

#include "controlplane/api_server.h"
#include "controlplane/control.h"
#include "controlplane/kept.h"
#include "controlplane/reconfigure.h"
#include "lib/config/config_grammar.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	MINUTE_MS = 60000,
	AGAIN_MS = 10000, /* it could not be put in force */
};

static void set_due(struct control *c, uint64_t due_ms, unsigned minutes)
{
	c->rollback = (struct rollback){.due_ms = due_ms};
	c->plane->kept->revert_minutes = minutes;
	c->plane->kept->revert_ms = due_ms;
}

int rollback_start(struct control *c, unsigned minutes, const char *user)
{
	struct plane_kept *kept = c->plane->kept;
	char *text;
	int err;

	if (c->rollback.due_ms)
		return -EALREADY;
	text = config_grammar_print(&c->config, c->config.dialect, CONFIG_PRINT_SECRETS);
	if (!text)
		return -ENOMEM;
	err = plane_kept_write(c->plane, PLANE_KEPT_BASELINE, text, strlen(text));
	secret_wipe_bytes(text, strlen(text));
	free(text);
	if (err < 0)
		return err;
	snprintf(kept->revert_user, sizeof(kept->revert_user), "%s", user);
	set_due(c, c->now_ms() + (uint64_t)minutes * MINUTE_MS, minutes);
	debug_log_event(c->log, DEBUG_LOG_ROLLBACK,
			"User:%s  the configuration from before comes back in %u min unless "
			"\"configure confirm\" is entered",
			user, minutes);
	return 0;
}

int rollback_extend(struct control *c, unsigned minutes)
{
	if (!c->rollback.due_ms)
		return -ENOENT;
	set_due(c, c->now_ms() + (uint64_t)minutes * MINUTE_MS, minutes);
	return 0;
}

void rollback_forget(struct control *c)
{
	set_due(c, 0, 0);
	plane_kept_forget(c->plane, PLANE_KEPT_BASELINE);
}

int rollback_confirm(struct control *c, const char *user)
{
	if (!c->rollback.due_ms)
		return -ENOENT;
	rollback_forget(c);
	debug_log_event(c->log, DEBUG_LOG_ROLLBACK, "User:%s  the change is confirmed", user);
	return 0;
}

int rollback_baseline(const struct control *c, struct config *out)
{
	struct fault_list faults = {0};
	size_t len;
	const char *text = plane_kept_read(c->plane, PLANE_KEPT_BASELINE, &len);
	int err;

	config_model_init(out);
	if (!c->rollback.due_ms || !text)
		return -ENOENT;
	err = config_grammar_text(out, text, len, &faults);
	fault_list_fini(&faults);
	/* it was printed here: a line that is refused all the same must not keep the others away */
	if (err != -ENOMEM)
		return 0;
	config_model_fini(out);
	return err;
}

int rollback_now(struct control *c)
{
	struct config baseline;
	int err = rollback_baseline(c, &baseline);

	if (err < 0)
		return err;
	err = reconfigure_replace(c, &baseline);
	config_model_fini(&baseline);
	if (err < 0)
		return err;
	/* before the baseline is forgotten: a death in between must not bring the change back */
	kept_write(c);
	rollback_forget(c);
	if (c->api)
		api_server_changed(c->api, NULL);
	debug_log_event(c->log, DEBUG_LOG_ROLLBACK, "the configuration from before is back");
	return 0;
}

void rollback_resume(struct control *c)
{
	size_t len;

	if (plane_kept_read(c->plane, PLANE_KEPT_BASELINE, &len))
		c->rollback.due_ms = c->plane->kept->revert_ms;
}

uint64_t rollback_turn(struct control *c, uint64_t now_ms)
{
	struct rollback *r = &c->rollback;
	bool last = now_ms + MINUTE_MS >= r->due_ms;

	if (!r->due_ms)
		return UINT64_MAX;
	if (now_ms >= r->due_ms && rollback_now(c) < 0)
		r->due_ms = now_ms + AGAIN_MS;
	else if (r->due_ms && last && !r->warned && c->plane->kept->revert_minutes > 1)
		debug_log_event(c->log, DEBUG_LOG_ROLLBACK,
				"the configuration from before comes back in one minute: enter "
				"\"configure confirm\" to keep what you have configured");
	r->warned = last;
	if (!r->due_ms)
		return UINT64_MAX;
	return last ? r->due_ms : r->due_ms - MINUTE_MS;
}
