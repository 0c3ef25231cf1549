/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_names.h"

#include "lib/config/config_model.h"
#include "lib/config/config_pattern.h"
#include "lib/net/ip.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct name config_names_windows[CONFIG_WINDOWS] = {
	{64, "64"},	  {128, "128"},	    {256, "256"},     {512, "512"},
	{1024, "1024"},	  {2048, "2048"},   {4096, "4096"},   {8192, "8192"},
	{16384, "16384"}, {32768, "32768"}, {65536, "65536"},
};

/* The order decides what an abbreviation that fits several types means. */
static const char *const interface_types[] = {
	"GigabitEthernet", "FastEthernet", "TenGigabitEthernet", "Ethernet", "Loopback",
};

/* Ports as IOS names them in access lists. */
static const struct name port_names[] = {
	{20, "ftp-data"},
	{21, "ftp"},
	{22, "ssh"},
	{23, "telnet"},
	{25, "smtp"},
	{49, "tacacs"},
	{53, "domain"},
	{67, "bootps"},
	{68, "bootpc"},
	{69, "tftp"},
	{80, "www"},
	{110, "pop3"},
	{119, "nntp"},
	{123, "ntp"},
	{137, "netbios-ns"},
	{138, "netbios-dgm"},
	{139, "netbios-ss"},
	{161, "snmp"},
	{162, "snmptrap"},
	{179, "bgp"},
	{443, "https"},
	{500, "isakmp"},
	{514, "syslog"},
	{520, "rip"},
	{4500, "non500-isakmp"},
};

/* Protocols as both name them. */
static const struct name protocol_names[] = {
	{0, "ip"},   {IP_PROTO_ICMP, "icmp"}, {IP_PROTO_TCP, "tcp"}, {IP_PROTO_UDP, "udp"},
	{47, "gre"}, {IP_PROTO_ESP, "esp"},   {IP_PROTO_AH, "ahp"},
};

/* Messages of ICMP as IOS and an ASA name them in access lists. */
static const struct {
	const char *name;
	uint8_t type;
	int16_t code; /* -1 = any */
} icmp_messages[] = {
	{"echo-reply", 0, -1},		 {"unreachable", 3, -1},
	{"source-quench", 4, -1},	 {"redirect", 5, -1},
	{"alternate-address", 6, -1},	 {"echo", 8, -1},
	{"router-advertisement", 9, -1}, {"router-solicitation", 10, -1},
	{"time-exceeded", 11, -1},	 {"parameter-problem", 12, -1},
	{"timestamp-request", 13, -1},	 {"timestamp-reply", 14, -1},
	{"information-request", 15, -1}, {"information-reply", 16, -1},
	{"mask-request", 17, -1},	 {"mask-reply", 18, -1},
	{"traceroute", 30, -1},		 {"conversion-error", 31, -1},
	{"mobile-redirect", 32, -1},	 {"administratively-prohibited", 3, 13},
	{"host-unreachable", 3, 1},	 {"net-unreachable", 3, 0},
	{"packet-too-big", 3, 4},	 {"port-unreachable", 3, 3},
	{"ttl-exceeded", 11, 0},
};

/* How many characters of word are letters that begin a type; *type is which. */
static size_t type_letters(const char *word, const char **type)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	*type = NULL;
	for (size_t i = 0; n && i < array_len(interface_types) && !*type; i++)
		if (n <= strlen(interface_types[i]) && !strncasecmp(word, interface_types[i], n))
			*type = interface_types[i];
	return n;
}

/* "1", "0/1", "0/1/2", and of a subinterface ".100" behind it. */
static bool is_slot(const char *number)
{
	size_t len = strcspn(number, ".");
	const char *sub = number[len] ? number + len + 1 : "1";

	for (const char *p = number; *p; p++)
		if (*p == '0' && isdigit((unsigned char)p[1]) &&
		    (p == number || p[-1] == '/' || p[-1] == '.'))
			return false;
	return len && len < 12 && strspn(number, "0123456789/") == len &&
	       isdigit((unsigned char)*number) && number[len - 1] != '/' && !strstr(number, "//") &&
	       strlen(sub) < 6 && strspn(sub, "0123456789") == strlen(sub) && *sub && *sub != '0';
}

const char *config_names_interface_type(size_t i)
{
	return i < array_len(interface_types) ? interface_types[i] : NULL;
}

int config_names_interface(const char *word, char *buf, size_t size)
{
	const char *type;
	size_t n = type_letters(word, &type);

	if (!type || !is_slot(word + n))
		return -EINVAL;
	if (!strcmp(type, "Loopback") && strpbrk(word + n, "/."))
		return -EINVAL;
	snprintf(buf, size, "%s%s", type, word + n);
	return 0;
}

bool config_names_is_interface_type(const char *word)
{
	const char *type;

	return !word[type_letters(word, &type)] && type;
}

const char *config_names_port(uint32_t port)
{
	return names_find(port_names, array_len(port_names), port);
}

int config_names_port_of(const char *name, uint32_t *port)
{
	for (size_t i = 0; i < array_len(port_names); i++)
		if (!strcasecmp(port_names[i].name, name)) {
			*port = port_names[i].value;
			return 0;
		}
	return -EINVAL;
}

const char *config_names_protocol(uint32_t protocol)
{
	return names_find(protocol_names, array_len(protocol_names), protocol);
}

int config_names_protocol_of(const char *node, uint32_t *protocol)
{
	for (size_t i = 0; i < array_len(protocol_names); i++)
		if (config_pattern_named(node, protocol_names[i].name)) {
			*protocol = protocol_names[i].value;
			return 0;
		}
	return -EINVAL;
}

const char *config_names_icmp_message(size_t i)
{
	return i < array_len(icmp_messages) ? icmp_messages[i].name : NULL;
}

const char *config_names_icmp(const char *word)
{
	for (size_t i = 0; i < array_len(icmp_messages); i++)
		if (!strcasecmp(icmp_messages[i].name, word))
			return icmp_messages[i].name;
	return NULL;
}

void config_names_icmp_range(const char *message, uint16_t range[2])
{
	unsigned type = (unsigned)strtoul(message, NULL, 10) & UINT8_MAX;
	int code = -1;

	for (size_t i = 0; i < array_len(icmp_messages); i++) {
		if (strcmp(icmp_messages[i].name, message) != 0)
			continue;
		type = icmp_messages[i].type;
		code = icmp_messages[i].code;
	}
	range[0] = (uint16_t)(type << 8 | (code < 0 ? 0 : (unsigned)code));
	range[1] = (uint16_t)(type << 8 | (code < 0 ? UINT8_MAX : (unsigned)code));
}

/* One "N" or "N-M" of a list; *next is what follows. */
static int parse_span(const char *text, uint32_t *low, uint32_t *high, const char **next)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	*low = *high = (uint32_t)strtoul(text, &end, 10);
	if (*end == '-') {
		if (!isdigit((unsigned char)end[1]))
			return -EINVAL;
		*high = (uint32_t)strtoul(end + 1, &end, 10);
	}
	*next = end;
	return *low > *high || *high > 1023 ? -EINVAL : 0;
}

int config_names_cores(const char *text, uint16_t *cores)
{
	uint32_t low, high;
	int n = 0;

	for (;; text++) {
		if (parse_span(text, &low, &high, &text))
			return -EINVAL;
		for (; low <= high; low++) {
			if (n == CONFIG_CORES_MAX || (n && cores[n - 1] >= low))
				return -EINVAL;
			cores[n++] = (uint16_t)low;
		}
		if (!*text)
			return n;
		if (*text != ',')
			return -EINVAL;
	}
}
