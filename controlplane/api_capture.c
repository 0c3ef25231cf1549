/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "lib/config/config_named.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	uint8_t views;
} views[] = {
	{"cipher", PLANE_VIEW_WIRE},
	{"plain", PLANE_VIEW_PLAIN},
	{"both", PLANE_VIEW_WIRE | PLANE_VIEW_PLAIN},
};

static int set_interface(struct api_call *call, struct captures_wish *w)
{
	const char *word = api_call_text(call, "interface");
	const struct config_interface *i;

	if (!word)
		return 0;
	i = config_named_find(&call->control->config, word);
	if (!i) {
		api_call_fail(call, RPC_INVALID_PARAMS, "there is no interface %s", word);
		return -EINVAL;
	}
	memcpy(w->interface, i->name, sizeof(w->interface));
	return 0;
}

static int set_access_list(struct api_call *call, struct captures_wish *w)
{
	const char *name = api_call_text(call, "access_list");

	if (!name)
		return 0;
	if (!config_model_acl(&call->control->config, name)) {
		api_call_fail(call, RPC_INVALID_PARAMS, "there is no access list %s", name);
		return -EINVAL;
	}
	memcpy(w->access_list, name, strlen(name) + 1);
	return 0;
}

/* The port, or any without one. */
static bool read_port(const json_t *row, const char *name, uint16_t range[2])
{
	json_int_t port = json_integer_value(json_object_get(row, name));

	range[0] = (uint16_t)port;
	range[1] = port ? (uint16_t)port : UINT16_MAX;
	return port >= 0 && port <= UINT16_MAX;
}

/* "192.168.1.0/24" */
static bool read_prefix(const json_t *value, struct prefix *out)
{
	const char *text = json_string_value(value), *slash = text ? strchr(text, '/') : NULL;
	char address[ADDR_TEXT];
	unsigned long len;
	struct addr a;
	char *end;

	if (!slash || (size_t)(slash - text) >= sizeof(address))
		return false;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	len = strtoul(slash + 1, &end, 10);
	if (addr_parse(&a, address) || a.family != ADDR_V4 || *end || end == slash + 1 || len > 32)
		return false;
	*out = prefix_make(&a, (uint8_t)len);
	return true;
}

static bool read_match(const json_t *row, struct plane_qos_match *m)
{
	json_int_t protocol = json_integer_value(json_object_get(row, "protocol"));

	*m = (struct plane_qos_match){.permit = 1, .protocol = (uint8_t)protocol};
	return protocol >= 0 && protocol <= UINT8_MAX &&
	       read_port(row, "source_port", m->src_port) &&
	       read_port(row, "destination_port", m->dst_port) &&
	       read_prefix(json_object_get(row, "source"), &m->src) &&
	       read_prefix(json_object_get(row, "destination"), &m->dst);
}

static int set_matches(struct api_call *call, struct captures_wish *w)
{
	const json_t *rows = json_object_get(call->params, "match"), *row;
	size_t i;

	if (!rows)
		return 0;
	if (json_array_size(rows) > CAPTURES_MATCHES) {
		api_call_fail(call, RPC_INVALID_PARAMS, "match has at most %d rows",
			      CAPTURES_MATCHES);
		return -EINVAL;
	}
	json_array_foreach(rows, i, row)
		if (!read_match(row, &w->matches[i])) {
			api_call_fail(call, RPC_INVALID_PARAMS, "row %zu of match is not valid", i);
			return -EINVAL;
		}
	w->n_matches = json_array_size(rows);
	return 0;
}

