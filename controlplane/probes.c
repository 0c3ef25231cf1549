/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/probes.h"

#include "controlplane/api_call.h"
#include "controlplane/api_server.h"
#include "controlplane/control.h"
#include "lib/rpc/rpc.h"

#include <errno.h>

enum {
	TOKEN = 1000,
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_TOO_BIG = 4, /* code of unreachable */
	ICMP_QUENCH = 4,
	ICMP_TIME_EXCEEDED = 11,
};

static void forget(struct probe *p)
{
	json_decref(p->waiting);
	*p = (struct probe){0};
}

void probes_fini(struct probes *p)
{
	for (size_t i = 0; i < PROBES_MAX; i++)
		forget(&p->all[i]);
}

static bool take_token(struct probes *p, uint64_t now)
{
	uint64_t fresh = (now - p->refilled_ms) * (PROBES_PER_S * TOKEN / 1000);

	p->refilled_ms = now;
	p->tokens =
		p->tokens + fresh < PROBES_BURST * TOKEN ? p->tokens + fresh : PROBES_BURST * TOKEN;
	if (p->tokens < TOKEN)
		return false;
	p->tokens -= TOKEN;
	return true;
}

static struct probe *find(struct probes *p, uint32_t number)
{
	for (size_t i = 0; number && i < PROBES_MAX; i++)
		if (p->all[i].number == number)
			return &p->all[i];
	return NULL;
}

/* A free place, if the client may have it. */
static struct probe *place_for(struct probes *p, uint64_t client)
{
	struct probe *unused = NULL;
	unsigned of_client = 0;

	for (size_t i = 0; i < PROBES_MAX; i++) {
		if (!p->all[i].number)
			unused = &p->all[i];
		else if (p->all[i].client == client && !p->all[i].done)
			of_client++;
	}
	return of_client < PROBES_OF_CLIENT ? unused : NULL;
}

static const char *outcome_of(const struct probe *p)
{
	if (p->error == -EHOSTUNREACH)
		return "no_route";
	if (p->error == -EADDRNOTAVAIL)
		return "no_source";
	if (p->error == -EMSGSIZE)
		return "too_big";
	if (p->error)
		return "failed";
	if (!p->answered)
		return "timeout";
	switch (p->answer.type) {
	case ICMP_ECHO_REPLY: return "reply";
	case ICMP_UNREACHABLE: return p->answer.code == ICMP_TOO_BIG ? "too_big" : "unreachable";
	case ICMP_QUENCH: return "quench";
	case ICMP_TIME_EXCEEDED: return "time_exceeded";
	default: return "other";
	}
}

json_t *probes_result(struct probe *p)
{
	json_t *result;

	if (!p->done)
		return NULL;
	result = json_pack("{s:b,s:s}", "done", 1, "outcome", outcome_of(p));
	if (result && p->answered) {
		const struct plane_answer *a = &p->answer;

		json_object_set_new(result, "from", api_call_json_addr(&a->from));
		json_object_set_new(result, "rtt_us", json_integer(a->rtt_us));
		json_object_set_new(result, "bytes", json_integer(a->bytes));
		json_object_set_new(result, "code", json_integer(a->code));
		json_object_set_new(result, "ttl", json_integer(a->ttl));
		if (a->type == ICMP_ECHO_REPLY)
			json_object_set_new(result, "same", json_boolean(a->same));
		if (a->type == ICMP_UNREACHABLE && a->code == ICMP_TOO_BIG)
			json_object_set_new(result, "mtu", json_integer(a->mtu));
	}
	forget(p);
	return result;
}

/* Whoever waits for it is answered now. */
static void answer_call(struct control *c, struct probe *p)
{
	uint64_t client = p->client;
	json_t *id = p->waiting, *result;

	if (!id)
		return;
	p->waiting = NULL;
	result = p->done ? probes_result(p) : json_pack("{s:b}", "done", 0);
	api_server_reply(c->api, client, rpc_result(id, result));
	json_decref(id);
}

static void finish(struct control *c, struct probe *p)
{
	p->done = true;
	p->due_ms = c->now_ms() + PROBES_KEPT_MS;
	answer_call(c, p);
}

static void on_ack(void *ctx, uint64_t number, const struct plane_ack *ack)
{
	struct control *c = ctx;
	struct probe *p = find(&c->probes, (uint32_t)number);

	if (!p || p->done || !ack->error)
		return;
	p->error = ack->error;
	finish(c, p);
}

int probes_send(struct control *c, uint64_t client, struct plane_probe *probe, uint32_t timeout_ms)
{
	struct plane_msg msg = {.type = PLANE_PROBE};
	struct probe *p = place_for(&c->probes, client);
	uint64_t now = c->now_ms();

	if (!p || !take_token(&c->probes, now))
		return -EBUSY;
	/* a new culvert-iked does not take up the numbers of the last one */
	if (!c->probes.number)
		c->probes.number = (uint32_t)now << 8;
	do
		c->probes.number++;
	while (!c->probes.number || find(&c->probes, c->probes.number));
	probe->number = c->probes.number;
	msg.probe = *probe;
	if (plane_client_send(c->client, PLANE_CLIENT_MAIN, &msg, on_ack, c, probe->number))
		return -ENOMEM;
	*p = (struct probe){.number = probe->number, .client = client, .due_ms = now + timeout_ms};
	return 0;
}

struct probe *probes_find(struct control *c, uint64_t client, uint32_t number)
{
	struct probe *p = find(&c->probes, number);

	return p && p->client == client ? p : NULL;
}

/* `debug ip icmp` */
static void say(struct control *c, const struct plane_answer *a)
{
	const struct ike_arg reply[] = {IKE_ARGS(&a->from, &a->to, &a->target, a->number >> 16,
						 a->number & 0xffff, a->bytes)};
	const struct ike_arg error[] = {IKE_ARGS(&a->from, &a->to, &a->target, a->code)};
	struct ike_said said = {.args = error, .n = array_len(error), .group = "", .user = ""};

	switch (a->type) {
	case ICMP_ECHO_REPLY:
		said.id = IKE_SAY_ICMP_REPLY;
		said.args = reply;
		said.n = array_len(reply);
		break;
	case ICMP_UNREACHABLE:
		said.id = a->code == ICMP_TOO_BIG ? IKE_SAY_ICMP_TOO_BIG : IKE_SAY_ICMP_UNREACHABLE;
		break;
	case ICMP_TIME_EXCEEDED: said.id = IKE_SAY_ICMP_TIME; break;
	default: return;
	}
	debug_log_say(c->log, &said);
}

void probes_answered(struct control *c, const struct plane_answer *answer)
{
	struct probe *p = find(&c->probes, answer->number);

	if (!p || p->done)
		return;
	p->answered = true;
	p->answer = *answer;
	say(c, answer);
	finish(c, p);
}

uint64_t probes_turn(struct control *c, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < PROBES_MAX; i++) {
		struct probe *p = &c->probes.all[i];

		if (!p->number)
			continue;
		if (now >= p->due_ms && p->done)
			forget(p);
		else if (now >= p->due_ms)
			finish(c, p);
		else if (p->waiting && now >= p->wait_ms)
			answer_call(c, p);
		if (p->number && p->due_ms < next)
			next = p->due_ms;
		if (p->number && p->waiting && p->wait_ms < next)
			next = p->wait_ms;
	}
	return next;
}
