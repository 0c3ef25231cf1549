/* SPDX-License-Identifier: BSD-3-Clause */
/* Every line of the grammar: what it prints as, what its `no` leaves, and how wrong ones are refused. */
#include "tests/unit/config_test.h"

/* A line in a context and what the configuration says after it (a fragment of the print). */
struct good {
	const char *context; /* lines before, "" for none */
	const char *line;
	const char *printed; /* fragment that must be there; NULL = an empty configuration */
};

#define POLICY "crypto isakmp policy 10\n"
#define SET    "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
#define ENTRY  "crypto map M 10 ipsec-isakmp\n"
#define IF     "interface GigabitEthernet0/1\n"
#define EXT    "ip access-list extended V\n"
#define STD    "ip access-list standard S\n"

/* clang-format off */
static const struct good goods[] = {
	{"", "hostname R1", "hostname R1\n"},
	{"", "HOSTNAME r-1.example", "hostname r-1.example\n"},
	{"hostname R1\n", "no hostname", NULL},
	{"platform\n", "worker-cores 1-3,5", "platform\n worker-cores 1-3,5\n!\n"},
	{"platform\n", "worker-cores 7", " worker-cores 7\n"},
	{"platform\n", "worker-cores 0,1,2,9-11", " worker-cores 0-2,9-11\n"},
	{"platform\n", "control-core 0", " control-core 0\n"},
	{"platform\n", "control-core 1023", " control-core 1023\n"},
	{"platform\n", "memory 64", " memory 64\n"},
	{"platform\n", "memory 1048576", " memory 1048576\n"},
	{"platform\n", "hugepages on", " hugepages on\n"},
	{"platform\n", "hugepages off", NULL},
	{"platform\n hugepages on\n control-core 3\n", "no platform", NULL},
	{"platform\n hugepages on\n", "no hugepages", NULL},
	{"platform\n worker-cores 1\n", "no worker-cores", NULL},

	{"", "interface GigabitEthernet0/1", "interface GigabitEthernet0/1\n!\n"},
	{"", "interface gi0/1", "interface GigabitEthernet0/1\n!\n"},
	{"", "int GigabitEthernet 0/1", "interface GigabitEthernet0/1\n!\n"},
	{"", "interface fa 0", "interface FastEthernet0\n!\n"},
	{"", "interface TENgig1/0/2", "interface TenGigabitEthernet1/0/2\n!\n"},
	{"", "interface ethernet0/0", "interface Ethernet0/0\n!\n"},
	{IF, "no interface gi 0/1", NULL},
	{IF, "device af_packet veth0", " device af_packet veth0\n"},
	{IF, "device af_xdp eth15characters", " device af_xdp eth15characters\n"},
	{IF, "device tap tap0", " device tap tap0\n"},
	{IF, "device pci 0000:03:00.0", " device pci 0000:03:00.0\n"},
	{IF, "device pci 03:00.1", " device pci 03:00.1\n"},
	{IF, "device vdev net_null0,size=64,copy=1", " device vdev net_null0,size=64,copy=1\n"},
	{IF " device tap t\n", "no device", IF "!\n"},
	{IF, "ip address 10.0.0.1 255.255.255.0", " ip address 10.0.0.1 255.255.255.0\n"},
	{IF, "ip address 10.0.0.0 255.255.255.254", " ip address 10.0.0.0 255.255.255.254\n"},
	{IF, "ip address 10.0.0.1 255.255.255.255", " ip address 10.0.0.1 255.255.255.255\n"},
	{IF " ip address 10.0.0.1 255.0.0.0\n", "no ip address", IF "!\n"},
	{IF " ip address 10.0.0.1 255.0.0.0\n", "no ip address 10.0.0.1 255.0.0.0", IF "!\n"},
	{IF, "ip mtu 68", " ip mtu 68\n"},
	{IF, "ip mtu 9216", " ip mtu 9216\n"},
	{IF " ip mtu 1400\n", "no ip mtu", IF "!\n"},
	{IF, "ip tcp adjust-mss 500", " ip tcp adjust-mss 500\n"},
	{IF, "ip tcp adj 1460", " ip tcp adjust-mss 1460\n"},
	{IF " ip tcp adjust-mss 1300\n", "no ip tcp adjust-mss", IF "!\n"},
	{IF, "crypto map M", " crypto map M\n"},
	{IF " crypto map M\n", "no crypto map", IF "!\n"},
	{IF " crypto map M\n", "no crypto map M", IF "!\n"},
	{IF, "crypto ipsec df-bit clear", " crypto ipsec df-bit clear\n"},
	{IF, "crypto ipsec df-bit set", " crypto ipsec df-bit set\n"},
	{IF, "crypto ipsec df-bit copy", " crypto ipsec df-bit copy\n"},
	{IF " crypto ipsec df-bit set\n", "no crypto ipsec df-bit", IF "!\n"},
	{IF, "crypto ipsec fragmentation after-encryption", " crypto ipsec fragmentation after-encryption\n"},
	{IF, "crypto ipsec fragmentation before-encryption", " crypto ipsec fragmentation before-encryption\n"},
	{IF, "shutdown", " shutdown\n"},
	{IF " shutdown\n", "no shutdown", IF "!\n"},
	{IF " shutdown\n", "no sh", IF "!\n"},
	{IF, "description to  the ! world", " description to  the ! world\n"},
	{IF " description x\n", "no description", IF "!\n"},

	{"", "ip route 10.1.0.0 255.255.0.0 12.0.0.1", "ip route 10.1.0.0 255.255.0.0 12.0.0.1\n"},
	{"", "ip route 0.0.0.0 0.0.0.0 12.0.0.1 255", "ip route 0.0.0.0 0.0.0.0 12.0.0.1 255\n"},
	{"", "ip route 1.2.3.4 255.255.255.255 gi 0/1", "ip route 1.2.3.4 255.255.255.255 GigabitEthernet0/1\n"},
	{"", "ip route 1.2.3.0 255.255.255.0 fa0 12.0.0.1 7", "ip route 1.2.3.0 255.255.255.0 FastEthernet0 12.0.0.1 7\n"},
	{"ip route 1.2.3.4 255.255.255.255 5.6.7.8 9\n", "ip route 1.2.3.4 255.255.255.255 5.6.7.8", "ip route 1.2.3.4 255.255.255.255 5.6.7.8\n"},
	{"ip route 1.2.3.4 255.255.255.255 5.6.7.8\n", "no ip route 1.2.3.4 255.255.255.255 5.6.7.8", NULL},
	{"ip route 1.2.3.4 255.255.255.255 5.6.7.8\nip route 1.2.3.4 255.255.255.255 5.6.7.9\n", "no ip route 1.2.3.4 255.255.255.255", NULL},

	{EXT, "permit ip any any", " permit ip any any\n"},
	{EXT, "15 deny tcp host 1.2.3.4 eq www 10.0.0.0 0.255.255.255 range 1 9", " 15 deny tcp host 1.2.3.4 eq www 10.0.0.0 0.255.255.255 range 1 9\n"},
	{EXT, "permit udp any gt 1023 any lt 1024", " permit udp any gt 1023 any lt 1024\n"},
	{EXT, "permit udp any neq 5 any neq isakmp", " permit udp any neq 5 any neq isakmp\n"},
	{EXT, "permit icmp 10.0.0.7 0.0.0.255 any", " permit icmp 10.0.0.0 0.0.0.255 any\n"},
	{EXT, "permit esp any any", " permit esp any any\n"},
	{EXT, "permit ahp any any", " permit ahp any any\n"},
	{EXT, "permit gre any any", " permit gre any any\n"},
	{EXT, "permit 255 any any", " permit 255 any any\n"},
	{EXT, "permit 6 any any", " permit tcp any any\n"},
	{EXT, "permit ip 1.2.3.4 0.0.0.0 0.0.0.0 255.255.255.255", " permit ip host 1.2.3.4 any\n"},
	{EXT, "remark protect   this", " remark protect   this\n"},
	{EXT " permit ip any any\n", "no permit ip any any", EXT "!\n"},
	{EXT " permit ip any any\n", "no 10", EXT "!\n"},
	{EXT " permit ip any any\n", "no ip access-list extended V", NULL},
	{EXT " permit ip any any\n", "5 permit icmp any any", EXT " 5 permit icmp any any\n 10 permit ip any any\n"},
	{STD, "permit 10.0.0.0 0.255.255.255", " permit 10.0.0.0 0.255.255.255\n"},
	{STD, "deny host 10.0.0.1", " deny host 10.0.0.1\n"},
	{STD, "permit 10.0.0.1", " permit host 10.0.0.1\n"},
	{STD, "20 permit any", " 20 permit any\n"},
	{STD, "remark x", " remark x\n"},
	{STD " permit any\n", "no 10", STD "!\n"},
	{STD, "no ip access-list standard S", NULL},
	{"", "access-list 1 permit any", "access-list 1 permit any\n"},
	{"", "access-list 99 deny 1.2.3.0 0.0.0.255", "access-list 99 deny 1.2.3.0 0.0.0.255\n"},
	{"", "access-list 1300 permit host 1.1.1.1", "access-list 1300 permit host 1.1.1.1\n"},
	{"", "access-list 1999 remark hello", "access-list 1999 remark hello\n"},
	{"", "access-list 100 permit ip any any", "access-list 100 permit ip any any\n"},
	{"", "access-list 199 deny ip any host 1.1.1.1", "access-list 199 deny ip any host 1.1.1.1\n"},
	{"", "access-list 2000 permit tcp any any eq 22", "access-list 2000 permit tcp any any eq ssh\n"},
	{"", "access-list 2699 permit udp any eq 1 any", "access-list 2699 permit udp any eq 1 any\n"},
	{"access-list 42 permit any\n", "access-list 042 deny host 1.1.1.1", "access-list 42 permit any\naccess-list 42 deny host 1.1.1.1\n"},
	{"access-list 110 permit ip any any\naccess-list 110 deny ip any host 1.1.1.1\n", "no access-list 110", NULL},
	{"access-list 110 permit ip any any\n", "no access-list 110 permit ip any any", NULL},
	{"access-list 110 permit ip any any\n", "ip access-list extended 110", "access-list 110 permit ip any any\n"},

	{"", "no crypto isakmp enable", "no crypto isakmp enable\n"},
	{"no crypto isakmp enable\n", "crypto isakmp enable", NULL},
	{"", "crypto isakmp policy 1", "crypto isakmp policy 1\n!\n"},
	{"", "cry isa pol 10000", "crypto isakmp policy 10000\n!\n"},
	{POLICY, "no crypto isakmp policy 10", NULL},
	{POLICY, "encryption 3des", " encryption 3des\n"},
	{POLICY, "encr aes", " encryption aes\n"},
	{POLICY, "encryption aes 128", " encryption aes\n"},
	{POLICY, "encryption aes 192", " encryption aes 192\n"},
	{POLICY, "encryption aes 256", " encryption aes 256\n"},
	{POLICY " encryption aes\n", "encryption des", POLICY "!\n"},
	{POLICY " encryption aes 256\n", "no encryption", POLICY "!\n"},
	{POLICY, "hash md5", " hash md5\n"},
	{POLICY, "hash sha256", " hash sha256\n"},
	{POLICY, "hash sha384", " hash sha384\n"},
	{POLICY, "hash sha512", " hash sha512\n"},
	{POLICY " hash md5\n", "hash sha", POLICY "!\n"},
	{POLICY " hash md5\n", "no hash", POLICY "!\n"},
	{POLICY, "authentication pre-share", " authentication pre-share\n"},
	{POLICY, "auth rsa-encr", " authentication rsa-encr\n"},
	{POLICY " authentication pre-share\n", "authentication rsa-sig", POLICY "!\n"},
	{POLICY " authentication pre-share\n", "no authentication", POLICY "!\n"},
	{POLICY, "group 2", " group 2\n"},
	{POLICY, "group 5", " group 5\n"},
	{POLICY, "group 14", " group 14\n"},
	{POLICY, "group 15", " group 15\n"},
	{POLICY, "group 16", " group 16\n"},
	{POLICY, "group 19", " group 19\n"},
	{POLICY, "group 20", " group 20\n"},
	{POLICY, "group 21", " group 21\n"},
	{POLICY " group 21\n", "group 1", POLICY "!\n"},
	{POLICY " group 21\n", "no group", POLICY "!\n"},
	{POLICY, "lifetime 60", " lifetime 60\n"},
	{POLICY " lifetime 60\n", "lifetime 86400", POLICY "!\n"},
	{POLICY " lifetime 60\n", "no lifetime", POLICY "!\n"},
	{"", "crypto isakmp key cisco address 12.1.1.2", "crypto isakmp key cisco address 12.1.1.2\n"},
	{"", "crypto isakmp key 0 cisco address 12.1.1.2 no-xauth", "crypto isakmp key cisco address 12.1.1.2 no-xauth\n"},
	{"", "crypto isakmp key 0 0 address 0.0.0.0 0.0.0.0", "crypto isakmp key 0 0 address 0.0.0.0 0.0.0.0\n"},
	{"", "crypto isakmp key k address 10.1.2.3 255.255.0.0", "crypto isakmp key k address 10.1.0.0 255.255.0.0\n"},
	{"", "crypto isakmp key k hostname r2.example.com", "crypto isakmp key k hostname r2.example.com\n"},
	{"crypto isakmp key k address 1.2.3.4\n", "crypto isakmp key other address 1.2.3.4", "crypto isakmp key other address 1.2.3.4\n"},
	{"crypto isakmp key k address 1.2.3.4\n", "no crypto isakmp key k address 1.2.3.4", NULL},
	{"crypto isakmp key k address 1.2.3.4\n", "no crypto isakmp key ******** address 1.2.3.4", NULL},
	{"crypto isakmp key k hostname h\n", "no crypto isakmp key k hostname h", NULL},
	{"", "crypto isakmp identity hostname", "crypto isakmp identity hostname\n"},
	{"crypto isakmp identity hostname\n", "crypto isakmp identity address", NULL},
	{"crypto isakmp identity hostname\n", "no crypto isakmp identity", NULL},
	{"", "crypto isakmp keepalive 10", "crypto isakmp keepalive 10\n"},
	{"", "crypto isakmp keepalive 3600 60 periodic", "crypto isakmp keepalive 3600 60 periodic\n"},
	{"", "crypto isakmp keepalive 15 2 on-demand", "crypto isakmp keepalive 15\n"},
	{"", "crypto isakmp keepalive 15 periodic", "crypto isakmp keepalive 15 periodic\n"},
	{"crypto isakmp keepalive 15 3 periodic\n", "no crypto isakmp keepalive", NULL},
	{"", "crypto isakmp nat keepalive 5", "crypto isakmp nat keepalive 5\n"},
	{"", "crypto isakmp nat keepalive 3600", "crypto isakmp nat keepalive 3600\n"},
	{"crypto isakmp nat keepalive 20\n", "no crypto isakmp nat keepalive", NULL},
	{"", "no crypto ipsec nat-transparency udp-encapsulation", "no crypto ipsec nat-transparency udp-encapsulation\n"},
	{"no crypto ipsec nat-transparency udp-encapsulation\n", "crypto ipsec nat-transparency udp-encapsulation", NULL},

	{"", "crypto ipsec transform-set T esp-3des esp-md5-hmac", "crypto ipsec transform-set T esp-3des esp-md5-hmac\n!\n"},
	{"", "crypto ipsec transform-set T esp-md5-hmac esp-des", "crypto ipsec transform-set T esp-des esp-md5-hmac\n!\n"},
	{"", "crypto ipsec transform-set T esp-aes 256 esp-sha512-hmac", "crypto ipsec transform-set T esp-aes 256 esp-sha512-hmac\n!\n"},
	{"", "crypto ipsec transform-set T esp-aes 192 esp-sha384-hmac", "crypto ipsec transform-set T esp-aes 192 esp-sha384-hmac\n!\n"},
	{"", "crypto ipsec transform-set T esp-aes 128 esp-sha256-hmac", "crypto ipsec transform-set T esp-aes esp-sha256-hmac\n!\n"},
	{"", "crypto ipsec transform-set T esp-null esp-sha-hmac", "crypto ipsec transform-set T esp-null esp-sha-hmac\n!\n"},
	{"", "crypto ipsec transform-set T esp-gcm", "crypto ipsec transform-set T esp-gcm\n!\n"},
	{"", "crypto ipsec transform-set T esp-gcm 192", "crypto ipsec transform-set T esp-gcm 192\n!\n"},
	{"", "crypto ipsec transform-set T esp-gcm 256", "crypto ipsec transform-set T esp-gcm 256\n!\n"},
	{SET, "crypto ipsec transform-set T esp-gcm 256", "crypto ipsec transform-set T esp-gcm 256\n!\n"},
	{SET, "no crypto ipsec transform-set T", NULL},
	{SET, "mode transport", SET " mode transport\n!\n"},
	{SET " mode transport\n", "mode tunnel", SET "!\n"},
	{SET " mode transport\n", "no mode", SET "!\n"},
	{"", "crypto ipsec security-association lifetime seconds 120", "crypto ipsec security-association lifetime seconds 120\n"},
	{"", "crypto ipsec security-association lifetime seconds 86400", "lifetime seconds 86400\n"},
	{"crypto ipsec security-association lifetime seconds 120\n", "no crypto ipsec security-association lifetime seconds", NULL},
	{"", "crypto ipsec security-association lifetime kilobytes 2560", "lifetime kilobytes 2560\n"},
	{"", "crypto ipsec security-association lifetime kilobytes 536870912", "lifetime kilobytes 536870912\n"},
	{"crypto ipsec security-association lifetime kilobytes 2560\n", "no crypto ipsec security-association lifetime kilobytes", NULL},
	{"", "crypto ipsec security-association idle-time 60", "crypto ipsec security-association idle-time 60\n"},
	{"", "crypto ipsec security-association idle-time 86400", "idle-time 86400\n"},
	{"crypto ipsec security-association idle-time 60\n", "no crypto ipsec security-association idle-time", NULL},
	{"", "crypto ipsec security-association replay window-size 128", "replay window-size 128\n"},
	{"", "crypto ipsec security-association replay window-size 256", "replay window-size 256\n"},
	{"", "crypto ipsec security-association replay window-size 512", "replay window-size 512\n"},
	{"", "crypto ipsec security-association replay window-size 1024", "replay window-size 1024\n"},
	{"crypto ipsec security-association replay window-size 1024\n", "crypto ipsec security-association replay window-size 64", NULL},
	{"crypto ipsec security-association replay window-size 1024\n", "no crypto ipsec security-association replay window-size", NULL},
	{"", "crypto ipsec security-association replay disable", "crypto ipsec security-association replay disable\n"},
	{"crypto ipsec security-association replay disable\n", "no crypto ipsec security-association replay disable", NULL},
	{"", "crypto ipsec df-bit clear", "crypto ipsec df-bit clear\n"},
	{"", "crypto ipsec df-bit set", "crypto ipsec df-bit set\n"},
	{"crypto ipsec df-bit set\n", "crypto ipsec df-bit copy", NULL},
	{"crypto ipsec df-bit set\n", "no crypto ipsec df-bit", NULL},
	{"", "crypto ipsec fragmentation after-encryption", "crypto ipsec fragmentation after-encryption\n"},
	{"crypto ipsec fragmentation after-encryption\n", "crypto ipsec fragmentation before-encryption", NULL},
	{"crypto ipsec fragmentation after-encryption\n", "no crypto ipsec fragmentation", NULL},

	{"", "crypto map M 1 ipsec-isakmp", "crypto map M 1 ipsec-isakmp\n!\n"},
	{"", "crypto map M 65535 ipsec-isakmp", "crypto map M 65535 ipsec-isakmp\n!\n"},
	{ENTRY, "crypto map M 10", ENTRY "!\n"},
	{ENTRY, "no crypto map M", NULL},
	{ENTRY, "no crypto map M 10", NULL},
	{ENTRY, "no crypto map M 10 ipsec-isakmp", NULL},
	{"", "crypto map M local-address gi0/1", "crypto map M local-address GigabitEthernet0/1\n"},
	{"crypto map M local-address gi0/1\n", "no crypto map M local-address", NULL},
	{"crypto map M local-address gi0/1\n", "no crypto map M local-address gi 0/1", NULL},
	{ENTRY, "match address 103", ENTRY " match address 103\n!\n"},
	{ENTRY " match address V\n", "no match address", ENTRY "!\n"},
	{ENTRY " match address V\n", "no match address V", ENTRY "!\n"},
	{ENTRY, "set peer 1.2.3.4", ENTRY " set peer 1.2.3.4\n!\n"},
	{ENTRY " set peer 9.9.9.9\n", "set peer 1.2.3.4 1.2.3.5", ENTRY " set peer 9.9.9.9\n set peer 1.2.3.4\n set peer 1.2.3.5\n!\n"},
	{ENTRY " set peer 1.2.3.4 1.2.3.5 1.2.3.6\n", "no set peer 1.2.3.5", ENTRY " set peer 1.2.3.4\n set peer 1.2.3.6\n!\n"},
	{ENTRY " set peer 1.2.3.4 1.2.3.5\n", "no set peer", ENTRY "!\n"},
	{ENTRY, "set transform-set A B C D E F", ENTRY " set transform-set A B C D E F\n!\n"},
	{ENTRY " set transform-set A\n", "set transform-set B", ENTRY " set transform-set B\n!\n"},
	{ENTRY " set transform-set A B C\n", "no set transform-set B", ENTRY " set transform-set A C\n!\n"},
	{ENTRY " set transform-set A B C\n", "no set transform-set", ENTRY "!\n"},
	{ENTRY, "set pfs", ENTRY " set pfs group1\n!\n"},
	{ENTRY, "set pfs group1", ENTRY " set pfs group1\n!\n"},
	{ENTRY, "set pfs group2", ENTRY " set pfs group2\n!\n"},
	{ENTRY, "set pfs group5", ENTRY " set pfs group5\n!\n"},
	{ENTRY, "set pfs group14", ENTRY " set pfs group14\n!\n"},
	{ENTRY, "set pfs group15", ENTRY " set pfs group15\n!\n"},
	{ENTRY, "set pfs group16", ENTRY " set pfs group16\n!\n"},
	{ENTRY, "set pfs group19", ENTRY " set pfs group19\n!\n"},
	{ENTRY, "set pfs group20", ENTRY " set pfs group20\n!\n"},
	{ENTRY, "set pfs group21", ENTRY " set pfs group21\n!\n"},
	{ENTRY " set pfs group14\n", "no set pfs", ENTRY "!\n"},
	{ENTRY, "set security-association lifetime seconds 120", " set security-association lifetime seconds 120\n"},
	{ENTRY, "set security-association lifetime seconds 3600", " set security-association lifetime seconds 3600\n"},
	{ENTRY, "set sec life kilo 2560", " set security-association lifetime kilobytes 2560\n"},
	{ENTRY " set security-association lifetime seconds 120\n", "no set security-association lifetime seconds", ENTRY "!\n"},
	{ENTRY " set security-association lifetime kilobytes 2560\n", "no set security-association lifetime kilobytes 2560", ENTRY "!\n"},
	{ENTRY, "set security-association idle-time 60", " set security-association idle-time 60\n"},
	{ENTRY " set security-association idle-time 60\n", "no set security-association idle-time", ENTRY "!\n"},
	{ENTRY, "set security-association replay window-size 64", " set security-association replay window-size 64\n"},
	{ENTRY, "set security-association replay window-size 1024", " set security-association replay window-size 1024\n"},
	{ENTRY, "set security-association replay disable", " set security-association replay disable\n"},
	{ENTRY " set security-association replay disable\n", "no set security-association replay disable", ENTRY "!\n"},
	{ENTRY " set security-association replay window-size 64\n", "no set security-association replay window-size", ENTRY "!\n"},
	{ENTRY, "reverse-route", ENTRY " reverse-route\n!\n"},
	{ENTRY " reverse-route\n", "no reverse-route", ENTRY "!\n"},
	{ENTRY, "description to site B", ENTRY " description to site B\n!\n"},
	{ENTRY " description x\n", "no description x", ENTRY "!\n"},

	{"", "! a comment", NULL},
	{"", "   ", NULL},
	{"", "exit", NULL},
	{IF, "end", IF "!\n"},
	{"", "Building configuration...", NULL},
	{"", "Current configuration : 1042 bytes", NULL},
	{"", "version 12.4", NULL},
	{"", "service timestamps debug datetime msec", NULL},
	{"", "no service password-encryption", NULL},
	{"", "ip classless", NULL},
	{"", "ip subnet-zero", NULL},
	{"", "no ip http server", NULL},
	{"", "no ip cef", NULL},
	{IF, "duplex auto", IF "!\n"},
	{IF, "speed 100", IF "!\n"},
	{IF, "no ip route-cache", IF "!\n"},
	{IF, "no ip mroute-cache", IF "!\n"},
};

