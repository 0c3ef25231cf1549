/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/swanctl_words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT = 96
};

static const struct {
	const char *word;
	struct swanctl_proposal means;
} words[] = {
	{"des", {.ike = "des", .esp = "esp-des"}},
	{"3des", {.ike = "3des", .esp = "esp-3des"}},
	{"aes", {.ike = "aes", .esp = "esp-aes"}},
	{"aes128", {.ike = "aes", .esp = "esp-aes"}},
	{"aes192", {.ike = "aes 192", .esp = "esp-aes 192"}},
	{"aes256", {.ike = "aes 256", .esp = "esp-aes 256"}},
	{"aes128gcm16", {.esp = "esp-gcm"}},
	{"aes128gcm128", {.esp = "esp-gcm"}},
	{"aes192gcm16", {.esp = "esp-gcm 192"}},
	{"aes192gcm128", {.esp = "esp-gcm 192"}},
	{"aes256gcm16", {.esp = "esp-gcm 256"}},
	{"aes256gcm128", {.esp = "esp-gcm 256"}},
	{"null", {.esp = "esp-null"}},
	{"md5", {.hash = "md5", .hmac = "esp-md5-hmac"}},
	{"sha", {.hash = "sha", .hmac = "esp-sha-hmac"}},
	{"sha1", {.hash = "sha", .hmac = "esp-sha-hmac"}},
	{"sha256", {.hash = "sha256", .hmac = "esp-sha256-hmac"}},
	{"sha2_256", {.hash = "sha256", .hmac = "esp-sha256-hmac"}},
	{"sha384", {.hash = "sha384", .hmac = "esp-sha384-hmac"}},
	{"sha2_384", {.hash = "sha384", .hmac = "esp-sha384-hmac"}},
	{"sha512", {.hash = "sha512", .hmac = "esp-sha512-hmac"}},
	{"sha2_512", {.hash = "sha512", .hmac = "esp-sha512-hmac"}},
	{"modp768", {.group = 1}},
	{"modp1024", {.group = 2}},
	{"modp1536", {.group = 5}},
	{"modp2048", {.group = 14}},
	{"modp3072", {.group = 15}},
	{"modp4096", {.group = 16}},
	{"ecp256", {.group = 19}},
	{"ecp384", {.group = 20}},
	{"ecp521", {.group = 21}},
	{"esn", {.esn = true}},
	{"noesn", {0}},
};

static bool take_word(struct swanctl_proposal *p, const char *at, size_t len)
{
	if (len > 3 && !memcmp(at, "prf", 3))
		return true;
	for (size_t i = 0; i < array_len(words); i++) {
		const struct swanctl_proposal *m = &words[i].means;

		if (strlen(words[i].word) != len || memcmp(words[i].word, at, len) != 0)
			continue;
		p->ike = m->ike ? m->ike : p->ike;
		p->esp = m->esp ? m->esp : p->esp;
		p->hash = m->hash ? m->hash : p->hash;
		p->hmac = m->hmac ? m->hmac : p->hmac;
		p->group = m->group ? m->group : p->group;
		p->esn |= m->esn;
		return true;
	}
	return false;
}

int swanctl_words_proposal(struct swanctl_proposal *p, const struct swanctl_word *word,
			   struct fault_list *faults)
{
	const char *at = word->at, *end = word->at + word->len;

	*p = (struct swanctl_proposal){0};
	while (at < end) {
		const char *stop = memchr(at, '-', (size_t)(end - at));

		stop = stop ? stop : end;
		if (!take_word(p, at, (size_t)(stop - at))) {
			fault_add(faults, FAULT_NOTE, -1,
				  "proposal %.*s is left out: %.*s is not known here",
				  (int)word->len, word->at, (int)(stop - at), at);
			return -EINVAL;
		}
		at = stop + 1;
	}
	return 0;
}

unsigned swanctl_words_seconds(const struct swanctl_word *word)
{
	static const struct {
		char unit;
		unsigned seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
	char text[TEXT], *end;
	unsigned long n;

	snprintf(text, sizeof(text), "%.*s", (int)word->len, word->at);
	n = strtoul(text, &end, 10);
	if (n > UINT16_MAX * 16ul)
		return 0;
	for (size_t i = 0; i < array_len(units); i++)
		if (*end == units[i].unit)
			return (unsigned)n * units[i].seconds;
	return (unsigned)n;
}

/* One side of a selector. */
struct side {
	struct prefix net;
	char protocol[TEXT]; /* "" = any */
	char port[TEXT];
};

static int parse_net(struct prefix *net, const char *text)
{
	const char *slash = strchr(text, '/');
	char address[TEXT];
	struct addr a;
	long len = 32;

	snprintf(address, sizeof(address), "%.*s", (int)(slash ? slash - text : (int)strlen(text)),
		 text);
	if (slash)
		len = strtol(slash + 1, NULL, 10);
	if (addr_parse(&a, address) < 0 || a.family != ADDR_V4 || len < 0 || len > 32)
		return -EINVAL;
	*net = prefix_make(&a, (uint8_t)len);
	return 0;
}

static int parse_side(struct side *s, const struct swanctl_word *word, const struct addr *end)
{
	char text[TEXT], *bracket, *slash;

	*s = (struct side){0};
	if (word->len >= sizeof(text))
		return -EINVAL;
	snprintf(text, sizeof(text), "%.*s", (int)word->len, word->at);
	bracket = strchr(text, '[');
	if (bracket) {
		*bracket++ = '\0';
		bracket[strcspn(bracket, "]")] = '\0';
		slash = strchr(bracket, '/');
		if (slash) {
			*slash++ = '\0';
			snprintf(s->port, sizeof(s->port), "%s", slash);
		}
		snprintf(s->protocol, sizeof(s->protocol), "%s", bracket);
	}
	if (strcmp(text, "dynamic") != 0)
		return parse_net(&s->net, text);
	s->net = (struct prefix){0};
	if (!addr_is_none(end))
		s->net = prefix_make(end, 32);
	return 0;
}

static size_t print_side(const struct side *s, char *buf, size_t size)
{
	struct addr mask = prefix_mask(&s->net), wildcard = addr_v4(~addr_to_v4(&mask));
	char address[ADDR_TEXT], text[ADDR_TEXT];
	bool port = s->port[0] && strcmp(s->port, "any") != 0;

	if (!s->net.len)
		snprintf(buf, size, " any%s%s", port ? " eq " : "", port ? s->port : "");
	else
		snprintf(buf, size, " %s %s%s%s",
			 addr_print(&s->net.addr, address, sizeof(address)),
			 addr_print(&wildcard, text, sizeof(text)), port ? " eq " : "",
			 port ? s->port : "");
	return strlen(buf);
}

int swanctl_words_selector(char *buf, size_t size, const struct swanctl_word *from,
			   const struct addr *local, const struct swanctl_word *to,
			   const struct addr *remote)
{
	struct side ours, theirs;
	const char *protocol;
	size_t n;

	if (parse_side(&ours, from, local) < 0 || parse_side(&theirs, to, remote) < 0)
		return -EINVAL;
	protocol = ours.protocol[0] ? ours.protocol : theirs.protocol;
	snprintf(buf, size, "permit %s", protocol[0] && strcmp(protocol, "any") ? protocol : "ip");
	n = strlen(buf);
	n += print_side(&ours, buf + n, size - n);
	print_side(&theirs, buf + n, size - n);
	return 0;
}
