/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Addresses, prefixes and traffic selectors of both families in one type each. Bytes are in network
 * order; an IPv4 address uses the first four of its sixteen bytes and leaves the rest zero, so two
 * addresses compare with addr_eq() whatever their family. All types are plain values without
 * padding holes that matter: they travel over the rings between the planes.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum addr_family {
	ADDR_NONE = 0, /* "no address" */
	ADDR_V4 = 4,
	ADDR_V6 = 6,
};

struct addr {
	uint8_t family; /* enum addr_family */
	uint8_t zero[3];
	uint8_t b[16];
};

struct prefix {
	struct addr addr;
	uint8_t len; /* prefix length in bits; host bits of addr are zero */
	uint8_t zero[3];
};

/*
 * What one SA pair protects, seen from our side (RFC 4301 selectors; IKEv1 proxy identities).
 * protocol 0 and port 0 mean any, as in an IKEv1 identification payload.
 */
struct selector {
	struct prefix local;
	struct prefix remote;
	uint8_t protocol;
	uint8_t zero;
	uint16_t local_port;  /* host order */
	uint16_t remote_port; /* host order */
	uint8_t zero2[2];
};

enum {
	ADDR_TEXT = 48,
	PREFIX_TEXT = 52,
	SELECTOR_TEXT = 160
};

struct addr addr_v4(uint32_t host_order);
/* Host-order value of an IPv4 address; 0 for any other family. */
uint32_t addr_to_v4(const struct addr *a);
/* From len raw bytes: 4 is IPv4, 16 is IPv6; anything else gives ADDR_NONE. */
struct addr addr_of_bytes(const void *data, size_t len);
size_t addr_len_bytes(const struct addr *a);
bool addr_eq(const struct addr *a, const struct addr *b);
bool addr_is_none(const struct addr *a);
/* "10.0.0.1" or RFC 5952 text. 0, or -EINVAL. */
int must_check addr_parse(struct addr *a, const char *text);
/* Writes into buf (ADDR_TEXT is enough) and returns it. */
char *addr_print(const struct addr *a, char *buf, size_t size);

/* A prefix with its host bits cleared; len beyond the family's width is cut to it. */
struct prefix prefix_make(const struct addr *a, uint8_t len);
bool prefix_eq(const struct prefix *a, const struct prefix *b);
/* Whether p is this one address. */
bool prefix_is_host(const struct prefix *p, const struct addr *a);
bool prefix_contains(const struct prefix *p, const struct addr *a);
/* True when every address of inner is in outer. */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);
/* "10.0.0.0/24" or "any". */
char *prefix_print(const struct prefix *p, char *buf, size_t size);
/* The netmask of a prefix as an address ("255.255.255.0"). */
struct addr prefix_mask(const struct prefix *p);
/* Prefix length of a contiguous netmask, or -EINVAL for a mask with holes. */
int must_check prefix_len_of_mask(const struct addr *mask);
/* Prefix length of a contiguous wildcard (inverted mask), or -EINVAL. */
int must_check prefix_len_of_wildcard(const struct addr *wildcard);

bool selector_eq(const struct selector *a, const struct selector *b);
/* True when everything inner selects is selected by outer too. */
bool selector_covers(const struct selector *outer, const struct selector *inner);
/* local and remote exchanged: what the other end calls the same SA pair. */
struct selector selector_mirror(const struct selector *s);
/* "192.168.1.0/24 -> 192.168.2.0/24 prot 1 port 0/0" */
char *selector_print(const struct selector *s, char *buf, size_t size);
