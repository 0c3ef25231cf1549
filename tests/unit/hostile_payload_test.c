/* SPDX-License-Identifier: BSD-3-Clause */
/* The bodies of H025, H030, H034-H036, H039, H047, H060-H063, each at its edges. */
#include "controlplane/ike/ike_attr.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_payload.h"

#include <cmocka.h>

#include <string.h>

static void put(uint8_t *at, size_t width, uint64_t value)
{
	while (width-- > 0) {
		at[width] = (uint8_t)value;
		value >>= 8;
	}
}

static const char *name(int counter)
{
	return counter == IKE_PARSED ? "parsed" : ike_counter_name((enum ike_counter)counter);
}

struct lifetime_row {
	uint8_t width;
	int counter;
};

/* H025: the width of the value, and the shape of BENIGNCERTAIN: declared longer than sent. */
static void lifetimes_of_every_width_have_one_answer(void **state)
{
	static const struct lifetime_row widths[] = {
		{0, IKE_COUNT_LIFETIME},   {1, IKE_PARSED},	    {4, IKE_PARSED},
		{8, IKE_PARSED},	   {9, IKE_COUNT_LIFETIME}, {16, IKE_COUNT_LIFETIME},
		{255, IKE_COUNT_LIFETIME},
	};

	(void)state;
	for (size_t i = 0; i < array_len(widths); i++) {
		uint8_t body[300] = {0};
		struct ike_payload p = {.body = body};
		struct ike_notify n;
		struct wbuf w = wbuf_of(body, sizeof(body));
		uint64_t seconds;
		uint64_t kilobytes;

		wbuf_u32(&w, IKE_DOI_IPSEC);
		wbuf_u32(&w, IKE_PROTOCOL_ESP << 24 | IKE_NOTIFY_RESPONDER_LIFETIME);
		wbuf_u32(&w, 0x80010001);
		wbuf_u16(&w, IKE_P2_LIFE_DURATION);
		wbuf_u16(&w, widths[i].width);
		p.len = w.len + widths[i].width;
		assert_int_equal(ike_payload_parse_notify(&p, &n), IKE_PARSED);
		assert_int_equal(ike_payload_parse_lifetimes(&n, &seconds, &kilobytes),
				 widths[i].counter);
		if (widths[i].width == 0)
			continue;
		p.len--;
		assert_int_equal(ike_payload_parse_notify(&p, &n), IKE_PARSED);
		assert_int_equal(ike_payload_parse_lifetimes(&n, &seconds, &kilobytes),
				 IKE_COUNT_ATTR);
	}
}

/* H030, H034, H047 */
static void values_of_wrong_length_are_refused(void **state)
{
	static uint8_t zeros[1];
	struct ike_payload p = {.body = zeros};
	const struct alg_group_row *row;

	(void)state;
	for (size_t i = 0; (row = alg_group_at(i)); i++)
		for (p.len = 0; p.len < 1200; p.len++)
			assert_int_equal(ike_payload_check_ke(&p, row->id),
					 p.len == row->public_bytes ? IKE_PARSED
								    : (int)IKE_COUNT_KE_LEN);
	assert_int_equal(ike_payload_check_ke(&p, 3), IKE_COUNT_BAD_GROUP);
	for (p.len = 0; p.len < 65531; p.len++) {
		bool fits = p.len >= 8 && p.len <= 256;

		assert_int_equal(ike_payload_check_nonce(&p),
				 fits ? IKE_PARSED : (int)IKE_COUNT_NONCE_LEN);
		assert_int_equal(ike_payload_check_natd(&p, ALG_HASH_SHA1),
				 p.len == 20 ? IKE_PARSED : (int)IKE_COUNT_NATD);
	}
}

/* RFC 3947 5.2 */
static void original_addresses_are_of_their_length(void **state)
{
	static const uint8_t types[] = {0, IKE_ID_IPV4, IKE_ID_FQDN, IKE_ID_IPV6, 255};
	const struct addr mine = addr_v4(0xc0a80102);
	uint8_t body[64] = {0}, buf[64];
	struct ike_payload p = {.body = body};
	struct ike_build b;
	struct addr got;

	(void)state;
	for (size_t i = 0; i < array_len(types); i++)
		for (p.len = 0; p.len < sizeof(body); p.len++) {
			bool fits = (types[i] == IKE_ID_IPV4 && p.len == 8) ||
				    (types[i] == IKE_ID_IPV6 && p.len == 20);

			body[0] = types[i];
			assert_int_equal(ike_payload_parse_natoa(&p, &got),
					 fits ? IKE_PARSED : (int)IKE_COUNT_NATD);
		}
	ike_build_begin(&b, buf, sizeof(buf), &(struct ike_header){0});
	ike_payload_build_natoa(&b, IKE_PAYLOAD_NATOA, &mine);
	p.body = buf + IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	p.len = 8;
	assert_int_equal(ike_payload_parse_natoa(&p, &got), IKE_PARSED);
	assert_true(addr_eq(&got, &mine));
}