static int set_numbers(struct api_call *call, struct captures_wish *w)
{
	const json_t *buffer = json_object_get(call->params, "buffer_bytes"), *value;
	struct {
		const char *name;
		uint64_t *to;
	} limits[] = {
		{"limit_packets", &w->limit_packets},
		{"limit_bytes", &w->limit_bytes},
		{"limit_s", &w->limit_s},
	};

	for (size_t i = 0; i < array_len(limits); i++) {
		value = json_object_get(call->params, limits[i].name);
		if (value &&
		    (json_integer_value(value) < 0 || json_integer_value(value) > UINT32_MAX)) {
			api_call_fail(call, RPC_INVALID_PARAMS, "%s is out of range",
				      limits[i].name);
			return -EINVAL;
		}
		if (value)
			*limits[i].to = (uint64_t)json_integer_value(value);
	}
	if (buffer &&
	    (json_integer_value(buffer) < 1 || json_integer_value(buffer) > CAPTURES_BUFFER_MAX)) {
		api_call_fail(call, RPC_INVALID_PARAMS, "buffer_bytes is 1 to %d",
			      CAPTURES_BUFFER_MAX);
		return -EINVAL;
	}
	if (buffer)
		w->buffer_bytes = (size_t)json_integer_value(buffer);
	return 0;
}

static void set_words(const struct api_call *call, struct captures_wish *w)
{
	const char *direction = api_call_text(call, "direction"),
		   *view = api_call_text(call, "view");
	const json_t *drops = json_object_get(call->params, "drops");

	if (direction) {
		w->in = strcmp(direction, "out") != 0;
		w->out = strcmp(direction, "in") != 0;
	}
	for (size_t i = 0; view && i < array_len(views); i++)
		if (strcmp(views[i].name, view) == 0)
			w->views = views[i].views;
	if (drops)
		w->drops = json_is_true(drops);
}

static bool name_valid(const char *name)
{
	if (!*name || strlen(name) >= CONFIG_NAME)
		return false;
	for (; *name; name++)
		if ((unsigned char)*name <= ' ' || *name == 0x7f)
			return false;
	return true;
}

json_t *api_capture_set(struct api_call *call)
{
	struct captures *all = &call->control->captures;
	const char *name = api_call_text(call, "name");
	struct captures_one *one, draft = {.name = ""};

	if (!name_valid(name))
		return api_call_fail(call, RPC_INVALID_PARAMS,
				     "a name has 1 to %d letters and no blanks", CONFIG_NAME - 1);
	one = captures_find(all, name);
	if (one && one->running)
		return api_call_fail(call, RPC_FAILED,
				     "Capture is active: stop it before it is changed");
	draft.wish = one ? one->wish : captures_defaults();
	if (set_interface(call, &draft.wish) || set_access_list(call, &draft.wish) ||
	    set_matches(call, &draft.wish) || set_numbers(call, &draft.wish))
		return NULL;
	set_words(call, &draft.wish);
	one = captures_make(all, name);
	if (!one)
		return api_call_fail(call, RPC_FAILED,
				     "there may be %d captures: remove one of them", CAPTURES_MAX);
	one->wish = draft.wish;
	return json_pack("{s:s}", "name", one->name);
}

/* That of the call, or NULL after api_call_fail(). */
static struct captures_one *named(struct api_call *call)
{
	const char *name = api_call_text(call, "name");
	struct captures_one *one = captures_find(&call->control->captures, name);

	if (!one)
		api_call_fail(call, RPC_FAILED, "Capture %s does not exist", name);
	return one;
}

static json_t *act(struct api_call *call, void (*what)(struct control *, struct captures_one *))
{
	struct captures_one *one = named(call);
	json_t *result = one ? json_pack("{s:s}", "name", one->name) : NULL;

	if (result)
		what(call->control, one);
	return result;
}

json_t *api_capture_start(struct api_call *call)
{
	const struct captures_one *one = named(call);

	if (one && one->running)
		return api_call_fail(call, RPC_FAILED, "Capture %s is active already", one->name);
	return one ? act(call, captures_start) : NULL;
}

json_t *api_capture_stop(struct api_call *call)
{
	const struct captures_one *one = named(call);

	if (one && !one->running)
		return api_call_fail(call, RPC_FAILED, "Capture %s is not active", one->name);
	return one ? act(call, captures_stop) : NULL;
}

json_t *api_capture_clear(struct api_call *call)
{
	return act(call, captures_clear);
}

json_t *api_capture_remove(struct api_call *call)
{
	return act(call, captures_remove);
}
