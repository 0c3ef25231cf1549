/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/radius_codec.h"

#include "lib/base/log.h"
#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"
#include "lib/crypto/prim.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	HEADER = 20, /* code, identifier, length, authenticator */
	AUTHENTICATOR_AT = 4,
	DIGEST = RADIUS_CODEC_AUTHENTICATOR,
	VALUE_MAX = 253,
	PASSWORD_MAX = 128,

	ACCESS_REQUEST = 1,
	ACCESS_ACCEPT = 2,
	ACCESS_REJECT = 3,
	ACCOUNTING_REQUEST = 4,
	ACCOUNTING_RESPONSE = 5,
	ACCESS_CHALLENGE = 11,

	USER_NAME = 1,
	USER_PASSWORD = 2,
	NAS_IP_ADDRESS = 4,
	SERVICE_TYPE = 6,
	FRAMED_IP_ADDRESS = 8,
	REPLY_MESSAGE = 18,
	CLASS = 25,
	SESSION_TIMEOUT = 27,
	IDLE_TIMEOUT = 28,
	CALLED_STATION_ID = 30,
	CALLING_STATION_ID = 31,
	NAS_IDENTIFIER = 32,
	PROXY_STATE = 33,
	ACCT_STATUS_TYPE = 40,
	ACCT_DELAY_TIME = 41,
	ACCT_INPUT_OCTETS = 42,
	ACCT_OUTPUT_OCTETS = 43,
	ACCT_SESSION_ID = 44,
	ACCT_SESSION_TIME = 46,
	ACCT_INPUT_PACKETS = 47,
	ACCT_OUTPUT_PACKETS = 48,
	ACCT_TERMINATE_CAUSE = 49,
	ACCT_INPUT_GIGAWORDS = 52,
	ACCT_OUTPUT_GIGAWORDS = 53,
	NAS_PORT_TYPE = 61,
	MESSAGE_AUTHENTICATOR = 80,
	ACCT_INTERIM_INTERVAL = 85,

	PORT_VIRTUAL = 5,   /* NAS-Port-Type */
	SERVICE_FRAMED = 2, /* Service-Type */

	CAUSE_USER = 1, /* Acct-Terminate-Cause, RFC 2866 5.10 */
	CAUSE_LOST = 2,
	CAUSE_IDLE = 4,
	CAUSE_SESSION_TIMEOUT = 5,
	CAUSE_ADMIN_RESET = 6,
	CAUSE_ADMIN_REBOOT = 7,
	CAUSE_NAS_ERROR = 9,
	CAUSE_NAS_REQUEST = 10,
};

static void put_bytes(struct wbuf *b, uint8_t type, const void *data, size_t len)
{
	/* an attribute has at least one byte of value; an empty one stays out */
	if (!len)
		return;
	b->bad |= len > VALUE_MAX;
	wbuf_u8(b, type);
	wbuf_u8(b, (uint8_t)(len + 2));
	wbuf_bytes(b, data, len);
}

static void put_text(struct wbuf *b, uint8_t type, const char *text)
{
	put_bytes(b, type, text, strlen(text));
}

static void put_number(struct wbuf *b, uint8_t type, uint32_t value)
{
	wbuf_u8(b, type);
	wbuf_u8(b, sizeof(value) + 2);
	wbuf_u32(b, value);
}

static void put_addr(struct wbuf *b, uint8_t type, const struct addr *a)
{
	if (a->family == ADDR_V4)
		put_number(b, type, addr_to_v4(a));
}

static void put_count(struct wbuf *b, uint8_t type, uint8_t gigawords, uint64_t value)
{
	put_number(b, type, (uint32_t)value);
	put_number(b, gigawords, (uint32_t)(value >> 32));
}

