/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/swanctl.h"

#include "controlplane/diagnose/swanctl_parse.h"
#include "controlplane/diagnose/swanctl_words.h"
#include "lib/net/addr.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINES_BYTES = 1 << 20,
	LOCALS_MAX = 32,
	PEERS_MAX = 10,
	WORD = 128,
	SELECTORS_MAX = 512, /* of a child: each of ours with each of theirs */
};

/* Addresses of one of its lists; those that are none (%any, names) are left out. */
struct addresses {
	struct addr rows[PEERS_MAX];
	size_t n;
};

struct writer {
	const struct swanctl_settings *settings;
	struct fault_list *faults;
	char *buf; /* owned; never moved: it has keys */
	size_t n;
	unsigned policy;
	unsigned sequence;
	unsigned sets;
	struct addr locals[LOCALS_MAX]; /* an interface each */
	size_t n_locals;
	bool any; /* a connection for anybody */
	bool identity;
};

/* One connection, and a child of it. */
struct where {
	struct swanctl_word path[4];
	size_t depth;
};

bool swanctl_is(const char *text)
{
	const char *at = strstr(text, "connections");

	return at &&
	       at[strlen("connections") + strspn(at + strlen("connections"), " \t\r\n")] == '{';
}

static void line(struct writer *w, const char *fmt, ...) printf_like(2, 3);

static void line(struct writer *w, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(w->buf + w->n, LINES_BYTES - w->n, fmt, args);
	va_end(args);
	if (len > 0 && w->n + (size_t)len + 1 < LINES_BYTES) {
		w->n += (size_t)len;
		w->buf[w->n++] = '\n';
	}
	w->buf[w->n] = '\0';
}

static const char *text_of(const struct swanctl_word *word, char buf[WORD])
{
	snprintf(buf, WORD, "%.*s", word ? (int)word->len : 0, word ? word->at : "");
	return buf;
}

static const struct swanctl_word *value(const struct writer *w, const struct where *at,
					const char *name)
{
	return swanctl_parse_find(w->settings, at->path, at->depth, name);
}

static struct addresses addresses_of(const struct writer *w, const struct where *at,
				     const char *name)
{
	const struct swanctl_word *word = value(w, at, name);
	struct swanctl_word list = word ? *word : (struct swanctl_word){"", 0}, item;
	struct addresses a = {0};
	char text[WORD];

	while (a.n < PEERS_MAX && swanctl_parse_item(&list, &item))
		if (addr_parse(&a.rows[a.n], text_of(&item, text)) == 0)
			a.n++;
	return a;
}

/* A setting of the section of that name, or with more behind it: local, local-1. */
static const struct swanctl_word *value_in(const struct writer *w, const struct where *at,
					   const char *section, const char *name)
{
	for (size_t i = 0; i < w->settings->n; i++) {
		const struct swanctl_setting *s = &w->settings->rows[i];

		if (s->depth == at->depth + 1 && s->path[at->depth].len >= strlen(section) &&
		    !memcmp(s->path[at->depth].at, section, strlen(section)) &&
		    s->path[1].at == at->path[1].at && swanctl_parse_is(&s->name, name))
			return &s->value;
	}
	return NULL;
}

static void write_policies(struct writer *w, const struct where *at)
{
	const struct swanctl_word *word = value(w, at, "proposals");
	const struct swanctl_word *auth = value_in(w, at, "local", "auth");
	const struct swanctl_word *life = value(w, at, "rekey_time");
	struct swanctl_word list = word ? *word : (struct swanctl_word){"", 0}, item;
	bool psk = !auth || swanctl_parse_is(auth, "psk");

	if (!word)
		fault_add(w->faults, FAULT_NOTE, -1,
			  "no proposals: those that strongSwan has by itself are not looked at");
	while (swanctl_parse_item(&list, &item)) {
		struct swanctl_proposal p;

		if (swanctl_words_proposal(&p, &item, w->faults) < 0 || !p.ike)
			continue;
		line(w, "crypto isakmp policy %u", ++w->policy);
		line(w, " encryption %s", p.ike);
		line(w, " hash %s", p.hash ? p.hash : "sha");
		line(w, " group %u", p.group ? p.group : 1);
		line(w, " authentication %s", psk ? "pre-share" : "rsa-sig");
		if (life && swanctl_words_seconds(life))
			line(w, " lifetime %u", swanctl_words_seconds(life));
		line(w, "exit");
	}
}

