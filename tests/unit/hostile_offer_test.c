/* SPDX-License-Identifier: BSD-3-Clause */
/* H024, H026 and the cost of an SA payload: offers at and beyond the caps. */
#include "controlplane/ike/ike_proposal.h"

#include <cmocka.h>

#include <time.h>

enum {
	MESSAGE_MAX = 12000
};

struct message {
	uint8_t b[MESSAGE_MAX];
	size_t len;
};

static const struct ike_policy policy = {
	.priority = 10,
	.cipher = ALG_CIPHER_AES_256,
	.hash = ALG_HASH_SHA256,
	.auth = ALG_AUTH_PSK,
	.group = 14,
	.lifetime_s = 86400,
};

/* A phase 1 SA payload of n transforms with the attributes given, as one proposal or as n. */
static void big_offer(struct message *m, size_t proposals, size_t transforms, size_t attrs)
{
	struct wbuf w = wbuf_of(m->b, sizeof(m->b));
	size_t transform_len = 8 + 4 * attrs;

	wbuf_u32(&w, IKE_DOI_IPSEC);
	wbuf_u32(&w, IKE_SITUATION_IDENTITY);
	for (size_t p = 0; p < proposals; p++) {
		wbuf_u16(&w, p + 1 < proposals ? IKE_PAYLOAD_PROPOSAL << 8 : 0);
		wbuf_u16(&w, (uint16_t)(8 + transforms * transform_len));
		wbuf_u8(&w, (uint8_t)(p + 1));
		wbuf_u8(&w, IKE_PROTOCOL_ISAKMP);
		wbuf_u8(&w, 0);
		wbuf_u8(&w, (uint8_t)transforms);
		for (size_t t = 0; t < transforms; t++) {
			wbuf_u16(&w, t + 1 < transforms ? IKE_PAYLOAD_TRANSFORM << 8 : 0);
			wbuf_u16(&w, (uint16_t)transform_len);
			wbuf_u8(&w, (uint8_t)(t + 1));
			wbuf_u8(&w, 1);
			wbuf_u16(&w, 0);
			for (size_t a = 0; a < attrs; a++)
				wbuf_u32(&w, 0x80000000 | (uint32_t)(20 + a) << 16 | 1);
		}
	}
	assert_false(w.bad);
	m->len = w.len;
}

static int parse_offer(const struct message *m, struct ike_sa_offer *offer)
{
	struct ike_payload sa = {.type = IKE_PAYLOAD_SA, .body = m->b, .len = m->len};

	return ike_proposal_parse(&sa, IKE_PHASE_1, offer);
}

/* H024, H026: the caps, at their edges. */
static void counts_beyond_the_caps_are_refused(void **state)
{
	static struct ike_sa_offer offer;
	struct message m;

	(void)state;
	big_offer(&m, 1, 255, 5);
	assert_int_equal(parse_offer(&m, &offer), IKE_PARSED);
	assert_int_equal(offer.n_transforms, 255);
	big_offer(&m, IKE_PROPOSALS_MAX, 4, 1);
	assert_int_equal(parse_offer(&m, &offer), IKE_PARSED);
	assert_int_equal(offer.n_transforms, IKE_TRANSFORMS_MAX);
	big_offer(&m, IKE_PROPOSALS_MAX + 1, 1, 1);
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_SA_MALFORMED);
	big_offer(&m, 2, 129, 1);
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_SA_MALFORMED);
	big_offer(&m, 255, 4, 0);
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_SA_MALFORMED);
	big_offer(&m, 1, 1, IKE_ATTRS_MAX);
	assert_int_equal(parse_offer(&m, &offer), IKE_PARSED);
	big_offer(&m, 1, 1, IKE_ATTRS_MAX + 1);
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_ATTR);
	big_offer(&m, 1, 1, 1000);
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_ATTR);
	big_offer(&m, 1, 0, 0);
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_SA_MALFORMED);
	big_offer(&m, 0, 0, 0);
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_SA_MALFORMED);
}

/* H026: numbers that go back. */
static void numbers_that_do_not_increase_are_refused(void **state)
{
	static struct ike_sa_offer offer;
	struct message m;

	(void)state;
	big_offer(&m, 1, 3, 0);
	m.b[8 + 8 + 2 * 8 + 4] = 2;
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_SA_MALFORMED);
	m.b[8 + 8 + 2 * 8 + 4] = 200;
	assert_int_equal(parse_offer(&m, &offer), IKE_PARSED);
	big_offer(&m, 2, 1, 0);
	m.b[8 + 4] = 3;
	assert_int_equal(parse_offer(&m, &offer), IKE_COUNT_SA_MALFORMED);
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The least of several runs, so that a busy machine does not count. */
static uint64_t cost_ns(const struct message *m, const struct ike_policy *policies, size_t n)
{
	static struct ike_sa_offer offer;
	struct ike_choice choice;
	uint64_t least = UINT64_MAX;

	for (int run = 0; run < 50; run++) {
		uint64_t start = cpu_ns();
		uint64_t took;

		if (parse_offer(m, &offer) == IKE_PARSED)
			assert_int_not_equal(
				ike_proposal_select_p1(&offer, policies, n, NULL, NULL, &choice),
				IKE_PARSED);
		took = cpu_ns() - start;
		if (took < least)
			least = took;
	}
	return least;
}

/* B-CPU: four times the length costs about four times as much, whatever stands in it. */
static void cost_is_linear_in_the_length(void **state)
{
	struct ike_policy policies[IKE_POLICIES_MAX];
	struct message small;
	struct message large;
	uint64_t a;
	uint64_t b;

	(void)state;
	for (size_t i = 0; i < array_len(policies); i++)
		policies[i] = policy;
	big_offer(&small, 1, 60, 6);
	big_offer(&large, 1, 240, 6);
	a = cost_ns(&small, policies, array_len(policies));
	b = cost_ns(&large, policies, array_len(policies));
	print_message("60 transforms %llu ns, 240 transforms %llu ns\n", (unsigned long long)a,
		      (unsigned long long)b);
	assert_true(b < 8 * a + 20000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_beyond_the_caps_are_refused),
		cmocka_unit_test(numbers_that_do_not_increase_are_refused),
		cmocka_unit_test(cost_is_linear_in_the_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
