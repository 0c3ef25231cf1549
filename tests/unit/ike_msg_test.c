/* SPDX-License-Identifier: BSD-3-Clause */
/* What we build we parse back: messages, small payloads, identities, vendor IDs. */
#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_payload.h"
#include "controlplane/ike/ike_vendor.h"

#include <cmocka.h>

#include <netinet/in.h>
#include <string.h>

static const struct ike_header header = {
	.cookie_i = {1, 2, 3, 4, 5, 6, 7, 8},
	.cookie_r = {9, 2, 3, 4, 5, 6, 7, 8},
	.exchange = IKE_EXCHANGE_QUICK,
	.flags = IKE_FLAG_ENCRYPTED,
	.msgid = 0x12345678,
};

/* Parses a message that was built, as if it had been decrypted. */
static void parse(struct ike_msg *msg, const uint8_t *buf, size_t len)
{
	struct ike_header h;

	assert_int_equal(ike_msg_parse_header(&h, buf, len), IKE_PARSED);
	assert_int_equal(ike_msg_parse_chain(msg, &h, buf + IKE_HEADER_LEN, len - IKE_HEADER_LEN),
			 IKE_PARSED);
}

static void built_message_parses_back(void **state)
{
	uint8_t buf[512];
	struct ike_build b;
	struct ike_msg msg;
	size_t at;
	size_t len;
	struct prim_chunk covered;

	(void)state;
	ike_build_begin(&b, buf, sizeof(buf), &header);
	at = ike_build_blank(&b, IKE_PAYLOAD_HASH, 20);
	ike_build_payload(&b, IKE_PAYLOAD_SA, "sa", 2);
	ike_build_payload(&b, IKE_PAYLOAD_NONCE, "12345678", 8);
	ike_build_payload(&b, IKE_PAYLOAD_VENDOR, NULL, 0);
	covered = ike_build_after(&b, at, 20);
	len = ike_build_finish(&b, 16);
	assert_int_equal((len - IKE_HEADER_LEN) % 16, 0);
	parse(&msg, buf, len);
	assert_memory_equal(msg.header.cookie_i, header.cookie_i, IKE_COOKIE_LEN);
	assert_memory_equal(msg.header.cookie_r, header.cookie_r, IKE_COOKIE_LEN);
	assert_int_equal(msg.header.msgid, header.msgid);
	assert_int_equal(msg.header.len, len);
	assert_int_equal(msg.n, 4);
	assert_int_equal(ike_msg_check(&msg, IKE_MESSAGE_QM1), IKE_PARSED);
	assert_int_equal(ike_msg_get(&msg, IKE_PAYLOAD_NONCE, 0)->len, 8);
	assert_memory_equal(ike_msg_get(&msg, IKE_PAYLOAD_NONCE, 0)->body, "12345678", 8);
	assert_null(ike_msg_get(&msg, IKE_PAYLOAD_NONCE, 1));
	assert_null(ike_msg_get(&msg, IKE_PAYLOAD_KE, 0));
	/* What a HASH covers is the same on both ends, without the padding. */
	assert_ptr_equal(ike_msg_after(&msg, &msg.payloads[0]).data, covered.data);
	assert_int_equal(ike_msg_after(&msg, &msg.payloads[0]).len, covered.len);
	assert_int_equal(covered.len, 4 + 2 + 4 + 8 + 4);
}

static void overflow_is_reported_at_every_size(void **state)
{
	uint8_t buf[200];
	size_t fits = 0;

	(void)state;
	for (size_t size = 0; size <= sizeof(buf); size++) {
		struct ike_build b;
		size_t len;

		memset(buf, 0xee, sizeof(buf));
		ike_build_begin(&b, buf, size, &header);
		ike_build_blank(&b, IKE_PAYLOAD_HASH, 32);
		ike_build_payload(&b, IKE_PAYLOAD_NONCE, "0123456789", 10);
		len = ike_build_finish(&b, 8);
		for (size_t i = size; i < sizeof(buf); i++)
			assert_int_equal(buf[i], 0xee);
		assert_int_equal(len == 0, size < IKE_HEADER_LEN + 56);
		fits += len != 0;
	}
	assert_int_equal(fits, sizeof(buf) - IKE_HEADER_LEN - 56 + 1);
}