/* RFC 2865 5.2: blocks of 16, each under the MD5 of the key and what was before it. */
static int put_password(struct wbuf *b, const char *key, const struct secret *password)
{
	uint8_t hidden[PASSWORD_MAX] = {0}, pad[PRIM_DIGEST_MAX];
	size_t len = ((size_t)password->len + DIGEST - 1) / DIGEST * DIGEST;
	const uint8_t *before = b->start + AUTHENTICATOR_AT;
	int rc = 0;

	len = len ? len : DIGEST;
	if (len > PASSWORD_MAX)
		return -EMSGSIZE;
	memcpy(hidden, password->b, password->len);
	for (size_t at = 0; at < len && rc == 0; at += DIGEST) {
		const struct prim_chunk chunks[] = {{key, strlen(key)}, {before, DIGEST}};

		rc = prim_hash(ALG_HASH_MD5, chunks, array_len(chunks), pad);
		for (size_t i = 0; i < DIGEST; i++)
			hidden[at + i] ^= pad[i];
		before = hidden + at;
	}
	if (rc == 0)
		put_bytes(b, USER_PASSWORD, hidden, len);
	secret_wipe_bytes(hidden, sizeof(hidden));
	secret_wipe_bytes(pad, sizeof(pad));
	return rc;
}

static uint32_t cause_of(enum ike_reason reason)
{
	static const uint8_t causes[IKE_REASON_COUNT] = {
		[IKE_REASON_PEER_DELETED] = CAUSE_USER,
		[IKE_REASON_DPD_DEAD] = CAUSE_LOST,
		[IKE_REASON_INITIAL_CONTACT] = CAUSE_LOST,
		[IKE_REASON_IDLE] = CAUSE_IDLE,
		[IKE_REASON_SESSION_TIMEOUT] = CAUSE_SESSION_TIMEOUT,
		[IKE_REASON_CLEARED] = CAUSE_ADMIN_RESET,
		[IKE_REASON_SHUTDOWN] = CAUSE_ADMIN_REBOOT,
		[IKE_REASON_INTERNAL] = CAUSE_NAS_ERROR,
	};

	return causes[reason] ? causes[reason] : CAUSE_NAS_REQUEST;
}

static void put_accounting(struct wbuf *b, const struct radius_request *r)
{
	static const uint8_t types[] = {
		[RADIUS_START] = 1, [RADIUS_STOP] = 2, [RADIUS_INTERIM] = 3,
		[RADIUS_ON] = 7,    [RADIUS_OFF] = 8,
	};
	char session[20];

	snprintf(session, sizeof(session), "%016llX", (unsigned long long)r->session);
	put_number(b, ACCT_STATUS_TYPE, types[r->kind]);
	put_number(b, ACCT_DELAY_TIME, r->delay_s);
	put_text(b, ACCT_SESSION_ID, session);
	if (r->kind == RADIUS_ON || r->kind == RADIUS_OFF)
		return;
	put_addr(b, FRAMED_IP_ADDRESS, &r->address);
	put_bytes(b, CLASS, r->class_bytes, r->class_len);
	if (r->kind == RADIUS_START)
		return;
	put_number(b, ACCT_SESSION_TIME, r->seconds);
	put_count(b, ACCT_INPUT_OCTETS, ACCT_INPUT_GIGAWORDS, r->in_bytes);
	put_count(b, ACCT_OUTPUT_OCTETS, ACCT_OUTPUT_GIGAWORDS, r->out_bytes);
	put_number(b, ACCT_INPUT_PACKETS, (uint32_t)r->in_packets);
	put_number(b, ACCT_OUTPUT_PACKETS, (uint32_t)r->out_packets);
	if (r->kind == RADIUS_STOP)
		put_number(b, ACCT_TERMINATE_CAUSE, cause_of(r->reason));
}

static void put_user(struct wbuf *b, const struct radius_request *r)
{
	char text[ADDR_TEXT];

	put_text(b, USER_NAME, r->user);
	put_number(b, SERVICE_TYPE, SERVICE_FRAMED);
	put_number(b, NAS_PORT_TYPE, PORT_VIRTUAL);
	put_text(b, CALLING_STATION_ID, addr_print(&r->peer, text, sizeof(text)));
	put_text(b, CALLED_STATION_ID, addr_print(&r->local, text, sizeof(text)));
}

static int message_authenticator(const char *key, const uint8_t *packet, size_t len,
				 uint8_t digest[PRIM_DIGEST_MAX])
{
	const struct prim_chunk chunk = {packet, len};

	return prim_prf(ALG_HASH_MD5, key, strlen(key), &chunk, 1, digest);
}

