/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Guessing passwords: how long it takes, whom it locks out, what it tells (R078); and what is told
 * when there is no room. A clock of the test and no thread.
 */
#include "controlplane/aaa.h"
#include "controlplane/account_book.h"
#include "lib/crypto/prim.h"

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a password was compared with: the expensive functions, counted. */
static struct {
	unsigned md5, pbkdf2, scrypt;
} cost;

char *crypt_r(const char *phrase, const char *setting, struct crypt_data *data)
{
	char *(*real)(const char *, const char *, struct crypt_data *) =
		(char *(*)(const char *, const char *, struct crypt_data *))dlsym(RTLD_NEXT,
										  "crypt_r");

	cost.md5++;
	return real(phrase, setting, data);
}

int PKCS5_PBKDF2_HMAC(const char *pass, int pass_len, const unsigned char *salt, int salt_len,
		      int rounds, const EVP_MD *digest, int key_len, unsigned char *out)
{
	int (*real)(const char *, int, const unsigned char *, int, int, const EVP_MD *, int,
		    unsigned char *) =
		(int (*)(const char *, int, const unsigned char *, int, int, const EVP_MD *, int,
			 unsigned char *))dlsym(RTLD_NEXT, "PKCS5_PBKDF2_HMAC");

	cost.pbkdf2++;
	return real(pass, pass_len, salt, salt_len, rounds, digest, key_len, out);
}

int EVP_KDF_derive(EVP_KDF_CTX *ctx, unsigned char *key, size_t len, const OSSL_PARAM params[])
{
	int (*real)(EVP_KDF_CTX *, unsigned char *, size_t, const OSSL_PARAM[]) =
		(int (*)(EVP_KDF_CTX *, unsigned char *, size_t, const OSSL_PARAM[]))dlsym(
			RTLD_NEXT, "EVP_KDF_derive");

	cost.scrypt++;
	return real(ctx, key, len, params);
}

static uint64_t clock_ms;
static struct aaa_answer last;
static unsigned n_answers, n_held, n_full, n_locked;

static uint64_t now_ms(void *ctx)
{
	(void)ctx;
	return clock_ms;
}

static int no_thread(void *ctx, void (*work)(void *), void (*done)(void *), void *arg)
{
	(void)ctx;
	(void)work;
	(void)done;
	(void)arg;
	return -ENOSYS;
}

static void on_answer(void *ctx, const struct ike_user *user, const struct aaa_answer *answer)
{
	(void)ctx;
	assert_int_equal(user->password.len, 0);
	last = *answer;
	n_answers++;
	n_held += answer->verdict == IKE_REASON_USER_HELD;
	n_full += answer->verdict == IKE_REASON_LOGINS_FULL;
}

static void on_server(void *ctx, const struct aaa_server *server)
{
	(void)ctx;
	(void)server;
}

static void on_locked(void *ctx, const char *user, uint32_t failures)
{
	(void)ctx;
	assert_string_equal(user, "bob");
	assert_int_equal(failures, 5);
	n_locked++;
}

static void on_accounted(void *ctx, const struct radius_request *record)
{
	(void)ctx;
	(void)record;
}

static const struct aaa_env env = {
	.now_ms = now_ms,
	.job = no_thread,
	.answer = on_answer,
	.server = on_server,
	.locked = on_locked,
	.accounted = on_accounted,
};

static struct config_user users[] = {{"bob", ""}};
static const struct config_aaa_list local = {
	.name = "L", .n_methods = 1, .methods = {CONFIG_METHOD_LOCAL}};
static struct config_remote remote = {.new_model = true, .users = users, .n_users = 1};
static struct aaa a;

static enum ike_reason log_in(const char *name, const char *password, uint32_t peer)
{
	struct ike_user user = {.ike_sa = 7, .path.remote = addr_v4(peer)};

	snprintf(user.name, sizeof(user.name), "%s", name);
	secret_set(&user.password, password, strlen(password));
	aaa_login(&a, &remote, &local, &user, "hub");
	aaa_turn(&a);
	return last.verdict;
}

static int begin(void **state)
{
	(void)state;
	clock_ms = 1000000;
	n_answers = n_held = n_full = n_locked = 0;
	remote.max_fail = 0;
	strcpy(users[0].password, "$1$mERr$w5.//9uXRXFajB2e9rkiV0"); /* hunter2 */
	aaa_init(&a, &env);
	aaa_configure(&a, &remote);
	return 0;
}

static int end(void **state)
{
	(void)state;
	aaa_fini(&a);
	return 0;
}