static void payload_too_long_for_its_field_is_an_overflow(void **state)
{
	static uint8_t buf[80000];
	static uint8_t body[70000];
	struct ike_build b;

	(void)state;
	ike_build_begin(&b, buf, sizeof(buf), &header);
	ike_build_payload(&b, IKE_PAYLOAD_VENDOR, body, 65531);
	assert_false(b.w.bad);
	ike_build_begin(&b, buf, sizeof(buf), &header);
	ike_build_payload(&b, IKE_PAYLOAD_VENDOR, body, 65532);
	assert_int_equal(ike_build_finish(&b, 0), 0);
}

static void every_prefix_of_a_message_is_refused(void **state)
{
	uint8_t buf[256];
	struct ike_build b;
	struct ike_msg msg;
	struct ike_header h = header;
	size_t len;

	(void)state;
	h.flags = 0;
	h.next = IKE_PAYLOAD_HASH;
	ike_build_begin(&b, buf, sizeof(buf), &h);
	ike_build_blank(&b, IKE_PAYLOAD_HASH, 20);
	ike_build_payload(&b, IKE_PAYLOAD_NONCE, "12345678", 8);
	len = ike_build_finish(&b, 0) - IKE_HEADER_LEN;
	for (size_t n = 0; n < len; n++)
		assert_int_not_equal(ike_msg_parse_chain(&msg, &h, buf + IKE_HEADER_LEN, n),
				     IKE_PARSED);
	assert_int_equal(ike_msg_parse_chain(&msg, &h, buf + IKE_HEADER_LEN, len), IKE_PARSED);
	assert_int_equal(ike_msg_parse_chain(&msg, &h, buf + IKE_HEADER_LEN, len + 1),
			 IKE_COUNT_CHAIN);
	h.flags = IKE_FLAG_ENCRYPTED;
	assert_int_equal(ike_msg_parse_chain(&msg, &h, buf + IKE_HEADER_LEN, len + 7), IKE_PARSED);
	assert_ptr_equal(msg.end, buf + IKE_HEADER_LEN + len);
}

/* Builds with fn and returns the one payload of the message. */
static struct ike_payload only_payload(const struct ike_build *b, uint8_t *buf, struct ike_msg *msg)
{
	struct ike_build copy = *b;

	parse(msg, buf, ike_build_finish(&copy, 0));
	assert_int_equal(msg->n, 1);
	return msg->payloads[0];
}

static void notify_and_delete_parse_back(void **state)
{
	static const uint8_t spis[8] = {0, 0, 1, 1, 0, 0, 2, 2};
	struct ike_notify sent = {
		.protocol = IKE_PROTOCOL_ESP,
		.spi_len = 4,
		.spi = spis,
		.type = IKE_NOTIFY_INVALID_SPI,
		.data = spis,
		.data_len = 8,
	};
	struct ike_delete gone = {.protocol = IKE_PROTOCOL_ESP, .spi_len = 4, .n = 2, .spis = spis};
	struct ike_payload p;
	struct ike_notify notify;
	struct ike_delete delete;
	struct ike_build b;
	struct ike_msg msg;
	uint8_t buf[256];

	(void)state;
	ike_build_begin(&b, buf, sizeof(buf), &header);
	ike_payload_build_notify(&b, &sent);
	p = only_payload(&b, buf, &msg);
	assert_int_equal(ike_payload_parse_notify(&p, &notify), IKE_PARSED);
	assert_int_equal(notify.protocol, sent.protocol);
	assert_int_equal(notify.type, sent.type);
	assert_memory_equal(notify.spi, spis, 4);
	assert_int_equal(notify.data_len, 8);
	assert_memory_equal(notify.data, spis, 8);
	ike_build_begin(&b, buf, sizeof(buf), &header);
	ike_payload_build_delete(&b, &gone);
	p = only_payload(&b, buf, &msg);
	assert_int_equal(ike_payload_parse_delete(&p, &delete), IKE_PARSED);
	assert_int_equal(delete.n, 2);
	assert_memory_equal(delete.spis, spis, 8);
}

static void responder_lifetime_parses_back(void **state)
{
	static const uint32_t values[] = {0, 1, 65535, 65536, UINT32_MAX};
	uint8_t buf[256];

	(void)state;
	for (size_t i = 0; i < array_len(values); i++) {
		struct ike_payload p;
		struct ike_notify n;
		struct ike_build b;
		struct ike_msg msg;
		uint64_t seconds;
		uint64_t kilobytes;

		ike_build_begin(&b, buf, sizeof(buf), &header);
		ike_payload_build_responder_lifetime(&b, 0x01020304, values[i], 4608000);
		p = only_payload(&b, buf, &msg);
		assert_int_equal(ike_payload_parse_notify(&p, &n), IKE_PARSED);
		assert_memory_equal(n.spi, "\1\2\3\4", 4);
		assert_int_equal(ike_payload_parse_lifetimes(&n, &seconds, &kilobytes), IKE_PARSED);
		assert_int_equal(seconds, values[i]);
		assert_int_equal(kilobytes, 4608000);
	}
}