/* A line that is refused: where, and a part of what is said. */
struct bad {
	const char *context;
	const char *line;
	int column;
	const char *says;
};

static const struct bad bads[] = {
	{"", "frobnicate", 0, "invalid input \"frobnicate\": no such command in (config)"},
	{IF, " frobnicate x", 1, "no such command in (config-if)"},
	{"", "c", 1, "incomplete command: expected isakmp, ipsec, map"},
	{"", "crypto i", 7, "ambiguous command \"i\": could be isakmp, ipsec"},
	{"", "crypto isakmp", 13, "incomplete command: expected enable"},
	{"", "crypto isakmp policy", 20, "incomplete command: expected <1-10000>"},
	{"", "crypto isakmp policy 0", 21, "out of range, expected <1-10000>"},
	{"", "crypto isakmp policy 10001", 21, "out of range, expected <1-10000>"},
	{"", "crypto isakmp policy 99999999999999999999", 21, "out of range, expected <1-10000>"},
	{"", "crypto isakmp policy ten", 21, "expected <1-10000>"},
	{"", "crypto isakmp policy 10 20", 24, "expected end of line"},
	{POLICY, "encryption aess", 11, "invalid input \"aess\": expected one of des, 3des, aes"},
	{POLICY, "encryption aes 12", 15, "expected one of 128, 192, 256"},
	{POLICY, "encryption", 10, "incomplete command: expected des, 3des, aes"},
	{POLICY, "hash sha1024", 5, "expected one of md5, sha, sha256, sha384, sha512"},
	{POLICY, "authentication rsa", 15, "ambiguous command \"rsa\": could be rsa-sig, rsa-encr"},
	{POLICY, "group 3", 6, "expected one of 1, 2, 5, 14, 15, 16, 19, 20, 21"},
	{POLICY, "lifetime 59", 9, "<60-86400>"},
	{POLICY, "lifetime 86401", 9, "<60-86400>"},
	{"", "crypto isakmp key cisco", 23, "incomplete command: expected address, hostname"},
	{"", "crypto isakmp key 6 ABC address 1.2.3.4", 20, "encrypted keys are not supported here"},
	{"", "crypto isakmp key ******** address 1.2.3.4", 18, "type the key itself"},
	{"", "crypto isakmp key k address 1.2.3", 28, "expected A.B.C.D"},
	{"", "crypto isakmp key k address 1.2.3.4 255.0.255.0", 36, "a netmask is ones followed by zeros"},
	{"", "crypto isakmp key k address fe80::1", 28, "an IPv4 address is needed"},
	{"", "crypto isakmp keepalive 9", 24, "<10-3600>"},
	{"", "crypto isakmp keepalive 3601", 24, "<10-3600>"},
	{"", "crypto isakmp keepalive 10 1", 27, "<2-60>"},
	{"", "crypto isakmp keepalive 10 61", 27, "<2-60>"},
	{"", "crypto isakmp nat keepalive 4", 28, "<5-3600>"},
	{"", "crypto isakmp nat keepalive 3601", 28, "<5-3600>"},
	{"", "crypto isakmp identity dn", 23, "expected one of address, hostname"},
	{"", "crypto ipsec transform-set T", 28, "incomplete command: expected esp-des"},
	{"", "crypto ipsec transform-set T esp-3des", 29, "encryption without authentication can be forged"},
	{"", "crypto ipsec transform-set T esp-null", 29, "esp-null alone protects nothing"},
	{"", "crypto ipsec transform-set T esp-sha-hmac", 29, "without a cipher"},
	{"", "crypto ipsec transform-set T esp-gcm esp-sha-hmac", 29, "authenticates by itself"},
	{"", "crypto ipsec transform-set T esp-aes esp-3des esp-sha-hmac", 37, "a second cipher"},
	{"", "crypto ipsec transform-set T esp-aes esp-md5-hmac esp-sha-hmac", 50, "a second authentication"},
	{"", "crypto ipsec transform-set T ah-sha-hmac esp-aes", 29, "not supported: ah-sha-hmac"},
	{"", "crypto ipsec transform-set T esp-aes esp-sha-hmac comp-lzs", 50, "not supported: comp-lzs"},
	{"", "crypto ipsec transform-set T esp-aes 512", 37, "invalid input \"512\""},
	{SET, "mode tunel", 5, "expected one of tunnel, transport"},
	{"", "crypto ipsec security-association lifetime seconds 119", 51, "<120-86400>"},
	{"", "crypto ipsec security-association lifetime seconds 86401", 51, "<120-86400>"},
	{"", "crypto ipsec security-association lifetime kilobytes 2559", 53, "<2560-536870912>"},
	{"", "crypto ipsec security-association lifetime kilobytes 536870913", 53, "<2560-536870912>"},
	{"", "crypto ipsec security-association idle-time 59", 44, "<60-86400>"},
	{"", "crypto ipsec security-association idle-time 86401", 44, "<60-86400>"},
	{"", "crypto ipsec security-association replay window-size 63", 53, "64, 128, 256, 512, 1024"},
	{"", "crypto ipsec security-association replay window-size 1", 53, "64, 128, 256, 512, 1024"},
	{"", "crypto ipsec df-bit drop", 20, "expected one of copy, set, clear"},
	{"", "crypto map M", 12, "incomplete command: expected <1-65535>, local-address"},
	{"", "crypto map M 0 ipsec-isakmp", 13, "<1-65535>"},
	{"", "crypto map M 65536 ipsec-isakmp", 13, "<1-65535>"},
	{"", "crypto map M 10", 13, "add ipsec-isakmp"},
	{"", "crypto map M 10 ipsec-manual", 16, "invalid input \"ipsec-manual\": expected"},
	{ENTRY, "set", 3, "incomplete command: expected peer, transform-set, pfs, security-association"},
	{ENTRY, "set peer", 8, "incomplete command: expected A.B.C.D"},
	{ENTRY, "set peer 1.2.3.4 1.2.3.400", 17, "invalid input \"1.2.3.400\""},
	{ENTRY, "set peer 224.0.0.1", 9, "not the address of a host"},
	{ENTRY, "set peer 1.0.0.1 1.0.0.2 1.0.0.3 1.0.0.4 1.0.0.5 1.0.0.6 1.0.0.7 1.0.0.8 1.0.0.9 1.0.0.10 1.0.0.11", 90, "at most 10 peers"},
	{ENTRY, "set transform-set A B C D E F G", 30, "at most 6 transform sets"},
	{ENTRY, "set pfs group3", 8, "expected one of group1"},
	{ENTRY, "set pfs group", 8, "ambiguous"},
	{ENTRY, "set security-association lifetime seconds 119", 42, "<120-86400>"},
	{ENTRY, "set security-association idle-time 59", 35, "<60-86400>"},
	{ENTRY, "match address", 13, "incomplete command: expected WORD"},
	{"access-list 110 permit tcp any any neq 5\n" ENTRY, "match address 110", 14, "line 10: neq"},
	{"access-list 110 permit tcp any any range 5 6\n" ENTRY, "match address 110", 14, "one port or all"},
	{ENTRY " match address 110\n", "access-list 110 permit tcp any gt 5 any", -1, "one port or all"},
	{"", "interface", 9, "incomplete command: expected INTERFACE"},
	{"", "interface gi", 12, "incomplete command"},
	{"", "interface serial0", 10, "such as GigabitEthernet0/1"},
	{"", "interface gi0/", 10, "such as GigabitEthernet0/1"},
	{"", "interface gi 0//1", 13, "expected INTERFACE"},
	{IF, "device", 6, "incomplete command: expected af_packet, af_xdp, tap, pci, vdev"},
	{IF, "device af_packet", 16, "incomplete command: expected WORD"},
	{IF, "device af_packet sixteencharacter", 17, "at most 15 characters"},
	{IF, "device pci 1234", 11, "0000:03:00.0"},
	{IF, "device usb 1", 7, "expected one of af_packet, af_xdp, tap, pci, vdev"},
	{IF, "ip address 10.0.0.1", 19, "incomplete command: expected A.B.C.D"},
	{IF, "ip address 10.0.0.1 0.0.0.255", 20, "that is a wildcard"},
	{IF, "ip address 10.0.0.0 255.255.255.0", 11, "the network itself"},
	{IF, "ip address 10.0.0.255 255.255.255.0", 11, "broadcast address"},
	{IF, "ip address 127.0.0.1 255.0.0.0", 11, "not the address of a host"},
	{IF, "ip address 10.0.0.1 0.0.0.0", 11, "not the address of a host"},
	{IF, "ip mtu 67", 7, "<68-9216>"},
	{IF, "ip mtu 9217", 7, "<68-9216>"},
	{IF, "ip tcp adjust-mss 499", 18, "<500-1460>"},
	{IF, "ip tcp adjust-mss 1461", 18, "<500-1460>"},
	{IF, "crypto ipsec fragmentation never", 27, "before-encryption, after-encryption"},
	{IF, "shutdown now", 9, "expected end of line"},
	{"", "ip route 10.1.1.1 255.255.255.0 1.1.1.1", 9, "the network is 10.1.1.0"},
	{"", "ip route 10.1.1.0 255.255.255.0", 31, "incomplete command: expected A.B.C.D, INTERFACE"},
	{"", "ip route 10.1.1.0 255.255.255.0 1.1.1.1 0", 40, "<1-255>"},
	{"", "ip route 10.1.1.0 255.255.255.0 1.1.1.1 256", 40, "<1-255>"},
	{"", "ip route 10.1.1.0 255.255.255.0 255.255.255.255", 32, "not the address of a router"},
	{"", "ip access-list extended 10", 24, "a numbered extended access list is 100-199"},
	{"", "ip access-list standard 100", 24, "a numbered standard access list is 1-99"},
	{EXT, "ip access-list standard V", 24, "V is an extended access list"},
	{"", "access-list 0 permit any", 12, "<1-99>"},
	{"", "access-list 200 permit ip any any", 12, "<100-199>"},
	{"", "access-list 101 permit ip 10.0.0.0 0.255.0.255 any", 35, "write one line for each network"},
	{"", "access-list 101 permit ip 10.0.0.0 255.0.0.0 any", 35, "that is a netmask"},
	{"", "access-list 101 permit ip any", 29, "incomplete command: expected any, host, A.B.C.D"},
	{"", "access-list 101 permit icmp any any eq 5", 36, "expected end of line"},
	{EXT, "permit tcp any eq 65536 any", 18, "invalid input \"65536\""},
	{EXT, "permit tcp any gt 65535 any", 18, "no port is greater"},
	{EXT, "permit tcp any lt 0 any", 18, "no port is less"},
	{EXT, "permit tcp any range 9 5 any", 23, "lower port first"},
	{EXT, "permit 256 any any", 7, "<0-255>"},
	{EXT, "0 permit ip any any", 0, "<1-2147483647>"},
	{EXT " 10 permit ip any any\n", "10 permit icmp any any", 0, "line 10 is taken"},
	{STD, "permit ip any any", 7, "invalid input \"ip\""},
	{"platform\n", "worker-cores 3-1", 13, "cores are numbers"},
	{"platform\n", "worker-cores 1,1", 13, "cores are numbers"},
	{"platform\n", "worker-cores 1,", 13, "cores are numbers"},
	{"platform\n", "worker-cores 0-64", 13, "at most 64"},
	{"platform\n", "control-core 1024", 13, "<0-1023>"},
	{"platform\n", "memory 63", 7, "<64-1048576>"},
	{"platform\n", "memory 1048577", 7, "<64-1048576>"},
	{"platform\n", "hugepages maybe", 10, "expected one of on, off"},
	{"", "hostname a_b", 9, "letters, digits, dots and hyphens"},
	{"", "hostname -b", 9, "letters, digits, dots and hyphens"},
	{"", "hostname", 8, "incomplete command: expected WORD"},
	{"", "no", 2, "incomplete command"},
	{"", "no exit", 3, "invalid input \"exit\""},
	{"", "host\001name x", 4, "control character 0x01"},
};
/* clang-format on */