/* The map of an address of ours, its interface begun when it is new. */
static void map_of(struct writer *w, const struct addr *local, char buf[WORD])
{
	char text[ADDR_TEXT];
	size_t i = 0;

	snprintf(buf, WORD, "swanctl");
	if (addr_is_none(local))
		return;
	while (i < w->n_locals && !addr_eq(&w->locals[i], local))
		i++;
	if (i == LOCALS_MAX)
		return;
	snprintf(buf, WORD, "swanctl-%zu", i + 1);
	if (i < w->n_locals)
		return;
	w->locals[w->n_locals++] = *local;
	line(w, "interface GigabitEthernet0/%zu", i);
	line(w, " ip address %s 255.255.255.255", addr_print(local, text, sizeof(text)));
	line(w, " crypto map %s", buf);
	line(w, "exit");
}

static void write_permit(struct writer *w, const struct swanctl_word *from,
			 const struct addr *local, const struct swanctl_word *to,
			 const struct addr *remote)
{
	char permit[2 * WORD];

	if (swanctl_words_selector(permit, sizeof(permit), from, local, to, remote) < 0)
		fault_add(w->faults, FAULT_NOTE, -1, "a traffic selector is left out: %.*s to %.*s",
			  (int)from->len, from->at, (int)to->len, to->at);
	else
		line(w, " %s", permit);
}

static void write_acl(struct writer *w, const struct where *at, const struct addr *local,
		      const struct addr *remote)
{
	const struct swanctl_word *ours = value(w, at, "local_ts"), *theirs;
	struct swanctl_word from, to, list = ours ? *ours : (struct swanctl_word){"dynamic", 7};
	size_t n = 0;

	theirs = value(w, at, "remote_ts");
	line(w, "ip access-list extended TS%u", w->sequence);
	while (n < SELECTORS_MAX && swanctl_parse_item(&list, &from)) {
		struct swanctl_word others = theirs ? *theirs : (struct swanctl_word){"dynamic", 7};

		for (; n < SELECTORS_MAX && swanctl_parse_item(&others, &to); n++)
			write_permit(w, &from, local, &to, remote);
	}
	if (n == SELECTORS_MAX)
		fault_add(w->faults, FAULT_NOTE, -1,
			  "no more than %d traffic selectors of a child are looked at",
			  SELECTORS_MAX);
	line(w, "exit");
}

/* The sets of a child, and its PFS group; names of the sets into names. */
static unsigned write_sets(struct writer *w, const struct where *at, char *names, size_t size)
{
	const struct swanctl_word *word = value(w, at, "esp_proposals");
	const struct swanctl_word *mode = value(w, at, "mode");
	struct swanctl_word list = word ? *word : (struct swanctl_word){"", 0}, item;
	unsigned group = 0;

	names[0] = '\0';
	while (swanctl_parse_item(&list, &item)) {
		size_t len = strlen(names);
		struct swanctl_proposal p;

		if (swanctl_words_proposal(&p, &item, w->faults) < 0 || !p.esp)
			continue;
		line(w, "crypto ipsec transform-set T%u %s %s%s", ++w->sets, p.esp,
		     p.hmac ? p.hmac : "", p.esn ? " esn" : "");
		if (mode && swanctl_parse_is(mode, "transport"))
			line(w, " mode transport");
		line(w, "exit");
		snprintf(names + len, size - len, " T%u", w->sets);
		group = group ? group : p.group;
	}
	return group;
}

