/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/diagnose_dialect.h"

#include "lib/config/config_tunnel_group.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
	WORDS = 9,
};

/* What the words of a row were. */
struct words {
	const struct config *config;
	const struct diagnosis *d;
	struct {
		const char *text;
		size_t len;
	} of[WORDS];
	size_t n;
};

struct row {
	const char *from;
	enum dialect dialect;
	bool (*holds)(const struct words *w);
	const char *to;
};

static bool any(const struct words *)
{
	return true;
}

/* The group named as the first word, for a peer. */
static bool has_group(const struct words *w)
{
	const struct config_remote *r = &w->config->remote;

	for (size_t i = 0; w->n && i < r->n_tunnel_groups; i++)
		if (strlen(r->tunnel_groups[i].name) == w->of[0].len &&
		    !strncmp(r->tunnel_groups[i].name, w->of[0].text, w->of[0].len))
			return true;
	return false;
}

static const struct row rows[] = {
#define SAYS(from, dialect, holds, to) {from, dialect, holds, to},
#include "controlplane/diagnose/diagnose_dialect.def"
#undef SAYS
};

static bool take_word(struct words *w, const char *text, size_t len)
{
	if (!len || w->n == WORDS)
		return false;
	w->of[w->n].text = text;
	w->of[w->n++].len = len;
	return true;
}

/* As many words as there are before what comes next in the pattern. */
static size_t rest_before(const char *text, const char *next)
{
	size_t len = strcspn(next, "*");

	if (!len)
		return strlen(text);
	for (const char *c = text; *c; c++)
		if (!strncmp(c, next, len))
			return (size_t)(c - text);
	return 0;
}

static bool matches(const char *pattern, const char *text, struct words *w)
{
	while (*pattern) {
		size_t len = 0;

		if (*pattern != '*') {
			if (*pattern++ != *text++)
				return false;
			continue;
		}
		if (pattern[1] == '*') {
			pattern += 2;
			len = rest_before(text, pattern);
		} else {
			pattern++;
			len = strcspn(text, " ");
		}
		if (!take_word(w, text, len))
			return false;
		text += len;
	}
	return !*text;
}

static const char *label_of(const struct config_interface *i)
{
	return i->nameif[0] ? i->nameif : i->name;
}

static const char *label(const struct words *w, size_t k)
{
	const struct config *c = w->config;

	for (size_t i = 0; i < c->n_interfaces; i++)
		if (strlen(c->interfaces[i].name) == w->of[k].len &&
		    !strncmp(c->interfaces[i].name, w->of[k].text, w->of[k].len))
			return label_of(&c->interfaces[i]);
	return NULL;
}

static const char *field_of(const struct diagnosis *d, const char *name)
{
	for (size_t i = 0; i < d->n_fields; i++)
		if (!strcmp(d->fields[i].name, name))
			return d->fields[i].value;
	return "";
}

/* Where packets come from, else the interface of the map. */
static const char *label_towards(const struct words *w)
{
	const struct config *c = w->config;
	const char *in = field_of(w->d, "in"), *map = field_of(w->d, "map");

	for (size_t i = 0; i < c->n_interfaces; i++)
		if (in[0] ? !strcmp(c->interfaces[i].name, in)
			  : map[0] && !strcmp(c->interfaces[i].crypto_map, map))
			return label_of(&c->interfaces[i]);
	return "<interface>";
}

static size_t put(char *buf, size_t size, size_t n, const char *text, size_t len)
{
	if (n + len >= size)
		len = size - 1 - n;
	memcpy(buf + n, text, len);
	buf[n + len] = '\0';
	return n + len;
}

static size_t put_word(const struct words *w, char kind, char which, char *buf, size_t size,
		       size_t n)
{
	char peer[ADDR_TEXT];
	size_t k = (size_t)(which - '1');
	const char *text;

	if (which == 'p')
		text = addr_print(&w->d->peer, peer, sizeof(peer));
	else if (which == 'i')
		text = label_towards(w);
	else
		text = kind == '@' ? label(w, k) : NULL;
	if (text)
		return put(buf, size, n, text, strlen(text));
	return put(buf, size, n, w->of[k].text, w->of[k].len);
}

