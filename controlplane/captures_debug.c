/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/captures_debug.h"

#include "controlplane/api_server.h"
#include "controlplane/captures_plane.h"
#include "controlplane/captures_text.h"
#include "controlplane/control.h"
#include "controlplane/sa_query.h"

#include <stdio.h>

enum {
	MS = 1000
};

void captures_debug_set(struct control *c, bool on)
{
	if (c->captures.debug == on)
		return;
	c->captures.debug = on;
	captures_plane_program(c);
}

/* The pair whose SA it is; by the outbound SPI one that the peer chose: others may have it too. */
static const struct sa_pair *pair_of(const struct control *c, const struct plane_captured *head)
{
	const struct sa_pair *pair;

	if (!head->spi)
		return NULL;
	if (!head->outbound && head->verdict != PLANE_VERDICT_ENCRYPTED)
		return sa_store_find(&c->store, head->spi);
	LIST_FOREACH(pair, &c->store.pairs, link)
		if (pair->spi_out == head->spi)
			return pair;
	return NULL;
}

/* Whether somebody hears the line; without an API nobody asks. */
static bool is_wanted(const struct control *c, const struct ike_said *said)
{
	const struct api_client *client = NULL;

	while (c->api && (client = api_server_next(c->api, client)))
		if (debug_filter_admits(&client->debug, said, client->dialect))
			return true;
	return !c->api;
}

static bool take_turn(struct captures *s, uint64_t now)
{
	if (now - s->said_ms >= MS) {
		s->said_ms = now;
		s->said = s->looked_at = 0;
	}
	if (s->looked_at < CAPTURES_DEBUG_PACKETS) {
		s->looked_at++;
		return true;
	}
	s->left_out++;
	return false;
}

static bool take_line(struct captures *s)
{
	if (s->said < CAPTURES_DEBUG_LINES) {
		s->said++;
		return true;
	}
	s->left_out++;
	return false;
}

void captures_debug_say(struct control *c, const struct plane_captured *head, const uint8_t *packet)
{
	char summary[CAPTURES_TEXT], comment[CAPTURES_TEXT], more[48] = "";
	const struct ike_arg args[] = {IKE_ARGS(
		(const char *)head->interface, head->outbound ? "out" : "in",
		head->view == PLANE_VIEW_WIRE ? "encrypted" : "plain",
		(const char *)captures_text_summary(head, packet, summary), head->packet_bytes,
		(const char *)captures_text_comment(head, comment), (const char *)more)};
	struct ike_said said = {.id = IKE_SAY_PACKET,
				.args = args,
				.n = array_len(args),
				.spi = head->spi,
				.group = "",
				.user = ""};
	const struct sa_pair *pair;
	struct ip_flow flow;

	if (!take_turn(&c->captures, c->now_ms()))
		return;
	pair = pair_of(c, head);
	if (captures_text_flow(head, packet, &flow)) {
		said.peer = head->outbound ? &flow.dst : &flow.src;
		said.local = head->outbound ? &flow.src : &flow.dst;
	}
	if (pair) {
		said.peer = &pair->path.remote;
		said.local = &pair->path.local;
	}
	if (!is_wanted(c, &said) || !take_line(&c->captures))
		return;
	if (c->captures.left_out)
		snprintf(more, sizeof(more), " (%u more suppressed)", c->captures.left_out);
	c->captures.left_out = 0;
	debug_log_say(c->log, &said);
}