/* The length, and what authenticates the whole of it. */
static int seal(struct wbuf *b, const char *key, bool access)
{
	const struct prim_chunk chunks[] = {{b->start, b->len}, {key, strlen(key)}};
	uint8_t digest[PRIM_DIGEST_MAX];
	int rc;

	if (b->bad)
		return -EMSGSIZE;
	wbuf_patch16(b, 2, (uint16_t)b->len);
	rc = access ? message_authenticator(key, b->start, b->len, digest)
		    : prim_hash(ALG_HASH_MD5, chunks, array_len(chunks), digest);
	if (rc == 0)
		memcpy(b->start + (access ? HEADER + 2 : AUTHENTICATOR_AT), digest, DIGEST);
	return rc;
}

int radius_codec_encode(const struct config_radius_server *server,
			const struct radius_request *request, const struct addr *nas,
			struct radius_codec_packet *out)
{
	struct wbuf b = wbuf_of(out->bytes, sizeof(out->bytes));
	bool access = request->kind == RADIUS_ACCESS;
	uint8_t unguessable[1 + DIGEST];
	static const uint8_t zeroes[DIGEST];
	int rc = secret_random(unguessable, sizeof(unguessable));

	if (rc < 0)
		return rc;
	wbuf_u8(&b, access ? ACCESS_REQUEST : ACCOUNTING_REQUEST);
	wbuf_u8(&b, unguessable[0]);
	wbuf_u16(&b, 0);
	wbuf_bytes(&b, access ? unguessable + 1 : zeroes, DIGEST);
	if (access) {
		put_bytes(&b, MESSAGE_AUTHENTICATOR, zeroes, DIGEST);
		rc = put_password(&b, server->key, &request->password);
	}
	if (request->kind != RADIUS_ON && request->kind != RADIUS_OFF)
		put_user(&b, request);
	put_text(&b, NAS_IDENTIFIER, request->nas);
	put_addr(&b, NAS_IP_ADDRESS, nas);
	if (!access)
		put_accounting(&b, request);
	if (rc == 0)
		rc = seal(&b, server->key, access);
	out->len = b.len;
	return rc;
}

/* Where the value of the only Message-Authenticator is in a packet; 0 = there is none. */
struct layout {
	size_t authenticator;
	bool proxied;
};

/* False when the attributes do not fill the packet exactly. */
static bool look(const uint8_t *packet, size_t len, struct layout *out)
{
	struct rbuf b = rbuf_of(packet + HEADER, len - HEADER);

	*out = (struct layout){0};
	while (b.left && !b.bad) {
		uint8_t type = rbuf_u8(&b), size = rbuf_u8(&b);
		const uint8_t *value = size >= 2 ? rbuf_take(&b, size - 2u) : NULL;

		if (!value)
			return false;
		out->proxied |= type == PROXY_STATE;
		if (type != MESSAGE_AUTHENTICATOR)
			continue;
		if (size != DIGEST + 2 || out->authenticator)
			return false;
		out->authenticator = (size_t)(value - packet);
	}
	return !b.bad;
}

/* packet: the answer with the authenticator of the request in the place of its own. */
static bool is_sealed(const char *key, uint8_t *packet, size_t len, size_t at)
{
	uint8_t given[DIGEST], digest[PRIM_DIGEST_MAX];

	memcpy(given, packet + at, DIGEST);
	memset(packet + at, 0, DIGEST);
	return message_authenticator(key, packet, len, digest) == 0 &&
	       secret_eq(given, digest, DIGEST);
}

