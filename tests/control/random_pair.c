/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/control/random_pair.h"

#include "lib/base/compat.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t seed = 20260101;

static unsigned draw(unsigned n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(seed >> 33) % n;
}

static const char *const ciphers[] = {"aes", "aes 256", "3des"};
static const char *const hashes[] = {"sha", "md5", "sha256"};
static const unsigned groups[] = {2, 19, 5};
static const char *const transforms[] = {"esp-aes esp-sha-hmac", "esp-3des esp-md5-hmac",
					 "esp-aes 256 esp-sha256-hmac"};

/* Another one than it is. */
static const char *other(const char *const *of, size_t n, const char *than)
{
	const char *one;

	do
		one = of[draw((unsigned)n)];
	while (!strcmp(one, than));
	return one;
}

static unsigned other_group(unsigned than)
{
	unsigned one;

	do
		one = groups[draw(array_len(groups))];
	while (one == than);
	return one;
}

static void no_key_a(struct random_pair *p)
{
	p->a.key[0] = '\0';
}

static void peer_a(struct random_pair *p)
{
	p->a.peer = "10.0.0.9";
}

static void peer_b(struct random_pair *p)
{
	p->b.peer = "10.0.0.9";
}

static void no_key_b(struct random_pair *p)
{
	p->b.key[0] = '\0';
}

static void mode(struct random_pair *p)
{
	p->a.aggressive = true;
	p->b.aggressive = false;
}

static void cipher(struct random_pair *p)
{
	p->b.cipher = other(ciphers, array_len(ciphers), p->a.cipher);
}

static void hash(struct random_pair *p)
{
	p->b.hash = other(hashes, array_len(hashes), p->a.hash);
}

static void group(struct random_pair *p)
{
	p->b.group = other_group(p->a.group);
}

static void policy(struct random_pair *p)
{
	cipher(p);
	hash(p);
}

static void key(struct random_pair *p)
{
	p->b.key[0] ^= 1;
}

static void natt_a(struct random_pair *p)
{
	p->nat = true;
	p->a.no_natt = true;
}

static void natt_b(struct random_pair *p)
{
	p->nat = true;
	p->b.no_natt = true;
}

static void identity_a(struct random_pair *p)
{
	p->a.hostname = true;
	p->b.particular = true;
}

static void identity_b(struct random_pair *p)
{
	p->b.hostname = true;
	p->a.particular = true;
}

static void narrow_acl(struct random_pair *p)
{
	p->b.remote = "192.168.1.0 0.0.0.127";
}

static void other_acl(struct random_pair *p)
{
	p->b.remote = "192.168.77.0 0.0.0.255";
}

static void transform(struct random_pair *p)
{
	p->b.transform = other(transforms, array_len(transforms), p->a.transform);
}

static void pfs_b(struct random_pair *p)
{
	p->a.pfs = 0;
	p->b.pfs = 19;
}

static void pfs_group(struct random_pair *p)
{
	p->a.pfs = 2;
	p->b.pfs = 19;
}

static void pfs_a(struct random_pair *p)
{
	p->a.pfs = 19;
	p->b.pfs = 0;
}

static void lifetime(struct random_pair *p)
{
	p->b.lifetime = 3600;
}

static void ipsec_lifetime(struct random_pair *p)
{
	p->b.ipsec_lifetime = 1800;
}

static void nat(struct random_pair *p)
{
	p->nat = true;
}

// clang-format off
#define HARMLESS { DIAGNOSE_NONE }
// clang-format on

/*
 * In the order in which they decide: what is the root at each end, NONE = nothing is to be seen.
 * An initiator of aggressive mode is done when the other end refuses it: then all it sees is that
 * nobody answers.
 */