struct id_row {
	uint8_t type;
	uint8_t protocol;
	uint16_t port;
	size_t len;
	int counter;
};

/* H035, H036 */
static void phase_1_identities_have_few_shapes(void **state)
{
	static const struct id_row id_rows[] = {
		{1, 0, 0, 4, IKE_PARSED},	    {1, 17, 500, 4, IKE_PARSED},
		{1, 17, 0, 4, IKE_PARSED},	    {1, 17, 4500, 4, IKE_PARSED},
		{1, 6, 0, 4, IKE_COUNT_ID_TYPE},    {1, 0, 500, 4, IKE_COUNT_ID_TYPE},
		{1, 17, 501, 4, IKE_COUNT_ID_TYPE}, {0, 0, 0, 4, IKE_COUNT_ID_TYPE},
		{8, 0, 0, 32, IKE_COUNT_ID_TYPE},   {10, 0, 0, 32, IKE_COUNT_ID_TYPE},
		{12, 0, 0, 4, IKE_COUNT_ID_TYPE},   {255, 0, 0, 4, IKE_COUNT_ID_TYPE},
		{1, 0, 0, 0, IKE_COUNT_ID_LEN},	    {1, 0, 0, 3, IKE_COUNT_ID_LEN},
		{1, 0, 0, 5, IKE_COUNT_ID_LEN},	    {1, 0, 0, 16, IKE_COUNT_ID_LEN},
		{5, 0, 0, 17, IKE_COUNT_ID_LEN},    {5, 0, 0, 16, IKE_PARSED},
		{2, 0, 0, 0, IKE_COUNT_ID_LEN},	    {2, 0, 0, 1, IKE_PARSED},
		{2, 0, 0, 256, IKE_PARSED},	    {2, 0, 0, 257, IKE_COUNT_ID_LEN},
		{3, 0, 0, 2048, IKE_COUNT_ID_LEN},  {9, 0, 0, 65000, IKE_COUNT_ID_LEN},
	};
	static uint8_t body[65536];
	struct ike_id id;

	(void)state;
	memset(body, 'x', sizeof(body));
	for (size_t i = 0; i < array_len(id_rows); i++) {
		struct ike_payload p = {.body = body, .len = 4 + id_rows[i].len};

		body[0] = id_rows[i].type;
		body[1] = id_rows[i].protocol;
		put(body + 2, 2, id_rows[i].port);
		assert_int_equal(ike_id_parse(&p, &id), id_rows[i].counter);
	}
	for (size_t len = 0; len < 4; len++)
		assert_int_equal(ike_id_parse(&(struct ike_payload){.body = body, .len = len}, &id),
				 IKE_COUNT_ID_LEN);
}

struct proxy_row {
	uint8_t type;
	uint8_t data[8];
	size_t len;
	int counter;
};

/* H039 */
static void proxy_identities_are_addresses(void **state)
{
	static const struct proxy_row proxies[] = {
		{1, {10, 0, 0, 1}, 4, IKE_PARSED},
		{4, {10, 0, 0, 0, 255, 255, 255, 0}, 8, IKE_PARSED},
		{4, {0, 0, 0, 0, 0, 0, 0, 0}, 8, IKE_PARSED},
		{7, {10, 0, 0, 0, 10, 0, 0, 255}, 8, IKE_PARSED},
		{7, {0, 0, 0, 0, 255, 255, 255, 255}, 8, IKE_PARSED},
		{7, {10, 0, 0, 1, 10, 0, 0, 1}, 8, IKE_PARSED},
		{7, {10, 0, 0, 2, 10, 0, 0, 1}, 8, IKE_COUNT_PROXY_ID},
		{7, {10, 0, 0, 1, 10, 0, 0, 4}, 8, IKE_COUNT_PROXY_ID},
		{7, {10, 0, 0, 0, 10, 0, 0, 2}, 8, IKE_COUNT_PROXY_ID},
		{7, {10, 0, 0, 2, 10, 0, 0, 4}, 8, IKE_COUNT_PROXY_ID},
		{4, {10, 0, 0, 0, 255, 0, 255, 0}, 8, IKE_COUNT_PROXY_ID},
		{4, {10, 0, 0, 0, 0, 0, 0, 1}, 8, IKE_COUNT_PROXY_ID},
		{4, {10, 0, 0, 0}, 4, IKE_COUNT_PROXY_ID},
		{4, {10, 0, 0, 0}, 6, IKE_COUNT_PROXY_ID},
		{1, {10, 0, 0, 0}, 8, IKE_COUNT_PROXY_ID},
		{2, "fqdn", 4, IKE_COUNT_PROXY_ID},
		{3, "u@f", 3, IKE_COUNT_PROXY_ID},
		{9, {0x30, 0}, 2, IKE_COUNT_PROXY_ID},
		{11, "key", 3, IKE_COUNT_PROXY_ID},
		{0, {10, 0, 0, 1}, 4, IKE_COUNT_PROXY_ID},
		{1, {0}, 0, IKE_COUNT_PROXY_ID},
	};

	(void)state;
	for (size_t i = 0; i < array_len(proxies); i++) {
		uint8_t body[12] = {proxies[i].type};
		struct ike_payload p = {.body = body, .len = 4 + proxies[i].len};
		struct prefix prefix;
		struct ike_id id;
		int counter;

		memcpy(body + 4, proxies[i].data, proxies[i].len);
		counter = ike_id_parse_proxy(&p, &id);
		if (body[0] == IKE_ID_FQDN)
			assert_int_equal(counter, IKE_COUNT_PROXY_ID);
		if (counter == IKE_PARSED)
			counter = ike_id_prefix(&id, &prefix);
		if (counter != proxies[i].counter)
			fail_msg("proxy row %zu: %s", i, name(counter));
	}
}