static void prints_what_a_line_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		const struct good *g = &goods[i];
		char *after, *empty;
		struct box b;

		box_init(&b);
		empty = box_print(&b);
		box_feed(&b, g->context);
		/* the cursor of a text is its own: step into the mode again, line by line */
		for (const char *p = g->context; *p; p = strchr(p, '\n') + 1) {
			char line[256];

			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
			assert_int_equal(box_line(&b, line), 0);
		}
		if (box_line(&b, g->line)) {
			print_error("\"%s\" is refused: %s\n", g->line, b.faults.rows[0].text);
			fail();
		}
		after = box_print(&b);
		if (g->printed ? !strstr(after, g->printed) : strcmp(after, empty) != 0) {
			print_error("after \"%s\":\n%s", g->line, after);
			fail();
		}
		free(after);
		free(empty);
		box_fini(&b);
	}
}

static void refuses_with_place_and_remedy_and_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bads) / sizeof(bads[0]); i++) {
		const struct bad *t = &bads[i];
		struct config_cursor cursor;
		const struct fault *fault;
		char *before, *after;
		struct box b;

		box_init(&b);
		for (const char *p = t->context; *p; p = strchr(p, '\n') + 1) {
			char line[256];

			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
			assert_int_equal(box_line(&b, line), 0);
		}
		before = box_print(&b);
		cursor = b.cursor;
		if (!box_line(&b, t->line)) {
			print_error("\"%s\" is accepted\n", t->line);
			fail();
		}
		fault = box_fault(&b, FAULT_ERROR, 0);
		assert_non_null(fault);
		if (fault->column != t->column || !strstr(fault->text, t->says)) {
			print_error("\"%s\": column %d: %s\n", t->line, fault->column, fault->text);
			fail();
		}
		after = box_print(&b);
		assert_string_equal(before, after);
		assert_false(b.changed);
		assert_memory_equal(&cursor, &b.cursor, sizeof(cursor));
		free(before);
		free(after);
		box_fini(&b);
	}
}

