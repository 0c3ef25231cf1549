/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A startup configuration that is damaged (H193): every byte changed, cut everywhere, no text at
 * all, no file at all. It is refused, or what is left of it is said, never less than was written
 * without a word.
 */
#include "app/startup_config.h"
#include "lib/config/config_grammar.h"

/* cmocka.h wants these before itself */
// clang-format off
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	RANDOM_FILES = 200,
	RANDOM_BYTES = 4096,
};

static const char good[] = "hostname R1\n"
			   "crypto isakmp policy 10\n"
			   " encryption aes 256\n"
			   " hash sha256\n"
			   " authentication pre-share\n"
			   " group 14\n"
			   "crypto isakmp key cisco123 address 10.0.0.2\n"
			   "crypto ipsec transform-set SET esp-aes 256 esp-sha256-hmac\n"
			   "ip access-list extended VPN\n"
			   " permit ip 192.168.1.0 0.0.0.255 192.168.2.0 0.0.0.255\n"
			   "crypto map MAP 10 ipsec-isakmp\n"
			   " match address VPN\n"
			   " set peer 10.0.0.2\n"
			   " set transform-set SET\n"
			   "interface GigabitEthernet0/0\n"
			   " device af_packet inside\n"
			   " ip address 192.168.1.1 255.255.255.0\n"
			   "interface GigabitEthernet0/1\n"
			   " device af_packet outside\n"
			   " ip address 10.0.0.1 255.255.255.0\n"
			   " crypto map MAP\n"
			   "ip route 0.0.0.0 0.0.0.0 10.0.0.2\n";

static char folder[40];
static char path[64];

static int setup(void **)
{
	strcpy(folder, "/tmp/startup_config_test.XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/startup", folder);
	return 0;
}

static int teardown(void **)
{
	unlink(path);
	return rmdir(folder);
}

static void put(const char *bytes, size_t len)
{
	int fd = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

/* What came of the file: the return value, the words about it, and the lines that are in force. */
struct outcome {
	int rc;
	char *said;
	size_t lines;
};

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static struct outcome load(void)
{
	struct outcome o = {0};
	struct config config;
	FILE *before = stderr;
	size_t len;
	char *text;

	stderr = open_memstream(&o.said, &len);
	assert_non_null(stderr);
	o.rc = startup_config_load(&config, path);
	fclose(stderr);
	stderr = before;
	if (o.rc)
		return o;
	text = config_grammar_print(&config, config.dialect, CONFIG_PRINT_SECRETS);
	assert_non_null(text);
	o.lines = count_lines(text);
	free(text);
	config_model_fini(&config);
	return o;
}

static size_t whole(void)
{
	struct outcome o;

	put(good, strlen(good));
	o = load();
	assert_int_equal(o.rc, 0);
	free(o.said);
	return o.lines;
}

/* Refused or taken, and with words where something is missing. */
static void assert_told(const char *what, size_t at, size_t lines)
{
	struct outcome o = load();

	if (o.rc && !*o.said)
		fail_msg("%s at %zu is refused without a word", what, at);
	if (!o.rc && o.lines < lines && !*o.said)
		fail_msg("%s at %zu: %zu of %zu lines, without a word", what, at, o.lines, lines);
	free(o.said);
}

/* A remark is for people, and another number another interface, say, that is there twice now. */
static bool means_it(char before, char now)
{
	return now == '!' || now == ':' ||
	       (isdigit((unsigned char)before) && isdigit((unsigned char)now));
}

static void changed_byte_loses_nothing_without_a_word(void **)
{
	static const unsigned char changes[] = {0x01, 0x02, 0x20, 0x40, 0x80, 0xff};
	char text[sizeof(good)];
	size_t lines = whole();

	memcpy(text, good, sizeof(good));
	for (size_t i = 0; i < sizeof(good) - 1; i++)
		for (size_t k = 0; k < array_len(changes); k++) {
			text[i] ^= (char)changes[k];
			put(text, sizeof(good) - 1);
			assert_told("a change", i, means_it(good[i], text[i]) ? 0 : lines);
			text[i] ^= (char)changes[k];
		}
}

/* Behind a whole line nobody can tell that there was more; inside one it is said. */
static void cut_file_is_survived(void **)
{
	for (size_t len = 0; len < sizeof(good); len++) {
		put(good, len);
		assert_told("a cut", len, 0);
	}
}

static void random_file_is_refused(void **)
{
	char bytes[RANDOM_BYTES];
	size_t refused = 0;

	srand(193);
	for (size_t n = 0; n < RANDOM_FILES; n++) {
		struct outcome o;

		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)rand();
		put(bytes, sizeof(bytes));
		o = load();
		refused += o.rc != 0;
		free(o.said);
	}
	assert_int_equal(refused, RANDOM_FILES);
}

static void what_is_no_file_of_text_is_refused_by_name(void **)
{
	char link[80];
	struct outcome o;

	put("", 0);
	assert_int_equal(truncate(path, 1l << 30), 0);
	o = load();
	assert_int_equal(o.rc, -EFBIG);
	assert_non_null(strstr(o.said, path));
	free(o.said);
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	o = load();
	assert_int_equal(o.rc, -EISDIR);
	free(o.said);
	rmdir(path);
	o = load();
	assert_int_equal(o.rc, -ENOENT);
	free(o.said);
	snprintf(link, sizeof(link), "%s.link", path);
	assert_int_equal(symlink(link, path), 0);
	o = load();
	assert_int_equal(o.rc, -ENOENT);
	free(o.said);
}

static void link_to_a_good_file_is_followed(void **)
{
	char target[80];
	struct outcome o;

	snprintf(target, sizeof(target), "%s.target", path);
	put(good, strlen(good));
	assert_int_equal(rename(path, target), 0);
	assert_int_equal(symlink(target, path), 0);
	o = load();
	assert_int_equal(o.rc, 0);
	free(o.said);
	unlink(target);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(changed_byte_loses_nothing_without_a_word),
		CASE(cut_file_is_survived),
		CASE(random_file_is_refused),
		CASE(what_is_no_file_of_text_is_refused_by_name),
		CASE(link_to_a_good_file_is_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
