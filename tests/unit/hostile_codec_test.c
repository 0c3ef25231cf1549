/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * H001-H029: what a malformed first message or SA payload costs. Each row is a
 * good message with some bytes changed, and the one counter that must answer for it. Every row is
 * then repeated with other cookies and other vendor IDs, which must not change the answer.
 */
#include "controlplane/ike/ike_proposal.h"

#include <cmocka.h>

#include <string.h>

enum {
	MESSAGE_MAX = 12000,
	VARIANTS = 1000, /* of each item, B-N */
	EDITS_MAX = 3,
	VENDOR_LEN = 16,
};

/* Offsets in the good first message; base_message() checks them. */
enum {
	AT_COOKIE_I = 0,
	AT_COOKIE_R = 8,
	AT_NEXT = 16,
	AT_VERSION = 17,
	AT_EXCHANGE = 18,
	AT_FLAGS = 19,
	AT_MSGID = 20,
	AT_LENGTH = 24,
	AT_SA = 28,
	AT_DOI = 32,
	AT_SITUATION = 36,
	AT_PROPOSAL = 40,
	AT_TRANSFORM = 48,
	AT_ENCRYPTION = 56,
	AT_KEY_BITS = 60,
	AT_HASH = 64,
	AT_GROUP = 68,
	AT_AUTH = 72,
	AT_LIFE_TYPE = 76,
	AT_LIFE = 80,
	AT_VENDOR = 88,
	AT_END = 108,
};

/* Offsets in the good phase 2 SA payload; base_child_sa() checks them. */
enum {
	CHILD_PROPOSAL = 8,
	CHILD_SPI = 16,
	CHILD_TRANSFORM = 20,
	CHILD_ENCAPSULATION = 28,
	CHILD_SECONDS = 36,
	CHILD_KILOBYTES = 44,
	CHILD_AUTH = 52,
	CHILD_KEY_BITS = 56,
	CHILD_GROUP = 60,
	CHILD_END = 64,
};

struct edit {
	size_t at;
	size_t width; /* 0 ends the list */
	uint64_t value;
};

