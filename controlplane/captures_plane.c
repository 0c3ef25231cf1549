/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/captures_plane.h"

#include "controlplane/captures.h"
#include "controlplane/control.h"
#include "controlplane/qos_match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void on_commit(void *ctx, uint64_t, const struct plane_ack *ack)
{
	struct control *c = ctx;

	if (ack->error == 0)
		return;
	debug_log_event(c->log, DEBUG_LOG_PLANE,
			"the data plane refused a capture: %s; nothing new is captured. Has the "
			"interface a device, and its access lists no more than %d lines?",
			strerror(-ack->error), PLANE_CAPTURE_LINES);
	for (size_t i = 0; i < CAPTURES_MAX; i++)
		c->captures.all[i].running = false;
}

/* Without memory what was begun stays a draft, and what runs runs on. */
static int post(struct control *c, const struct plane_capture *step)
{
	struct plane_msg msg = {.type = PLANE_CAPTURE, .capture = *step};

	return plane_client_send(c->client, PLANE_CLIENT_MAIN, &msg,
				 step->step == PLANE_CAPTURE_COMMIT ? on_commit : NULL, c, 0);
}

/* The way there and the way back. */
static int add_match(struct qos_match_list *list, const struct plane_qos_match *match)
{
	struct plane_qos_match *rows = realloc(list->rows, (list->n + 2) * sizeof(*rows));
	struct plane_qos_match *back;

	if (!rows)
		return -ENOMEM;
	list->rows = rows;
	rows[list->n] = rows[list->n + 1] = *match;
	back = &rows[list->n + 1];
	back->src = match->dst;
	back->dst = match->src;
	memcpy(back->src_port, match->dst_port, sizeof(back->src_port));
	memcpy(back->dst_port, match->src_port, sizeof(back->dst_port));
	list->n += 2;
	return 0;
}

static int lines_of(const struct control *c, const struct captures_wish *w,
		    struct qos_match_list *list)
{
	int err = 0;

	for (size_t i = 0; i < w->n_matches && err == 0; i++)
		err = add_match(list, &w->matches[i]);
	if (err == 0 && w->access_list[0])
		err = qos_match_access(&c->config, w->access_list, list);
	return err;
}

static int send_point(struct control *c, uint8_t point, const struct captures_wish *w)
{
	struct plane_capture step = {.step = PLANE_CAPTURE_POINT,
				     .point = point,
				     .views = w->views,
				     .in = w->in,
				     .out = w->out,
				     .has_access = w->n_matches || w->access_list[0]};
	struct qos_match_list list = {0};
	int err = lines_of(c, w, &list);

	memcpy(step.interface, w->interface, sizeof(step.interface));
	if (err == 0)
		err = post(c, &step);
	for (size_t i = 0; i < list.n && err == 0; i++) {
		step = (struct plane_capture){
			.step = PLANE_CAPTURE_LINE, .point = point, .line = list.rows[i]};
		err = post(c, &step);
	}
	free(list.rows);
	return err;
}

void captures_plane_program(struct control *c)
{
	const struct captures_wish everything = {
		.in = true, .out = true, .views = PLANE_VIEW_WIRE | PLANE_VIEW_PLAIN};
	int err = post(c, &(struct plane_capture){.step = PLANE_CAPTURE_BEGIN});

	for (size_t i = 0; i < CAPTURES_MAX && err == 0; i++)
		if (c->captures.all[i].running)
			err = send_point(c, (uint8_t)i, &c->captures.all[i].wish);
	if (err == 0 && c->captures.debug)
		err = send_point(c, CAPTURES_DEBUG, &everything);
	if (err == 0)
		err = post(c, &(struct plane_capture){.step = PLANE_CAPTURE_COMMIT});
	if (err)
		debug_log_event(c->log, DEBUG_LOG_PLANE, "cannot say what is to be captured: %s",
				strerror(-err));
}