/* The identity that the other end must have, as an isakmp profile. */
static bool write_profile(struct writer *w, const struct where *at)
{
	const struct swanctl_word *id = value_in(w, at, "remote", "id");
	struct addr address;
	char text[WORD];

	if (!id || strpbrk(text_of(id, text), "@=%*, "))
		return false;
	line(w, "crypto isakmp profile ID%u", w->sequence);
	if (addr_parse(&address, text) == 0)
		line(w, " match identity address %s", text);
	else
		line(w, " match identity host %s", text);
	line(w, "exit");
	return true;
}

static void write_child(struct writer *w, const struct where *connection, const struct where *at)
{
	struct addresses locals = addresses_of(w, connection, "local_addrs");
	struct addresses remotes = addresses_of(w, connection, "remote_addrs");
	const struct swanctl_word *life = value(w, at, "rekey_time");
	char map[WORD], names[WORD], text[ADDR_TEXT];
	unsigned group;
	bool profile;

	w->sequence += 10;
	profile = write_profile(w, connection);
	map_of(w, &locals.rows[0], map);
	write_acl(w, at, &locals.rows[0], &remotes.rows[0]);
	group = write_sets(w, at, names, sizeof(names));
	if (remotes.n) {
		line(w, "crypto map %s %u ipsec-isakmp", map, w->sequence);
	} else {
		if (!w->any)
			line(w, "crypto map %s 65535 ipsec-isakmp dynamic swanctl-any", map);
		w->any = true;
		line(w, "crypto dynamic-map swanctl-any %u", w->sequence);
	}
	line(w, " match address TS%u", w->sequence);
	if (profile)
		line(w, " set isakmp-profile ID%u", w->sequence);
	for (size_t i = 0; i < remotes.n; i++)
		line(w, " set peer %s", addr_print(&remotes.rows[i], text, sizeof(text)));
	if (names[0])
		line(w, " set transform-set%s", names);
	if (group)
		line(w, " set pfs group%u", group);
	if (life && swanctl_words_seconds(life))
		line(w, " set security-association lifetime seconds %u",
		     swanctl_words_seconds(life));
	line(w, "exit");
}

/* The first setting of a section below `at`, else a later one of the same was before. */
static bool is_first(const struct writer *w, size_t i, size_t depth)
{
	const struct swanctl_setting *s = &w->settings->rows[i];

	for (size_t k = 0; k < i; k++) {
		const struct swanctl_setting *o = &w->settings->rows[k];
		size_t d = 0;

		while (d < depth && o->depth >= depth && o->path[d].len == s->path[d].len &&
		       !memcmp(o->path[d].at, s->path[d].at, s->path[d].len))
			d++;
		if (d == depth)
			return false;
	}
	return true;
}

static void write_children(struct writer *w, const struct where *connection)
{
	for (size_t i = 0; i < w->settings->n; i++) {
		const struct swanctl_setting *s = &w->settings->rows[i];
		struct where at = {.depth = 4};

		if (s->depth != 4 || s->path[1].len != connection->path[1].len ||
		    memcmp(s->path[1].at, connection->path[1].at, s->path[1].len) != 0 ||
		    !swanctl_parse_is(&s->path[2], "children") || !is_first(w, i, 4))
			continue;
		memcpy(at.path, s->path, sizeof(at.path));
		write_child(w, connection, &at);
	}
}

static void write_identity(struct writer *w, const struct where *at)
{
	const struct swanctl_word *id = value_in(w, at, "local", "id");
	struct addr address;
	char text[WORD];

	if (!id || w->identity || addr_parse(&address, text_of(id, text)) == 0 ||
	    strpbrk(text, "@=% "))
		return;
	w->identity = true;
	line(w, "hostname %s", text);
	line(w, "crypto isakmp identity hostname");
}