/* H060, H061: every SPI length against every body. */
static void notifications_that_lie_are_refused(void **state)
{
	static uint8_t body[300];
	struct ike_notify n;

	(void)state;
	put(body, 4, IKE_DOI_IPSEC);
	body[4] = IKE_PROTOCOL_ISAKMP;
	for (unsigned spi = 0; spi <= UINT8_MAX; spi++) {
		for (size_t len = 0; len < 60; len++) {
			struct ike_payload p = {.body = body, .len = len};
			bool fits = spi <= 16 && len >= 8 + spi;

			body[5] = (uint8_t)spi;
			put(body + 6, 2, IKE_NOTIFY_NO_PROPOSAL_CHOSEN);
			assert_int_equal(ike_payload_parse_notify(&p, &n),
					 fits ? IKE_PARSED : (int)IKE_COUNT_NOTIFY);
			put(body + 6, 2, IKE_NOTIFY_R_U_THERE);
			fits = fits && len == 8 + spi + 4;
			assert_int_equal(ike_payload_parse_notify(&p, &n),
					 fits ? IKE_PARSED : (int)IKE_COUNT_NOTIFY);
		}
	}
	body[3] = 2;
	body[5] = 0;
	assert_int_equal(
		ike_payload_parse_notify(&(struct ike_payload){.body = body, .len = 12}, &n),
		IKE_COUNT_BAD_DOI);
}

/* H063: only (protocol, SPI length, count) that agree with the length. */
static void deletes_that_lie_are_refused(void **state)
{
	static uint8_t body[2000];
	struct ike_delete d;
	size_t parsed = 0;

	(void)state;
	put(body, 4, IKE_DOI_IPSEC);
	for (unsigned protocol = 0; protocol <= 5; protocol++) {
		for (unsigned spi = 0; spi <= 17; spi++) {
			for (unsigned n = 0; n <= 3; n++) {
				for (size_t len = 0; len < 8 + 17 * 3 + 2; len++) {
					struct ike_payload p = {.body = body, .len = len};

					body[4] = (uint8_t)protocol;
					body[5] = (uint8_t)spi;
					put(body + 6, 2, n);
					parsed += ike_payload_parse_delete(&p, &d) == IKE_PARSED;
				}
			}
		}
	}
	/* ISAKMP/16, AH/4, ESP/4, IPCOMP/2 and 4, each with 1, 2 or 3 of exactly their length */
	assert_int_equal(parsed, 5 * 3);
	body[4] = IKE_PROTOCOL_ESP;
	body[5] = 4;
	put(body + 6, 2, 256);
	assert_int_equal(
		ike_payload_parse_delete(&(struct ike_payload){.body = body, .len = 8 + 1024}, &d),
		IKE_PARSED);
	put(body + 6, 2, 257);
	assert_int_equal(
		ike_payload_parse_delete(&(struct ike_payload){.body = body, .len = 8 + 1028}, &d),
		IKE_COUNT_DELETE);
	put(body + 6, 2, 65535);
	assert_int_equal(
		ike_payload_parse_delete(&(struct ike_payload){.body = body, .len = 8 + 1024}, &d),
		IKE_COUNT_DELETE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lifetimes_of_every_width_have_one_answer),
		cmocka_unit_test(values_of_wrong_length_are_refused),
		cmocka_unit_test(original_addresses_are_of_their_length),
		cmocka_unit_test(phase_1_identities_have_few_shapes),
		cmocka_unit_test(proxy_identities_are_addresses),
		cmocka_unit_test(notifications_that_lie_are_refused),
		cmocka_unit_test(deletes_that_lie_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
