/* SPDX-License-Identifier: BSD-3-Clause */
/* A hub with a dynamic map, and behind it a static entry, at end A; end B calls it. */
#pragma once

#include "controlplane/dynamic.h"
#include "tests/control/bench.h"

#define DYNAMIC_LAB_PHASE1                                                                 \
	"crypto isakmp policy 10\n encryption aes\n hash sha\n authentication pre-share\n" \
	" group 19\n"                                                                      \
	"crypto isakmp key secret address 0.0.0.0 0.0.0.0\n"                               \
	"crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
#define DYNAMIC_LAB_INTERFACES                            \
	"interface GigabitEthernet0/0\n device tap in\n"  \
	" ip address 192.168.1.1 255.255.255.0\n"         \
	"interface GigabitEthernet0/1\n device tap out\n" \
	" ip address 10.0.0.1 255.255.255.0\n crypto map M\n"
#define DYNAMIC_LAB_MAP                                                   \
	"crypto dynamic-map D 10\n set transform-set T\n reverse-route\n" \
	" set reverse-route distance 9\n set reverse-route tag 77\n"
#define DYNAMIC_LAB_REFERENCE "crypto map M 65535 ipsec-isakmp dynamic D\n"
#define DYNAMIC_LAB_STATIC                                                                    \
	"ip access-list extended S\n permit ip 192.168.1.0 0.0.0.255 192.168.3.0 0.0.0.255\n" \
	"crypto map M 10 ipsec-isakmp\n match address S\n set peer 10.0.0.3\n"                \
	" set transform-set T\n"

#define DYNAMIC_LAB_CONFIG                                                          \
	DYNAMIC_LAB_PHASE1 DYNAMIC_LAB_MAP DYNAMIC_LAB_STATIC DYNAMIC_LAB_REFERENCE \
		DYNAMIC_LAB_INTERFACES

extern struct bench bench;

int dynamic_lab_setup(void **state);
int dynamic_lab_teardown(void **state);
struct control *dynamic_lab_hub(void);
/* The last message of this type that the hub sent to its data plane, NULL when it sent none. */
const struct plane_msg *dynamic_lab_last(enum plane_type type);

#define DYNAMIC_CASE(name) \
	cmocka_unit_test_setup_teardown(name, dynamic_lab_setup, dynamic_lab_teardown)
