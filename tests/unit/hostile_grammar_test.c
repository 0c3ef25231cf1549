/* SPDX-License-Identifier: BSD-3-Clause */
/* H016, H017, H039: payloads missing, repeated or out of place, in every message. */
#include "controlplane/ike/ike_msg.h"

#include <cmocka.h>

/* H016, H017: each message with each payload left out, and with each twice. */
static const struct {
	enum ike_message message;
	uint8_t payloads[6];
	uint8_t n;
} sets[] = {
	{IKE_MESSAGE_MM1, {IKE_PAYLOAD_SA}, 1},
	{IKE_MESSAGE_MM2, {IKE_PAYLOAD_SA}, 1},
	{IKE_MESSAGE_MM3, {IKE_PAYLOAD_KE, IKE_PAYLOAD_NONCE}, 2},
	{IKE_MESSAGE_MM4, {IKE_PAYLOAD_KE, IKE_PAYLOAD_NONCE}, 2},
	{IKE_MESSAGE_MM5, {IKE_PAYLOAD_ID, IKE_PAYLOAD_HASH}, 2},
	{IKE_MESSAGE_MM6, {IKE_PAYLOAD_ID, IKE_PAYLOAD_HASH}, 2},
	{IKE_MESSAGE_QM1, {IKE_PAYLOAD_HASH, IKE_PAYLOAD_SA, IKE_PAYLOAD_NONCE}, 3},
	{IKE_MESSAGE_QM2, {IKE_PAYLOAD_HASH, IKE_PAYLOAD_SA, IKE_PAYLOAD_NONCE}, 3},
	{IKE_MESSAGE_QM3, {IKE_PAYLOAD_HASH}, 1},
	{IKE_MESSAGE_INFO, {IKE_PAYLOAD_HASH}, 1},
};

static void add(struct ike_msg *msg, uint8_t type)
{
	msg->payloads[msg->n++] = (struct ike_payload){.type = type};
}

static void required_payloads_must_be_there(void **state)
{
	(void)state;
	for (size_t s = 0; s < array_len(sets); s++) {
		unsigned all = (1u << sets[s].n) - 1;

		for (unsigned present = 0; present <= all; present++) {
			struct ike_msg msg = {0};
			int counter;

			for (unsigned i = 0; i < sets[s].n; i++)
				if (present & 1u << i)
					add(&msg, sets[s].payloads[i]);
			counter = ike_msg_check(&msg, sets[s].message);
			if (present == all)
				assert_int_equal(counter, IKE_PARSED);
			else
				assert_int_equal(counter == IKE_PARSED, 0);
			if (present == 0)
				assert_int_equal(counter, IKE_COUNT_MISSING_PAYLOAD);
		}
	}
}

static void payloads_may_not_be_repeated_or_misplaced(void **state)
{
	static const uint8_t copies[] = {2, 3, 28};

	(void)state;
	for (size_t s = 0; s < array_len(sets); s++) {
		for (unsigned twice = 0; twice < sets[s].n; twice++) {
			for (size_t c = 0; c < array_len(copies); c++) {
				struct ike_msg msg = {0};

				for (unsigned i = 0; i < sets[s].n; i++)
					add(&msg, sets[s].payloads[i]);
				for (unsigned i = 1; i < copies[c]; i++)
					add(&msg, sets[s].payloads[twice]);
				assert_int_equal(ike_msg_check(&msg, sets[s].message),
						 IKE_COUNT_DUP_PAYLOAD);
			}
		}
	}
	for (size_t s = 0; s < array_len(sets); s++) {
		struct ike_msg msg = {0};

		if (sets[s].payloads[0] != IKE_PAYLOAD_SA && sets[s].n < 3)
			continue;
		add(&msg, IKE_PAYLOAD_VENDOR);
		for (unsigned i = 0; i < sets[s].n; i++)
			add(&msg, sets[s].payloads[i]);
		assert_int_equal(ike_msg_check(&msg, sets[s].message), IKE_COUNT_DUP_PAYLOAD);
	}
}

/* H039: identities come in pairs. */
static void one_proxy_identity_is_not_enough(void **state)
{
	struct ike_msg msg = {0};

	(void)state;
	add(&msg, IKE_PAYLOAD_HASH);
	add(&msg, IKE_PAYLOAD_SA);
	add(&msg, IKE_PAYLOAD_NONCE);
	add(&msg, IKE_PAYLOAD_ID);
	assert_int_equal(ike_msg_check(&msg, IKE_MESSAGE_QM1), IKE_COUNT_MISSING_PAYLOAD);
	add(&msg, IKE_PAYLOAD_ID);
	assert_int_equal(ike_msg_check(&msg, IKE_MESSAGE_QM1), IKE_PARSED);
	add(&msg, IKE_PAYLOAD_ID);
	assert_int_equal(ike_msg_check(&msg, IKE_MESSAGE_QM1), IKE_COUNT_DUP_PAYLOAD);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(required_payloads_must_be_there),
		cmocka_unit_test(payloads_may_not_be_repeated_or_misplaced),
		cmocka_unit_test(one_proxy_identity_is_not_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
