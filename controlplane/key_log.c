/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/key_log.h"

#include "controlplane/api_server.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/secret.h"
#include "lib/rpc/rpc.h"

#include <stdio.h>
#include <string.h>

enum {
	HEX = 2 * 64 + 1,
	LINE = 640,
};

/* As Wireshark calls them (packet-ipsec.c). */
static const char *const ciphers[ALG_CIPHER_COUNT] = {
	[ALG_CIPHER_NULL] = "NULL",
	[ALG_CIPHER_DES] = "DES-CBC [RFC2405]",
	[ALG_CIPHER_3DES] = "TripleDES-CBC [RFC2451]",
	[ALG_CIPHER_AES_128] = "AES-CBC [RFC3602]",
	[ALG_CIPHER_AES_192] = "AES-CBC [RFC3602]",
	[ALG_CIPHER_AES_256] = "AES-CBC [RFC3602]",
	[ALG_CIPHER_GCM_128] = "AES-GCM with 16 octet ICV [RFC4106]",
	[ALG_CIPHER_GCM_192] = "AES-GCM with 16 octet ICV [RFC4106]",
	[ALG_CIPHER_GCM_256] = "AES-GCM with 16 octet ICV [RFC4106]",
};

static const char *const hashes[ALG_HASH_COUNT] = {
	[ALG_HASH_NONE] = "NULL",
	[ALG_HASH_MD5] = "HMAC-MD5-96 [RFC2403]",
	[ALG_HASH_SHA1] = "HMAC-SHA-1-96 [RFC2404]",
	[ALG_HASH_SHA256] = "HMAC-SHA-256-128 [RFC4868]",
	[ALG_HASH_SHA384] = "HMAC-SHA-384-192 [RFC4868]",
	[ALG_HASH_SHA512] = "HMAC-SHA-512-256 [RFC4868]",
};

static void put_hex(char *to, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*to++ = digits[bytes[i] >> 4];
		*to++ = digits[bytes[i] & 15];
	}
	*to = '\0';
}

/* The memory of JSON texts is wiped when it is freed (rpc.h). */
static json_t *params_of(const char *table, char line[static LINE])
{
	json_t *params = json_pack("{s:s,s:s}", "table", table, "line", line);

	secret_wipe_bytes(line, LINE);
	return params;
}

static bool is_wanted(const struct control *c)
{
	const struct api_client *client = NULL;

	while (c->api && (client = api_server_next(c->api, client)))
		if (client->keys)
			return true;
	return false;
}

/* Takes the reference. Who does not read is closed by what is posted: the next is asked first. */
static void tell(struct control *c, json_t *params)
{
	const struct api_client *client = api_server_next(c->api, NULL), *next;

	for (; client; client = next) {
		next = api_server_next(c->api, client);
		if (client->keys)
			api_server_reply(c->api, client->id,
					 rpc_notification("key.line", json_incref(params)));
	}
	json_decref(params);
}

static json_t *ike_line(const struct ike_key *key)
{
	char line[LINE];

	put_hex(line, key->cookie_i, sizeof(key->cookie_i));
	strcat(line, ",");
	put_hex(line + strlen(line), key->enc->b, key->enc->len);
	return params_of("ikev1_decryption_table", line);
}

static void tell_ike(void *ctx, const struct ike_key *key)
{
	tell(ctx, ike_line(key));
}

/* With the salt of GCM behind the key, as RFC 4106 section 8.1 has it. */
static json_t *esp_line(const struct plane_sa *sa, bool outbound)
{
	const struct addr *from = outbound ? &sa->local : &sa->remote;
	const struct addr *to = outbound ? &sa->remote : &sa->local;
	char src[ADDR_TEXT], dst[ADDR_TEXT], key[HEX], auth[HEX] = "", line[LINE];

	put_hex(key, sa->key, sa->key_bytes);
	put_hex(key + strlen(key), sa->salt, sa->salt_bytes);
	put_hex(auth, sa->auth, sa->auth_bytes);
	snprintf(line, sizeof(line),
		 "\"IPv4\",\"%s\",\"%s\",\"0x%08x\",\"%s\",\"%s%s\",\"%s\",\"%s%s\",\"%s\",\"\"",
		 addr_print(from, src, sizeof(src)), addr_print(to, dst, sizeof(dst)), sa->spi,
		 ciphers[sa->suite.cipher], *key ? "0x" : "", key, hashes[sa->suite.hash],
		 *auth ? "0x" : "", auth, sa->flags & PLANE_SA_ESN ? "64-bit" : "32-bit");
	secret_wipe_bytes(key, sizeof(key));
	secret_wipe_bytes(auth, sizeof(auth));
	return params_of("esp_sa", line);
}

void key_log_sa(struct control *c, const struct plane_msg *msg)
{
	bool outbound = msg->type == PLANE_SA_OUT_INSTALL;

	if ((outbound || msg->type == PLANE_SA_IN_INSTALL) && is_wanted(c))
		tell(c, esp_line(&msg->sa, outbound));
}

void key_log_ike(struct control *c, uint64_t ike_sa)
{
	if (is_wanted(c))
		ike_engine_keys(c->engine, ike_sa, tell_ike, c);
}

/* Everybody who watches hears it again: the lines are the same. */
void key_log_watch(struct control *c, struct api_client *client, bool on)
{
	if (client->keys == on)
		return;
	client->keys = on;
	debug_log_event(c->log, DEBUG_LOG_KEYS,
			on ? "User:%s  is given the keys of all IKE and ESP SAs from now on: "
			     "whoever has them reads the traffic"
			   : "User:%s  is given no keys of SAs any more",
			client->user);
	if (on)
		ike_engine_keys(c->engine, 0, tell_ike, c);
}
