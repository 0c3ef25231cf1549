/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/exchange/client.h"

#include "controlplane/ike/ike_id.h"
#include "lib/base/wbuf.h"
#include "tests/exchange/forge.h"

#include <stdlib.h>
#include <string.h>

enum {
	EXCHANGE_AT = 18,
	MARKER_LEN = 4,
	OLD_USER_NAME = 14,
	OLD_USER_PASSWORD = 15,
};

static enum lab_fate fate(struct lab *lab, size_t n, struct lab_packet *p);

void client_init(struct client *client, struct lab *lab, const char *name, const char *password)
{
	*client = (struct client){
		.lab = lab,
		.name = name,
		.password = password,
		.with_type = true,
		.fate_n = SIZE_MAX,
		.status = -1,
		.acknowledges = true,
		.msgid = 0x40000000,
	};
	lab->fate = fate;
	lab->fate_ctx = client;
}

void client_forget(struct client *client)
{
	for (size_t i = 0; i < client->n_seen; i++)
		free(client->seen[i].answer);
	client->n_seen = 0;
}

void client_fini(struct client *client)
{
	client_forget(client);
	free(client->request);
}

/* On its way to B, as the channel will have it. */
static void send(struct client *client, const struct lab_packet *p)
{
	struct lab *lab = client->lab;
	enum lab_fate fate = client->n++ == client->fate_n ? client->fate_what : LAB_DELIVER;
	size_t copies = fate == LAB_DROP ? 0 : fate == LAB_DUPLICATE ? 2 : 1;

	for (size_t i = 0; i < copies && lab->n_queue < LAB_QUEUE; i++) {
		struct lab_packet *copy = malloc(sizeof(*copy));

		*copy = *p;
		copy->at_ms = lab->now_ms + (fate == LAB_DELAY ? 700 : 0);
		if (fate == LAB_CORRUPT)
			copy->data[copy->len - 5] ^= 0x10;
		lab->queue[lab->n_queue++] = copy;
	}
}

/* A message under A's keys; iv moves on. */
static struct lab_packet *make(const struct client *client, uint32_t msgid, uint8_t *iv,
			       enum config_payload_kind kind, uint16_t identifier,
			       const void *attrs, size_t len)
{
	struct ike_sa *sa = forge_sa(client->lab, 0);
	struct lab_packet *p = calloc(1, sizeof(*p));
	struct ike_out out;
	struct ike_datagram *d;

	ike_out_begin_hashed(&out, sa, IKE_EXCHANGE_TRANSACTION, msgid, NULL);
	config_payload_open(&out.b, kind, identifier);
	wbuf_bytes(&out.b.w, attrs, len);
	ike_build_close(&out.b);
	d = ike_out_seal(&out, sa, iv);
	if (!p || !d)
		abort();
	p->to = 1;
	p->path = sa->path;
	p->path.local = sa->path.remote;
	p->path.remote = client->lab->nat ? client->lab->nat_addr : sa->path.local;
	p->path.local_port = sa->path.remote_port;
	p->path.remote_port = sa->path.local_port;
	if (client->lab->nat)
		p->path.remote_port = (uint16_t)(p->path.remote_port + client->lab->nat_offset);
	p->len = d->len;
	memcpy(p->data, d->data, d->len);
	free(d);
	return p;
}

static void keep(struct client *client, const struct ike_payload *p)
{
	client->body_len = p->len < CLIENT_BODY_MAX ? p->len : 0;
	memcpy(client->body, p->body, client->body_len);
}

bool client_got(const struct client *client, uint16_t type, struct config_payload_attr *out)
{
	const struct ike_payload p = {.body = client->body, .len = client->body_len};
	struct config_payload payload;

	if (!client->body_len || config_payload_parse(&p, &payload) != IKE_PARSED)
		return false;
	while (config_payload_next(&payload.attrs, out))
		if (out->type == type)
			return true;
	return false;
}

static void put_text(struct wbuf *w, uint16_t type, const char *text)
{
	wbuf_u16(w, type);
	wbuf_u16(w, (uint16_t)strlen(text));
	wbuf_bytes(w, text, strlen(text));
}

