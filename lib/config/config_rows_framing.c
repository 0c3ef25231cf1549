/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of a pasted IOS file that mean nothing here, with or without `no`. They are accepted with a
 * note, so that a configuration of a router can be read as it stands; what would change how packets
 * are protected is never one of them.
 */
#include "lib/config/config_row.h"

#define FRAME(text)                                          \
	{                                                    \
		CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, text \
	}
#define FRAME_IF(text)                                          \
	{                                                       \
		CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL, text \
	}

#define FRAME_WHY(text, why)                                              \
	{                                                                 \
		CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, text, .note = why \
	}
#define LEVELS                                                                            \
	"it is always so here: a user has the level of `username NAME privilege N`, and " \
	"each command one that it needs"
#define FRAME_LINE(text)                                   \
	{                                                  \
		CONFIG_MODE_LINE, CONFIG_MODE_GLOBAL, text \
	}

static const struct config_row rows[] = {
	FRAME("Building configuration..."),
	FRAME("Current configuration <text:rest>"),
	FRAME("version <text:rest>"),
	FRAME("service "
	      "{password-encryption|udp-small-servers|tcp-small-servers|pad|config|dhcp|nagle"
	      "|single-slot-reload-enable|tcp-keepalives-in|tcp-keepalives-out|compress-config"
	      "|linenumber|finger|internal|counters|call-home|exec-wait|hide-telnet-addresses"
	      "|prompt|telnet-zeroidle|unsupported-transceiver|slave-log|resetinbound"
	      "|resetoutbound|resetoutside} [<text:rest>]"),
	FRAME("boot-start-marker"),
	FRAME("boot-end-marker"),
	FRAME("boot <text:rest>"),
	FRAME("logging {event|synchronous|count|userinfo|history|exception|discriminator"
	      "|message-counter|persistent|cns-events|esm|snmp-authfail|asdm|class"
	      "|device-id|emblem|flash-bufferwrap|flash-maximum-allocation"
	      "|flash-minimum-free|from-address|ftp-bufferwrap|ftp-server|mail|message"
	      "|permit-hostdown|recipient-address|standby|debug-trace|list} [<text:rest>]"),
	/* hashes of an ASA or a PIX, which nobody here can check */
	FRAME("enable {secret|password} <text:key> {encrypted|pbkdf2}"),
	FRAME("aaa session-id <text:rest>"),
	FRAME("aaa group <text:rest>"),
	FRAME("aaa authentication {enable|ppp|dot1x|attempts|banner|fail-message} <text:rest>"),
	FRAME_WHY("aaa authorization exec <list:word> {local|if-authenticated|none}+", LEVELS),
	FRAME_WHY("aaa authorization commands <level:0-15> <list:word> "
		  "{local|if-authenticated|none}+",
		  LEVELS),
	FRAME_WHY("aaa authorization {config-commands|console}", LEVELS),
	FRAME_WHY("aaa authorization exec {LOCAL|authentication-server} [auto-enable]", LEVELS),
	FRAME_WHY("aaa authorization command LOCAL", LEVELS),
	FRAME("aaa accounting {exec|commands|system|connection|delay-start} [<text:rest>]"),
	FRAME("memory-size <text:rest>"),
	FRAME("mmi <text:rest>"),
	FRAME("clock <text:rest>"),
	FRAME("ip classless"),
	FRAME("ip subnet-zero"),
	FRAME("ip cef"),
	FRAME("ip {http|ssh|audit|domain|domain-name|domain-lookup|name-server} <text:rest>"),
	FRAME("ip domain-lookup"),
	FRAME("ip source-route"),
	FRAME("ip bootp server"),
	FRAME("ip finger"),
	FRAME("ip forward-protocol <text:rest>"),
	FRAME("snmp-server <text:rest>"),
	FRAME("ntp <text:rest>"),
	FRAME("cdp run"),
	FRAME("control-plane"),
	FRAME("call rsvp-sync"),
	FRAME("multilink <text:rest>"),
	FRAME("scheduler <text:rest>"),
	FRAME("privilege <text:rest>"),
	FRAME_LINE("password <text:key> [<text:rest>]"),
	FRAME_LINE("login [<text:rest>]"),
	FRAME_LINE("transport {input|output|preferred} <text:rest>"),
	FRAME_LINE("{stopbits|databits|parity|speed|flowcontrol|modem} <text:rest>"),
	FRAME_LINE("{length|width|history|editing|monitor|logging} [<text:rest>]"),
	FRAME_LINE("{authorization|accounting|access-class|session-timeout} <text:rest>"),
	FRAME_LINE("{absolute-timeout|escape-character|notify|rotary} [<text:rest>]"),
	FRAME_LINE("privilege level <text:rest>"),
	FRAME_IF("duplex {auto|full|half}"),
	FRAME_IF("speed {auto|10|100|1000}"),
	FRAME_IF("negotiation auto"),
	FRAME_IF("media-type <text:rest>"),
	FRAME_IF("load-interval <text:rest>"),
	FRAME_IF("keepalive [<text:rest>]"),
	FRAME_IF("cdp enable"),
	FRAME_IF("fair-queue [<text:rest>]"),
	FRAME_IF("mop <text:rest>"),
	FRAME_IF("ip {route-cache|mroute-cache} [<text:rest>]"),
	FRAME_IF("ip {redirects|unreachables|proxy-arp|directed-broadcast|mask-reply}"),
};

