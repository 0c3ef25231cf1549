/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stored passwords against other tools: types 8 and 9 made with Python's hashlib (the first of each
 * is hashcat's published example), type 5 with `openssl passwd -1`, type 7 by its known table.
 */
#include "lib/crypto/password.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct {
	int type;
	const char *stored;
	const char *clear;
	size_t len;
} vectors[] = {
	{9, "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6", "hashcat", 7},
	{9, "$9$ABCDEFGHIJKLMN$QAkgmm2EmvfMP40EiBoPD2ahX4aEcsQuo44HyDPbxiE", "p\xe4ss w\0rd", 9},
	{8, "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk", "hashcat", 7},
	{8, "$8$abcdefghijklmn$Ak8bs/vsFYvJb6Im.spNn8lP1WxCrmD8mQ/SL441u5k", "", 0},
	{5, "$1$mERr$w5.//9uXRXFajB2e9rkiV0", "hunter2", 7},
	{5, "$1$abcdefgh$eGxZHGWMr7dM2hqesQl5C0", "cisco 123", 9},
};

static void accepts_what_other_tools_stored(void **state)
{
	(void)state;
	for (size_t i = 0; i < array_len(vectors); i++) {
		assert_int_equal(password_type(vectors[i].stored), vectors[i].type);
		assert_true(password_check(vectors[i].stored, vectors[i].clear, vectors[i].len));
	}
}

static void refuses_any_other_password(void **state)
{
	char other[16];

	(void)state;
	for (size_t i = 0; i < array_len(vectors); i++) {
		memcpy(other, vectors[i].clear, vectors[i].len);
		other[vectors[i].len] = '!';
		/* one more byte; one less; one changed */
		assert_false(password_check(vectors[i].stored, other, vectors[i].len + 1));
		if (!vectors[i].len)
			continue;
		assert_false(password_check(vectors[i].stored, other, vectors[i].len - 1));
		other[0] ^= 1;
		assert_false(password_check(vectors[i].stored, other, vectors[i].len));
	}
	assert_false(password_check("", "", 0));
	assert_false(password_check("hunter2", "hunter2", 7));
}

static void stores_with_a_fresh_salt(void **state)
{
	char a[PASSWORD_TEXT], b[PASSWORD_TEXT];

	(void)state;
	for (int type = PASSWORD_PBKDF2; type <= PASSWORD_SCRYPT; type++) {
		assert_int_equal(password_hash(type, "hunter2", a), 0);
		assert_int_equal(password_hash(type, "hunter2", b), 0);
		assert_string_not_equal(a, b);
		assert_int_equal(password_type(a), type);
		assert_true(password_check(a, "hunter2", 7));
		assert_true(password_check(b, "hunter2", 7));
		assert_false(password_check(a, "hunter3", 7));
	}
	assert_int_equal(password_hash(PASSWORD_MD5, "x", a), -EINVAL);
}

static void tells_a_stored_password_by_its_form(void **state)
{
	static const char *const none[] = {
		"",
		"$9$",
		"$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo",
		"$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo66",
		"$9$2MJBozw/9R3UsUx2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
		"$9$2MJBozw/9R3Us$U2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
		"$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdf=6",
		"$7$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
		"$1$$w5.//9uXRXFajB2e9rkiV0",
		"$1$ninechars$w5.//9uXRXFajB2e9rkiV0",
		"$1$mERr$w5.//9uXRXFajB2e9rkiV",
	};

	(void)state;
	for (size_t i = 0; i < array_len(none); i++)
		assert_int_equal(password_type(none[i]), -EINVAL);
}

static void undoes_type_7(void **state)
{
	char out[PASSWORD_TEXT];

	(void)state;
	assert_int_equal(password_unscramble("0822455D0A16", out), 0);
	assert_string_equal(out, "cisco");
	assert_int_equal(password_unscramble("060506324F41", out), 0);
	assert_string_equal(out, "cisco");
	assert_int_equal(password_unscramble("0822455D0A1", out), -EINVAL);
	assert_int_equal(password_unscramble("0822455D0AZZ", out), -EINVAL);
	assert_int_equal(password_unscramble("zz22455D0A16", out), -EINVAL);
	assert_int_equal(password_unscramble("08", out), -EINVAL);
	assert_int_equal(password_unscramble("0800000000FF", out), -EINVAL);
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_what_other_tools_stored),
		cmocka_unit_test(refuses_any_other_password),
		cmocka_unit_test(stores_with_a_fresh_salt),
		cmocka_unit_test(tells_a_stored_password_by_its_form),
		cmocka_unit_test(undoes_type_7),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