/* What a client says to this; NULL for nothing. */
static struct lab_packet *answer(struct client *client, uint32_t msgid, uint8_t *iv,
				 const struct ike_payload *p)
{
	uint8_t attrs[512];
	struct wbuf w = wbuf_of(attrs, sizeof(attrs));
	struct config_payload payload;
	struct config_payload_attr a;
	struct rbuf all;
	bool xauth = false;

	if (config_payload_parse(p, &payload) != IKE_PARSED)
		abort();
	for (all = payload.attrs; config_payload_next(&all, &a);) {
		xauth |= a.type >= CONFIG_PAYLOAD_XAUTH_TYPE && a.type < 17000;
		if (a.type == CONFIG_PAYLOAD_XAUTH_STATUS)
			client->status = a.number;
	}
	if (payload.kind == CONFIG_PAYLOAD_REPLY || !xauth)
		keep(client, p);
	if (payload.kind == CONFIG_PAYLOAD_SET && (xauth || client->acknowledges))
		return make(client, msgid, iv, CONFIG_PAYLOAD_ACK, payload.identifier, "", 0);
	if (payload.kind != CONFIG_PAYLOAD_REQUEST || !xauth)
		return NULL;
	client->n_requests++;
	if (!client->name)
		return NULL;
	if (client->with_type)
		wbuf_bytes(&w, "\xc0\x88\0\0", 4);
	put_text(&w, client->old_draft ? OLD_USER_NAME : CONFIG_PAYLOAD_XAUTH_USER_NAME,
		 client->name);
	put_text(&w, client->old_draft ? OLD_USER_PASSWORD : CONFIG_PAYLOAD_XAUTH_USER_PASSWORD,
		 client->password);
	return make(client, msgid, iv, CONFIG_PAYLOAD_REPLY, payload.identifier, attrs, w.len);
}

static bool hash_is_good(const struct ike_sa *sa, const struct ike_msg *msg)
{
	const struct ike_payload *hash = &msg->payloads[0];
	const struct prim_chunk rest = ike_msg_after(msg, hash);
	uint8_t want[PRIM_DIGEST_MAX];

	if (ike_keys_hash(&sa->keys, msg->header.msgid, &rest, 1, want))
		abort();
	return hash->len == alg_hash_row(sa->keys.hash)->digest_bytes &&
	       memcmp(hash->body, want, hash->len) == 0;
}

static void take(struct client *client, const struct lab_packet *packet, const uint8_t *data,
		 size_t len)
{
	struct ike_sa *sa = forge_sa(client->lab, 0);
	uint8_t copy[IKE_DATAGRAM_MAX];
	uint8_t iv[PRIM_IV_MAX];
	uint8_t digest[IKE_TXN_DIGEST];
	struct ike_header header;
	struct ike_msg msg;

	if (ike_txn_digest(packet->data, packet->len, digest))
		abort();
	for (size_t i = 0; i < client->n_seen; i++) {
		if (memcmp(client->seen[i].digest, digest, sizeof(digest)) != 0)
			continue;
		if (client->seen[i].answer)
			send(client, client->seen[i].answer);
		return;
	}
	memcpy(copy, data, len);
	if (ike_msg_parse_header(&header, copy, len) != IKE_PARSED)
		return;
	if (header.msgid == client->msgid)
		memcpy(iv, client->iv, sizeof(iv));
	else if (ike_keys_iv(&sa->keys, header.msgid, iv))
		abort();
	if (prim_cbc_decrypt(sa->keys.cipher, sa->keys.enc.b, iv, copy + IKE_HEADER_LEN,
			     len - IKE_HEADER_LEN) ||
	    ike_msg_parse_chain(&msg, &header, copy + IKE_HEADER_LEN, len - IKE_HEADER_LEN) !=
		    IKE_PARSED ||
	    ike_msg_check(&msg, IKE_MESSAGE_TRANSACTION) != IKE_PARSED || !hash_is_good(sa, &msg))
		return; /* damaged */
	if (client->n_seen == CLIENT_SEEN_MAX)
		abort();
	memcpy(client->seen[client->n_seen].digest, digest, sizeof(digest));
	client->seen[client->n_seen].answer =
		answer(client, header.msgid, iv, ike_msg_get(&msg, IKE_PAYLOAD_ATTRIBUTES, 0));
	if (client->seen[client->n_seen].answer)
		send(client, client->seen[client->n_seen].answer);
	client->n_seen++;
}

