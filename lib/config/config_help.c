/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_help.h"

#include "lib/config/config_values.h"

#include <stdio.h>
#include <string.h>

struct help {
	const char *words; /* "word", "before word", "<name" or "before <name" */
	const char *text;
};

/* clang-format off */
static const struct help table[] = {
	{"hostname", "Name of this box"},
	{"platform", "Cores and memory of this box"},
	{"worker-cores", "Cores that forward packets"},
	{"control-core", "Core of the main thread"},
	{"memory", "Memory for packets"},
	{"memory <megabytes", "Megabytes"},
	{"hugepages", "Memory in huge pages"},
	{"hasten-lifetimes", "For a laboratory: lifetimes are over sooner than negotiated"},
	{"<times", "How many times sooner"},
	{"on", "Use them"},
	{"off", "Do without"},
	{"exit", "Leave this mode"},
	{"end", "Leave configuration mode"},

	{"crypto", "Encryption"},
	{"isakmp", "IKE version 1 (phase 1)"},
	{"ipsec", "IPsec (phase 2 and ESP)"},
	{"crypto map", "Crypto map: what is protected, with whom and how"},
	{"enable", "Answer and start IKE"},
	{"policy", "Proposal for phase 1"},
	{"<priority", "Priority; the lowest is tried first"},
	{"crypto isakmp", "IKE version 1 (phase 1)"},
	{"isakmp key", "Pre-shared key of a peer"},
	{"0", "The key follows in clear"},
	{"6", "The key follows encrypted (not supported here)"},
	{"<secret", "The pre-shared key"},
	{"address", "By IP address"},
	{"identity address", "Our IP address"},
	{"ip address", "IP address of the interface"},
	{"match address", "Access list that selects the traffic"},
	{"<secret hostname", "By host name"},
	{"identity hostname", "Our host name"},
	{"<peer", "Address of the peer"},
	{"<host", "Host name of the peer"},
	{"address <host", "IP address of this interface"},
	{"no-xauth", "Never ask this peer for a user name"},
	{"identity", "How we name ourselves to the peer"},
	{"keepalive", "Dead peer detection (RFC 3706)"},
	{"nat keepalive", "Keepalive towards a NAT device"},
	{"nat", "NAT traversal"},
	{"<seconds", "Seconds"},
	{"<retry", "Seconds between retries"},
	{"periodic", "Always ask"},
	{"on-demand", "Ask when traffic gets no answer"},
	{"encryption", "Cipher"},
	{"des", "DES, 56 bits (weak)"},
	{"3des", "Triple DES"},
	{"aes", "AES"},
	{"128", "128 bits"},
	{"192", "192 bits"},
	{"256", "256 bits"},
	{"hash", "Hash"},
	{"md5", "MD5 (weak)"},
	{"sha", "SHA-1"},
	{"sha256", "SHA-2, 256 bits"},
	{"sha384", "SHA-2, 384 bits"},
	{"sha512", "SHA-2, 512 bits"},
	{"authentication", "How the peers prove who they are"},
	{"pre-share", "Pre-shared key"},
	{"rsa-sig", "RSA signatures (not supported here)"},
	{"rsa-encr", "RSA encryption (not supported here)"},
	{"group", "Diffie-Hellman group"},
	{"group 1", "768 bits (weak)"},
	{"group 2", "1024 bits (weak)"},
	{"group 5", "1536 bits"},
	{"group 14", "2048 bits"},
	{"group 15", "3072 bits"},
	{"group 16", "4096 bits"},
	{"group 19", "256-bit elliptic curve"},
	{"group 20", "384-bit elliptic curve"},
	{"group 21", "521-bit elliptic curve"},
	{"lifetime", "Life of a security association"},

	{"nat-transparency", "NAT traversal"},
	{"udp-encapsulation", "ESP in UDP when there is a NAT on the way"},
	{"security-association", "Parameters of security associations"},
	{"lifetime seconds", "By time"},
	{"lifetime kilobytes", "By traffic"},
	{"<kilobytes", "Kilobytes"},
	{"per-class", "One pair of associations for each class of the service policy"},
	{"per-worker", "One pair of associations for each worker"},
	{"<workers", "Workers with a pair of their own"},
	{"idle-time", "Delete associations that carry nothing"},
	{"<seconds default", "Begin with the default peer again then"},
	{"<address default", "The peer to begin with"},
	{"replay", "Anti-replay"},
	{"window-size", "Packets that may be late"},
	{"64", "64 packets"},
	{"window-size 128", "128 packets"},
	{"window-size 256", "256 packets"},
	{"512", "512 packets"},
	{"1024", "1024 packets"},
	{"2048", "2048 packets"},
	{"4096", "4096 packets"},
	{"8192", "8192 packets"},
	{"16384", "16384 packets"},
	{"32768", "32768 packets"},
	{"65536", "65536 packets"},
	{"disable", "Accept repeated packets"},
	{"df-bit", "Don't-fragment bit of the outer header"},
	{"copy", "As in the inner header"},
	{"df-bit set", "Always set"},
	{"df-bit clear", "Never set"},
	{"fragmentation", "When packets that are too big are fragmented"},
	{"before-encryption", "Before encryption: each fragment is a packet of its own"},
	{"after-encryption", "After encryption: the peer has to reassemble"},
	{"transform-set", "Transform set: how packets are protected"},
	{"set transform-set", "Transform sets to propose, in order"},
	{"transform-set <name", "Name of the transform set"},
	{"map <name", "Name of the crypto map"},
	{"dynamic-map", "Template of a crypto map entry, for peers whose address is not known"},
	{"dynamic-map <name", "Name of the dynamic crypto map"},
	{"dynamic", "The entry is for peers whose address is not known"},
	{"<template", "Name of the dynamic crypto map"},
	{"discover", "Accepted and without effect"},
	{"esp-des", "ESP with DES (weak)"},
	{"esp-3des", "ESP with triple DES"},
	{"esp-aes", "ESP with AES-CBC"},
	{"esp-gcm", "ESP with AES-GCM, which authenticates by itself"},
	{"esp-null", "ESP without encryption"},
	{"esp-md5-hmac", "ESP authentication with MD5 (weak)"},
	{"esp-sha-hmac", "ESP authentication with SHA-1"},
	{"esp-sha256-hmac", "ESP authentication with SHA-2, 256 bits"},
	{"esp-sha384-hmac", "ESP authentication with SHA-2, 384 bits"},
	{"esp-sha512-hmac", "ESP authentication with SHA-2, 512 bits"},
	{"ah-md5-hmac", "AH (not supported here)"},
	{"ah-sha-hmac", "AH (not supported here)"},
	{"ah-sha256-hmac", "AH (not supported here)"},
	{"comp-lzs", "Compression (not supported here)"},
	{"mode", "Encapsulation"},
	{"tunnel", "Whole packets in a new header"},
	{"transport", "Payloads only, for traffic of the two peers themselves"},

	{"<name <sequence", "Number of the entry; the lowest is tried first"},
	{"ipsec-isakmp", "Keys come from IKE"},
	{"local-address", "Interface whose address the tunnels use"},
	{"description", "A remark"},
	{"match", "Which traffic"},
	{"set", "How it is protected"},
	{"peer", "Address of the other end; several are tried in order"},
	{"pfs", "A new Diffie-Hellman exchange for every key"},
	{"group1", "768 bits (weak)"},
	{"group2", "1024 bits (weak)"},
	{"group5", "1536 bits"},
	{"group14", "2048 bits"},
	{"group15", "3072 bits"},
	{"group16", "4096 bits"},
	{"group19", "256-bit elliptic curve"},
	{"group20", "384-bit elliptic curve"},
	{"group21", "521-bit elliptic curve"},
	{"reverse-route", "Routes to the networks behind the peer"},
	{"remote-peer", "Another next hop than the way to the peer"},
	{"remote-peer <address", "Next hop of the routes"},
	{"distance", "Administrative distance of the routes"},
	{"tag", "Tag of the routes"},
	{"<tag", "Tag"},

	{"interface", "An interface"},
	{"device", "The device that carries the interface"},
	{"af_packet", "A Linux interface through a raw socket"},
	{"af_xdp", "A Linux interface through XDP"},
	{"tap", "A TAP interface, made by this box"},
	{"pci", "A network card by its PCI address"},
	{"vdev", "A DPDK virtual device by its argument string"},
	{"<argument", "Name, address or arguments of the device"},
	{"ip", "IP parameters"},
	{"deny ip", "Any IP protocol"},
	{"permit ip", "Any IP protocol"},
	{"mtu", "Largest IP packet"},
	{"encapsulation", "How frames of this subinterface are told apart"},
	{"dot1Q", "IEEE 802.1Q VLAN tag"},
	{"<vlan", "VLAN"},
	{"native", "The VLAN of untagged frames"},
	{"virtual-reassembly", "Bounds of the fragments for this box itself"},
	{"max-fragments", "Most fragments of a datagram"},
	{"<fragments", "Fragments"},
	{"max-reassemblies", "Most incomplete datagrams"},
	{"<datagrams", "Datagrams"},
	{"timeout", "How long the rest of a datagram is waited for"},
	{"<bytes", "Bytes"},
	{"ip tcp", "TCP parameters"},
	{"adjust-mss", "Largest segment that TCP connections may agree on"},
	{"shutdown", "Switch the interface off"},
	{"route", "A static route"},
	{"<network", "Network"},
	{"<hop", "Address of the next router"},
	{"<distance", "Distance; the lowest is used"},

	{"class-map", "Which packets are of a class"},
	{"match-all", "All match lines have to match"},
	{"match-any", "One match line is enough"},
	{"match any", "All packets"},
	{"match ip", "By a field of the IP header"},
	{"dscp", "Differentiated services code point"},
	{"precedence", "IP precedence"},
	{"access-group", "By an access list"},
	{"access-group name", "By its name"},
	{"access-group <number", "Number of the access list"},
	{"policy-map", "What is done with classes on the way out"},
	{"class", "What is done with one class"},
	{"priority", "Is sent before all others, at this rate at most"},
	{"percent", "In percent of the shape around it, else of the interface"},
	{"<share", "Percent"},
	{"<kbps", "Kilobits per second"},
	{"priority <kbps", "Kilobits per second"},
	{"<burst", "Burst in bytes"},
	{"<excess", "Excess burst in bytes"},
	{"bandwidth", "Has this much at least"},
	{"bandwidth remaining", "Of what priority and guarantees leave"},
	{"bandwidth <kbps", "Kilobits per second"},
	{"shape", "Is sent at this rate at most; what is more waits"},
	{"average", "Rate on average"},
	{"<rate", "Bits per second"},
	{"<committed", "Burst in bits"},
	{"<committed excess", "Excess burst in bits"},
	{"police", "Is limited to this rate; what is more is dropped or marked"},
	{"cir", "Committed information rate"},
	{"bc", "Burst"},
	{"be", "Excess burst"},
	{"conform-action", "What is done within the rate"},
	{"exceed-action", "What is done above the rate"},
	{"violate-action", "What is done above the excess burst"},
	{"drop", "Drop"},
	{"transmit", "Send"},
	{"set-dscp-transmit", "Mark and send"},
	{"set ip", "A field of the IP header"},
	{"set dscp", "Differentiated services code point"},
	{"fair-queue", "Flows of the class share alike"},
	{"<queues", "Number of queues"},
	{"queue-limit", "Packets that may wait"},
	{"<limit", "Packets"},
	{"packets", "In packets"},
	{"service-policy", "A policy-map"},
	{"output", "For what leaves"},
	{"qos", "Quality of service"},
	{"pre-classify", "Classify packets before they are encrypted (always)"},

	{"access-list", "An access list"},
	{"extended", "By source, destination, protocol and ports"},
	{"standard", "By source"},
	{"<number", "Number of the access list"},
	{"<sequence", "Number of the line"},
	{"permit", "Select"},
	{"deny", "Leave out"},
	{"remark", "A remark"},
	{"tcp", "TCP"},
	{"udp", "UDP"},
	{"icmp", "ICMP"},
	{"esp", "ESP (protocol 50)"},
	{"ahp", "AH (protocol 51)"},
	{"gre", "GRE (protocol 47)"},
	{"<protocol", "Protocol number"},
	{"any", "Any address"},
	{"host", "A single address"},
	{"eq", "The port is"},
	{"gt", "The port is greater than"},
	{"lt", "The port is less than"},
	{"neq", "The port is not"},
	{"range", "The port is between, both included"},
};
/* clang-format on */

