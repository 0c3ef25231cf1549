/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_debug.h"

#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_names.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	LINE = 400
};

static bool on(const struct ike_sa *sa)
{
	return ike_debug_on(sa->engine, IKE_TOPIC_ISAKMP);
}

static void put(const struct ike_sa *sa, enum ike_topic topic, const char *line)
{
	const struct ike_env *env = &sa->engine->env;

	env->debug(env->ctx, topic, &sa->path.remote, line);
}

void ike_debug_line(const struct ike_sa *sa, const char *fmt, ...)
{
	char line[LINE];
	va_list ap;
	int n = snprintf(line, sizeof(line), "ISAKMP (0:%u): ", sa->conn_id);

	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	put(sa, IKE_TOPIC_ISAKMP, line);
}

void ike_debug_bare(const struct ike_sa *sa, const char *fmt, ...)
{
	char line[LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	put(sa, IKE_TOPIC_ISAKMP, line);
}

void ike_debug_sending(const struct ike_sa *sa, const struct ike_path *path, enum ike_state state)
{
	ike_debug(sa, "sending packet to %s my_port %u peer_port %u (%c) %s",
		  ike_debug_addr(&path->remote), path->local_port, path->remote_port,
		  sa->initiator ? 'I' : 'R', ike_state_show(state));
}

void ike_debug_received(const struct ike_sa *sa, const struct ike_path *path)
{
	bool fresh = sa->main.state == IKE_STATE_NEW || sa->main.state == IKE_STATE_AG_NEW;

	ike_debug(sa, "received packet from %s dport %u sport %u Global (%c) %s",
		  ike_debug_addr(&path->remote), path->local_port, path->remote_port,
		  fresh		  ? 'N'
		  : sa->initiator ? 'I'
				  : 'R',
		  fresh ? "NEW SA" : ike_state_show(sa->main.state));
}

static void move(const struct ike_sa *sa, const char *from, const char *to)
{
	ike_debug_line(sa, "Old State = %s  New State = %s", from, to);
}

void ike_debug_move(const struct ike_sa *sa, const char *input, const char *from, const char *to)
{
	if (!on(sa))
		return;
	ike_debug_line(sa, "Input = %s", input);
	move(sa, from, to);
}

static const char *ladder(const struct ike_txn *txn, enum ike_state state, uint8_t exchange)
{
	if (exchange == IKE_EXCHANGE_QUICK && (!txn || state == IKE_STATE_NEW))
		return "IKE_QM_READY";
	return ike_state_ladder(state);
}

void ike_debug_arrived(const struct ike_sa *sa, const struct ike_txn *txn, uint32_t msgid,
		       const struct ike_step *step)
{
	const char *from = ladder(txn, step->state, step->exchange);
	const char *mode = step->exchange == IKE_EXCHANGE_AGGRESSIVE ? "AM" : "MM";

	if (!on(sa) || !step->arrived)
		return;
	if (step->exchange == IKE_EXCHANGE_QUICK)
		ike_debug_line(sa, "Node %u, Input = IKE_MESG_FROM_PEER, IKE_QM_EXCH", msgid);
	else if (step->message == IKE_STEP_NO_MESSAGE)
		ike_debug_line(sa, "Input = IKE_MESG_FROM_IPSEC, IKE_SA_REQ_%s", mode);
	else
		ike_debug_line(sa, "Input = IKE_MESG_FROM_PEER, IKE_%s_EXCH", mode);
	move(sa, from, step->arrived);
}

void ike_debug_completed(const struct ike_txn *txn, enum ike_state before,
			 const struct ike_step *step)
{
	const char *from = step->arrived ? step->arrived : ladder(txn, before, step->exchange);
	const char *to = ike_state_ladder(step->next);
	const struct ike_sa *sa = txn->sa;

	/* transactions tell it themselves, with what they were about */
	if (!on(sa) || strcmp(from, to) == 0 || step->exchange == IKE_EXCHANGE_TRANSACTION)
		return;
	if (step->exchange == IKE_EXCHANGE_AGGRESSIVE && !step->arrived)
		ike_debug_line(sa, "Input = IKE_MESG_FROM_PEER, IKE_AM_EXCH");
	else if (!txn->msgid)
		ike_debug_line(sa, "Input = IKE_MESG_INTERNAL, IKE_PROCESS_COMPLETE");
	else if (step->message == IKE_STEP_NO_MESSAGE)
		ike_debug_line(sa, "Node %u, Input = IKE_MESG_INTERNAL, IKE_INIT_QM", txn->msgid);
	else if (step->arrived)
		ike_debug_line(sa, "Node %u, Input = IKE_MESG_INTERNAL, IKE_GOT_SPI", txn->msgid);
	else
		ike_debug_line(sa, "Node %u, Input = IKE_MESG_FROM_PEER, IKE_QM_EXCH", txn->msgid);
	move(sa, from, to);
}

static const char *id_label(uint8_t type)
{
	switch (type) {
	case IKE_ID_IPV4: return "address";
	case IKE_ID_KEY_ID: return "group id";
	case IKE_ID_USER_FQDN: return "USER FQDN";
	default: return "FQDN name";
	}
}

void ike_debug_id(const struct ike_sa *sa, const struct ike_id *id, const char *what,
		  unsigned next_payload)
{
	struct ike_id bare = *id;
	char type[IKE_NAME_TEXT];
	char text[IKE_ID_TEXT];

	if (!on(sa))
		return;
	bare.protocol = 0;
	bare.port = 0;
	ike_debug_line(sa, "%s %s", what, ike_names_id_type(id->type, type, sizeof(type)));
	ike_debug_line(sa,
		       "ID payload\n\tnext-payload : %u\n\ttype         : %u\n\t%-12s : %s\n"
		       "\tprotocol     : %u\n\tport         : %u\n\tlength       : %u",
		       next_payload, id->type, id_label(id->type),
		       ike_id_print(&bare, text, sizeof(text)), id->protocol, id->port,
		       id->len + 8u);
	ike_debug_line(sa, "Total payload length: %u", id->len + 8u);
}

static void attribute(void *ctx, const char *text)
{
	char line[LINE];

	snprintf(line, sizeof(line), "ISAKMP:      %s", text);
	put(ctx, IKE_TOPIC_ISAKMP, line);
}

static void describe(const struct ike_sa *sa, const struct ike_transform *t, enum ike_phase phase)
{
	ike_proposal_describe(t, phase, attribute, (void *)sa);
}

static void verdict(const struct ike_sa *sa, const struct ike_proposal_check *check)
{
	unsigned next = check->transform->last ? 0 : 3;

	if (check->refusal != IKE_REFUSAL_NONE)
		ike_debug_line(sa, "%s", ike_proposal_refusal_text(check->refusal));
	ike_debug_line(sa, "atts are %sacceptable. Next payload is %u",
		       check->refusal == IKE_REFUSAL_NONE ? "" : "not ", next);
}

void ike_debug_check_p1(void *ctx, const struct ike_proposal_check *check)
{
	const struct ike_sa *sa = ctx;

	if (!on(sa))
		return;
	ike_debug_line(sa, "Checking ISAKMP transform %u against priority %u policy",
		       check->transform->number, check->policy->priority);
	describe(sa, check->transform, IKE_PHASE_1);
	verdict(sa, check);
}

static void transform_head(const struct ike_sa *sa, const struct ike_proposal *proposal,
			   const struct ike_transform *t)
{
	enum alg_cipher cipher = alg_cipher_of_esp(t->id, t->key_bits);
	char line[LINE];

	ike_debug_line(sa, "Checking IPSec proposal %u", proposal->number);
	snprintf(line, sizeof(line), "ISAKMP: transform %u, %s", t->number,
		 cipher < ALG_CIPHER_COUNT ? alg_cipher_row(cipher)->esp_debug : "UNKNOWN");
	put(sa, IKE_TOPIC_ISAKMP, line);
	put(sa, IKE_TOPIC_ISAKMP, "ISAKMP:   attributes in transform:");
	describe(sa, t, IKE_PHASE_2);
}

void ike_debug_check_p2(void *ctx, const struct ike_proposal_check *check)
{
	const struct ike_sa *sa = ctx;

	if (!on(sa))
		return;
	transform_head(sa, check->proposal, check->transform);
	if (check->refusal != IKE_REFUSAL_NONE)
		ike_debug_line(sa, "%s", ike_proposal_refusal_text(check->refusal));
	ike_debug_line(sa, "atts are %sacceptable.",
		       check->refusal == IKE_REFUSAL_NONE ? "" : "not ");
	if (check->anded && check->transform->last)
		ike_debug_line(sa, "skipping next ANDed proposal (%u)", check->proposal->number);
}

void ike_debug_accepted_p1(const struct ike_sa *sa, const struct ike_sa_offer *offer,
			   const struct ike_choice *choice)
{
	if (!on(sa))
		return;
	ike_debug_line(sa, "Checking ISAKMP transform %u against priority %u policy",
		       offer->transforms[0].number, choice->policy.priority);
	describe(sa, &offer->transforms[0], IKE_PHASE_1);
	ike_debug_line(sa, "atts are acceptable. Next payload is 0");
}

void ike_debug_accepted_p2(const struct ike_sa *sa, const struct ike_sa_offer *offer)
{
	if (!on(sa))
		return;
	transform_head(sa, &offer->proposals[0], &offer->transforms[0]);
	ike_debug_line(sa, "atts are acceptable.");
}

struct side {
	const char *direction;
	const struct addr *from;
	const struct addr *to;
	const struct prefix *from_proxy;
	const struct prefix *to_proxy;
	uint32_t spi;
};

static void one_side(const struct ike_sa *sa, const struct ike_child *child, struct side s)
{
	char from_proxy[PREFIX_TEXT];
	char to_proxy[PREFIX_TEXT];

	ike_debug_line(
		sa,
		"\t%s SA from %s to %s\n\t  (proxy %s to %s)\n\thas spi %u and conn_id %u and "
		"flags %X\n\tlifetime of %u seconds\n\tlifetime of %u kilobytes",
		s.direction, ike_debug_addr(s.from), ike_debug_addr(s.to),
		prefix_print(s.from_proxy, from_proxy, sizeof(from_proxy)),
		prefix_print(s.to_proxy, to_proxy, sizeof(to_proxy)), s.spi, sa->conn_id,
		child->transport ? 0 : 4, child->lifetime_s, child->lifetime_kb);
}

/* `debug crypto ipsec`: the request to the key engine. */
static void key_engine(const struct ike_sa *sa, const struct ike_child *child, uint32_t spi)
{
	char transform[64];
	char selector[SELECTOR_TEXT];
	char line[LINE + SELECTOR_TEXT];

	snprintf(line, sizeof(line),
		 "IPSEC(initialize_sas): ,\n  (key eng. msg.) dest= %s, SRC= %s,\n"
		 "    proxies= %s,\n    protocol= ESP, transform= %s\n"
		 "    lifedur= %us and %ukb,\n    spi= 0x%X(%u), conn_id= %u, keysize= 0, flags= "
		 "0x%X",
		 ike_debug_addr(spi == child->spi_in ? &child->path.local : &child->path.remote),
		 ike_debug_addr(spi == child->spi_in ? &child->path.remote : &child->path.local),
		 selector_print(&child->selector, selector, sizeof(selector)),
		 alg_suite_print(child->suite, transform, sizeof(transform)), child->lifetime_s,
		 child->lifetime_kb, spi, spi, sa->conn_id, child->transport ? 0 : 4);
	put(sa, IKE_TOPIC_IPSEC, line);
}

void ike_debug_children(const struct ike_sa *sa, const struct ike_child *child)
{
	const struct ike_path *path = &child->path;
	const struct selector *s = &child->selector;

	if (ike_debug_on(sa->engine, IKE_TOPIC_IPSEC)) {
		put(sa, IKE_TOPIC_IPSEC, "IPSEC(key_engine): got a queue event...");
		key_engine(sa, child, child->spi_in);
		key_engine(sa, child, child->spi_out);
	}
	if (!on(sa))
		return;
	ike_debug_line(sa, "Creating IPSec SAs");
	one_side(sa, child,
		 (struct side){"inbound", &path->remote, &path->local, &s->remote, &s->local,
			       child->spi_in});
	one_side(sa, child,
		 (struct side){"outbound", &path->local, &path->remote, &s->local, &s->remote,
			       child->spi_out});
}