struct row {
	const char *item;
	int counter;
	struct edit edits[EDITS_MAX];
	size_t len;    /* cut or extended with zeros to this; 0 = as it is */
	bool sync_len; /* the header's length follows */
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

static const struct ike_child_config child = {
	.suites = {{ALG_CIPHER_AES_256, ALG_HASH_SHA256}},
	.n_suites = 1,
	.pfs_group = 14,
	.lifetime_s = 3600,
	.lifetime_kb = 4608000,
};

// clang-format off
static const struct row rows[] = {
#include "tests/unit/hostile_codec_rows.def"
};

/* The same for the SA payload of quick mode. */
static const struct row child_rows[] = {
#include "tests/unit/hostile_codec_child_rows.def"
};
// clang-format on

static void put(uint8_t *at, size_t width, uint64_t value)
{
	while (width-- > 0) {
		at[width] = (uint8_t)value;
		value >>= 8;
	}
}

static void base_message(struct message *m)
{
	struct ike_header header = {.cookie_i = "initiat", .exchange = IKE_EXCHANGE_MAIN};
	uint8_t vendor[VENDOR_LEN];
	struct ike_build b;

	memset(m, 0, sizeof(*m));
	memset(vendor, 0x55, sizeof(vendor));
	ike_build_begin(&b, m->b, sizeof(m->b), &header);
	ike_proposal_build_p1(&b, &policy, 1);
	ike_build_payload(&b, IKE_PAYLOAD_VENDOR, vendor, sizeof(vendor));
	m->len = ike_build_finish(&b, 0);
	assert_int_equal(m->len, AT_END);
	assert_int_equal(m->b[AT_LIFE + 1], IKE_P1_LIFE_DURATION);
	assert_int_equal(m->b[AT_GROUP + 3], policy.group);
}

static void base_child_sa(struct message *m)
{
	struct ike_header header = {.exchange = IKE_EXCHANGE_QUICK};
	uint8_t buf[256];
	struct ike_build b;
	size_t len;

	memset(m, 0, sizeof(*m));
	ike_build_begin(&b, buf, sizeof(buf), &header);
	ike_proposal_build_p2(&b, &child, IKE_ENCAP_TUNNEL, 0xabcdef01);
	len = ike_build_finish(&b, 0);
	m->len = len - IKE_HEADER_LEN - IKE_PAYLOAD_HEADER_LEN;
	memcpy(m->b, buf + len - m->len, m->len);
	assert_int_equal(m->len, CHILD_END);
	assert_int_equal(m->b[CHILD_AUTH + 1], IKE_P2_AUTH);
	assert_int_equal(m->b[CHILD_GROUP + 1], IKE_P2_GROUP);
}

static void apply(struct message *m, const struct row *row)
{
	for (size_t i = 0; i < EDITS_MAX && row->edits[i].width; i++)
		put(m->b + row->edits[i].at, row->edits[i].width, row->edits[i].value);
	if (row->len)
		m->len = row->len;
	if (row->sync_len)
		put(m->b + AT_LENGTH, 4, m->len);
}

/* What a responder does with a first message, up to its answer. */
static int receive_first(const struct message *m)
{
	static struct ike_sa_offer offer;
	struct ike_header header;
	struct ike_choice choice;
	struct ike_msg msg;
	int counter = ike_msg_parse_header(&header, m->b, m->len);

	if (counter == IKE_PARSED)
		counter = ike_msg_parse_chain(&msg, &header, m->b + IKE_HEADER_LEN,
					      m->len - IKE_HEADER_LEN);
	if (counter == IKE_PARSED)
		counter = ike_msg_check(&msg, IKE_MESSAGE_MM1);
	if (counter == IKE_PARSED)
		counter = ike_proposal_parse(ike_msg_get(&msg, IKE_PAYLOAD_SA, 0), IKE_PHASE_1,
					     &offer);
	if (counter == IKE_PARSED)
		counter = ike_proposal_select_p1(&offer, &policy, 1, NULL, NULL, &choice);
	return counter;
}

static int receive_child_sa(const struct message *m)
{
	static struct ike_sa_offer offer;
	struct ike_payload sa = {.type = IKE_PAYLOAD_SA, .body = m->b, .len = m->len};
	struct ike_choice choice;
	int counter = ike_proposal_parse(&sa, IKE_PHASE_2, &offer);

	if (counter == IKE_PARSED)
		counter = ike_proposal_select_p2(&offer, &child, false, NULL, NULL, &choice);
	return counter;
}

static const char *name(int counter)
{
	return counter == IKE_PARSED ? "parsed" : ike_counter_name((enum ike_counter)counter);
}

static void expect(const struct row *row, int counter, size_t variant)
{
	if (counter != row->counter)
		fail_msg("%s, row with offset %zu value %#llx, variant %zu: %s, not %s", row->item,
			 row->edits[0].at, (unsigned long long)row->edits[0].value, variant,
			 name(counter), name(row->counter));
}

static uint32_t next_random(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* What the sender of a hostile message is free to choose. */
static void vary(struct message *m, uint64_t *seed)
{
	for (size_t i = 0; i < IKE_COOKIE_LEN; i++)
		m->b[AT_COOKIE_I + i] = (uint8_t)(next_random(seed) | 1);
	for (size_t i = AT_VENDOR + IKE_PAYLOAD_HEADER_LEN; i < AT_END; i++)
		m->b[i] = (uint8_t)next_random(seed);
}

static void good_messages_are_accepted(void **state)
{
	struct message m;

	(void)state;
	base_message(&m);
	assert_int_equal(receive_first(&m), IKE_PARSED);
	base_child_sa(&m);
	assert_int_equal(receive_child_sa(&m), IKE_PARSED);
}

static void each_row_costs_its_one_counter(void **state)
{
	struct message m;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		base_message(&m);
		apply(&m, &rows[i]);
		expect(&rows[i], receive_first(&m), 0);
	}
	for (size_t i = 0; i < array_len(child_rows); i++) {
		base_child_sa(&m);
		apply(&m, &child_rows[i]);
		expect(&child_rows[i], receive_child_sa(&m), 0);
	}
}

static void variants_of_a_row_cost_the_same_counter(void **state)
{
	uint64_t seed = 29;
	struct message m;

	(void)state;
	for (size_t i = 0; i < array_len(rows); i++) {
		for (size_t v = 1; v <= VARIANTS; v++) {
			base_message(&m);
			vary(&m, &seed);
			apply(&m, &rows[i]);
			expect(&rows[i], receive_first(&m), v);
		}
	}
	for (size_t i = 0; i < array_len(child_rows); i++) {
		for (size_t v = 1; v <= VARIANTS; v++) {
			base_child_sa(&m);
			put(m.b + CHILD_SPI, 4, next_random(&seed) | 0x100);
			m.b[CHILD_TRANSFORM + 4] = (uint8_t)next_random(&seed);
			apply(&m, &child_rows[i]);
			expect(&child_rows[i], receive_child_sa(&m), v);
		}
	}
}

/* H001 */
static void runts_are_counted_at_every_length(void **state)
{
	struct message m;

	(void)state;
	base_message(&m);
	for (m.len = 0; m.len < IKE_HEADER_LEN; m.len++)
		assert_int_equal(receive_first(&m), IKE_COUNT_RUNT);
}

/* H006 */
static void only_enabled_exchanges_pass(void **state)
{
	struct message m;

	(void)state;
	for (unsigned e = 0; e <= UINT8_MAX; e++) {
		int counter;

		if (e == IKE_EXCHANGE_MAIN || e == IKE_EXCHANGE_AGGRESSIVE ||
		    e == IKE_EXCHANGE_INFO || e == IKE_EXCHANGE_TRANSACTION ||
		    e == IKE_EXCHANGE_QUICK)
			continue;
		base_message(&m);
		m.b[AT_EXCHANGE] = (uint8_t)e;
		counter = receive_first(&m);
		assert_int_equal(counter, IKE_COUNT_BAD_EXCHANGE);
	}
}

/* A first message with n vendor IDs of the given body behind the SA. */
static void with_vendors(struct message *m, size_t n, size_t body_len)
{
	static const uint8_t body[64];
	struct ike_header header = {.cookie_i = "initiat", .exchange = IKE_EXCHANGE_MAIN};
	struct ike_build b;

	ike_build_begin(&b, m->b, sizeof(m->b), &header);
	ike_proposal_build_p1(&b, &policy, 1);
	for (size_t i = 0; i < n; i++)
		ike_build_payload(&b, IKE_PAYLOAD_VENDOR, body, body_len);
	m->len = ike_build_finish(&b, 0);
	assert_true(m->len > 0);
}

/* H018: exactly 32 payloads are taken (V32). */
static void more_than_32_payloads_are_refused(void **state)
{
	static const size_t too_many[] = {32, 33, 254, 400, 2400};
	struct message m;

	(void)state;
	for (size_t n = 0; n < IKE_PAYLOADS_MAX; n++) {
		with_vendors(&m, n, 0);
		assert_int_equal(receive_first(&m), IKE_PARSED);
	}
	for (size_t i = 0; i < array_len(too_many); i++) {
		with_vendors(&m, too_many[i], 0);
		assert_int_equal(receive_first(&m), IKE_COUNT_TOO_MANY);
	}
}

/* H013 for every type. */
static void short_payloads_of_every_type_are_refused(void **state)
{
	struct message m;

	(void)state;
	for (unsigned type = 1; type <= UINT8_MAX; type++) {
		for (uint16_t len = 0; len < IKE_PAYLOAD_HEADER_LEN; len++) {
			base_message(&m);
			m.b[AT_SA] = (uint8_t)type;
			put(m.b + AT_VENDOR + 2, 2, len);
			assert_int_equal(receive_first(&m), IKE_COUNT_PAYLOAD_LEN);
		}
	}
}

/* H019 for every type. */
static void unknown_payloads_of_every_type_are_refused(void **state)
{
	struct message m;

	(void)state;
	for (unsigned type = 1; type < IKE_PAYLOAD_PRIVATE; type++) {
		if (type == IKE_PAYLOAD_SA || type == IKE_PAYLOAD_VENDOR ||
		    type == IKE_PAYLOAD_CERT_REQUEST)
			continue;
		base_message(&m);
		m.b[AT_SA] = (uint8_t)type;
		assert_int_equal(receive_first(&m), IKE_COUNT_UNKNOWN_PAYLOAD);
	}
}

/* H027: every number there is. */
static void only_the_policys_own_numbers_pass(void **state)
{
	static const size_t fields[] = {AT_ENCRYPTION, AT_KEY_BITS, AT_HASH, AT_GROUP, AT_AUTH};
	struct message m;

	(void)state;
	for (size_t f = 0; f < array_len(fields); f++) {
		base_message(&m);
		for (unsigned v = 0; v <= UINT16_MAX; v++) {
			size_t at = fields[f] + 2;
			uint16_t ours = (uint16_t)(m.b[at] << 8 | m.b[at + 1]);
			struct message probe = {.len = m.len};
			int counter;

			memcpy(probe.b, m.b, m.len);
			put(probe.b + at, 2, v);
			counter = receive_first(&probe);
			if (v == ours)
				assert_int_equal(counter, IKE_PARSED);
			else if (fields[f] == AT_GROUP)
				assert_int_equal(counter, IKE_COUNT_BAD_GROUP);
			else
				assert_int_equal(counter, IKE_COUNT_NO_PROPOSAL);
		}
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_messages_are_accepted),
		cmocka_unit_test(each_row_costs_its_one_counter),
		cmocka_unit_test(variants_of_a_row_cost_the_same_counter),
		cmocka_unit_test(runts_are_counted_at_every_length),
		cmocka_unit_test(only_enabled_exchanges_pass),
		cmocka_unit_test(more_than_32_payloads_are_refused),
		cmocka_unit_test(short_payloads_of_every_type_are_refused),
		cmocka_unit_test(unknown_payloads_of_every_type_are_refused),
		cmocka_unit_test(only_the_policys_own_numbers_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
