/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_all.h"

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct setting {
	enum dialect dialect;
	const char *key; /* words that every line about it begins with, perhaps behind `no` */
	const char *line;
};

// clang-format off
static const struct setting settings[] = {
	{DIALECT_IOS, "crypto isakmp enable", "crypto isakmp enable"},
	{DIALECT_IOS, "crypto isakmp identity", "crypto isakmp identity address"},
	{DIALECT_IOS, "crypto isakmp keepalive", "no crypto isakmp keepalive"},
	{DIALECT_IOS, "crypto isakmp aggressive-mode", "no crypto isakmp aggressive-mode disable"},
	{DIALECT_IOS, "crypto ipsec nat-transparency",
		"crypto ipsec nat-transparency udp-encapsulation"},
	{DIALECT_IOS, "crypto ipsec security-association lifetime kilobytes",
		"crypto ipsec security-association lifetime kilobytes 4608000"},
	{DIALECT_IOS, "crypto ipsec security-association lifetime seconds",
		"crypto ipsec security-association lifetime seconds 3600"},
	{DIALECT_IOS, "crypto ipsec security-association replay",
		"crypto ipsec security-association replay window-size 64"},
	{DIALECT_IOS, "crypto ipsec df-bit", "crypto ipsec df-bit copy"},
	{DIALECT_IOS, "crypto ipsec fragmentation", "crypto ipsec fragmentation before-encryption"},
	{DIALECT_ASA, "sysopt connection timewait", "no sysopt connection timewait"},
	{DIALECT_ASA, "sysopt connection tcpmss", "sysopt connection tcpmss 1380"},
	{DIALECT_ASA, "sysopt connection tcpmss minimum", "sysopt connection tcpmss minimum 0"},
	{DIALECT_ASA, "sysopt nodnsalias inbound", "no sysopt nodnsalias inbound"},
	{DIALECT_ASA, "sysopt nodnsalias outbound", "no sysopt nodnsalias outbound"},
	{DIALECT_ASA, "sysopt radius ignore-secret", "no sysopt radius ignore-secret"},
	{DIALECT_ASA, "sysopt connection permit-vpn", "sysopt connection permit-vpn"},
	{DIALECT_ASA, "crypto isakmp identity", "crypto isakmp identity auto"},
	{DIALECT_ASA, "crypto ipsec security-association lifetime seconds",
		"crypto ipsec security-association lifetime seconds 28800"},
	{DIALECT_ASA, "crypto ipsec security-association lifetime kilobytes",
		"crypto ipsec security-association lifetime kilobytes 4608000"},
	{DIALECT_ASA, "crypto ipsec security-association replay",
		"crypto ipsec security-association replay window-size 64"},
	{DIALECT_ASA, "crypto ipsec df-bit", "crypto ipsec df-bit copy-df"},
	{DIALECT_PIX, "isakmp identity", "isakmp identity hostname"},
	{DIALECT_PIX, "sysopt connection tcpmss", "sysopt connection tcpmss 1380"},
	{DIALECT_PIX, "crypto ipsec security-association lifetime seconds",
		"crypto ipsec security-association lifetime seconds 28800"},
	{DIALECT_PIX, "crypto ipsec security-association lifetime kilobytes",
		"crypto ipsec security-association lifetime kilobytes 4608000"},
};
// clang-format on

/* A longer key that the line begins with takes it: `tcpmss` is not `tcpmss minimum`. */
static bool is_about(const char *line, const struct setting *s)
{
	size_t len = strlen(s->key);

	if (strncmp(line, s->key, len) != 0 || !strchr(" \n", line[len]))
		return false;
	for (size_t i = 0; i < array_len(settings); i++) {
		size_t longer = strlen(settings[i].key);

		if (settings[i].dialect == s->dialect && longer > len &&
		    strncmp(line, settings[i].key, longer) == 0)
			return false;
	}
	return true;
}

static bool is_said(const char *text, const struct setting *s)
{
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (is_about(strncmp(line, "no ", 3) == 0 ? line + 3 : line, s))
			return true;
	}
	return false;
}

/* Where the last line of the text begins when it is `end`, else the end of the text. */
static size_t body_len(const char *text)
{
	size_t len = strlen(text);

	if (len >= 5 && strcmp(text + len - 5, "\nend\n") == 0)
		return len - 4;
	return len;
}

char *config_all_text(const char *text, enum dialect dialect)
{
	size_t body = body_len(text), len;
	char *all = NULL;
	FILE *out = open_memstream(&all, &len);

	if (!out)
		return NULL;
	fwrite(text, 1, body, out);
	for (size_t i = 0; i < array_len(settings); i++)
		if (settings[i].dialect == dialect && !is_said(text, &settings[i]))
			fprintf(out, "%s\n", settings[i].line);
	fputs(text + body, out);
	fclose(out);
	return all;
}