static void write_connection(struct writer *w, const struct where *at)
{
	const struct swanctl_word *version = value(w, at, "version");

	if (version && swanctl_parse_is(version, "2")) {
		fault_add(w->faults, FAULT_NOTE, -1, "connection %.*s is of IKEv2 alone",
			  (int)at->path[1].len, at->path[1].at);
		return;
	}
	write_identity(w, at);
	write_policies(w, at);
	write_children(w, at);
}

/* A word that a line can have: what it cannot is as good as not known. */
static void key_of(const struct swanctl_setting *s, char buf[WORD])
{
	bool plain = s->value.len && s->value.len < WORD - 1;

	for (size_t i = 0; i < s->value.len; i++)
		plain &= s->value.at[i] > ' ' && s->value.at[i] < 0x7f && s->value.at[i] != '\\';
	if (s->value.len > 2 && s->value.at[0] == '0' &&
	    (s->value.at[1] == 'x' || s->value.at[1] == 's'))
		plain = false;
	snprintf(buf, WORD, "%.*s", plain ? (int)s->value.len : 8,
		 plain ? s->value.at : "********");
}

static bool is_named(const struct swanctl_setting *s, const char *prefix)
{
	return s->name.len >= strlen(prefix) && !memcmp(s->name.at, prefix, strlen(prefix));
}

/* Under an identity: an address, a name that a connection has for one, or anybody. */
static bool write_key(struct writer *w, const struct swanctl_word *id, const char *key)
{
	struct addr address;
	char text[WORD];

	if (id->len && id->at[0] == '%')
		line(w, "crypto isakmp key %s address 0.0.0.0 0.0.0.0", key);
	else if (addr_parse(&address, text_of(id, text)) == 0)
		line(w, "crypto isakmp key %s address %s", key, text);
	else if (id->len && !strpbrk(text, "*=@ "))
		line(w, "crypto isakmp key %s hostname %s", key, text);
	else
		return false;
	return true;
}

static void write_secret(struct writer *w, const struct swanctl_setting *secret)
{
	bool any = false;
	char key[WORD];

	key_of(secret, key);
	for (size_t i = 0; i < w->settings->n; i++) {
		const struct swanctl_setting *s = &w->settings->rows[i];

		if (s->depth == 2 && swanctl_parse_is(&s->path[0], "secrets") &&
		    s->path[1].at == secret->path[1].at && is_named(s, "id"))
			any |= write_key(w, &s->value, key);
	}
	if (!any)
		line(w, "crypto isakmp key %s address 0.0.0.0 0.0.0.0", key);
	explicit_bzero(key, sizeof(key));
}

static void write_all(struct writer *w)
{
	for (size_t i = 0; i < w->settings->n; i++) {
		const struct swanctl_setting *s = &w->settings->rows[i];
		struct where at = {.path = {s->path[0], s->path[1]}, .depth = 2};

		if (s->depth >= 2 && swanctl_parse_is(&s->path[0], "connections") &&
		    is_first(w, i, 2))
			write_connection(w, &at);
		if (s->depth == 2 && swanctl_parse_is(&s->path[0], "secrets") &&
		    s->path[1].len >= 3 && !memcmp(s->path[1].at, "ike", 3) &&
		    swanctl_parse_is(&s->name, "secret"))
			write_secret(w, s);
	}
}

char *swanctl_lines(const char *text, struct fault_list *faults)
{
	struct swanctl_settings settings;
	struct writer w = {.settings = &settings, .faults = faults};
	int at, err = swanctl_parse(&settings, text, &at);

	if (err == -ENOMEM)
		return NULL;
	w.buf = calloc(1, LINES_BYTES);
	if (err < 0) {
		faults->line = at;
		fault_add(faults, FAULT_ERROR, -1, "this is no swanctl.conf from here on");
		faults->line = 0;
	} else if (w.buf) {
		write_all(&w);
	}
	if (err == 0)
		swanctl_parse_fini(&settings);
	return w.buf;
}
