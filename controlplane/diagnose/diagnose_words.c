/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_words.h"

#include "controlplane/diagnose/evidence_records.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	SPAN = 24,
	MESSAGE = 8,
	VALUE = 64,
	TERMS = 96,
};

static void printf_like(3, 4) append(char *buf, size_t size, const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list args;

	va_start(args, fmt);
	if (n < size)
		vsnprintf(buf + n, size - n, fmt, args);
	va_end(args);
}

char *diagnose_words_span(uint64_t ms, char *buf, size_t size)
{
	static const struct {
		uint64_t unit_s;
		uint64_t from_s;
		const char *name;
	} units[] = {
		{86400, 2 * 86400, "days"},
		{3600, 2 * 3600, "h"},
		{60, 5 * 60, "min"},
		{1, 0, "s"},
	};
	uint64_t s = (ms + 500) / 1000;
	size_t i = 0;

	while (s < units[i].from_s)
		i++;
	snprintf(buf, size, "%llu %s", (unsigned long long)(s / units[i].unit_s), units[i].name);
	return buf;
}

char *diagnose_words_message(const struct ike_record *r, unsigned number, char *buf, size_t size)
{
	const char *exchange = r->kind == IKE_RECORD_QUICK ? "QM" : r->aggressive ? "AM" : "MM";

	snprintf(buf, size, "%s%u", exchange, number);
	return buf;
}

static void add_times(char *buf, size_t size, unsigned times)
{
	if (times == 1)
		append(buf, size, " once");
	else
		append(buf, size, " %u times", times);
}

char *diagnose_words_course(const struct evidence *e, const struct ike_record *r, char *buf,
			    size_t size)
{
	const struct ike_record_message *m;
	char name[MESSAGE], span[SPAN];
	unsigned number = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < IKE_RECORD_MESSAGES; i++)
		if (r->messages[i].times)
			number = i + 1;
	if (!number)
		return buf;
	m = &r->messages[number - 1];
	append(buf, size, "%s %s", diagnose_words_message(r, number, name, sizeof(name)),
	       m->ours ? "sent" : "came");
	add_times(buf, size, m->times);
	if (m->ours && !r->up) {
		uint64_t end = r->ended_ms ? r->ended_ms : e->now_ms;

		if (end > r->started_ms + m->first_ms)
			append(buf, size, " in %s",
			       diagnose_words_span(end - r->started_ms - m->first_ms, span,
						   sizeof(span)));
		append(buf, size, ", %s",
		       evidence_records_silent(r) ? "nothing came back" : "no answer to it");
	}
	return buf;
}

char *diagnose_words_differences(const struct ike_record *r, char *buf, size_t size)
{
	enum ike_phase phase = r->kind == IKE_RECORD_QUICK ? IKE_PHASE_2 : IKE_PHASE_1;
	unsigned differs = r->nearest.differs;
	char offered[VALUE], wanted[VALUE];

	/* the length of the key is in the name of the cipher */
	if (differs & 1u << IKE_REFUSAL_ENCRYPTION)
		differs &= ~(1u << IKE_REFUSAL_KEY_BITS);
	buf[0] = '\0';
	for (enum ike_refusal i = IKE_REFUSAL_PROTOCOL; i < IKE_REFUSAL_COUNT; i++) {
		if (!(differs & 1u << i))
			continue;
		append(buf, size, "%s%s %s instead of %s", buf[0] ? ", " : "",
		       ike_record_attribute(i),
		       ike_record_value_print(&r->nearest.offered, i, phase, offered,
					      sizeof(offered)),
		       ike_record_value_print(&r->nearest.wanted, i, phase, wanted,
					      sizeof(wanted)));
	}
	return buf;
}

char *diagnose_words_offers(const struct ike_record *r, char *buf, size_t size)
{
	enum ike_phase phase = r->kind == IKE_RECORD_QUICK ? IKE_PHASE_2 : IKE_PHASE_1;
	char terms[TERMS];
	size_t i;

	buf[0] = '\0';
	for (i = 0; i < r->n_offers_kept && i < IKE_RECORD_OFFERS; i++) {
		ike_record_terms_print(&r->offers[i], phase, terms, sizeof(terms));
		if (strlen(buf) + strlen(terms) + sizeof(" and 65535 more") > size)
			break;
		append(buf, size, "%s%s", i ? ", " : "", terms);
	}
	if (r->n_offers > i)
		append(buf, size, "%s%u%s", i ? " and " : "", (unsigned)(r->n_offers - i),
		       i ? " more" : " transforms");
	return buf;
}

char *diagnose_words_network(const struct prefix *p, char *buf, size_t size)
{
	if (p->len && p->len == (p->addr.family == ADDR_V6 ? 128 : 32))
		return addr_print(&p->addr, buf, size);
	return prefix_print(p, buf, size);
}

char *diagnose_words_end(const struct selector *s, bool remote, char *buf, size_t size)
{
	uint16_t port = remote ? s->remote_port : s->local_port;

	diagnose_words_network(remote ? &s->remote : &s->local, buf, size);
	if (s->protocol && remote)
		append(buf, size, " protocol %u", (unsigned)s->protocol);
	if (port)
		append(buf, size, " port %u", (unsigned)port);
	return buf;
}

char *diagnose_words_id(const struct ike_record_id *id, char *buf, size_t size)
{
	const char *blank = strrchr(id->text, ' ');
	unsigned protocol, port;
	size_t len = strlen(id->text);

	if (blank && sscanf(blank, " %u/%u", &protocol, &port) == 2)
		len = (size_t)(blank - id->text);
	snprintf(buf, size, "%.*s", (int)len, id->text);
	return buf;
}