static const struct random_fault faults[] = {
	// clang-format off
	{ "no key at A", 'k', no_key_a,
	  { DIAGNOSE_P1_NO_KEY },
	  { DIAGNOSE_NONE } },
	{ "other peer at A", 'p', peer_a,
	  { DIAGNOSE_P1_NO_ANSWER },
	  { DIAGNOSE_NONE } },
	{ "other peer at B", 'p', peer_b,
	  { DIAGNOSE_P1_NO_ANSWER },
	  { DIAGNOSE_P1_NO_KEY } },
	{ "no key at B", 'k', no_key_b,
	  { DIAGNOSE_P1_NO_ANSWER },
	  { DIAGNOSE_P1_NO_KEY } },
	{ "aggressive mode at A", 'm', mode,
	  { DIAGNOSE_P1_NO_ANSWER, DIAGNOSE_P1_AG_STUCK },
	  { DIAGNOSE_P1_AGGRESSIVE } },
	{ "policy", 'o', policy,
	  { DIAGNOSE_P1_REJECTED },
	  { DIAGNOSE_P1_POLICY } },
	{ "cipher", 'o', cipher,
	  { DIAGNOSE_P1_REJECTED },
	  { DIAGNOSE_P1_POLICY_ENC } },
	{ "hash", 'o', hash,
	  { DIAGNOSE_P1_REJECTED },
	  { DIAGNOSE_P1_POLICY_HASH } },
	{ "group", 'o', group,
	  { DIAGNOSE_P1_REJECTED },
	  { DIAGNOSE_P1_GROUP } },
	{ "key", 'k', key,
	  { DIAGNOSE_P1_PSK },
	  { DIAGNOSE_P1_PSK } },
	{ "NAT traversal off at A", 'n', natt_a,
	  { DIAGNOSE_NATT_NEEDED, DIAGNOSE_P2_NO_ANSWER },
	  { DIAGNOSE_NATT_NEEDED } },
	{ "NAT traversal off at B", 'n', natt_b,
	  { DIAGNOSE_NATT_NEEDED, DIAGNOSE_P2_NO_ANSWER },
	  { DIAGNOSE_NATT_NEEDED } },
	{ "identity of A", 'i', identity_a,
	  { DIAGNOSE_P1_ID },
	  { DIAGNOSE_P1_ID } },
	{ "identity of B", 'i', identity_b,
	  { DIAGNOSE_P1_ID },
	  { DIAGNOSE_NONE } },
	{ "narrow ACL", 'l', narrow_acl,
	  { DIAGNOSE_P2_PROXY, DIAGNOSE_P2_PEER_REFUSED },
	  { DIAGNOSE_P2_PROXY } },
	{ "other ACL", 'l', other_acl,
	  { DIAGNOSE_P2_PROXY, DIAGNOSE_P2_PEER_REFUSED },
	  { DIAGNOSE_P2_PROXY } },
	{ "transform", 't', transform,
	  { DIAGNOSE_P2_TRANSFORM, DIAGNOSE_P2_PEER_REFUSED },
	  { DIAGNOSE_P2_TRANSFORM } },
	{ "PFS at B", 'f', pfs_b,
	  { DIAGNOSE_P2_PFS, DIAGNOSE_P2_PEER_REFUSED },
	  { DIAGNOSE_P2_PFS } },
	{ "PFS group", 'f', pfs_group,
	  { DIAGNOSE_P2_PFS, DIAGNOSE_P2_PEER_REFUSED },
	  { DIAGNOSE_P2_PFS } },
	{ "PFS at A", 'f', pfs_a, HARMLESS, HARMLESS },
	{ "lifetime", 'x', lifetime, HARMLESS, HARMLESS },
	{ "lifetime of SAs", 'y', ipsec_lifetime, HARMLESS, HARMLESS },
	{ "NAT", 'n', nat, HARMLESS, HARMLESS },
	// clang-format on
};

static void draw_side(struct random_side *s)
{
	*s = (struct random_side){
		.cipher = ciphers[draw(array_len(ciphers))],
		.hash = hashes[draw(array_len(hashes))],
		.group = groups[draw(array_len(groups))],
		.lifetime = 86400,
		.aggressive = draw(5) == 0,
		.transform = transforms[draw(array_len(transforms))],
		.pfs = draw(3) == 0 ? groups[draw(array_len(groups))] : 0,
		.ipsec_lifetime = 3600,
	};
	snprintf(s->key, sizeof(s->key), "%c" RANDOM_PAIR_KEY "%u", 'b' + draw(10) * 2,
		 draw(100000));
}

static void draw_pair(struct random_pair *p)
{
	*p = (struct random_pair){0};
	draw_side(&p->a);
	p->b = p->a;
	p->a.peer = "10.0.0.2";
	p->a.remote = "192.168.2.0 0.0.0.255";
	p->b.remote = "192.168.1.0 0.0.0.255";
}

