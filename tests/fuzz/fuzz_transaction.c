/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The body of an attributes payload: what is parsed is read attribute by attribute to its end and
 * nowhere beyond, written again it is the same, and every request can be answered.
 */
#include "controlplane/ike/config_payload.h"
#include "controlplane/ike/ike_build.h"
#include "controlplane/ike/mode_config_attrs.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	REPLY_MAX = 4096
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what)
{
	if (!what)
		abort();
}

static struct ike_client_config everything(void)
{
	struct addr network = addr_v4(0x0a010000);
	struct ike_client_config client = {
		.address = addr_v4(0x0a090001),
		.prefix_len = 24,
		.dns = {addr_v4(0x0a010035), addr_v4(0x0a010036)},
		.wins = {addr_v4(0x0a010037)},
		.domain = "example.com",
		.banner = "welcome",
		.split_dns = "example.com",
		.backup = "192.0.2.7",
		.n_split = IKE_SPLIT_MAX,
		.lifetime_s = 3600,
	};

	for (size_t i = 0; i < IKE_SPLIT_MAX; i++)
		client.split[i].local = prefix_make(&network, 16);
	return client;
}

/* Never more than one answer of each kind: whatever is asked for, it fits. */
static void answer(const struct config_payload *payload)
{
	const struct ike_client_config client = everything();
	static struct ike_engine engine;
	static struct ike_sa sa = {.engine = &engine};
	uint8_t buf[REPLY_MAX];
	struct ike_build b;

	ike_build_begin(&b, buf, sizeof(buf), &(struct ike_header){0});
	config_payload_open(&b, CONFIG_PAYLOAD_REPLY, payload->identifier);
	mode_config_attrs_reply(&b, &sa, &client, payload->attrs);
	ike_build_close(&b);
	require(ike_build_finish(&b, 16) > 0);
}

/* Attribute by attribute as it was. */
static void copy(const struct config_payload *payload, const uint8_t *data, size_t size)
{
	static uint8_t buf[IKE_DATAGRAM_MAX + 256];
	const size_t at = IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	struct rbuf attrs = payload->attrs;
	struct config_payload_attr a;
	const uint8_t *p = attrs.p;
	struct ike_build b;
	size_t n = 0;

	ike_build_begin(&b, buf, sizeof(buf), &(struct ike_header){0});
	config_payload_open(&b, payload->kind, payload->identifier);
	while (config_payload_next(&attrs, &a)) {
		bool shorter = p[0] & 0x80;

		require(a.value >= data && a.value + a.len <= data + size);
		if (shorter)
			config_payload_number(&b, a.type, a.number);
		else
			config_payload_bytes(&b, a.type, a.value, a.len);
		p = a.value + a.len;
		n++;
	}
	ike_build_close(&b);
	require(n <= CONFIG_PAYLOAD_ATTRS_MAX && attrs.left == 0);
	require(ike_build_finish(&b, 0) == at + size);
	require(memcmp(buf + at, data, size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ike_payload p = {.type = IKE_PAYLOAD_ATTRIBUTES, .body = data, .len = size};
	struct config_payload payload;

	if (size > IKE_DATAGRAM_MAX || config_payload_parse(&p, &payload) != IKE_PARSED)
		return 0;
	copy(&payload, data, size);
	answer(&payload);
	return 0;
}
