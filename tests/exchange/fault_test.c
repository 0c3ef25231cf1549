/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * H044: every call of a primitive and every allocation of the engine fails once. Authentication
 * fails closed each time, nothing leaks, and the next attempt succeeds. The linker puts the calls
 * through the functions here (--wrap, meson.build).
 */
#include "lib/crypto/prim.h"
#include "tests/exchange/lab.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static bool armed;
static size_t calls;
static size_t fail_at;

static bool fails(void)
{
	return armed && calls++ == fail_at;
}

int __real_prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n, uint8_t *out);
int fault_test_prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n,
			 uint8_t *out);
int __real_prim_prf(enum alg_hash hash, const void *key, size_t key_len,
		    const struct prim_chunk *chunks, size_t n, uint8_t *out);
int fault_test_prim_prf(enum alg_hash hash, const void *key, size_t key_len,
			const struct prim_chunk *chunks, size_t n, uint8_t *out);
int __real_prim_cbc_encrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv, uint8_t *data,
			    size_t len);
int fault_test_prim_cbc_encrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv,
				uint8_t *data, size_t len);
int __real_prim_cbc_decrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv, uint8_t *data,
			    size_t len);
int fault_test_prim_cbc_decrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv,
				uint8_t *data, size_t len);
struct prim_dh *__real_prim_dh_create(uint16_t group);
struct prim_dh *fault_test_prim_dh_create(uint16_t group);
int __real_prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len,
			  uint8_t *out, size_t *out_len);
int fault_test_prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len,
			      uint8_t *out, size_t *out_len);
void *__real_calloc(size_t n, size_t size);
void *fault_test_calloc(size_t n, size_t size);

int fault_test_prim_hash(enum alg_hash hash, const struct prim_chunk *chunks, size_t n,
			 uint8_t *out)
{
	return fails() ? -EIO : __real_prim_hash(hash, chunks, n, out);
}

int fault_test_prim_prf(enum alg_hash hash, const void *key, size_t key_len,
			const struct prim_chunk *chunks, size_t n, uint8_t *out)
{
	return fails() ? -EIO : __real_prim_prf(hash, key, key_len, chunks, n, out);
}

int fault_test_prim_cbc_encrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv,
				uint8_t *data, size_t len)
{
	return fails() ? -EIO : __real_prim_cbc_encrypt(cipher, key, iv, data, len);
}

int fault_test_prim_cbc_decrypt(enum alg_cipher cipher, const uint8_t *key, uint8_t *iv,
				uint8_t *data, size_t len)
{
	return fails() ? -EIO : __real_prim_cbc_decrypt(cipher, key, iv, data, len);
}

struct prim_dh *fault_test_prim_dh_create(uint16_t group)
{
	return fails() ? NULL : __real_prim_dh_create(group);
}

int fault_test_prim_dh_derive(const struct prim_dh *dh, const uint8_t *peer, size_t peer_len,
			      uint8_t *out, size_t *out_len)
{
	return fails() ? -EIO : __real_prim_dh_derive(dh, peer, peer_len, out, out_len);
}

void *fault_test_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

/* A negotiation in which call n fails; returns how many calls there were. */
static size_t negotiate(size_t n)
{
	struct lab lab;
	bool started;

	lab_init(&lab);
	for (int i = 0; i < 2; i++) {
		lab.ends[i].child.pfs_group = 2;
		lab.ends[i].peer.dpd_s = 0;
	}
	lab_start(&lab);
	calls = 0;
	fail_at = n;
	armed = true;
	started = lab_initiate(&lab, 0) == 0;
	lab_settle(&lab);
	armed = false;
	/* Counted once, unless another attempt hid it. */
	if (calls > n && started && !lab_pair_fits(&lab))
		assert_int_equal(ike_engine_counter(lab.ends[0].engine, IKE_COUNT_INTERNAL) +
					 ike_engine_counter(lab.ends[1].engine, IKE_COUNT_INTERNAL),
				 1);
	/* Whoever has an outbound SA: the other end has the inbound one that fits. */
	for (size_t i = 0; i < lab.ends[0].n_out; i++)
		assert_true(lab.ends[1].n_in > i);
	for (size_t i = 0; i < lab.ends[1].n_out; i++)
		assert_true(lab_pair_fits(&lab));
	lab_run(&lab, 100000);
	assert_int_equal(lab.ends[0].spis, 0);
	assert_int_equal(lab.ends[1].spis, 0);
	if (!lab_pair_fits(&lab)) {
		ike_engine_clear(lab.ends[0].engine, 0, NULL);
		ike_engine_clear(lab.ends[1].engine, 0, NULL);
		lab_run(&lab, 100000);
		assert_int_equal(lab_initiate(&lab, 0), 0);
		lab_run(&lab, 5000);
		if (!lab_pair_fits(&lab))
			fail_msg("after failure of call %zu no tunnel comes up any more", n);
	}
	lab_fini(&lab);
	return calls;
}

static void every_call_fails_once(void **)
{
	size_t total = negotiate(SIZE_MAX);

	assert_true(total > 100);
	for (size_t n = 0; n < total; n++)
		negotiate(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_call_fails_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