static void says_changed_only_when_the_model_differs(void **state)
{
	struct box b;

	(void)state;
	for (size_t i = 0; i < sizeof(goods) / sizeof(goods[0]); i++) {
		char *before, *after;

		box_init(&b);
		for (const char *p = goods[i].context; *p; p = strchr(p, '\n') + 1) {
			char line[256];

			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
			assert_int_equal(box_line(&b, line), 0);
		}
		before = box_print(&b);
		assert_int_equal(box_line(&b, goods[i].line), 0);
		after = box_print(&b);
		if (b.changed != (strcmp(before, after) != 0)) {
			print_error("\"%s\" says changed %d\n", goods[i].line, b.changed);
			fail();
		}
		free(before);
		free(after);
		box_fini(&b);
	}
}

static void leaves_a_sub_mode_for_a_global_line(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	assert_int_equal(box_line(&b, "crypto isakmp policy 10"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_ISAKMP_POLICY);
	assert_int_equal(b.cursor.number, 10);
	assert_int_equal(box_line(&b, "interface gi0/1"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_INTERFACE);
	assert_string_equal(b.cursor.object, "GigabitEthernet0/1");
	assert_int_equal(box_line(&b, "crypto map M"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_INTERFACE);
	assert_int_equal(box_line(&b, "crypto map M 10 ipsec-isakmp"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_CRYPTO_MAP);
	assert_int_equal(box_line(&b, "hostname X"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_GLOBAL);
	assert_int_equal(box_line(&b, "ip access-list extended V"), 0);
	assert_int_equal(box_line(&b, "exit"), 0);
	assert_int_equal(b.cursor.mode, CONFIG_MODE_GLOBAL);
	box_fini(&b);
}

static void refuses_in_the_mode_of_a_removed_object(void **state)
{
	static const char *const lines[][3] = {
		{"interface gi0/1", "no interface gi0/1", "shutdown"},
		{"interface gi0/1", "no interface gi0/1", "ip address 1.2.3.4 255.0.0.0"},
		{"interface gi0/1", "no interface gi0/1", "device tap t0"},
		{"crypto isakmp policy 10", "no crypto isakmp policy 10", "hash md5"},
		{"crypto isakmp policy 10", "no crypto isakmp policy 10", "encryption aes"},
		{"crypto map M 10 ipsec-isakmp", "no crypto map M", "set peer 1.2.3.4"},
		{"crypto map M 10 ipsec-isakmp", "no crypto map M", "set transform-set T"},
		{"crypto map M 10 ipsec-isakmp", "no crypto map M", "match address V"},
		{"ip access-list extended V", "no ip access-list extended V", "permit ip any any"},
		{"crypto ipsec transform-set T esp-gcm", "no crypto ipsec transform-set T",
		 "mode transport"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct config_cursor cursor;
		struct box b;

		box_init(&b);
		assert_int_equal(box_line(&b, lines[i][0]), 0);
		cursor = b.cursor;
		assert_int_equal(box_line(&b, lines[i][1]), 0);
		b.cursor = cursor; /* another administrator removed it meanwhile */
		assert_int_equal(box_line(&b, lines[i][2]), -22);
		assert_non_null(strstr(b.faults.rows[0].text, "does not exist any more"));
		box_fini(&b);
	}
}

static void warns_of_what_is_weak_or_disruptive(void **state)
{
	static const char *const lines[][2] = {
		{POLICY, "encryption des"},
		{POLICY, "hash md5"},
		{POLICY, "group 1"},
		{POLICY, "group 2"},
		{POLICY, "auth rsa-sig"},
		{ENTRY, "set pfs"},
		{IF, "ip mtu 1400"},
		{"", "crypto ipsec transform-set T esp-des esp-sha-hmac"},
		{"", "crypto ipsec transform-set T esp-aes esp-md5-hmac"},
	};
	struct box b;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char context[64];

		box_init(&b);
		snprintf(context, sizeof(context), "%.*s", (int)strcspn(lines[i][0], "\n"),
			 lines[i][0]);
		assert_int_equal(box_line(&b, context), 0);
		assert_int_equal(box_line(&b, lines[i][1]), 0);
		assert_int_equal(fault_count(&b.faults, FAULT_WARNING), 1);
		box_fini(&b);
	}
	box_init(&b);
	assert_int_equal(box_line(&b, "crypto isakmp policy 10"), 0);
	assert_int_equal(box_line(&b, "group 14"), 0);
	assert_int_equal(b.faults.n, 0);
	box_fini(&b);
}

static void notes_lines_without_effect(void **state)
{
	struct box b;

	(void)state;
	box_init(&b);
	assert_int_equal(box_line(&b, "no ip http server"), 0);
	assert_int_equal(fault_count(&b.faults, FAULT_NOTE), 1);
	assert_non_null(strstr(b.faults.rows[0].text, "no ip http server"));
	box_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prints_what_a_line_says),
		cmocka_unit_test(refuses_with_place_and_remedy_and_changes_nothing),
		cmocka_unit_test(says_changed_only_when_the_model_differs),
		cmocka_unit_test(leaves_a_sub_mode_for_a_global_line),
		cmocka_unit_test(refuses_in_the_mode_of_a_removed_object),
		cmocka_unit_test(warns_of_what_is_weak_or_disruptive),
		cmocka_unit_test(notes_lines_without_effect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
