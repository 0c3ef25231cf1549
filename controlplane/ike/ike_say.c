/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_say.h"

#include "lib/base/compat.h"

#include <stdio.h>
#include <string.h>

struct say_row {
	uint8_t topic;
	uint8_t level;
	const char *text[DIALECT_COUNT];
};

// clang-format off
static const struct say_row rows[IKE_SAY_COUNT] = {
/* Heads of lines: the connection in IOS and PIX; in ASA also who, as far as it is known. */
#define H  "{head}"
#define E  "[IKEv1]: {who}"
#define EI "[IKEv1]: {ip}"
#define D  "[IKEv1 DEBUG]: {who}"
#define DI "[IKEv1 DEBUG]: {ip}"
#define C  "[IKEv1 DECODE]: {who}"
#define SAY(id, say_topic, say_level, ios, pix, asa) \
	[IKE_SAY_##id] = { IKE_TOPIC_##say_topic, IKE_SAY_##say_level, \
		{ [DIALECT_IOS] = ios, [DIALECT_PIX] = pix, [DIALECT_ASA] = asa } },
#include "controlplane/ike/ike_say_rows.def"
#undef SAY
};
// clang-format on

struct out {
	char *buf;
	size_t size;
	size_t len;
};

static void put(struct out *o, const char *text, size_t len)
{
	if (len >= o->size - o->len)
		len = o->size - o->len - 1;
	memcpy(o->buf + o->len, text, len);
	o->len += len;
	o->buf[o->len] = '\0';
}

static void put_text(struct out *o, const char *text)
{
	put(o, text, strlen(text));
}

/* A line feed among bytes of the peer would forge a line. */
static void put_escaped(struct out *o, const char *text)
{
	for (; *text; text++) {
		char hex[8];

		if (*text >= ' ' && *text <= '~') {
			put(o, text, 1);
			continue;
		}
		snprintf(hex, sizeof(hex), "\\x%02x", (unsigned char)*text);
		put_text(o, hex);
	}
}

static void put_addr(struct out *o, const struct addr *a)
{
	char text[ADDR_TEXT];

	if (a)
		put_text(o, addr_print(a, text, sizeof(text)));
}

/* How a number is written: "{0}", "{0:x}", "{0:X}", "{0:s}" signed, "{0:8}" eight digits. */
static void put_number(struct out *o, uint64_t n, char form)
{
	char text[24];

	switch (form) {
	case 'x': snprintf(text, sizeof(text), "%llx", (unsigned long long)n); break;
	case 'X': snprintf(text, sizeof(text), "%llX", (unsigned long long)n); break;
	case '8': snprintf(text, sizeof(text), "%08llX", (unsigned long long)n); break;
	case 's': snprintf(text, sizeof(text), "%d", (int)(uint32_t)n); break;
	default: snprintf(text, sizeof(text), "%llu", (unsigned long long)n);
	}
	put_text(o, text);
}

static void put_arg(struct out *o, const struct ike_arg *a, char form)
{
	switch (a->type) {
	case IKE_ARG_NUMBER: put_number(o, a->number, form); break;
	case IKE_ARG_TEXT: put_escaped(o, a->text ? a->text : ""); break;
	case IKE_ARG_ADDR: put_addr(o, a->addr); break;
	}
}

static void put_head(struct out *o, const struct ike_said *said, enum dialect dialect)
{
	char text[32] = "ISAKMP (0): ";

	if (dialect == DIALECT_IOS)
		snprintf(text, sizeof(text), "ISAKMP (0:%u): ", said->conn_id);
	put_text(o, text);
}

static void put_ip(struct out *o, const struct ike_said *said)
{
	if (!said->peer)
		return;
	put_text(o, "IP = ");
	put_addr(o, said->peer);
	put_text(o, ", ");
}

static void put_who(struct out *o, const struct ike_said *said)
{
	if (said->group && said->group[0]) {
		put_text(o, "Group = ");
		put_escaped(o, said->group);
		put_text(o, ", ");
	}
	if (said->user && said->user[0]) {
		put_text(o, "Username = ");
		put_escaped(o, said->user);
		put_text(o, ", ");
	}
	put_ip(o, said);
}

/* The name of a field, and what stands there. */
static void put_field(struct out *o, const struct ike_said *said, enum dialect dialect,
		      const char *name, size_t len)
{
	if (name[0] >= '0' && name[0] <= '9') {
		size_t i = (size_t)(name[0] - '0');

		if (i < said->n)
			put_arg(o, &said->args[i], len > 2 ? name[2] : 0);
	} else if (strncmp(name, "head", len) == 0) {
		put_head(o, said, dialect);
	} else if (strncmp(name, "who", len) == 0) {
		put_who(o, said);
	} else if (strncmp(name, "ip", len) == 0) {
		put_ip(o, said);
	} else if (strncmp(name, "peer", len) == 0) {
		put_addr(o, said->peer);
	} else if (strncmp(name, "local", len) == 0) {
		put_addr(o, said->local);
	} else if (strncmp(name, "group", len) == 0) {
		put_escaped(o, said->group ? said->group : "");
	} else if (strncmp(name, "conn", len) == 0) {
		put_number(o, said->conn_id, 0);
	}
}

enum ike_topic ike_say_topic(enum ike_say id)
{
	return rows[id].topic;
}

unsigned ike_say_level(enum ike_say id)
{
	return rows[id].level;
}

bool ike_say_has(enum ike_say id, enum dialect dialect)
{
	return rows[id].text[dialect];
}

char *ike_say_print(const struct ike_said *said, enum dialect dialect, char *buf, size_t size)
{
	const char *p = rows[said->id].text[dialect];
	struct out o = {.buf = buf, .size = size};

	buf[0] = '\0';
	while (p && *p) {
		size_t plain = strcspn(p, "{");
		const char *end;

		put(&o, p, plain);
		p += plain;
		if (!*p)
			break;
		end = strchr(p, '}');
		put_field(&o, said, dialect, p + 1, (size_t)(end - p) - 1);
		p = end + 1;
	}
	return buf;
}