static void identities_parse_back(void **state)
{
	struct addr addr = addr_v4(0x0a010101);
	struct ike_id sent[3];
	uint8_t body[4 + IKE_ID_MAX];

	(void)state;
	ike_id_of_addr(&sent[0], &addr, 500);
	ike_id_of_text(&sent[1], IKE_ID_FQDN, "vpn.example.com");
	ike_id_of_text(&sent[2], IKE_ID_USER_FQDN, "");
	for (size_t i = 0; i < 2; i++) {
		struct ike_payload p = {.body = body, .len = ike_id_body(&sent[i], body)};
		struct ike_id id;

		assert_int_equal(ike_id_parse(&p, &id), IKE_PARSED);
		assert_true(ike_id_eq(&id, &sent[i]));
		assert_int_equal(id.port, sent[i].port);
		assert_int_equal(id.protocol, sent[i].protocol);
	}
	assert_false(ike_id_eq(&sent[0], &sent[1]));
	assert_int_equal(ike_id_body(&sent[2], body), 4);
}

/* V03: neither a prefix nor another type is equal. */
static void identities_differ_by_type_and_length(void **state)
{
	struct ike_id a;
	struct ike_id b;

	(void)state;
	ike_id_of_text(&a, IKE_ID_FQDN, "vpn.example.com");
	ike_id_of_text(&b, IKE_ID_FQDN, "vpn.example.co");
	assert_false(ike_id_eq(&a, &b));
	assert_false(ike_id_eq(&b, &a));
	ike_id_of_text(&b, IKE_ID_KEY_ID, "vpn.example.com");
	assert_false(ike_id_eq(&a, &b));
	ike_id_of_text(&b, IKE_ID_FQDN, "vpn.example.com");
	assert_true(ike_id_eq(&a, &b));
}

static void proxies_are_prefixes_of_both_families(void **state)
{
	static const char *const texts[] = {"10.1.2.3", "0.0.0.0", "2001:db8::1"};

	(void)state;
	for (size_t i = 0; i < array_len(texts); i++) {
		struct addr addr;
		size_t bits;

		assert_int_equal(addr_parse(&addr, texts[i]), 0);
		bits = addr_len_bytes(&addr) * 8;
		for (size_t len = 0; len <= bits; len++) {
			struct prefix prefix = prefix_make(&addr, (uint8_t)len);
			uint8_t body[4 + IKE_ID_MAX];
			struct ike_payload p = {.body = body};
			struct prefix back;
			struct ike_id id;

			ike_id_of_prefix(&id, &prefix, IPPROTO_TCP, 80);
			p.len = ike_id_body(&id, body);
			assert_int_equal(ike_id_parse_proxy(&p, &id), IKE_PARSED);
			assert_int_equal(ike_id_prefix(&id, &back), IKE_PARSED);
			assert_true(prefix_eq(&prefix, &back));
			assert_int_equal(id.port, 80);
		}
	}
}

static void selector_of_two_proxies_is_ours(void **state)
{
	struct addr addr = addr_v4(0x0a010200);
	struct prefix left = prefix_make(&addr, 24);
	struct prefix right;
	struct selector s;
	struct ike_id local;
	struct ike_id remote;

	(void)state;
	addr = addr_v4(0xc0a80101);
	right = prefix_make(&addr, 32);
	ike_id_of_prefix(&local, &left, IPPROTO_TCP, 0);
	ike_id_of_prefix(&remote, &right, IPPROTO_TCP, 80);
	assert_int_equal(ike_id_selector(&local, &remote, &s), IKE_PARSED);
	assert_true(prefix_eq(&s.local, &left));
	assert_true(prefix_eq(&s.remote, &right));
	assert_int_equal(s.protocol, IPPROTO_TCP);
	assert_int_equal(s.local_port, 0);
	assert_int_equal(s.remote_port, 80);
	remote.protocol = IPPROTO_UDP;
	assert_int_equal(ike_id_selector(&local, &remote, &s), IKE_COUNT_PROXY_ID);
	local.protocol = remote.protocol = 0;
	assert_int_equal(ike_id_selector(&local, &remote, &s), IKE_COUNT_PROXY_ID);
	remote.port = 0;
	assert_int_equal(ike_id_selector(&local, &remote, &s), IKE_PARSED);
	assert_int_equal(addr_parse(&addr, "2001:db8::1"), 0);
	right = prefix_make(&addr, 128);
	ike_id_of_prefix(&remote, &right, 0, 0);
	assert_int_equal(ike_id_selector(&local, &remote, &s), IKE_COUNT_PROXY_ID);
}

