/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A datagram through the whole ISAKMP codec, as if every message could be every other and had been
 * decrypted: header, chain, all grammars, every payload body, choosing from and verifying offers.
 * What was chosen must survive being written and parsed again.
 */
#include "controlplane/ike/ike_id.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_proposal.h"
#include "controlplane/ike/ike_vendor.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	REPLY_MAX = 1024
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct ike_policy policies[] = {
	{10, ALG_CIPHER_AES_256, ALG_HASH_SHA256, ALG_AUTH_PSK, 14, 86400},
	{20, ALG_CIPHER_3DES, ALG_HASH_MD5, ALG_AUTH_PSK, 2, 3600},
};

static const struct ike_child_config child = {
	.suites = {{ALG_CIPHER_AES_256, ALG_HASH_SHA1}, {ALG_CIPHER_GCM_128, ALG_HASH_NONE}},
	.n_suites = 2,
	.lifetime_s = 3600,
	.lifetime_kb = 4608000,
};

static void require(bool what)
{
	if (!what)
		abort();
}

static void count_line(void *ctx, const char *text, const char *)
{
	*(size_t *)ctx += strlen(text);
}

static void check_refusal(void *ctx, const struct ike_proposal_check *check)
{
	*(size_t *)ctx += strlen(ike_proposal_refusal_text(check->refusal));
}

/* The echo of a choice must be an SA payload that offers exactly it. */
static void echo_choice(const struct ike_choice *choice, enum ike_phase phase)
{
	static struct ike_sa_offer offer;
	uint8_t buf[REPLY_MAX];
	struct ike_payload sa = {.type = IKE_PAYLOAD_SA};
	struct ike_build b;
	size_t len;

	ike_build_begin(&b, buf, sizeof(buf), &(struct ike_header){0});
	ike_proposal_build_choice(&b, choice, phase == IKE_PHASE_2 ? choice->spi : 0);
	len = ike_build_finish(&b, 8);
	require(len > 0);
	sa.body = buf + IKE_HEADER_LEN + IKE_PAYLOAD_HEADER_LEN;
	sa.len = (size_t)(buf[IKE_HEADER_LEN + 2] << 8 | buf[IKE_HEADER_LEN + 3]) -
		 IKE_PAYLOAD_HEADER_LEN;
	require(ike_proposal_parse(&sa, phase, &offer) == IKE_PARSED);
	require(offer.n_proposals == 1 && offer.n_transforms == 1);
}

static void try_sa(const struct ike_payload *p, enum ike_phase phase)
{
	static struct ike_sa_offer offer;
	struct ike_choice choice;
	size_t sink = 0;

	if (ike_proposal_parse(p, phase, &offer) != IKE_PARSED)
		return;
	require(offer.n_proposals <= IKE_PROPOSALS_MAX);
	require(offer.n_transforms <= IKE_TRANSFORMS_MAX);
	for (size_t i = 0; i < offer.n_transforms; i++)
		ike_proposal_describe(&offer.transforms[i], phase, count_line, &sink);
	if (ike_proposal_select_p1(&offer, policies, array_len(policies), check_refusal, &sink,
				   &choice) == IKE_PARSED)
		echo_choice(&choice, phase);
	for (int udp = 0; udp <= 1; udp++)
		if (ike_proposal_select_p2(&offer, &child, udp, check_refusal, &sink, &choice) ==
		    IKE_PARSED)
			echo_choice(&choice, phase);
	if (ike_proposal_verify_p1(&offer, policies, array_len(policies), &choice) == IKE_PARSED)
		echo_choice(&choice, phase);
	if (ike_proposal_verify_p2(&offer, &child, IKE_ENCAP_TUNNEL, &choice) == IKE_PARSED)
		echo_choice(&choice, phase);
}

static void try_id(const struct ike_payload *p)
{
	char text[IKE_ID_TEXT];
	struct ike_id id;
	struct ike_id proxy;
	struct selector selector;

	if (ike_id_parse(p, &id) == IKE_PARSED) {
		uint8_t body[IKE_PAYLOAD_HEADER_LEN + IKE_ID_MAX];

		require(ike_id_body(&id, body) == p->len && memcmp(body, p->body, p->len) == 0);
		ike_id_print(&id, text, sizeof(text));
	}
	if (ike_id_parse_proxy(p, &proxy) == IKE_PARSED &&
	    ike_id_selector(&proxy, &proxy, &selector) == IKE_PARSED)
		ike_id_print(&proxy, text, sizeof(text));
}

static void try_notify(const struct ike_payload *p)
{
	struct ike_notify n;
	uint64_t seconds;
	uint64_t kilobytes;
	char text[IKE_NAME_TEXT];

	if (ike_payload_parse_notify(p, &n) != IKE_PARSED)
		return;
	require((size_t)n.spi_len + n.data_len + 8 == p->len);
	ike_names_notify(n.type, text, sizeof(text));
	require(ike_payload_parse_lifetimes(&n, &seconds, &kilobytes) < IKE_COUNTER_COUNT);
}

static void try_delete(const struct ike_payload *p)
{
	struct ike_delete d;

	if (ike_payload_parse_delete(p, &d) == IKE_PARSED)
		require((size_t)d.spi_len * d.n + 8 == p->len);
}

/* Every body through every parser: what a type byte claims is the sender's choice. */
static void try_payload(const struct ike_payload *p)
{
	char text[IKE_NAME_TEXT];

	ike_names_payload(p->type, text, sizeof(text));
	try_sa(p, IKE_PHASE_1);
	try_sa(p, IKE_PHASE_2);
	try_id(p);
	try_notify(p);
	try_delete(p);
	require(ike_payload_check_nonce(p) < IKE_COUNTER_COUNT);
	require(ike_payload_check_ke(p, 19) < IKE_COUNTER_COUNT);
	require(ike_payload_check_natd(p, ALG_HASH_SHA1) < IKE_COUNTER_COUNT);
	require(ike_vendor_find(p->body, p->len) <= IKE_VENDOR_COUNT);
}

static void try_chain(const struct ike_header *header, const uint8_t *body, size_t len)
{
	struct ike_msg msg;

	if (ike_msg_parse_chain(&msg, header, body, len) != IKE_PARSED)
		return;
	for (int m = 0; m < IKE_MESSAGE_COUNT; m++)
		require(ike_msg_check(&msg, m) < IKE_COUNTER_COUNT);
	for (size_t i = 0; i < msg.n; i++) {
		struct prim_chunk after = ike_msg_after(&msg, &msg.payloads[i]);

		require((const uint8_t *)after.data + after.len <= body + len);
		try_payload(&msg.payloads[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ike_header header = {0};
	int counter = ike_msg_parse_header(&header, data, size);

	require(counter >= IKE_PARSED && counter < IKE_COUNTER_COUNT);
	if (size < IKE_HEADER_LEN)
		return 0;
	/* A wrong header must not hide what stands behind it from the fuzzer. */
	header.flags = IKE_FLAG_ENCRYPTED;
	try_chain(&header, data + IKE_HEADER_LEN, size - IKE_HEADER_LEN);
	header.flags = 0;
	try_chain(&header, data + IKE_HEADER_LEN, size - IKE_HEADER_LEN);
	return 0;
}
