/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/captures_text.h"
#include "lib/rpc/rpc.h"

#include <stdlib.h>
#include <string.h>

enum {
	COUNT = 1000,
	COUNT_MAX = 5000,
	DATA_COUNT_MAX = 500, /* with their bytes: the reply stays below RPC_FRAME_MAX */
	DSCP_SHIFT = 2,
	NS_PER_US = 1000,
};

static const char *view_name(uint8_t view)
{
	static const char *const names[] = {[PLANE_VIEW_WIRE] = "cipher",
					    [PLANE_VIEW_PLAIN] = "plain",
					    [PLANE_VIEW_WIRE | PLANE_VIEW_PLAIN] = "both"};

	return view < array_len(names) && names[view] ? names[view] : "both";
}

static const char *direction_name(const struct captures_wish *w)
{
	return !w->in ? "out" : w->out ? "both" : "in";
}

/* That of the call, or NULL after api_call_fail(). */
static const struct captures_one *named(struct api_call *call)
{
	const char *name = api_call_text(call, "name");
	const struct captures_one *one = captures_find(&call->control->captures, name);

	if (!one)
		api_call_fail(call, RPC_FAILED, "Capture %s does not exist", name);
	return one;
}

static json_t *json_of_capture(const struct control *c, const struct captures_one *one)
{
	const struct captures_wish *w = &one->wish;
	json_t *row = json_pack(
		"{s:s,s:b,s:s,s:s,s:I,s:b,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I}", "name", one->name,
		"running", one->running, "direction", direction_name(w), "view",
		view_name(w->views), "matches", (json_int_t)w->n_matches, "drops", w->drops,
		"limit_packets", (json_int_t)w->limit_packets, "limit_bytes",
		(json_int_t)w->limit_bytes, "limit_s", (json_int_t)w->limit_s, "buffer_bytes",
		(json_int_t)w->buffer_bytes, "used_bytes", (json_int_t)one->used, "packets",
		(json_int_t)one->packets, "packet_bytes", (json_int_t)one->packet_bytes, "lost",
		(json_int_t)captures_lost(c, one));

	if (w->interface[0])
		json_object_set_new(row, "interface", json_string(w->interface));
	if (w->access_list[0])
		json_object_set_new(row, "access_list", json_string(w->access_list));
	return row;
}

json_t *api_show_capture(struct api_call *call)
{
	const struct captures *all = &call->control->captures;
	const char *name = api_call_text(call, "name");
	json_t *list = json_array();

	if (name && !named(call)) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < CAPTURES_MAX; i++) {
		const struct captures_one *one = &all->all[i];

		if (one->name[0] && (!name || strcmp(name, one->name) == 0))
			json_array_append_new(list, json_of_capture(call->control, one));
	}
	return json_pack("{s:o}", "captures", list);
}

static json_t *hex_of(const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * PLANE_CAPTURED_MAX];

	for (size_t i = 0; i < len; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	return json_stringn(text, 2 * len);
}

static json_t *json_of_packet(const struct captures_packet *p, size_t number, bool data)
{
	const struct plane_captured *head = &p->head;
	char comment[CAPTURES_TEXT], summary[CAPTURES_TEXT];
	struct ip_flow flow = {0};
	json_t *row;

	(void)captures_text_flow(head, p->bytes, &flow);
	row = json_pack("{s:I,s:I,s:s,s:s,s:s,s:I,s:o,s:o,s:i,s:i,s:s,s:s,s:s}", "number",
			(json_int_t)number, "time_us", (json_int_t)(head->time_ns / NS_PER_US),
			"interface", head->interface, "direction", head->outbound ? "out" : "in",
			"view", view_name(head->view), "length", (json_int_t)head->packet_bytes,
			"source", api_call_json_addr(&flow.src), "destination",
			api_call_json_addr(&flow.dst), "protocol", flow.protocol, "dscp",
			flow.tos >> DSCP_SHIFT, "verdict", captures_text_verdict(head), "comment",
			captures_text_comment(head, comment), "summary",
			captures_text_summary(head, p->bytes, summary));
	if (head->spi) {
		json_object_set_new(row, "spi", json_integer(head->spi));
		json_object_set_new(row, "sequence", json_integer((json_int_t)head->seq));
	}
	if (head->verdict == PLANE_VERDICT_DROPPED)
		json_object_set_new(row, "reason",
				    json_string(drop_name((enum drop_reason)head->reason)));
	if (data)
		json_object_set_new(row, "data", hex_of(p->bytes, head->len));
	return row;
}

static int by_time(const void *a, const void *b)
{
	const struct captures_packet *const *x = a, *const *y = b;

	return ((*x)->head.time_ns > (*y)->head.time_ns) -
	       ((*x)->head.time_ns < (*y)->head.time_ns);
}

/* Verdicts come in another order than packets: all of them by time, malloc'ed. */
static const struct captures_packet **sorted(const struct captures_one *one)
{
	const struct captures_packet **list = calloc(one->packets + 1, sizeof(*list)),
				     *p = one->first;

	for (size_t i = 0; list && p; p = p->next)
		list[i++] = p;
	if (list)
		qsort(list, one->packets, sizeof(*list), by_time);
	return list;
}

/* From 0; what is absent is `absent`, and never more than most. */
static size_t number_of(const struct api_call *call, const char *name, size_t absent, size_t most)
{
	const json_t *value = json_object_get(call->params, name);
	json_int_t n = value ? json_integer_value(value) : (json_int_t)absent;

	if (n < 0)
		n = 0;
	return (size_t)n < most ? (size_t)n : most;
}

json_t *api_show_capture_packets(struct api_call *call)
{
	bool data = json_is_true(json_object_get(call->params, "data"));
	size_t most = data ? DATA_COUNT_MAX : COUNT_MAX;
	const struct captures_packet **list;
	const struct captures_one *one = named(call);
	size_t from, count;
	json_t *packets;

	if (!one)
		return NULL;
	from = number_of(call, "from", 0, one->packets);
	count = number_of(call, "count", data ? DATA_COUNT_MAX : COUNT, most);
	list = sorted(one);
	packets = list ? json_array() : NULL;
	for (size_t i = from; packets && i < one->packets && i < from + count; i++)
		json_array_append_new(packets, json_of_packet(list[i], i, data));
	free(list);
	if (!packets)
		return NULL;
	return json_pack("{s:s,s:b,s:I,s:I,s:I,s:o}", "name", one->name, "running", one->running,
			 "total", (json_int_t)one->packets, "from", (json_int_t)from, "lost",
			 (json_int_t)captures_lost(call->control, one), "packets", packets);
}