/* One address and one name: 3 at once, then after 1, 2, 4 ... 300 s. */
static void who_guesses_waits_longer_each_time(void **state)
{
	uint64_t begin_ms = clock_ms;
	unsigned tried = 0;

	(void)state;
	while (clock_ms < begin_ms + 3600000) {
		if (log_in("bob", "wrong", 1) == IKE_REASON_USER_REFUSED)
			tried++;
		else
			assert_int_equal(last.verdict, IKE_REASON_USER_HELD);
		clock_ms += 100;
	}
	/* 4 at once, 9 waits up to 256 s, the rest of the hour 300 s each */
	assert_in_range(tried, 20, 25);
	/* the right password does not help meanwhile, and does afterwards */
	assert_int_equal(log_in("bob", "hunter2", 1), IKE_REASON_USER_HELD);
	clock_ms += 300000;
	assert_int_equal(log_in("bob", "hunter2", 1), IKE_REASON_NONE);
	assert_int_equal(log_in("bob", "wrong", 1), IKE_REASON_USER_REFUSED);
	assert_int_equal(log_in("bob", "hunter2", 1), IKE_REASON_NONE);
}

static void others_cannot_lock_a_user_out(void **state)
{
	(void)state;
	/* bob has been here before */
	assert_int_equal(log_in("bob", "hunter2", 0x0a000001), IKE_REASON_NONE);
	/* the whole Internet tries for a while */
	for (uint32_t i = 0; i < 5000; i++)
		(void)log_in("bob", "wrong", 0xc0000000 + i);
	assert_true(n_held > 4900);
	assert_int_equal(log_in("bob", "hunter2", 0x0a000001), IKE_REASON_NONE);
	/* where he has never been he waits for a moment */
	assert_int_equal(log_in("bob", "hunter2", 0x0a000002), IKE_REASON_USER_HELD);
	clock_ms += 3000;
	assert_int_equal(log_in("bob", "hunter2", 0x0a000002), IKE_REASON_NONE);
	/* another user is not concerned */
	assert_int_equal(log_in("eve", "wrong", 0x0a000003), IKE_REASON_USER_REFUSED);
}

static void many_names_from_one_address_are_slowed_down(void **state)
{
	unsigned tried = 0;
	char name[16];

	(void)state;
	for (unsigned i = 0; i < 600; i++) {
		snprintf(name, sizeof(name), "user%u", i);
		tried += log_in(name, "wrong", 1) == IKE_REASON_USER_REFUSED;
		clock_ms += 100;
	}
	assert_in_range(tried, LOCKOUT_FREE_WIDE + 55, LOCKOUT_FREE_WIDE + 65);
}

/* A server that does not answer has said nothing about the password. */
static void what_nobody_judged_is_not_counted(void **state)
{
	struct lockout *l = &a.lockout;
	struct addr peer = addr_v4(1);

	(void)state;
	for (unsigned i = 0; i < 100; i++) {
		assert_true(lockout_ask(l, "bob", &peer, clock_ms));
		lockout_settle(l, "bob", &peer, LOCKOUT_UNKNOWN);
	}
	/* but many at once are */
	for (unsigned i = 0; i <= LOCKOUT_FREE_PAIR; i++)
		assert_true(lockout_ask(l, "bob", &peer, clock_ms));
	assert_false(lockout_ask(l, "bob", &peer, clock_ms));
}

static void local_user_is_locked_when_that_is_asked_for(void **state)
{
	(void)state;
	remote.max_fail = 5;
	aaa_configure(&a, &remote);
	for (uint32_t i = 0; i < 4; i++)
		assert_int_equal(log_in("bob", "wrong", i + 1), IKE_REASON_USER_REFUSED);
	/* in a row */
	assert_int_equal(log_in("bob", "hunter2", 5), IKE_REASON_NONE);
	for (uint32_t i = 0; i < 5; i++) {
		assert_int_equal(n_locked, 0);
		assert_int_equal(log_in("bob", "wrong", i + 6), IKE_REASON_USER_REFUSED);
	}
	assert_int_equal(n_locked, 1);
	clock_ms += 86400000;
	cost.md5 = 0;
	assert_int_equal(log_in("bob", "hunter2", 20), IKE_REASON_USER_REFUSED);
	assert_int_equal(cost.md5, 1);
	/* a name that nobody has cannot be locked, and takes no memory */
	for (uint32_t i = 0; i < 9; i++)
		(void)log_in("eve", "wrong", i + 30);
	assert_false(lockout_local_is_locked(&a.lockout, "eve"));
	assert_int_equal(lockout_local_clear(&a.lockout, "eve"), 0);
	assert_int_equal(lockout_local_clear(&a.lockout, NULL), 1);
	assert_int_equal(log_in("bob", "hunter2", 21), IKE_REASON_NONE);
}

/* Tries that wait beside each other are not more than those in a row. */
static void many_tries_at_once_are_not_more_before_the_lock(void **state)
{
	struct ike_user user = {0};

	(void)state;
	remote.max_fail = 5;
	aaa_configure(&a, &remote);
	snprintf(user.name, sizeof(user.name), "bob");
	for (uint32_t i = 0; i < 6; i++) {
		const char *password = i < 5 ? "wrong" : "hunter2";

		user.path.remote = addr_v4(i + 1);
		secret_set(&user.password, password, strlen(password));
		aaa_login(&a, &remote, &local, &user, "hub");
	}
	aaa_turn(&a);
	assert_int_equal(n_answers, 6);
	assert_int_equal(n_locked, 1);
	assert_int_equal(last.verdict, IKE_REASON_USER_REFUSED);
}

