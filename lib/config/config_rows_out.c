/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of a pasted configuration that are not this appliance's work, with or without `no`: ONE
 * table of the line and why nothing happens. What would change how packets are protected is never
 * one of them.
 */
#include "lib/config/config_line.h"
#include "lib/config/config_row.h"

#include <stdio.h>

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
#define ROUTING	  "no routing protocol is spoken here: routes are static, or come with a tunnel"
#define SSL	  "there is no SSL VPN here: clients come with IPsec"
#define IKEV2	  "IKEv2 is not spoken here: peers come with IKEv1"
#define TOLD	  "peers are always told when a tunnel ends"
#define LINES	  "each line of the access list has SAs of its own"
#define CA	  "certificates come from files or are pasted: crypto pki authenticate, import"
#define DHCP	  "there is no DHCP here"
#define DHCP_POOL "addresses come from pools: ip local pool, and address-pool in the group"
#define LOGIN	  "what a login says is taken as it stands, and asked once"
#define SERVERS	  "servers are asked as radius-server deadtime, timeout and retransmit say"
#define HARDWARE  "no such thing is asked of clients, nor allowed to them"
#define VOICE	  "there is no voice here"
#define CLIENT	  "this box answers clients and is none"
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
#define OUT_IN(where, text, why)                                           \
	{                                                                  \
		CONFIG_MODE_##where, CONFIG_MODE_GLOBAL, text, .note = why \
	}
/* A line that opens a block, all of which is out. */
#define OUT_BLOCK(text, why)                                           \
	{                                                              \
		CONFIG_MODE_GLOBAL, CONFIG_MODE_OUT, text, .note = why \
	}

/* Since 8.4 an ASA says `ikev1` where it means IKE. */
static int apply_version(struct config_line *line)
{
	unsigned major = 0, minor = 0;

	sscanf(line->args[line->n_args - 1].value.text, "%u.%u", &major, &minor);
	if (major > 8 || (major == 8 && minor >= 4)) {
		line->changed |= !line->config->ikev1_words;
		line->config->ikev1_words = true;
	}
	return 0;
}