static size_t put(char *text, size_t at, const char *fmt, ...) printf_like(3, 4);
static size_t put(char *text, size_t at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	at += (size_t)vsnprintf(text + at, RANDOM_PAIR_TEXT - at, fmt, args);
	va_end(args);
	assert_true(at < RANDOM_PAIR_TEXT);
	return at;
}

static size_t put_ike(char *text, const struct random_side *s)
{
	size_t n = put(text, 0,
		       "hostname gate\ncrypto isakmp policy 10\n"
		       " encryption %s\n hash %s\n authentication pre-share\n group %u\n"
		       " lifetime %u\n",
		       s->cipher, s->hash, s->group, s->lifetime);

	if (s->key[0])
		n = put(text, n, "crypto isakmp key %s address %s\n", s->key, s->peer);
	if (s->aggressive)
		n = put(text, n, "crypto isakmp peer address %s\n", s->peer);
	if (s->aggressive && s->key[0])
		n = put(text, n, " set aggressive-mode password %s\n", s->key);
	if (s->hostname)
		n = put(text, n, "crypto isakmp identity hostname\n");
	if (s->particular)
		n = put(text, n, "crypto isakmp profile P\n match identity address %s\n", s->peer);
	if (s->no_natt)
		n = put(text, n, "no crypto ipsec nat-transparency udp-encapsulation\n");
	return n;
}

void random_pair_print(const struct random_side *s, unsigned me, char text[RANDOM_PAIR_TEXT])
{
	size_t n = put_ike(text, s);

	n = put(text, n,
		"crypto ipsec transform-set T %s\n"
		"crypto ipsec security-association lifetime seconds %u\n"
		"ip access-list extended VPN\n permit ip 192.168.%u.0 0.0.0.255 %s\n"
		"crypto map M 10 ipsec-isakmp\n match address VPN\n set peer %s\n"
		" set transform-set T\n",
		s->transform, s->ipsec_lifetime, me, s->remote, s->peer);
	if (s->particular)
		n = put(text, n, " set isakmp-profile P\n");
	if (s->pfs)
		n = put(text, n, " set pfs group%u\n", s->pfs);
	put(text, n,
	    "interface GigabitEthernet0/0\n device tap in\n"
	    " ip address 192.168.%u.1 255.255.255.0\n"
	    "interface GigabitEthernet0/1\n device tap out\n"
	    " ip address 10.0.0.%u 255.255.255.0\n crypto map M\n",
	    me, me);
}

/* Who names itself by name in aggressive mode is looked up by it; a NAT hides addresses. */
static bool may_meet(const struct random_fault *x, const struct random_fault *y)
{
	if (strchr("in", x->field) && strchr("in", y->field))
		return false;
	return x->field != y->field && !(x->field == 'm' && y->field == 'i');
}

/* Up to two, the first to decide first; NULL = none. */
static size_t draw_faults(const struct random_fault *out[2])
{
	size_t n = draw(3);

	out[0] = &faults[draw(array_len(faults))];
	do
		out[1] = &faults[draw(array_len(faults))];
	while (n == 2 &&
	       !may_meet(out[0] < out[1] ? out[0] : out[1], out[0] < out[1] ? out[1] : out[0]));
	if (n == 2 && out[1] < out[0]) {
		const struct random_fault *first = out[1];

		out[1] = out[0];
		out[0] = first;
	}
	return n;
}

const struct random_fault *random_pair_root(const struct random_fault *const *made, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (made[i]->a[0] != DIAGNOSE_NONE || made[i]->b[0] != DIAGNOSE_NONE)
			return made[i];
	return NULL;
}

size_t random_pair_draw(struct random_pair *p, const struct random_fault *made[RANDOM_PAIR_FAULTS])
{
	size_t n = draw_faults(made);

	draw_pair(p);
	for (size_t k = 0; k < n; k++) {
		if (made[k]->field == 'i')
			p->a.aggressive = p->b.aggressive = false;
		made[k]->make(p);
	}
	if (!p->b.peer)
		p->b.peer = p->nat ? "10.0.0.7" : "10.0.0.1";
	return n;
}