static enum lab_fate fate(struct lab *lab, size_t n, struct lab_packet *p)
{
	struct client *client = lab->fate_ctx;
	size_t marker = p->path.local_port == 4500 ? MARKER_LEN : 0;
	enum lab_fate what;

	(void)n;
	if (p->to != 0 || p->data[marker + EXCHANGE_AT] != IKE_EXCHANGE_TRANSACTION)
		return LAB_DELIVER;
	what = client->n++ == client->fate_n ? client->fate_what : LAB_DELIVER;
	if (what == LAB_CORRUPT)
		p->data[p->len - 5] ^= 0x10;
	if (what != LAB_DROP && !lab->cut)
		take(client, p, p->data + marker, p->len - marker);
	if (what == LAB_DUPLICATE)
		take(client, p, p->data + marker, p->len - marker);
	return LAB_DROP; /* not for engine A */
}

void client_send(struct client *client, enum config_payload_kind kind, uint16_t identifier,
		 const void *attrs, size_t len)
{
	struct ike_sa *sa = forge_sa(client->lab, 0);

	client->msgid++;
	if (ike_keys_iv(&sa->keys, client->msgid, client->iv))
		abort();
	free(client->request);
	client->request = make(client, client->msgid, client->iv, kind, identifier, attrs, len);
	send(client, client->request);
}

void client_ask(struct client *client, const uint16_t *types, size_t n)
{
	uint8_t attrs[512];
	struct wbuf w = wbuf_of(attrs, sizeof(attrs));

	for (size_t i = 0; i < n; i++) {
		wbuf_u16(&w, types[i]);
		wbuf_u16(&w, 0);
	}
	client_send(client, CONFIG_PAYLOAD_REQUEST, 0x1234, attrs, w.len);
}

void client_repeat(struct client *client)
{
	send(client, client->request);
}

void client_ask_all(struct client *client)
{
	static const uint16_t types[] = {1,	2,     3,     4,     28672, 28673, 28674, 28675,
					 28676, 28679, 28680, 28677, 28681, 7,	   28682};

	client_ask(client, types, array_len(types));
}

void client_gateway(struct lab *lab, bool xauth)
{
	struct lab_end *b = &lab->ends[1];
	struct addr network = addr_v4(0xc0a80200);
	struct addr network2 = addr_v4(0x0a140000);

	lab_init(lab);
	for (int i = 0; i < 2; i++) {
		lab->ends[i].peer.aggressive = true;
		lab->ends[i].peer.dpd_s = 0;
	}
	ike_id_of_text(&lab->ends[0].peer.local_id, IKE_ID_KEY_ID, "dialin");
	b->group = lab->ends[0].peer.local_id;
	b->peer.xauth = xauth;
	b->peer.client = true;
	memcpy(b->peer.group, "dialin", 7);
	b->password = "open sesame";
	b->client = (struct ike_client_config){
		.address = addr_v4(0xc0a80a05),
		.prefix_len = 24,
		.dns = {addr_v4(0xc0a80201), addr_v4(0xc0a80202)},
		.wins = {addr_v4(0xc0a80203)},
		.domain = "example.com",
		.banner = "Welcome",
		.split_dns = "example.com,example.net",
		.backup = "10.9.9.9",
		.split[0].local = prefix_make(&network, 24),
		.split[1].local = prefix_make(&network2, 14),
		.n_split = 2,
		.save_password = true,
		.pfs_group = 2,
	};
	lab_start(lab);
}

void client_dial(struct lab *lab)
{
	if (lab_initiate(lab, 0))
		abort();
	lab_settle(lab);
}

const char *client_state(const struct lab *lab, int end)
{
	return ike_sa_show(forge_sa(lab, end));
}
