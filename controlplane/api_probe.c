/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"
#include "controlplane/api_server.h"
#include "lib/config/config_named.h"
#include "lib/rpc/rpc.h"

#include <errno.h>

enum {
	SIZE = 100,
	TTL = 255,
	TIMEOUT_MS = 2000,
	TIMEOUT_MAX_MS = 3600 * 1000,
	WAIT_MS = 1000,
	PATTERN = 0xabcd,
};

/* The number, what it is when absent, or -1 after api_call_fail(). */
static json_int_t number_of(struct api_call *call, const char *name, json_int_t low,
			    json_int_t high, json_int_t absent)
{
	const json_t *value = json_object_get(call->params, name);

	if (call->code)
		return -1;
	if (!value)
		return absent;
	if (json_is_integer(value) && json_integer_value(value) >= low &&
	    json_integer_value(value) <= high)
		return json_integer_value(value);
	api_call_fail(call, RPC_INVALID_PARAMS, "%s must be from %lld to %lld", name,
		      (long long)low, (long long)high);
	return -1;
}

static bool is_own(const struct config *config, const struct addr *a)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		if (!config->interfaces[i].shutdown && addr_eq(&config->interfaces[i].address, a))
			return true;
	return false;
}

/* False after api_call_fail(). */
static bool read_source(struct api_call *call, struct addr *src)
{
	const char *name = api_call_text(call, "interface");
	const struct config_interface *i;

	if (api_call_addr(call, "source", src) < 0)
		return false;
	if (!name && (addr_is_none(src) || is_own(&call->control->config, src)))
		return true;
	if (!name) {
		api_call_fail(call, RPC_INVALID_PARAMS,
			      "Invalid source address- IP address not on any of our up interfaces");
		return false;
	}
	i = config_named_find(&call->control->config, name);
	if (!i || addr_is_none(&i->address)) {
		api_call_fail(call, RPC_INVALID_PARAMS, "Invalid source interface %s", name);
		return false;
	}
	*src = i->address;
	return true;
}

json_t *api_probe_send(struct api_call *call)
{
	struct plane_probe p = {0};
	json_int_t timeout_ms;
	int rc;

	if (api_call_addr(call, "target", &p.dst) < 0 || !read_source(call, &p.src))
		return NULL;
	if (p.dst.family != ADDR_V4 || p.src.family == ADDR_V6)
		return api_call_fail(call, RPC_INVALID_PARAMS, "target must be an IPv4 address");
	p.bytes = (uint16_t)number_of(call, "size", PLANE_PROBE_MIN, PLANE_PROBE_MAX, SIZE);
	p.port = (uint16_t)number_of(call, "port", 1, UINT16_MAX, 0);
	p.pattern = (uint16_t)number_of(call, "pattern", 0, UINT16_MAX, PATTERN);
	p.tos = (uint8_t)number_of(call, "tos", 0, UINT8_MAX, 0);
	p.ttl = (uint8_t)number_of(call, "ttl", 1, UINT8_MAX, TTL);
	p.df = json_is_true(json_object_get(call->params, "df"));
	timeout_ms = number_of(call, "timeout_ms", 0, TIMEOUT_MAX_MS, TIMEOUT_MS);
	if (call->code)
		return NULL;
	rc = probes_send(call->control, call->client->id, &p, (uint32_t)timeout_ms);
	if (rc == -EBUSY)
		return json_pack("{s:i}", "probe", 0);
	if (rc)
		return NULL;
	if (addr_is_none(&p.src))
		return json_pack("{s:I}", "probe", (json_int_t)p.number);
	return json_pack("{s:I,s:o}", "probe", (json_int_t)p.number, "source",
			 api_call_json_addr(&p.src));
}

json_t *api_probe_wait(struct api_call *call)
{
	json_int_t number = number_of(call, "probe", 1, UINT32_MAX, 0);
	json_int_t wait_ms = number_of(call, "wait_ms", 0, WAIT_MS, WAIT_MS);
	struct probe *p;

	if (call->code)
		return NULL;
	p = probes_find(call->control, call->client->id, (uint32_t)number);
	if (!p)
		return api_call_fail(call, RPC_FAILED, "there is no such probe");
	if (p->done)
		return probes_result(p);
	if (wait_ms == 0 || p->waiting)
		return json_pack("{s:b}", "done", 0);
	p->waiting = json_deep_copy(call->id);
	if (!p->waiting)
		return NULL;
	p->wait_ms = call->control->now_ms() + (uint64_t)wait_ms;
	call->deferred = true;
	return NULL;
}