/* Keyword, or "<name" of a value. */
static void key_of(const char *text, char *buf, size_t size)
{
	struct config_node node = config_pattern_node(text);

	if (config_pattern_is_value(&node))
		node.len = strcspn(node.text, ":>");
	snprintf(buf, size, "%.*s", (int)node.len, node.text);
}

static const char *find(const char *before, const char *word)
{
	char pair[128];
	const char *found = NULL;

	snprintf(pair, sizeof(pair), "%s %s", before, word);
	for (size_t i = 0; i < array_len(table); i++) {
		if (!strcmp(table[i].words, pair))
			return table[i].text;
		if (!strcmp(table[i].words, word))
			found = table[i].text;
	}
	return found;
}

static const char *find_node(const char *before, const struct config_node *node)
{
	char before_key[CONFIG_NAME] = "", key[CONFIG_NAME];

	if (*before)
		key_of(before, before_key, sizeof(before_key));
	key_of(node->text, key, sizeof(key));
	return find(before_key, key);
}

const char *config_help_keyword(const char *before, const struct config_node *node)
{
	const char *text = find_node(before, node);

	return text ? text : "";
}

const char *config_help_value(const char *before, const struct config_node *node)
{
	const char *text = find_node(before, node);

	return text ? text : config_values_help(node);
}
