/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/info_send.h"

#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_payload.h"

#include <stdlib.h>
#include <string.h>

static int begin(struct ike_out *out, struct ike_sa *sa)
{
	uint32_t msgid;

	do {
		if (ike_engine_random(sa->engine, &msgid, sizeof(msgid)))
			return -1;
	} while (msgid == 0 || ike_msgids_has(&sa->msgids, msgid));
	ike_out_begin_hashed(out, sa, IKE_EXCHANGE_INFO, msgid, NULL);
	return 0;
}

/* Sends; the datagram is the caller's. NULL when it failed, which is counted. */
static struct ike_datagram *finish(struct ike_out *out, struct ike_sa *sa)
{
	struct ike_datagram *datagram = NULL;
	uint8_t iv[PRIM_IV_MAX];

	if (ike_keys_iv(&sa->keys, out->msgid, iv) == 0)
		datagram = ike_out_seal(out, sa, iv);
	if (!datagram) {
		ike_engine_count(sa->engine, IKE_COUNT_INTERNAL);
		return NULL;
	}
	ike_debug_sending(sa, datagram, sa->main.state, false);
	ike_fragment_send(sa->engine, datagram);
	return datagram;
}

static struct ike_datagram *send_notify(struct ike_sa *sa, const struct ike_notify *n)
{
	char name[IKE_NAME_TEXT];
	struct ike_out out;

	if (begin(&out, sa)) {
		ike_engine_count(sa->engine, IKE_COUNT_INTERNAL);
		return NULL;
	}
	ike_say(sa, IKE_SAY_SEND_NOTIFY, ike_names_notify(n->type, name, sizeof(name)), n->protocol,
		n->type);
	ike_say(sa, IKE_SAY_BUILD_INFO);
	ike_payload_build_notify(&out.b, n);
	return finish(&out, sa);
}

static void send_delete(struct ike_sa *sa, const struct ike_delete *d)
{
	struct ike_out out;

	if (begin(&out, sa)) {
		ike_engine_count(sa->engine, IKE_COUNT_INTERNAL);
		return;
	}
	ike_say(sa, IKE_SAY_BUILD_DELETE);
	ike_payload_build_delete(&out.b, d);
	free(finish(&out, sa));
}

static void put_u32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

static void put_cookies(uint8_t *p, const struct ike_sa *sa)
{
	memcpy(p, sa->cookie_i, IKE_COOKIE_LEN);
	memcpy(p + IKE_COOKIE_LEN, sa->cookie_r, IKE_COOKIE_LEN);
}

void info_send_child_refusal(struct ike_sa *sa, uint16_t type, uint32_t spi)
{
	uint8_t bytes[4];
	const struct ike_notify n = {
		.protocol = IKE_PROTOCOL_ESP,
		.spi_len = spi ? sizeof(bytes) : 0,
		.spi = bytes,
		.type = type,
	};

	put_u32(bytes, spi);
	free(send_notify(sa, &n));
}

struct ike_datagram *info_send_dpd(struct ike_sa *sa, uint16_t type, uint32_t sequence)
{
	uint8_t cookies[2 * IKE_COOKIE_LEN];
	uint8_t data[4];
	const struct ike_notify n = {
		.protocol = IKE_PROTOCOL_ISAKMP,
		.spi_len = sizeof(cookies),
		.spi = cookies,
		.type = type,
		.data = data,
		.data_len = sizeof(data),
	};

	put_cookies(cookies, sa);
	put_u32(data, sequence);
	return send_notify(sa, &n);
}

void info_send_lifetime(struct ike_sa *sa)
{
	uint8_t cookies[2 * IKE_COOKIE_LEN];
	struct ike_out out;

	if (begin(&out, sa)) {
		ike_engine_count(sa->engine, IKE_COUNT_INTERNAL);
		return;
	}
	put_cookies(cookies, sa);
	ike_say(sa, IKE_SAY_SEND_LIFETIME, sa->policy.lifetime_s);
	ike_say(sa, IKE_SAY_BUILD_INFO);
	ike_payload_build_isakmp_lifetime(&out.b, cookies, sa->policy.lifetime_s);
	free(finish(&out, sa));
}

void info_send_delete_ike(struct ike_sa *sa)
{
	uint8_t cookies[2 * IKE_COOKIE_LEN];
	const struct ike_delete d = {
		.protocol = IKE_PROTOCOL_ISAKMP,
		.spi_len = sizeof(cookies),
		.n = 1,
		.spis = cookies,
	};

	put_cookies(cookies, sa);
	send_delete(sa, &d);
}

void info_send_delete_child(struct ike_sa *sa, uint32_t spi_in)
{
	uint8_t spi[4];
	const struct ike_delete d = {
		.protocol = IKE_PROTOCOL_ESP,
		.spi_len = sizeof(spi),
		.n = 1,
		.spis = spi,
	};

	put_u32(spi, spi_in);
	send_delete(sa, &d);
}

void info_send_refusal(struct ike_sa *sa, uint16_t type, size_t request_len)
{
	const struct ike_notify n = {.protocol = IKE_PROTOCOL_ISAKMP, .type = type};
	struct ike_datagram *datagram;
	struct ike_out out;
	uint32_t msgid;

	if (!ike_contact_may_notify(sa->engine, &sa->path.remote) ||
	    ike_engine_random(sa->engine, &msgid, sizeof(msgid)))
		return;
	ike_out_begin(&out, sa, IKE_EXCHANGE_INFO, msgid | 1, false);
	ike_payload_build_notify(&out.b, &n);
	if (out.b.w.len > request_len)
		return;
	datagram = ike_out_seal(&out, sa, NULL);
	if (datagram)
		ike_fragment_send(sa->engine, datagram);
	free(datagram);
}
