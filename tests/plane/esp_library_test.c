/* SPDX-License-Identifier: BSD-3-Clause */
/* Each thread has variables of the library of its own, and gets the same from it as all others. */
#include "dataplane/esp_library.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	MANY = 64, /* more than glibc has namespaces for */
	TEXT = 100
};

struct sealed {
	uint8_t text[TEXT];
	uint8_t icv[16];
};

static struct sealed seal(IMB_MGR *mgr)
{
	static const uint8_t key[16] = "a key of 16 byte", nonce[12] = "nonce of 12b", aad[8];
	static struct gcm_key_data expanded __attribute__((aligned(64)));
	static struct gcm_context_data context __attribute__((aligned(64)));
	struct sealed s = {.text = "what is said"};

	IMB_AES128_GCM_PRE(mgr, key, &expanded);
	IMB_AES128_GCM_ENC(mgr, &expanded, &context, s.text, s.text, TEXT, nonce, aad, sizeof(aad),
			   s.icv, sizeof(s.icv));
	return s;
}

static void every_copy_has_its_own_variables(void **state)
{
	struct esp_library *a = esp_library_open(), *b = esp_library_open();
	IMB_MGR *of_a = esp_library_manager(a), *of_b = esp_library_manager(b);
	IMB_MGR *of_all = esp_library_manager(NULL);
	struct sealed expected;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_non_null(of_a);
	assert_non_null(of_b);
	assert_non_null(of_all);
	/* code and variables lie at one distance in all of them */
	assert_ptr_not_equal(of_a->gcm128_enc, of_b->gcm128_enc);
	assert_ptr_not_equal(of_a->gcm128_enc, of_all->gcm128_enc);
	assert_ptr_not_equal(of_b->gcm128_enc, of_all->gcm128_enc);
	expected = seal(of_all);
	for (unsigned i = 0; i < 2; i++) {
		struct sealed s = seal(i ? of_b : of_a);

		assert_memory_equal(&s, &expected, sizeof(s));
	}
	esp_library_manager_free(of_a);
	esp_library_manager_free(of_b);
	esp_library_manager_free(of_all);
	esp_library_close(a);
	esp_library_close(b);
}

/* No room for another is no error, and what is closed makes room. */
static void serves_more_threads_than_copies(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		struct esp_library *all[MANY];
		unsigned own = 0;

		for (unsigned i = 0; i < MANY; i++) {
			IMB_MGR *mgr;

			all[i] = esp_library_open();
			own += all[i] != NULL;
			mgr = esp_library_manager(all[i]);
			assert_non_null(mgr);
			esp_library_manager_free(mgr);
		}
		assert_in_range(own, 4, MANY - 1);
		for (unsigned i = MANY; i-- > 0;)
			esp_library_close(all[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_copy_has_its_own_variables),
		cmocka_unit_test(serves_more_threads_than_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
