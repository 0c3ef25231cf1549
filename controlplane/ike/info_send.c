/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/info_send.h"

#include "controlplane/ike/ike_contact.h"
#include "controlplane/ike/ike_debug.h"
#include "controlplane/ike/ike_fragment.h"
#include "controlplane/ike/ike_names.h"
#include "controlplane/ike/ike_out.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/net/ip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	IP_UDP_LEN = 28,
	MARKER_LEN = 4,	 /* RFC 3948 2.2 */
	NOTIFY_LEN = 12, /* without SPI and data */
};

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

/* The datagram is the caller's. NULL when it failed, which is counted. */
static struct ike_datagram *seal(struct ike_out *out, struct ike_sa *sa)
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
	return datagram;
}

static struct ike_datagram *finish(struct ike_out *out, struct ike_sa *sa)
{
	struct ike_datagram *datagram = seal(out, sa);

	if (datagram)
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

/* What a notify of RFC 3706 points to. */
struct dpd_notify {
	uint8_t cookies[2 * IKE_COOKIE_LEN];
	uint8_t data[4];
	struct ike_notify n;
};

static const struct ike_notify *make_dpd(struct dpd_notify *d, const struct ike_sa *sa,
					 uint16_t type, uint32_t sequence)
{
	put_cookies(d->cookies, sa);
	put_u32(d->data, sequence);
	d->n = (struct ike_notify){
		.protocol = IKE_PROTOCOL_ISAKMP,
		.spi_len = sizeof(d->cookies),
		.spi = d->cookies,
		.type = type,
		.data = d->data,
		.data_len = sizeof(d->data),
	};
	return &d->n;
}

struct ike_datagram *info_send_dpd(struct ike_sa *sa, uint16_t type, uint32_t sequence)
{
	struct dpd_notify d;

	return send_notify(sa, make_dpd(&d, sa, type, sequence));
}

/* Another notify, of a type for private use, that says nothing (RFC 2408 3.14.1). */
static void pad(struct ike_out *out, const struct ike_sa *sa, size_t bytes)
{
	static const uint8_t nothing[IKE_OUT_MAX];
	size_t block = alg_cipher_row(sa->keys.cipher)->iv_bytes;
	size_t around = IP_UDP_LEN + IKE_HEADER_LEN +
			(sa->path.local_port == IP_PORT_NATT ? MARKER_LEN : 0);
	size_t used = out->b.w.len - IKE_HEADER_LEN + NOTIFY_LEN;
	size_t room = bytes > around ? (bytes - around) / block * block : 0;
	const struct ike_notify n = {
		.protocol = IKE_PROTOCOL_ISAKMP,
		.type = IKE_NOTIFY_PADDING,
		.data = nothing,
		.data_len = room > used ? (uint16_t)(room - used) : 0,
	};

	ike_payload_build_notify(&out->b, &n);
}

int info_send_sized(struct ike_sa *sa, uint32_t sequence, size_t bytes)
{
	struct ike_datagram *datagram;
	struct dpd_notify d;
	struct ike_out out;

	if (bytes > IKE_OUT_MAX || begin(&out, sa)) {
		ike_engine_count(sa->engine, IKE_COUNT_INTERNAL);
		return -EIO;
	}
	ike_say(sa, IKE_SAY_BUILD_INFO);
	ike_payload_build_notify(&out.b, make_dpd(&d, sa, IKE_NOTIFY_R_U_THERE, sequence));
	pad(&out, sa, bytes);
	datagram = seal(&out, sa);
	if (!datagram)
		return -EIO;
	ike_engine_send_whole(sa->engine, &datagram->path, datagram->data, datagram->len);
	free(datagram);
	return 0;
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
