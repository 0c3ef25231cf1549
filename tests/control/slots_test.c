/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/id_map.h"
#include "controlplane/slots.h"
#include "lib/plane/plane_msg.h"

#include <cmocka.h>

#include <stdlib.h>

enum {
	SLOTS = 4
};

static void spi_carries_worker_slot_and_generation(void **state)
{
	struct slots *s = slots_create(3, SLOTS, 9);
	uint32_t spi = slots_alloc(s, 2);

	(void)state;
	assert_int_equal(plane_spi_worker(spi), 2);
	assert_true(plane_spi_slot(spi) < SLOTS);
	assert_true(spi >> 24 >= 1);
	slots_destroy(s);
}

static void exhausted_worker_gives_zero_and_others_go_on(void **state)
{
	struct slots *s = slots_create(2, SLOTS, 0);

	(void)state;
	for (int i = 0; i < SLOTS; i++)
		assert_int_not_equal(slots_alloc(s, 0), 0);
	assert_int_equal(slots_alloc(s, 0), 0);
	assert_int_not_equal(slots_alloc(s, 1), 0);
	slots_destroy(s);
}

static void reused_slot_has_another_generation(void **state)
{
	struct slots *s = slots_create(1, 1, 0);
	uint32_t last = slots_alloc(s, 0);

	(void)state;
	for (int i = 0; i < 600; i++) {
		uint32_t spi;

		slots_free(s, last);
		spi = slots_alloc(s, 0);
		assert_int_not_equal(spi, 0);
		assert_int_not_equal(spi, last);
		assert_true(spi >> 24 >= 1);
		last = spi;
	}
	slots_destroy(s);
}

static void oldest_free_slot_is_reused_first(void **state)
{
	struct slots *s = slots_create(1, SLOTS, 0);
	uint32_t first = slots_alloc(s, 0);

	(void)state;
	slots_free(s, first);
	for (int i = 0; i < SLOTS - 1; i++)
		assert_int_not_equal(plane_spi_slot(slots_alloc(s, 0)), plane_spi_slot(first));
	assert_int_equal(plane_spi_slot(slots_alloc(s, 0)), plane_spi_slot(first));
	slots_destroy(s);
}

static void freeing_twice_or_a_stale_spi_changes_nothing(void **state)
{
	struct slots *s = slots_create(1, 2, 0);
	uint32_t a = slots_alloc(s, 0), b;

	(void)state;
	slots_free(s, a);
	slots_free(s, a);
	slots_alloc(s, 0);
	b = slots_alloc(s, 0);
	assert_int_equal(plane_spi_slot(b), plane_spi_slot(a));
	slots_free(s, a);
	assert_int_equal(slots_used(s, 0), 2);
	slots_free(s, UINT32_MAX);
	assert_int_equal(slots_alloc(s, 0), 0);
	slots_destroy(s);
}

static void slot_of_an_orphan_is_not_given_out_until_freed(void **state)
{
	struct slots *s = slots_create(1, 2, 0);
	uint32_t orphan = plane_spi_make(7, 0, 1);
	uint32_t spi;

	(void)state;
	slots_occupy(s, orphan);
	assert_int_equal(plane_spi_slot(slots_alloc(s, 0)), 0);
	assert_int_equal(slots_alloc(s, 0), 0);
	slots_free(s, orphan);
	spi = slots_alloc(s, 0);
	assert_int_equal(plane_spi_slot(spi), 1);
	assert_int_equal(spi >> 24, 8);
	slots_destroy(s);
}

static void key_keeps_its_number_while_others_come_and_go(void **state)
{
	struct id_map m;
	uint32_t at;

	(void)state;
	assert_int_equal(id_map_init(&m, 8), 0);
	id_map_begin(&m);
	at = id_map_take(&m, 3);
	assert_int_equal(id_map_take(&m, 11), at + 1); /* the same home */
	id_map_end(&m);
	id_map_begin(&m);
	assert_int_equal(id_map_take(&m, 11), at + 1);
	id_map_end(&m);
	assert_int_equal(id_map_find(&m, 3), ID_MAP_NONE);
	/* a hole before it does not hide it */
	assert_int_equal(id_map_find(&m, 11), at + 1);
	id_map_fini(&m);
}

static void full_map_says_so(void **state)
{
	struct id_map m;

	(void)state;
	assert_int_equal(id_map_init(&m, 2), 0);
	id_map_begin(&m);
	assert_int_not_equal(id_map_take(&m, 1), ID_MAP_NONE);
	assert_int_not_equal(id_map_take(&m, 2), ID_MAP_NONE);
	assert_int_equal(id_map_take(&m, 3), ID_MAP_NONE);
	assert_int_not_equal(id_map_take(&m, 2), ID_MAP_NONE);
	id_map_fini(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spi_carries_worker_slot_and_generation),
		cmocka_unit_test(exhausted_worker_gives_zero_and_others_go_on),
		cmocka_unit_test(reused_slot_has_another_generation),
		cmocka_unit_test(oldest_free_slot_is_reused_first),
		cmocka_unit_test(freeing_twice_or_a_stale_spi_changes_nothing),
		cmocka_unit_test(slot_of_an_orphan_is_not_given_out_until_freed),
		cmocka_unit_test(key_keeps_its_number_while_others_come_and_go),
		cmocka_unit_test(full_map_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