/* For each way of storing: a name that nobody has costs what a wrong password does. */
static void unknown_user_costs_as_much_as_a_wrong_password(void **state)
{
	static const int types[] = {PASSWORD_PBKDF2, PASSWORD_SCRYPT, PASSWORD_MD5};

	(void)state;
	for (size_t i = 0; i < array_len(types); i++) {
		unsigned first[3];

		if (types[i] == PASSWORD_MD5)
			strcpy(users[0].password, "$1$mERr$w5.//9uXRXFajB2e9rkiV0");
		else
			assert_int_equal(password_hash(types[i], "hunter2", users[0].password), 0);
		memset(&cost, 0, sizeof(cost));
		assert_int_equal(log_in("bob", "wrong", (uint32_t)i + 1), IKE_REASON_USER_REFUSED);
		memcpy(first, &cost, sizeof(first));
		assert_true(cost.md5 + cost.pbkdf2 + cost.scrypt > 0);
		memset(&cost, 0, sizeof(cost));
		assert_int_equal(log_in("eve", "wrong", (uint32_t)i + 1), IKE_REASON_USER_REFUSED);
		assert_memory_equal(first, &cost, sizeof(first));
		/* also when it is the password of the one it is compared with */
		assert_int_equal(log_in("mallory", "hunter2", 100 + (uint32_t)i),
				 IKE_REASON_USER_REFUSED);
	}
}

/* More logins than may wait are refused in the next turn, and those that wait are not lost. */
static void full_queue_says_so(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < AAA_WAITING_MAX + 10; i++) {
		struct ike_user user = {.path.remote = addr_v4(i + 1)};

		snprintf(user.name, sizeof(user.name), "user%u", i);
		secret_set(&user.password, "wrong", 5);
		aaa_login(&a, &remote, &local, &user, "hub");
	}
	assert_int_equal(n_answers, 0);
	aaa_turn(&a);
	assert_int_equal(n_full, 10);
	assert_int_equal(n_answers, AAA_WAITING_MAX + 10);
	assert_true(aaa_idle(&a));
}

static void what_is_owed_outlives_the_program(void **state)
{
	char path[] = "/tmp/culvert-accounting-XXXXXX";
	struct account_book book = {0};
	struct radius_request r = {.kind = RADIUS_START, .user = "alice", .in_bytes = 5};
	const struct radius_request *old;
	unsigned seen = 0;
	size_t at = 0;
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	assert_int_equal(account_book_open(&book, path), 0);
	for (r.session = 1; r.session <= 100; r.session++)
		account_book_note(&book, &r);
	r.session = 50;
	r.in_bytes = 77;
	account_book_note(&book, &r);
	account_book_forget(&book, 51);
	account_book_forget(&book, 5000);
	assert_null(account_book_next_old(&book, &at));
	account_book_close(&book);
	assert_int_equal(account_book_open(&book, path), 0);
	for (at = 0; (old = account_book_next_old(&book, &at)); seen++) {
		assert_string_equal(old->user, "alice");
		assert_int_equal(old->in_bytes, old->session == 50 ? 77 : 5);
		assert_int_not_equal(old->session, 51);
	}
	assert_int_equal(seen, 99);
	for (r.session = 1; r.session <= 100; r.session++)
		account_book_forget(&book, r.session);
	account_book_close(&book);
	assert_int_equal(access(path, F_OK), -1);
	/* what is not ours, or not of our making, is not believed */
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(write(fd, "nonsense", 8), 8);
	close(fd);
	at = 0;
	assert_int_equal(account_book_open(&book, path), 0);
	assert_null(account_book_next_old(&book, &at));
	/* more sessions in one place than fit there are not noted, and nothing else happens */
	for (uint64_t i = 0; i < 100; i++) {
		r.session = 7 + i * ACCOUNT_BOOK_ROWS;
		account_book_note(&book, &r);
	}
	account_book_close(&book);
	unlink(path);
}

static int set_up(void **state)
{
	(void)state;
	return prim_init();
}

int main(void)
{
#define WITH_AAA(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		WITH_AAA(who_guesses_waits_longer_each_time),
		WITH_AAA(others_cannot_lock_a_user_out),
		WITH_AAA(many_names_from_one_address_are_slowed_down),
		WITH_AAA(what_nobody_judged_is_not_counted),
		WITH_AAA(local_user_is_locked_when_that_is_asked_for),
		WITH_AAA(many_tries_at_once_are_not_more_before_the_lock),
		WITH_AAA(unknown_user_costs_as_much_as_a_wrong_password),
		WITH_AAA(full_queue_says_so),
		cmocka_unit_test(what_is_owed_outlives_the_program),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
