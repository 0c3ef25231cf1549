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

#define HASHED "a hash of an ASA cannot be checked here: type the password itself"

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
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "enable {secret|password} <text:key> {encrypted|pbkdf2} [<text:rest>]", .note = HASHED},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "username <user:word> password <text:key> {encrypted|pbkdf2|nt-encrypted|mschap} "
	 "[<text:rest>]",
	 .note = HASHED},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "username <user:word> nopassword [<text:rest>]",
	 .note = "whoever logs in has a password here: username NAME password PASSWORD"},
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
	FRAME("banner {motd|login|exec|asdm|incoming|prompt-timeout} <text:rest>"),
	FRAME("logging rate-limit <text:rest>"),
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
	FRAME_LINE("{length|width|history|editing|monitor} [<text:rest>]"),
	FRAME_LINE("{authorization|accounting|access-class|session-timeout} <text:rest>"),
	FRAME_LINE("{absolute-timeout|escape-character|notify|rotary} [<text:rest>]"),
	FRAME_LINE("logging synchronous [<text:rest>]"),
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

#define MANUAL	   "keys by hand; IKE makes them: crypto map NAME N ipsec-isakmp"
#define AGGRESSIVE "aggressive mode in a map; use crypto isakmp peer address A"
#define ADDRESS	   "an address that somebody gives; type it: ip address A MASK"

/* What this box does without, most of it quality of service, and what does the work instead. */
static const struct config_row refused[] = {
	REFUSE(GLOBAL, "aaa authorization exec <list:word> {group|radius|tacacs+}", AUTHORIZATION),
	REFUSE(GLOBAL, "aaa authorization commands <level:0-15> <list:word> {group|tacacs+}",
	       AUTHORIZATION),
	REFUSE(GLOBAL, "aaa authorization command", AUTHORIZATION),
	/* lines of an entry in flat form */
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP, "crypto map <name:word> <n:1-65535> @"},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_CRYPTO_MAP,
	 "crypto dynamic-map <name:word> <n:1-65535> @"},
	REFUSE(GLOBAL, "crypto ikev1 ipsec-over-tcp", TCP),
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "route <l:word> <a:address> <m:mask> <h:address> tunneled",
	 .refusal = "tunneled; what comes out of tunnels has the routes of all: leave it out"},
	REFUSE(GLOBAL, "sysopt connection tcpmss minimum",
	       "tcpmss minimum; the size of a segment is never raised here: leave it out"),
	REFUSE(GLOBAL, "firewall", "firewall transparent; this box routes: leave it out"),
	REFUSE(CERT_MAP, "{subject-name|issuer-name} attr",
	       "attr; a pattern such as cn=gw does it: subject-name co cn=gw"),
	REFUSE(GLOBAL, "crypto keyring",
	       "crypto keyring; a key here is for its address, whoever asks: crypto isakmp key KEY "
	       "address A"),
	REFUSE(GLOBAL, "crypto ipsec profile",
	       "crypto ipsec profile; there are no tunnel interfaces: use a crypto map"),
	REFUSE(GLOBAL, "crypto ipsec optional",
	       "crypto ipsec optional; what is to be protected never leaves in clear: leave it "
	       "out"),
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "crypto ipsec optional",
	 .refusal =
		 "crypto ipsec optional; what is to be protected never leaves in clear: leave it "
		 "out"},
	REFUSE(GLOBAL, "radius-server {key|timeout|retransmit}",
	       "for all servers at once; say it of each: radius server NAME, and key, timeout, "
	       "retransmit in it"),
	REFUSE(GLOBAL, "group-policy <name:word> external",
	       "external; what a group gets stands here: group-policy NAME internal"),
	REFUSE(GROUP_POLICY, "vpn-filter value",
	       "vpn-filter; traffic of clients is not filtered here: filter it behind this box"),
	REFUSE(GROUP_POLICY, "group-lock value",
	       "group-lock; whoever has the key of a group and a password gets in: leave it out"),
	REFUSE(USERNAME, "{vpn-filter|group-lock} value",
	       "per user; traffic of clients is not filtered and groups are not locked here"),
	REFUSE(USERNAME, "vpn-framed-ip-address",
	       "vpn-framed-ip-address; a RADIUS server can give a user an address"),
	REFUSE(CRYPTO_MAP, "set session-key", MANUAL),
	REFUSE(CRYPTO_MAP, "set connection-type",
	       "set connection-type; both ends may begin: leave it out, or use a dynamic map to "
	       "answer only"),
	REFUSE(CRYPTO_MAP, "set phase1-mode", AGGRESSIVE),
	REFUSE(CRYPTO_MAP, "set ikev1 phase1-mode", AGGRESSIVE),
	REFUSE(CRYPTO_MAP, "set {trustpoint|ikev1 trustpoint}",
	       "set trustpoint; an isakmp profile says it: ca trust-point NAME in it, and set "
	       "isakmp-profile here"),
	REFUSE(CRYPTO_MAP, "set security-association level",
	       "set security-association level; a line of the access list for each host does it"),
	REFUSE(INTERFACE, "ip address {dhcp|negotiated}", ADDRESS),
	{CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL, "ip address <a:address> <m:mask> secondary",
	 .refusal =
		 "secondary; an interface has one address: give the other one to a subinterface"},
	REFUSE(INTERFACE, "ip unnumbered",
	       "unnumbered; every interface here has an address of its own: ip address A MASK"),
	REFUSE(GLOBAL, "ip address <name:word> {dhcp|pppoe}", ADDRESS),
	{CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL, "ip address {dhcp|negotiated}",
	 .refusal = ADDRESS},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "crypto map <name:word> <n:1-65535> ipsec-manual",
	 .refusal = MANUAL},
	REFUSE(GLOBAL, "crypto map <name:word> redundancy",
	       "redundancy; high availability is not built: leave it out"),
	REFUSE(GLOBAL, "crypto map <name:word> client token",
	       "client token; XAUTH asks for a password: crypto map NAME client authentication"),
	REFUSE(GLOBAL, "isakmp peer",
	       "isakmp peer; the key says it: isakmp key KEY address A no-xauth"),
	REFUSE(GLOBAL, "tunnel-group-map <name:word> <n:1-65535>",
	       "tunnel-group-map; an isakmp profile says who a certificate is for: match "
	       "certificate"),
	{CONFIG_MODE_TRUSTPOINT, CONFIG_MODE_GLOBAL, "enrollment self",
	 .refusal = "enrollment self; make a key and a request: crypto pki enroll"},
	REFUSE(CRYPTO_MAP, "set {nat|ip}",
	       "of this line; leave it out: NAT traversal and filters are not said of an entry"),
	{CONFIG_MODE_CRYPTO_MAP, CONFIG_MODE_GLOBAL, "set nat-t-disable",
	 .refusal = "set nat-t-disable; NAT traversal is on or off for all: no crypto isakmp "
		    "nat-traversal"},
	REFUSE(OBJECT, "fqdn", "fqdn; an address is needed: host A"),
	REFUSE(OBJECT, "range", "range; write an object for each network of it: subnet A MASK"),
	REFUSE(INTERFACE, "ip vrf", "vrf; there is one routing table: leave it out"),
	REFUSE(INTERFACE, "vrf", "vrf; there is one routing table: leave it out"),
	REFUSE(INTERFACE, "tunnel", "tunnel interfaces; use a crypto map"),
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