static enum radius_flaw verify(const struct config_radius_server *server,
			       const struct radius_codec_packet *request, const uint8_t *data,
			       size_t len)
{
	const struct prim_chunk chunks[] = {
		{data, AUTHENTICATOR_AT},
		{request->bytes + AUTHENTICATOR_AT, DIGEST},
		{data + HEADER, len - HEADER},
		{server->key, strlen(server->key)},
	};
	bool access = request->bytes[0] == ACCESS_REQUEST;
	uint8_t digest[PRIM_DIGEST_MAX], copy[RADIUS_CODEC_PACKET_MAX];
	struct layout layout;

	if (prim_hash(ALG_HASH_MD5, chunks, array_len(chunks), digest) < 0 ||
	    !secret_eq(digest, data + AUTHENTICATOR_AT, DIGEST))
		return RADIUS_FLAW_KEY;
	if (!look(data, len, &layout))
		return RADIUS_FLAW_MALFORMED;
	memcpy(copy, data, len);
	memcpy(copy + AUTHENTICATOR_AT, request->bytes + AUTHENTICATOR_AT, DIGEST);
	if (layout.authenticator && !is_sealed(server->key, copy, len, layout.authenticator))
		return RADIUS_FLAW_KEY;
	if (!layout.authenticator && access && !server->unsealed)
		return RADIUS_FLAW_UNSEALED;
	/* we send no Proxy-State: one that comes back was put in on the way, by a forger */
	return access && layout.proxied ? RADIUS_FLAW_PROXIED : RADIUS_FLAW_NONE;
}

static uint32_t number_of(struct rbuf value)
{
	uint32_t n = rbuf_u32(&value);

	return rbuf_done(&value) ? n : 0;
}

static void take_attribute(struct radius_reply *reply, uint8_t type, struct rbuf value)
{
	uint32_t n = number_of(value);

	switch (type) {
	case FRAMED_IP_ADDRESS:
		/* RFC 2865 5.8: the two highest stand for "of the user's choice" and "of ours" */
		if (n && n < UINT32_MAX - 1)
			reply->framed = addr_v4(n);
		break;
	case SESSION_TIMEOUT: reply->session_s = n; break;
	case IDLE_TIMEOUT: reply->idle_s = n; break;
	case ACCT_INTERIM_INTERVAL: reply->interim_s = n; break;
	case CLASS:
		if (reply->class_len)
			break;
		reply->class_len = (uint8_t)value.left;
		memcpy(reply->class_bytes, value.p, value.left);
		break;
	case REPLY_MESSAGE:
		if (!reply->message[0])
			log_escape(reply->message, sizeof(reply->message), (const char *)value.p,
				   value.left);
		break;
	}
}

static void take_attributes(struct radius_reply *reply, const uint8_t *packet, size_t len)
{
	struct rbuf b = rbuf_of(packet + HEADER, len - HEADER);

	while (b.left) {
		uint8_t type = rbuf_u8(&b);
		size_t size = rbuf_u8(&b);

		take_attribute(reply, type, rbuf_sub(&b, size - 2));
	}
}

static enum radius_result result_of(uint8_t asked, uint8_t code)
{
	if (asked == ACCOUNTING_REQUEST)
		return code == ACCOUNTING_RESPONSE ? RADIUS_ACCEPTED : RADIUS_SILENT;
	if (code == ACCESS_ACCEPT)
		return RADIUS_ACCEPTED;
	/* a challenge: nobody is there to be asked more than the password */
	return code == ACCESS_REJECT || code == ACCESS_CHALLENGE ? RADIUS_REJECTED : RADIUS_SILENT;
}

enum radius_result radius_codec_decode(const struct config_radius_server *server,
				       const struct radius_codec_packet *request, const void *data,
				       size_t len, struct radius_reply *reply)
{
	struct rbuf b = rbuf_of(data, len);
	uint8_t code = rbuf_u8(&b), id = rbuf_u8(&b);
	uint16_t said = rbuf_u16(&b);
	enum radius_result result = result_of(request->bytes[0], code);

	memset(reply, 0, sizeof(*reply));
	reply->flaw = RADIUS_FLAW_MALFORMED;
	/* RFC 2865 3: what is behind the length is padding */
	if (b.bad || said < HEADER || said > len || said > RADIUS_CODEC_PACKET_MAX ||
	    id != request->bytes[1] || result == RADIUS_SILENT)
		return RADIUS_SILENT;
	reply->flaw = verify(server, request, data, said);
	if (reply->flaw != RADIUS_FLAW_NONE)
		return RADIUS_SILENT;
	take_attributes(reply, data, said);
	return result;
}