/* H036: nothing a peer wrote reaches a terminal as it is. */
static void printed_identities_are_printable(void **state)
{
	struct ike_id id = {.type = IKE_ID_FQDN, .len = IKE_ID_MAX};
	char text[IKE_ID_TEXT];

	(void)state;
	for (unsigned c = 0; c <= UINT8_MAX; c++) {
		memset(id.data, (int)c, sizeof(id.data));
		ike_id_print(&id, text, sizeof(text));
		for (const char *p = text; *p; p++)
			assert_in_range((unsigned char)*p, ' ', '~');
	}
	ike_id_of_addr(&id, &(struct addr){.family = ADDR_V4, .b = {10, 1, 1, 1}}, 500);
	assert_string_equal(ike_id_print(&id, text, sizeof(text)), "10.1.1.1 17/500");
}

static void vendors_are_found_by_what_identifies_them(void **state)
{
	uint8_t id[64];

	(void)state;
	for (int v = 0; v < IKE_VENDOR_COUNT; v++) {
		const struct ike_vendor_row *row = ike_vendor_row(v);

		memcpy(id, row->id, row->len);
		assert_int_equal(ike_vendor_find(id, row->len), v);
		assert_int_equal(ike_vendor_find(id, row->match - 1u), IKE_VENDOR_COUNT);
		assert_int_equal(ike_vendor_find(id, sizeof(id)), IKE_VENDOR_COUNT);
		id[row->match - 1] ^= 1;
		assert_int_equal(ike_vendor_find(id, row->len), IKE_VENDOR_COUNT);
	}
	memcpy(id, ike_vendor_row(IKE_VENDOR_DPD)->id, 16);
	id[15] = 7;
	assert_int_equal(ike_vendor_find(id, 16), IKE_VENDOR_DPD);
	assert_null(ike_vendor_row(IKE_VENDOR_COUNT));
	assert_int_equal(ike_vendor_find(id, 0), IKE_VENDOR_COUNT);
}

static void every_number_has_a_text(void **state)
{
	char buf[IKE_NAME_TEXT];

	(void)state;
	for (int c = 0; c < IKE_COUNTER_COUNT; c++) {
		assert_true(ike_counter_name(c)[0]);
		assert_true(ike_counter_text(c)[0]);
	}
	for (int r = 0; r < IKE_REASON_COUNT; r++)
		assert_true(ike_reason_name(r)[0]);
	assert_string_equal(ike_counter_name(IKE_COUNT_SA_MALFORMED), "ike.sa_malformed");
	assert_string_equal(ike_names_notify(14, buf, sizeof(buf)), "NO_PROPOSAL_CHOSEN");
	assert_string_equal(ike_names_payload(8, buf, sizeof(buf)), "HASH");
	assert_string_equal(ike_names_exchange(32, buf, sizeof(buf)), "quick mode");
	assert_string_equal(ike_names_protocol(3, buf, sizeof(buf)), "ESP");
	assert_string_equal(ike_names_id_type(4, buf, sizeof(buf)), "ID_IPV4_ADDR_SUBNET");
	assert_string_equal(ike_names_notify(40000, buf, sizeof(buf)), "unknown (40000)");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_message_parses_back),
		cmocka_unit_test(overflow_is_reported_at_every_size),
		cmocka_unit_test(payload_too_long_for_its_field_is_an_overflow),
		cmocka_unit_test(every_prefix_of_a_message_is_refused),
		cmocka_unit_test(notify_and_delete_parse_back),
		cmocka_unit_test(responder_lifetime_parses_back),
		cmocka_unit_test(identities_parse_back),
		cmocka_unit_test(identities_differ_by_type_and_length),
		cmocka_unit_test(proxies_are_prefixes_of_both_families),
		cmocka_unit_test(selector_of_two_proxies_is_ours),
		cmocka_unit_test(printed_identities_are_printable),
		cmocka_unit_test(vendors_are_found_by_what_identifies_them),
		cmocka_unit_test(every_number_has_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