static const struct config_row rows[] = {
	OUT("nat-control", NAT),
	OUT("static <text:rest>", NAT),
	OUT_IF("ip nat {inside|outside}", NAT),
	OUT("alias <text:rest>", NAT),
	OUT_BLOCK("route-map <text:rest>", NAT),
	OUT_IN(OBJECT, "description <text:rest>", "it is not kept"),
	OUT_BLOCK("object service <text:rest>", NAT),
	OUT("fixup <text:rest>", INSPECT),
	OUT("inspect <text:rest>", INSPECT),
	OUT("ip inspect <text:rest>", INSPECT),
	OUT_BLOCK("policy-map type inspect <text:rest>", INSPECT),
	OUT_BLOCK("class-map type inspect <text:rest>", INSPECT),
	{CONFIG_MODE_CLASS_MAP, CONFIG_MODE_GLOBAL, "match default-inspection-traffic",
	 .note = INSPECT},
	{CONFIG_MODE_POLICY_CLASS, CONFIG_MODE_GLOBAL, "inspect <text:rest>", .note = INSPECT},
	OUT_ARCHIVE("log config"),
	OUT_ARCHIVE("hidekeys"),
	OUT_ARCHIVE("logging {enable|persistent|size <text:rest>}"),
	OUT_ARCHIVE("notify syslog [<text:rest>]"),
	OUT_ARCHIVE("record rc"),
	{CONFIG_MODE_ARCHIVE, CONFIG_MODE_GLOBAL, "time-period <text:rest>", .note = COPY},
	{CONFIG_MODE_ARCHIVE, CONFIG_MODE_GLOBAL, "write-memory", .note = COPY},
	OUT("service-policy <name:word> {global|interface} [<text:rest>]", INSPECT),
	OUT("conduit <text:rest>", FILTER),
	OUT("icmp <text:rest>", FILTER),
	OUT("filter <text:rest>", FILTER),
	OUT("established <text:rest>", FILTER),
	OUT("crypto isakmp {disconnect-notify|reload-wait}", TOLD),
	OUT("isakmp {disconnect-notify|reload-wait}", TOLD),
	OUT("crypto isakmp {ccm|diagnose|default} [<text:rest>]", PATH),
	OUT("isakmp log <text:rest>", PATH),
	OUT("crypto {call|logging|mib} <text:rest>", "limits and logs here are always on"),
	OUT("crypto ipsec security-association pmtu-aging <text:rest>",
	    "what was learnt of a path is asked again by itself"),
	OUT_BLOCK("crypto ikev2 policy <text:rest>", IKEV2),
	OUT("crypto ikev2 <text:rest>", IKEV2),
	OUT_BLOCK("crypto ipsec ikev2 ipsec-proposal <text:rest>", IKEV2),
	OUT("crypto ipsec ikev2 <text:rest>", IKEV2),
	OUT_IN(CRYPTO_MAP, "set ikev2 <text:rest>", IKEV2),
	OUT_IN(CRYPTO_MAP, "set inheritance <text:rest>", LINES),
	OUT_IN(CRYPTO_MAP, "set phase1-mode main", "main mode it is"),
	OUT_IN(CRYPTO_MAP, "set connection-type bi-directional", "both ends may begin"),
	OUT_IN(TUNNEL_IPSEC, "ikev2 <text:rest>", IKEV2),
	OUT_IN(TUNNEL_IPSEC, "chain", "certificates between ours and the root are always sent"),
	OUT_IN(TUNNEL_IPSEC, "radius-sdi-xauth", LOGIN),
	OUT_IN(TUNNEL_IPSEC, "radius-with-expiry", LOGIN),
	OUT_IN(TUNNEL_GENERAL, "{strip-realm|strip-group|override-account-disable}", LOGIN),
	OUT_IN(TUNNEL_GENERAL, "password-management [<text:rest>]", LOGIN),
	OUT_IN(TUNNEL_GENERAL, "authorization-required", LOGIN),
	OUT_IN(TUNNEL_GENERAL, "authorization-server-group <text:rest>", LOGIN),
	OUT_IN(TUNNEL_GENERAL, "dhcp-server <text:rest>", DHCP_POOL),
	OUT_BLOCK("tunnel-group <name:word> {ppp-attributes|webvpn-attributes} [<text:rest>]", SSL),
	OUT("tunnel-group-list <text:rest>", SSL),
	OUT("tunnel-group-map {enable|default-group} <text:rest>",
	    "a peer is in the group of its address, a client in that it names"),
	OUT("vpngroup <name:word> {user-idle-timeout|secure-unit-authentication|user-authentication"
	    "|authentication-server|device-pass-through} [<text:rest>]",
	    HARDWARE),
	OUT("vpngroup <name:word> {split-dns|backup-server} <text:rest>",
	    "say it in crypto isakmp client configuration group NAME: split-dns, backup-gateway"),
	OUT("aaa-server {radius-authport|radius-acctport} <text:rest>",
	    "ports are said of each server: authentication-port, accounting-port"),
	OUT_BLOCK("crypto ca {server|certificate} <text:rest>", CA),
	OUT_IN(TRUSTPOINT,
	       "{id-usage|client-types|accept-subordinates|validation-usage|proxy-ldc-issuer"
	       "|auto-enroll|validation-policy|ocsp|password|serial-number|usage|email|match"
	       "|keysize|no} [<text:rest>]",
	       CA),
	OUT_IN(TRUSTPOINT, "crl {configure|required|nocheck}", CA),
	OUT_IN(ISAKMP_GROUP,
	       "{group-lock|firewall|access-restrict|auto-update|browser-proxy"
	       "|configuration|crypto|smartcard-removal-disconnect|dhcp} [<text:rest>]",
	       HARDWARE),
	OUT_IN(USERNAME, "{memberof|password-storage|vpn-access-hours} <text:rest>", HARDWARE),
	OUT_IN(USERNAME, "{vpn-filter|group-lock} none", HARDWARE),
	OUT_IN(GROUP_POLICY, "{vpn-filter|group-lock} none", HARDWARE),
	OUT_IN(GROUP_POLICY, "{password-storage|backup-servers} <text:rest>", HARDWARE),
	OUT_IN(GROUP_POLICY, "{svc|anyconnect|url-list|webvpn|msie-proxy} [<text:rest>]", SSL),
	OUT_IN(GROUP_POLICY,
	       "{client-firewall|client-access-rule|nac|nac-settings|secure-unit-authentication"
	       "|user-authentication|user-authentication-idle-timeout|ip-phone-bypass|leap-bypass"
	       "|nem|intercept-dhcp|smartcard-removal-disconnect|vpn-access-hours} [<text:rest>]",
	       HARDWARE),
	OUT_IN(GROUP_POLICY, "dhcp-network-scope <text:rest>", DHCP_POOL),
	OUT_IN(GROUP_POLICY, "ip-comp <text:rest>", "packets are not compressed here"),
	OUT_IN(GROUP_POLICY, "{ipsec-udp|ipsec-udp-port} <text:rest>",
	       "clients behind a NAT use NAT traversal"),
	OUT_IN(GROUP_POLICY, "re-xauth [enable|disable]",
	       "a login is asked once: a renewal of phase 1 within it asks no more"),
	OUT_IN(USERNAME, "{service-type|webvpn|svc} [<text:rest>]", SSL),
	OUT("vpn-addr-assign <text:rest>", POOL),
	OUT("{compression|l2tp} <text:rest>", SSL),
	OUT("group-delimiter <text:rest>", LOGIN),
	OUT("auth-prompt <text:rest>", LOGIN),
	OUT_IN(AAA_GROUP,
	       "{reactivation-mode|max-failed-attempts|accounting-mode|interim-accounting-update"
	       "|ad-agent-mode|dynamic-authorization} [<text:rest>]",
	       SERVERS),
	OUT_IN(AAA_HOST,
	       "{retry-interval|radius-common-pw|acl-netmask-convert|mschapv2-capable} "
	       "<text:rest>",
	       SERVERS),
	OUT("aaa-server <name:word> {max-failed-attempts|deadtime} <text:rest>", SERVERS),
	OUT("aaa authentication {ssh|telnet|http|serial|secure-http-client} <text:rest>", BOX),
	OUT("aaa accounting {command|ssh|telnet|serial|enable} <text:rest>", BOX),
	OUT("aaa proxy-limit <text:rest>", BOX),
	OUT("access-group <name:word> global", FILTER),
	OUT("{url-server|url-cache|url-block|outbound|apply|dynamic-filter} <text:rest>", FILTER),
	OUT("virtual <text:rest>", FILTER),
	OUT("fragment <text:rest>", "ip virtual-reassembly says it here"),
	OUT_BLOCK("router <text:rest>", ROUTING),
	OUT("{rip|ospf|eigrp|multicast|mroute|pim|igmp} <text:rest>", ROUTING),
	OUT("multicast-routing", ROUTING),
	OUT_IF("ip {ospf|rip|eigrp|summary-address|igmp|pim|policy|nhrp|nbar|flow|accounting|"
	       "authentication|hello-interval|split-horizon|load-sharing} <text:rest>",
	       ROUTING),
	OUT_BLOCK("ip dhcp pool <text:rest>", DHCP),
	OUT("ip dhcp <text:rest>", DHCP),
	OUT("{dhcpd|dhcprelay|dhcp-client} <text:rest>", DHCP),
	OUT("ip gratuitous-arps", PATH),
	OUT_IF("{standby|vrrp|glbp} <text:rest>", FAILOVER),
	OUT_IF("{half-duplex|full-duplex}", NULL),
	OUT_IF("{mac-address|hold-queue|carrier-delay|delay|tx-ring-limit|clock|arp} <text:rest>",
	       NULL),
	OUT_BLOCK("{voice-card|dial-peer|gateway|ephone|telephony-service} [<text:rest>]", VOICE),
	OUT_BLOCK("gatekeeper", VOICE),
	OUT("{mta|mgcp|ccm-manager|sccp} [<text:rest>]", VOICE),
	OUT("{vpdn|vpdn-group} <text:rest>", "there is no PPP here"),
	OUT("vpnclient <text:rest>", CLIENT),
	OUT_BLOCK("crypto ipsec client ezvpn <text:rest>", CLIENT),
	OUT_BLOCK("vpn load-balancing", FAILOVER),
	OUT_BLOCK("call-home", GUI),
	OUT("call-home <text:rest>", GUI),
	OUT_BLOCK("dynamic-access-policy-record <text:rest>", SSL),
	OUT_BLOCK("sla monitor <text:rest>", PATH),
	OUT("{sla|track} <text:rest>", PATH),
	OUT("ip sla <text:rest>", PATH),
	OUT("{tftp-server|eeprom|license|prompt|smtp-server|priority-queue} [<text:rest>]", BOX),
	OUT("{imap4s|pop3s|smtps} [<text:rest>]", SSL),
	OUT("tacacs-server <text:rest>", "TACACS+ servers are not asked here: use RADIUS"),
	OUT("failover [<text:rest>]", FAILOVER),
	OUT_IF("failover <text:rest>", FAILOVER),
	OUT("monitor-interface <text:rest>", FAILOVER),
	OUT("pdm <text:rest>", GUI),
	OUT("asdm <text:rest>", GUI),
	OUT("http <text:rest>", GUI),
	OUT_BLOCK("webvpn", SSL),
	OUT("snmp <text:rest>", SNMP),
	OUT("threat-detection <text:rest>", THREAT),
	OUT("ip tcp intercept <text:rest>", THREAT),
	OUT("ip verify <text:rest>", THREAT),
	OUT("shun <text:rest>", THREAT),
	OUT("floodguard <text:rest>", THREAT),
	OUT("timeout {xlate|pat-xlate|conn|half-closed|udp|icmp|sunrpc|h323|h225|mgcp|mgcp-pat|sip|"
	    "sip-provisional-media|sip-invite|sip-disconnect|sctp|uauth|tcp-proxy-reassembly|"
	    "floating-conn|igp} <text:rest>",
	    STATE),
	OUT("arp timeout <text:rest>", STATE),
	OUT("sysopt connection {timewait|preserve-vpn-flows|reclassify-vpn}", STATE),
	OUT("sysopt connection tcpmss minimum 0", "no minimum is the only one here"),
	OUT("sysopt {nodnsalias|radius|route|uauth|noproxyarp|ipsec|security} [<text:rest>]", NAT),
	OUT("switchport <text:rest>", SWITCH),
	OUT_IF("switchport [<text:rest>]", SWITCH),
	OUT_BLOCK("interface <name:foreign> [<text:rest>]", "no such interface here"),
	OUT("ip multicast-routing", PATH),
	OUT("ip pim <text:rest>", PATH),
	OUT("crypto engine <text:rest>", PATH),
	OUT("dns-guard", INSPECT),
	OUT("pager [<text:rest>]", "terminal length says it, for one session"),
	OUT("terminal {width|pager|monitor} [<text:rest>]", "a session's own, not saved"),
	OUT("passwd <text:rest>", BOX),
	OUT("telnet <text:rest>", BOX),
	OUT("ssh <text:rest>", BOX),
	OUT("domain-name <text:rest>", BOX),
	OUT_BLOCK("dns server-group <text:rest>", BOX),
	OUT("dns <text:rest>", BOX),
	OUT("ca {identity|configure|generate|authenticate|enroll|save|zeroize|subject-name|crl} "
	    "<text:rest>",
	    CA),
	OUT("ftp mode <text:rest>", BOX),
	OUT("PIX Version <text:rest>", NULL),
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "ASA Version <text:rest>", apply_version},
	OUT_IF("speed <text:rest>", NULL),
	OUT_IF("duplex <text:rest>", NULL),
	OUT_IF("management-only", FILTER),
};

const struct config_rows config_rows_out = {rows, array_len(rows)};

static const struct config_row inner[] = {
	{CONFIG_MODE_OUT, CONFIG_MODE_GLOBAL, "<text:rest>"},
};

const struct config_rows config_rows_out_block = {inner, array_len(inner)};
