/* SPDX-License-Identifier: BSD-3-Clause */
/* Words that the values of the grammar may be, for random lines. Included once by a test. */
#pragma once

#include "lib/config/config_pattern.h"

#include <stdbool.h>
#include <string.h>

#define LIST(...)                 \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

/* Values by the end of a node; the first row that fits. */
static const struct {
	const char *end;
	const char *const *values;
} samples[] = {
	{"address-range>", LIST("10.9.0.1-10.9.0.9", "10.9.0.4-10.9.0.4", "10.9.1.0-10.9.1.255")},
	{"protocol-name:word>", LIST("radius", "tacacs+", "local")},
	{"<side>", LIST("(inside)", "(outside)")},
	{"level:word>", LIST("security0", "security10", "security100")},
	{"alias>", LIST("branch", "hq-1")},
	{"mask>",
	 LIST("255.255.255.0", "255.255.255.255", "0.0.0.0", "255.255.255.252", "255.0.0.0")},
	{"wildcard>", LIST("0.0.0.255", "0.0.0.0", "0.255.255.255", "255.255.255.255")},
	{"interface>", LIST("GigabitEthernet0/1", "fa0", "gi 0/2", "eth 1/0")},
	{"port>", LIST("www", "0", "65535", "isakmp", "1024", "5")},
	{"dn-text:line>", LIST("cn=gw, o=Example", "cn=b")},
	{"line>", LIST("a b  c", "!", "exit", "\xc3\xa4 \"q\"")},
	{"cores>", LIST("1", "1-3", "0,5,7-9")},
	{"key>", LIST("cisco", "0", "6", "k?y!", "address")},
	{"class-map>", LIST("VOICE", "DATA", "x-1", "class-default")},
	{"policy-class>", LIST("VOICE", "DATA", "x-1", "class-default")},
	{"policy-map>", LIST("QOS", "INNER", "x-1")},
	{"dscp>", LIST("ef", "0", "63", "af21", "7", "cs6")},
	{"icmp-message>", LIST("echo", "ECHO-reply", "3", "255")},
	{"precedence>", LIST("critical", "0", "7", "flash")},
	{":bps>", LIST("8000", "1000000", "100000000000")},
};

/* A type alone would be an incomplete line. */
static const char *const *const last_keys =
	LIST("cisco", "k?y!", "0822455D0A16", "$1$mERr$w5.//9uXRXFajB2e9rkiV0");
static const char *const *const sample_names = LIST("T", "V", "M", "x-1", "S", "110", "7", "any");

static inline bool sample_ends_with(const struct config_node *node, const char *end)
{
	size_t len = strlen(end);

	return node->len >= len && !memcmp(node->text + node->len - len, end, len);
}

/* The words for a value, up to a NULL; sample_names when any name will do. */
static inline const char *const *sample_values(const struct config_node *node)
{
	if (sample_ends_with(node, "key>") && !node->text[node->len])
		return last_keys;
	for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
		if (sample_ends_with(node, samples[i].end))
			return samples[i].values;
	return sample_names;
}
