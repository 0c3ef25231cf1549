/* SPDX-License-Identifier: BSD-3-Clause */
/* What `show crypto ipsec sa [detail]` and the log say of packets that the window refused. */
#include "lib/plane/plane_msg.h"
#include "tests/control/api_bench.h"

#include <cmocka.h>

#include <stdlib.h>

enum {
	ICMP = 1
};

/* What refuse() makes of the SA, in so many seconds. */
#define LATE(seconds)                                                        \
	"reordering up to 700 seen, window 64 dropped 4 packets in " seconds \
	" s: `crypto ipsec security-association replay window-size 1024`"

static struct plane_stats_in *stats_of(const struct sa_pair *pair)
{
	return &plane_stats_in_of(&bench.a.plane, pair->worker)[plane_spi_slot(pair->spi_in)];
}

static struct plane_stats_reorder *meter_of(const struct sa_pair *pair)
{
	return &plane_stats_reorder_of(&bench.a.plane, pair->worker)[plane_spi_slot(pair->spi_in)];
}

static struct sa_pair *up(void)
{
	struct sa_pair *pair;

	bench_acquire(&bench, &bench.a, ICMP);
	api_bench_turn();
	pair = bench_current(&bench.a, ICMP);
	assert_non_null(pair);
	return pair;
}

/* Of the late packets looked at 3 in 4 are authentic: so is one of the two not looked at. */
static void refuse(struct plane_stats_in *in)
{
	in->late_verified = 3;
	in->late_forged = 1;
	in->late_unchecked = 2;
	in->late_most = 700;
}

/* The inbound SA of the second line in a new answer, which the caller gives up. */
static const json_t *ask(bool detail, json_t **result)
{
	json_t *params = detail ? json_pack("{s:b}", "detail", 1) : NULL;

	*result = api_bench_result(&first, "show.ipsec_sa", params);
	return api_bench_at(api_bench_at(api_bench_at(*result, "interfaces", 0), "blocks", 1),
			    "inbound_esp", 0);
}

static void assert_says(const char *const *sentences, size_t n)
{
	json_t *result;
	const json_t *diagnosis = json_object_get(ask(false, &result), "diagnosis");

	assert_int_equal(json_array_size(diagnosis), n);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(json_string_value(json_array_get(diagnosis, i)), sentences[i]);
	json_decref(result);
}

static void says_nothing_where_nothing_was_refused(void **state)
{
	json_t *result;
	const json_t *sa;

	(void)state;
	up();
	sa = ask(false, &result);
	assert_null(json_object_get(sa, "diagnosis"));
	assert_null(json_object_get(sa, "reorder"));
	json_decref(result);
}

static void says_what_was_late_and_what_was_seen(void **state)
{
	static const char *const both[] = {
		LATE("5"),
		"2 packets in 5 s had a number already received: duplicated on the path or "
		"replayed; no window size changes that"};
	struct sa_pair *pair = up();

	(void)state;
	bench_pass(&bench, 5);
	stats_of(pair)->replay_seen = 2;
	assert_says(&both[1], 1);
	refuse(stats_of(pair));
	assert_says(both, 2);
}

/* Before the first look at an SA its time began with it, not with that of the machine. */
static void counts_the_seconds_of_a_new_sa_from_its_beginning(void **state)
{
	static const char *const late[] = {LATE("1")};

	(void)state;
	refuse(stats_of(up()));
	assert_says(late, 1);
}

/* The last period in which something was refused stays, and was logged once. */
static void last_period_stays_and_was_logged(void **state)
{
	static const char *const late[] = {LATE("10")};
	struct sa_pair *pair = up();

	(void)state;
	refuse(stats_of(pair));
	bench_pass_with_traffic(&bench, ICMP, 100);
	assert_says(late, 1);
	assert_int_equal(bench_logged(&bench.a, late[0]), 1);
	stats_of(pair)->late_forged += 1000;
	bench_pass_with_traffic(&bench, ICMP, 100);
	assert_int_equal(bench_logged(&bench.a, "reordering up to"), 1);
}

static long long number(const json_t *object, const char *name)
{
	assert_true(json_is_integer(json_object_get(object, name)));
	return json_integer_value(json_object_get(object, name));
}

static void assert_buckets(const json_t *meter, const char *name, const char *expected)
{
	char *text = json_dumps(json_object_get(meter, name), JSON_COMPACT | JSON_ENCODE_ANY);

	assert_non_null(text);
	assert_string_equal(text, expected);
	free(text);
}

static void detail_has_the_meter(void **state)
{
	struct sa_pair *pair = up();
	struct plane_stats_in *in = stats_of(pair);
	json_t *result;
	const json_t *meter;

	(void)state;
	refuse(in);
	in->reorder_most = 63;
	in->rollover = 9;
	*meter_of(pair) = (struct plane_stats_reorder){
		.accepted = {5, 0, 7},
		.late = {[3] = 3},
		.seen = {[PLANE_REORDER_BUCKETS - 1] = 1},
		.late_after = {1, 2},
	};
	meter = json_object_get(ask(true, &result), "reorder");
	assert_int_equal(number(meter, "most"), 63);
	assert_int_equal(number(meter, "late_most"), 700);
	assert_int_equal(number(meter, "late_verified"), 3);
	assert_int_equal(number(meter, "late_forged"), 1);
	assert_int_equal(number(meter, "late_unchecked"), 2);
	assert_int_equal(number(meter, "rollover"), 9);
	assert_buckets(meter, "accepted", "[5,0,7]");
	assert_buckets(meter, "late", "[0,0,0,3]");
	assert_int_equal(json_array_size(json_object_get(meter, "seen")), PLANE_REORDER_BUCKETS);
	assert_buckets(meter, "late_after", "[1,2]");
	assert_buckets(meter, "seen_after", "[]");
	json_decref(result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		API_CASE(says_nothing_where_nothing_was_refused),
		API_CASE(says_what_was_late_and_what_was_seen),
		API_CASE(counts_the_seconds_of_a_new_sa_from_its_beginning),
		API_CASE(last_period_stays_and_was_logged),
		API_CASE(detail_has_the_meter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