const struct config_rows config_rows_framing = {rows, array_len(rows)};

#define REFUSE(where, text, sentence)                                                             \
	{                                                                                         \
		CONFIG_MODE_##where, CONFIG_MODE_GLOBAL, text " <text:rest>", .refusal = sentence \
	}
#define MATCH(what, remedy) REFUSE(CLASS_MAP, "match " what, "match " what "; " remedy)
#define INPUT                                                                                \
	"service-policy input; queues are at the way out: use service-policy output on the " \
	"interface the traffic leaves by, or police there"
#define TYPE "service-policy type; leave the type out: service-policy output NAME"

#define AUTHORIZATION                                                                              \
	"aaa authorization by a server; write `username NAME privilege N`, and local as the only " \
	"method"
#define TCP "IPsec over TCP; peers behind a NAT use NAT traversal, UDP 4500: leave it out"

/* What this box does without, most of it quality of service, and what does the work instead. */
static const struct config_row refused[] = {
	REFUSE(GLOBAL, "aaa authorization exec <list:word> {group|radius|tacacs+}", AUTHORIZATION),
	REFUSE(GLOBAL, "aaa authorization commands <level:0-15> <list:word> {group|tacacs+}",
	       AUTHORIZATION),
	REFUSE(GLOBAL, "aaa authorization command", AUTHORIZATION),
	REFUSE(GLOBAL, "crypto ctcp", TCP),
	REFUSE(GLOBAL, "crypto isakmp ipsec-over-tcp", TCP),
	REFUSE(GLOBAL, "isakmp ipsec-over-tcp", TCP),
	REFUSE(GLOBAL, "class-map type", "class-map type; leave the type out: class-map NAME"),
	REFUSE(GLOBAL, "policy-map type", "policy-map type; leave the type out: policy-map NAME"),
	REFUSE(INTERFACE, "service-policy input", INPUT),
	REFUSE(INTERFACE, "service-policy type", TYPE),
	REFUSE(CRYPTO_MAP, "service-policy input", INPUT),
	REFUSE(CRYPTO_MAP, "service-policy type", TYPE),
	REFUSE(INTERFACE, "traffic-shape",
	       "traffic-shape; use a policy-map: class class-default, shape average BPS"),
	REFUSE(INTERFACE, "rate-limit",
	       "rate-limit; use a policy-map: class class-default, police BPS"),
	REFUSE(INTERFACE, "priority-group",
	       "priority-group; use a policy-map with a class that has priority"),
	REFUSE(INTERFACE, "custom-queue-list",
	       "custom-queue-list; use a policy-map with classes that have bandwidth"),
	REFUSE(INTERFACE, "random-detect",
	       "random-detect; queues drop at their end: use a policy-map with queue-limit"),
	REFUSE(INTERFACE, "max-reserved-bandwidth",
	       "max-reserved-bandwidth; leave it out: classes may have all of the bandwidth"),
	REFUSE(PROFILE, "keyring",
	       "keyring; leave it out: crypto isakmp key KEY address A is for every profile"),
	REFUSE(PROFILE, "client",
	       "client in a profile; it stands with the map: crypto map M client ..."),
	REFUSE(PROFILE, "isakmp authorization",
	       "isakmp authorization in a profile; it stands with the map: crypto map M isakmp "
	       "authorization list LIST"),
	REFUSE(PROFILE, "initiate mode",
	       "initiate mode in a profile; use crypto isakmp peer address A"),
	REFUSE(PROFILE, "virtual-template",
	       "virtual-template; use a crypto map or a dynamic one with set isakmp-profile"),
	REFUSE(PROFILE, "vrf", "vrf; there is one routing table: leave it out"),
	MATCH("protocol", "write an access list of its ports and match access-group name LIST"),
	MATCH("input-interface", "match the networks behind it: match access-group name LIST"),
	MATCH("output-interface", "a service-policy is on one interface already: leave it out"),
	MATCH("not", "put a class of its own for those packets before this one"),
	MATCH("class-map", "write the match lines of that class-map here"),
	MATCH("cos", "match what is in the IP header: match dscp VALUE"),
	MATCH("vlan", "match the networks in it: match access-group name LIST"),
	MATCH("qos-group", "match what is in the packet: match dscp VALUE"),
	MATCH("discard-class", "match what is in the packet: match dscp VALUE"),
	MATCH("mpls", "match what is in the IP header: match dscp VALUE"),
	MATCH("packet", "match by protocol and ports: match access-group name LIST"),
	MATCH("source-address", "match by IP address: match access-group name LIST"),
	MATCH("destination-address", "match by IP address: match access-group name LIST"),
	{CONFIG_MODE_POLICY_CLASS, CONFIG_MODE_GLOBAL, "random-detect [<text:rest>]",
	 .refusal = "random-detect; queues drop at their end: use queue-limit N, or fair-queue so "
		    "that no flow fills the queue of the others"},
	REFUSE(POLICY_CLASS, "priority level",
	       "priority level; there is one level: use priority KBPS"),
	REFUSE(POLICY_CLASS, "bandwidth remaining ratio",
	       "bandwidth remaining ratio; use bandwidth remaining percent"),
	REFUSE(POLICY_CLASS, "shape peak", "shape peak; use shape average BPS"),
	REFUSE(POLICY_CLASS, "shape adaptive", "shape adaptive; use shape average BPS"),
	REFUSE(POLICY_CLASS, "shape max-buffers", "shape max-buffers; use queue-limit N"),
	REFUSE(POLICY_CLASS, "police rate", "police rate; use police BPS"),
	REFUSE(POLICY_CLASS, "set precedence", "set precedence; use set dscp cs1 to cs7"),
	REFUSE(POLICY_CLASS, "set ip precedence", "set ip precedence; use set dscp cs1 to cs7"),
	REFUSE(POLICY_CLASS, "set cos", "set cos; mark the IP header: set dscp VALUE"),
	REFUSE(POLICY_CLASS, "set qos-group", "set qos-group; mark the packet: set dscp VALUE"),
	REFUSE(POLICY_CLASS, "set mpls", "set mpls; mark the IP header: set dscp VALUE"),
	REFUSE(POLICY_CLASS, "netflow-sampler", "netflow-sampler; leave it out"),
	REFUSE(POLICY_CLASS, "service-policy input", INPUT),
	REFUSE(POLICY_CLASS, "service-policy output",
	       "service-policy output in a class; inside a class it is service-policy NAME"),
};

const struct config_rows config_rows_refused = {refused, array_len(refused)};
