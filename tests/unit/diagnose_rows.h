/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the tests of the rules share: a table of evidence made by hand, a row a case, and what is to
 * be said of it. Each code of the stage that is tested must be named by a row and missed by one.
 */
#pragma once

#include "controlplane/diagnose/rules.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/net/ip.h"

/* cmocka.h wants these before itself */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

/* The two ends, what they protect, and a configuration that has nothing wrong with it. */
#define ROWS_KEY "crypto isakmp key sEcReT address 10.0.0.2\n"
#define ROWS_POLICY                                                                 \
	"crypto isakmp policy 10\n authentication pre-share\n encryption aes 256\n" \
	" hash sha\n group 14\n"
#define ROWS_SET "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
#define ROWS_ACL "access-list 101 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
#define ROWS_MAP                                             \
	"crypto map M 10 ipsec-isakmp\n set peer 10.0.0.2\n" \
	" set transform-set T\n match address 101\n"
#define ROWS_IF(map)                                                                             \
	"interface gi0/0\n device tap t0\n ip address 10.0.0.1 255.255.255.0\n" map "interface " \
	"gi0/1\n device tap t1\n ip address 10.1.0.1 255.255.0.0\n"
#define ROWS_ON	    " crypto map M\n"
#define ROWS_CONFIG ROWS_KEY ROWS_POLICY ROWS_SET ROWS_ACL ROWS_MAP ROWS_IF(ROWS_ON)

#define NOW    10000000ull
#define AGO(s) (NOW - (s)*1000ull)
/* A negotiation that began and ended so many seconds ago, or is still under way. */
#define ENDED(since, until) \
	.started_ms = AGO(since), .changed_ms = AGO(until), .ended_ms = AGO(until)
#define BEGAN(since) .started_ms = AGO(since), .changed_ms = AGO(since)
#define SENT(n)                            \
	{                                  \
		.times = (n), .ours = true \
	}
#define CAME(n)              \
	{                    \
		.times = (n) \
	}
// clang-format off
#define V4(i, j, k, l)	     {.family = ADDR_V4, .b = {(i), (j), (k), (l)}}
#define NET(i, j, k, l, bits) {.addr = V4(i, j, k, l), .len = (bits)}
// clang-format on
#define PEER	V4(10, 0, 0, 2)
#define OUR_END V4(10, 0, 0, 1)
#define GI0	"GigabitEthernet0/0"
#define GI1	"GigabitEthernet0/1"

enum {
	ROWS_RECORDS = 3,
	ROWS_SAS = 2,
	ROWS_NOTES = 2,
	ROWS_DROPS = 2,
	ROWS_UNDER = 3,
};

struct row {
	const char *name;
	const char *config; /* NULL = ROWS_CONFIG; "" = a capture: none */
	struct ike_record phase1[ROWS_RECORDS];
	struct ike_record quick[ROWS_RECORDS];
	struct ike_record login[ROWS_RECORDS];
	struct evidence_sa sas[ROWS_SAS];
	struct evidence_note notes[ROWS_NOTES];
	struct evidence_drop drops[ROWS_DROPS];
	struct evidence also; /* fields that are not pointers, over what is usual */
	bool stranger;	      /* no entry of a map names it */
	bool dynamic;	      /* nor does one, but a map takes it */
	bool no_route;
	bool link_down;
	enum diagnose_code root; /* NONE = nothing at all is wrong */
	enum diagnose_code under[ROWS_UNDER];
	enum diagnose_code beside; /* a root of its own */
	enum diagnose_code near;   /* it does not hold, though it nearly does */
	enum diagnose_sureness sureness;
	bool alone; /* no other cause is named with it */
	enum diagnose_code other;
	const char *sentence; /* begins so; NULL = any */
	const char *command;
	const char *saw; /* has this in it */
	const char *decide;
};

/* Fails the test at the first row that is not as it says. */
void diagnose_rows_run(const struct row *rows, size_t n);
/* No rule of the table without a row that names it and one that nearly does. */
void diagnose_rows_cover(const struct row *rows, size_t n, const struct rules_table *table);