static void write_row(const struct row *row, const struct words *w, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (const char *c = row->to; *c; c++)
		if ((*c == '$' || *c == '@') && c[1]) {
			n = put_word(w, *c, c[1], buf, size, n);
			c++;
		} else {
			n = put(buf, size, n, c, 1);
		}
}

static bool is_of_word(char c)
{
	return isalnum((unsigned char)c) || c == '/' || c == '.' || c == '-';
}

/* Whole words alone: Gi0/1 is not the beginning of Gi0/10. */
static void replace(char *text, size_t size, const char *from, const char *to)
{
	char out[DIAGNOSE_TEXT];
	size_t n = 0, len = strlen(from);
	bool inside = false;

	out[0] = '\0';
	for (const char *c = text; *c;) {
		/* a full stop ends a sentence, too */
		bool ends = !is_of_word(c[0]) || !strncmp(c, from, len);

		if (!inside && ends && !strncmp(c, from, len) &&
		    (!is_of_word(c[len]) || (c[len] == '.' && !is_of_word(c[len + 1])))) {
			n = put(out, sizeof(out), n, to, strlen(to));
			c += len;
			continue;
		}
		inside = is_of_word(*c);
		n = put(out, sizeof(out), n, c++, 1);
	}
	snprintf(text, size, "%s", out);
}

/* What a box since 8.4 calls its lines. */
static const struct {
	const char *from;
	const char *to;
} later[] = {
	{"pre-shared-key", "ikev1 pre-shared-key"},
	{"crypto isakmp policy", "crypto ikev1 policy"},
	{"crypto isakmp enable", "crypto ikev1 enable"},
	{"no crypto isakmp am-disable", "no crypto ikev1 am-disable"},
	{"crypto ipsec transform-set", "crypto ipsec ikev1 transform-set"},
	{"set transform-set", "set ikev1 transform-set"},
};

static void use_words(const struct config *c, char *command, size_t size)
{
	replace(command, size, "aes 192", "aes-192");
	replace(command, size, "aes 256", "aes-256");
	replace(command, size, "esp-aes 192", "esp-aes-192");
	replace(command, size, "esp-aes 256", "esp-aes-256");
	if (!c->ikev1_words || strncmp(command, "show ", 5) == 0 || strstr(command, "ikev1 "))
		return;
	for (size_t i = 0; i < array_len(later); i++)
		replace(command, size, later[i].from, later[i].to);
}

static void say_command(const struct config *c, struct diagnosis *d)
{
	char text[DIAGNOSE_TEXT];

	diagnose_command(d, text, sizeof(text));
	if (strstr(text, "(on ") || strchr(text, '{'))
		return;
	for (size_t i = 0; i < array_len(rows); i++) {
		struct words w = {.config = c, .d = d};

		if (rows[i].dialect != c->dialect || !matches(rows[i].from, text, &w) ||
		    !rows[i].holds(&w))
			continue;
		write_row(&rows[i], &w, d->command, sizeof(d->command));
		break;
	}
	if (c->dialect == DIALECT_IOS)
		return;
	if (!d->command[0])
		memcpy(d->command, text, sizeof(text));
	use_words(c, d->command, sizeof(d->command));
}

static void say_interfaces(const struct config *c, struct diagnosis *d)
{
	for (size_t i = 0; i < c->n_interfaces; i++) {
		const struct config_interface *interface = &c->interfaces[i];

		if (!interface->nameif[0])
			continue;
		for (size_t k = 0; k < d->n_fields; k++)
			if (!strcmp(d->fields[k].value, interface->name))
				diagnose_set(d, d->fields[k].name, "%s", interface->nameif);
		replace(d->saw, sizeof(d->saw), interface->name, interface->nameif);
		/* where its lines are typed it has its own name */
		if (strncmp(d->command, "interface ", 10) != 0)
			replace(d->command, sizeof(d->command), interface->name, interface->nameif);
	}
}

void diagnose_dialect(const struct config *config, struct diagnosis *d)
{
	say_command(config, d);
	if (config->dialect != DIALECT_IOS)
		say_interfaces(config, d);
}
