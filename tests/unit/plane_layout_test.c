/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/plane/plane_layout.h"

#include <cmocka.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static const struct plane_params params = {.n_workers = 3, .n_slots = 1000, .n_tunnels = 77};

static struct plane create(void)
{
	struct plane p;

	assert_int_equal(plane_layout_create(&p, &params, "/etc/culvert.conf", "/run/culvert"), 0);
	return p;
}

static void both_sides_see_the_same_memory(void **)
{
	struct plane a = create(), b;
	struct plane_msg in = {.type = PLANE_IF_SET, .cookie = 9}, out;

	assert_int_equal(plane_layout_attach(&b, dup(a.fd)), 0);
	assert_string_equal(b.header->config_path, "/etc/culvert.conf");
	assert_string_equal(b.header->run_dir, "/run/culvert");
	assert_int_equal(plane_ring_send(b.to_worker[2], &in), 0);
	assert_int_equal(plane_ring_recv(a.to_worker[2], &out), 1);
	assert_int_equal(out.cookie, 9);
	plane_stats_in_of(&a, 2)[999].spi = 0x1234;
	assert_int_equal(plane_stats_in_of(&b, 2)[999].spi, 0x1234);
	plane_stats_hits_of(&a, 2)[PLANE_ACL_LINES - 1] = 5;
	assert_int_equal(plane_stats_hits_of(&b, 2)[PLANE_ACL_LINES - 1], 5);
	b.blob[PLANE_BLOB_BYTES - 1] = 1;
	assert_int_equal(a.blob[PLANE_BLOB_BYTES - 1], 1);
	plane_layout_fini(&b);
	plane_layout_fini(&a);
}

static void sections_do_not_overlap(void **)
{
	struct plane p = create();

	memset(p.stats_in, 0x11, sizeof(*p.stats_in) * 3 * params.n_slots);
	memset(p.stats_out, 0x22, sizeof(*p.stats_out) * 3 * params.n_slots);
	memset(p.stats_tunnel, 0x33, sizeof(*p.stats_tunnel) * 3 * params.n_tunnels);
	memset(p.stats_hits, 0x44, sizeof(uint64_t) * 3 * PLANE_ACL_LINES);
	memset(p.blob, 0x55, PLANE_BLOB_BYTES);
	assert_int_equal(p.stats_in[3 * params.n_slots - 1].spi, 0x11111111);
	assert_int_equal(p.stats_out[3 * params.n_slots - 1].spi, 0x22222222);
	assert_int_equal(p.stats_tunnel[3 * params.n_tunnels - 1].no_sa, 0x33333333);
	assert_int_equal(p.stats_hits[3 * PLANE_ACL_LINES - 1], 0x4444444444444444);
	assert_true(plane_ring_is_empty(p.datagrams_down[2]));
	assert_int_equal(p.stats_worker[2].loops, 0);
	plane_layout_fini(&p);
}

/* Whether attach refuses the file after one 32-bit word of its header was changed. */
static int attach_with(struct plane *a, uint32_t *word, uint32_t value)
{
	uint32_t before = *word;
	struct plane b;
	int fd = dup(a->fd), rc;

	*word = value;
	rc = plane_layout_attach(&b, fd);
	*word = before;
	if (rc)
		close(fd);
	else
		plane_layout_fini(&b);
	return rc;
}

static void refuses_a_file_of_another_build(void **)
{
	struct plane a = create();
	struct plane_header *h = a.header;

	assert_int_equal(attach_with(&a, &h->version, PLANE_VERSION), 0);
	assert_int_equal(attach_with(&a, &h->version, PLANE_VERSION + 1), -EPROTO);
	assert_int_equal(attach_with(&a, &h->msg_bytes, 128), -EPROTO);
	assert_int_equal(attach_with(&a, (uint32_t *)&h->magic, 0), -EPROTO);
	assert_int_equal(attach_with(&a, &h->params.n_workers, 2), -EPROTO);
	assert_int_equal(attach_with(&a, &h->params.n_workers, 65), -EPROTO);
	assert_int_equal(attach_with(&a, &h->params.n_slots, 0), -EPROTO);
	assert_int_equal(attach_with(&a, (uint32_t *)&h->blob, 64), -EPROTO);
	assert_int_equal(attach_with(&a, (uint32_t *)&h->to_worker[1], 64), -EPROTO);
	plane_layout_fini(&a);
}

static void file_cannot_be_cut_under_the_reader(void **)
{
	struct plane a = create(), b;

	assert_int_equal(ftruncate(a.fd, 4096), -1);
	assert_int_equal(errno, EPERM);
	assert_int_equal(plane_layout_attach(&b, -1), -EBADF);
	plane_layout_fini(&a);
}

static void refuses_parameters_out_of_range(void **)
{
	struct plane_params bad = params;
	struct plane p;

	bad.n_workers = 65;
	assert_int_equal(plane_layout_create(&p, &bad, "", ""), -EINVAL);
	bad = params;
	bad.n_slots = (1u << PLANE_SLOT_BITS) + 1;
	assert_int_equal(plane_layout_create(&p, &bad, "", ""), -EINVAL);
}

static void a_new_control_plane_goes_on_where_the_dead_one_was(void **)
{
	struct plane a = create(), b;
	struct plane_msg msg = {.type = PLANE_ROUTE_ADD, .cookie = 1}, out;

	assert_int_equal(plane_ring_send(a.to_main, &msg), 0);
	assert_int_equal(plane_layout_attach(&b, dup(a.fd)), 0);
	msg.cookie = 2;
	assert_int_equal(plane_ring_send(b.to_main, &msg), 0);
	for (uint64_t i = 1; i <= 2; i++) {
		assert_int_equal(plane_ring_recv(a.to_main, &out), 1);
		assert_int_equal(out.cookie, i);
	}
	assert_int_equal(plane_ring_recv(a.to_main, &out), 0);
	plane_layout_fini(&b);
	plane_layout_fini(&a);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_sides_see_the_same_memory),
		cmocka_unit_test(sections_do_not_overlap),
		cmocka_unit_test(refuses_a_file_of_another_build),
		cmocka_unit_test(file_cannot_be_cut_under_the_reader),
		cmocka_unit_test(refuses_parameters_out_of_range),
		cmocka_unit_test(a_new_control_plane_goes_on_where_the_dead_one_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
