/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of a pasted configuration that are not this appliance's work, with or without `no`: ONE
 * table of the line and why nothing happens. What would change how packets are protected is never
 * one of them.
 */
#include "lib/config/config_row.h"

#define NAT                                                                                       \
	"address translation is not this appliance's work, so an exemption from it is trivially " \
	"true here"
#define INSPECT	  "inspection of applications is not this appliance's work"
#define FILTER	  "traffic in clear is not filtered here: filter it before or behind this box"
#define FAILOVER  "not yet: high availability is not built"
#define GUI	  "there is no web interface here"
#define SNMP	  "there is no SNMP here"
#define THREAT	  "intrusion detection is not this appliance's work; IKE is never taken for a scan"
#define STATE	  "no state of connections is kept here that could time out"
#define SWITCH	  "this is no switch"
#define PATH	  "there is one way for packets here"
#define BOX	  "logging in is the work of the system's ssh"
#define COPY	  "a copy is made when somebody types archive config"
#define ACCOUNTED "every command is in the log, without its keys: show logging"
#define POOL	  "clients get addresses of the pools of their group: name this pool there"

#define OUT(text, why)                                                    \
	{                                                                 \
		CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, text, .note = why \
	}
#define OUT_IF(text, why)                                                    \
	{                                                                    \
		CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL, text, .note = why \
	}
#define OUT_ARCHIVE(text)                                                        \
	{                                                                        \
		CONFIG_MODE_ARCHIVE, CONFIG_MODE_GLOBAL, text, .note = ACCOUNTED \
	}
/* A line that opens a block, all of which is out. */
#define OUT_BLOCK(text, why)                                           \
	{                                                              \
		CONFIG_MODE_GLOBAL, CONFIG_MODE_OUT, text, .note = why \
	}

static const struct config_row rows[] = {
	OUT("nat <text:rest>", NAT),
	OUT("nat-control", NAT),
	OUT("global <text:rest>", NAT),
	OUT("static <text:rest>", NAT),
	OUT("ip nat <text:rest>", NAT),
	OUT_IF("ip nat {inside|outside}", NAT),
	OUT("alias <text:rest>", NAT),
	OUT_BLOCK("route-map <text:rest>", NAT),
	OUT_BLOCK("object network <text:rest>", NAT),
	OUT_BLOCK("object service <text:rest>", NAT),
	OUT_BLOCK("object-group {network|service|protocol|icmp-type} <text:rest>", FILTER),
	OUT("fixup <text:rest>", INSPECT),
	OUT("inspect <text:rest>", INSPECT),
	OUT("ip inspect <text:rest>", INSPECT),
	OUT_BLOCK("policy-map type inspect <text:rest>", INSPECT),
	OUT_BLOCK("class-map type inspect <text:rest>", INSPECT),
	{CONFIG_MODE_CLASS_MAP, CONFIG_MODE_GLOBAL, "match default-inspection-traffic",
	 .note = INSPECT},
	{CONFIG_MODE_POLICY_CLASS, CONFIG_MODE_GLOBAL, "inspect <text:rest>", .note = INSPECT},
	OUT("service-policy <text:rest>", INSPECT),
	OUT_ARCHIVE("log config"),
	OUT_ARCHIVE("hidekeys"),
	OUT_ARCHIVE("logging {enable|persistent|size <text:rest>}"),
	OUT_ARCHIVE("notify syslog [<text:rest>]"),
	OUT_ARCHIVE("record rc"),
	{CONFIG_MODE_ARCHIVE, CONFIG_MODE_GLOBAL, "time-period <text:rest>", .note = COPY},
	{CONFIG_MODE_ARCHIVE, CONFIG_MODE_GLOBAL, "write-memory", .note = COPY},
	OUT("conduit <text:rest>", FILTER),
	OUT("icmp <text:rest>", FILTER),
	OUT("filter <text:rest>", FILTER),
	OUT("established <text:rest>", FILTER),
	OUT("failover [<text:rest>]", FAILOVER),
	OUT_IF("failover <text:rest>", FAILOVER),
	OUT("monitor-interface <text:rest>", FAILOVER),
	OUT("pdm <text:rest>", GUI),
	OUT("asdm <text:rest>", GUI),
	OUT("http <text:rest>", GUI),
	OUT("webvpn", GUI),
	OUT("snmp <text:rest>", SNMP),
	OUT("threat-detection <text:rest>", THREAT),
	OUT("ip tcp intercept <text:rest>", THREAT),
	OUT("ip verify <text:rest>", THREAT),
	OUT("shun <text:rest>", THREAT),
	OUT("floodguard <text:rest>", THREAT),
	OUT("timeout {xlate|pat-xlate|conn|half-closed|udp|icmp|sunrpc|h323|h225|mgcp|mgcp-pat|sip|"
	    "uauth|tcp-proxy-reassembly|floating-conn} <text:rest>",
	    STATE),
	OUT("arp timeout <text:rest>", STATE),
	OUT("sysopt connection {timewait|preserve-vpn-flows|reclassify-vpn}", STATE),
	OUT("sysopt connection tcpmss minimum 0", "no minimum is the only one here"),
	OUT("sysopt {nodnsalias|radius|route|uauth|noproxyarp|ipsec} [<text:rest>]", NAT),
	OUT("switchport <text:rest>", SWITCH),
	OUT_IF("switchport [<text:rest>]", SWITCH),
	OUT_BLOCK("interface <name:foreign> [<text:rest>]", "no such interface here"),
	OUT("ip multicast-routing", PATH),
	OUT("ip pim <text:rest>", PATH),
	OUT("crypto engine <text:rest>", PATH),
	OUT("crypto isakmp client configuration address-pool local <text:rest>", POOL),
	OUT("isakmp client configuration address-pool local <text:rest>", POOL),
	OUT("dns-guard", INSPECT),
	OUT("pager [<text:rest>]", "terminal length says it, for one session"),
	OUT("terminal {width|pager|monitor} [<text:rest>]", "a session's own, not saved"),
	OUT("passwd <text:rest>", BOX),
	OUT("telnet <text:rest>", BOX),
	OUT("ssh <text:rest>", BOX),
	OUT("domain-name <text:rest>", BOX),
	OUT("dns <text:rest>", BOX),
	OUT("ftp mode <text:rest>", BOX),
	OUT("PIX Version <text:rest>", NULL),
	OUT("ASA Version <text:rest>", NULL),
	OUT_IF("speed <text:rest>", NULL),
	OUT_IF("duplex <text:rest>", NULL),
	OUT_IF("management-only", FILTER),
};

const struct config_rows config_rows_out = {rows, array_len(rows)};

static const struct config_row inner[] = {
	{CONFIG_MODE_OUT, CONFIG_MODE_GLOBAL, "<text:rest>"},
};

const struct config_rows config_rows_out_block = {inner, array_len(inner)};
