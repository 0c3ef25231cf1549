/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/mode_config_attrs.h"

#include "controlplane/ike/config_payload.h"
#include "controlplane/ike/ike_debug.h"
#include "lib/base/wbuf.h"

#include <string.h>

enum {
	V4_LEN = 4,
	SPLIT_LEN = 14, /* network, mask, protocol, source port, destination port */
};

/* What the writers get. */
struct reply {
	struct ike_build *b;
	const struct ike_sa *sa;
	const struct ike_client_config *client;
};

static void address_of(const struct reply *r, uint16_t type, const struct addr *addr)
{
	if (addr->family == ADDR_V4)
		config_payload_bytes(r->b, type, addr->b, V4_LEN);
}

static void text_of(const struct reply *r, uint16_t type, const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	if (len)
		config_payload_bytes(r->b, type, text, len);
}

static void write_address(const struct reply *r, uint16_t type)
{
	ike_say(r->sa, IKE_SAY_CFG_ALLOCATE, &r->client->address);
	address_of(r, type, &r->client->address);
}

static void write_netmask(const struct reply *r, uint16_t type)
{
	struct prefix network = prefix_make(&r->client->address, r->client->prefix_len);
	struct addr mask = prefix_mask(&network);

	if (r->client->prefix_len)
		address_of(r, type, &mask);
}

static void write_servers(const struct reply *r, uint16_t type, const struct addr *servers,
			  const char *what)
{
	for (size_t i = 0; i < 2; i++) {
		if (servers[i].family == ADDR_V4)
			ike_say(r->sa, IKE_SAY_CFG_SERVER, what, &servers[i]);
		address_of(r, type, &servers[i]);
	}
}

static void write_dns(const struct reply *r, uint16_t type)
{
	write_servers(r, type, r->client->dns, "IP4_DNS");
}

static void write_wins(const struct reply *r, uint16_t type)
{
	write_servers(r, type, r->client->wins, "IP4_NBNS");
}

static void write_expiry(const struct reply *r, uint16_t type)
{
	uint32_t s = r->client->lifetime_s;
	const uint8_t bytes[] = {(uint8_t)(s >> 24), (uint8_t)(s >> 16), (uint8_t)(s >> 8),
				 (uint8_t)s};

	if (s)
		config_payload_bytes(r->b, type, bytes, sizeof(bytes));
}

static void write_version(const struct reply *r, uint16_t type)
{
	static const char name[] = "culvert";

	config_payload_bytes(r->b, type, name, sizeof(name) - 1);
}

static void write_banner(const struct reply *r, uint16_t type)
{
	text_of(r, type, r->client->banner, sizeof(r->client->banner));
}

static void write_save_password(const struct reply *r, uint16_t type)
{
	config_payload_number(r->b, type, r->client->save_password);
}

static void write_domain(const struct reply *r, uint16_t type)
{
	text_of(r, type, r->client->domain, sizeof(r->client->domain));
}

static void write_split_dns(const struct reply *r, uint16_t type)
{
	text_of(r, type, r->client->split_dns, sizeof(r->client->split_dns));
}

static void one_network(struct wbuf *w, const struct reply *r, const struct selector *s)
{
	struct addr mask = prefix_mask(&s->local);
	const struct addr *network = &s->local.addr;

	ike_say(r->sa, IKE_SAY_CFG_SPLIT, r->client->split_exclude ? "exclude" : "include", network,
		&mask, s->protocol, s->local_port, s->remote_port);
	wbuf_bytes(w, network->b, V4_LEN);
	wbuf_bytes(w, mask.b, V4_LEN);
	wbuf_u16(w, s->protocol);
	wbuf_u16(w, s->local_port);
	wbuf_u16(w, s->remote_port);
}

/* All networks in one attribute, as Cisco's clients want it. */
static void write_networks(const struct reply *r, uint16_t type)
{
	uint8_t bytes[SPLIT_LEN * IKE_SPLIT_MAX];
	struct wbuf w = wbuf_of(bytes, sizeof(bytes));

	for (size_t i = 0; i < r->client->n_split && i < IKE_SPLIT_MAX; i++)
		if (r->client->split[i].local.addr.family == ADDR_V4)
			one_network(&w, r, &r->client->split[i]);
	if (w.len)
		config_payload_bytes(r->b, type, bytes, w.len);
}

static void write_split_include(const struct reply *r, uint16_t type)
{
	if (!r->client->split_exclude)
		write_networks(r, type);
}

static void write_local_lan(const struct reply *r, uint16_t type)
{
	if (r->client->split_exclude)
		write_networks(r, type);
}

static void write_pfs(const struct reply *r, uint16_t type)
{
	config_payload_number(r->b, type, r->client->pfs_group != 0);
}

static void write_backup(const struct reply *r, uint16_t type)
{
	text_of(r, type, r->client->backup, sizeof(r->client->backup));
}

// clang-format off
static const struct row {
	uint16_t type; /* enum config_payload_type */
	const char *name;
	const char *asa; /* "MODE_CFG: Received request for ..." */
	void (*write)(const struct reply *r, uint16_t type);
} rows[] = {
	{ CONFIG_PAYLOAD_IP4_ADDRESS, "IP4_ADDRESS", "IPV4 address", write_address },
	{ CONFIG_PAYLOAD_IP4_NETMASK, "IP4_NETMASK", "IPV4 net mask", write_netmask },
	{ CONFIG_PAYLOAD_IP4_DNS, "IP4_DNS", "DNS server address", write_dns },
	{ CONFIG_PAYLOAD_IP4_NBNS, "IP4_NBNS", "WINS server address", write_wins },
	{ CONFIG_PAYLOAD_ADDRESS_EXPIRY, "ADDRESS_EXPIRY", "address expiry", write_expiry },
	{ CONFIG_PAYLOAD_APPLICATION_VERSION, "APPLICATION_VERSION", "Application Version",
	  write_version },
	{ CONFIG_PAYLOAD_BANNER, "MODECFG_BANNER", "Banner", write_banner },
	{ CONFIG_PAYLOAD_SAVE_PASSWORD, "MODECFG_SAVEPWD", "Save PW setting", write_save_password },
	{ CONFIG_PAYLOAD_DEF_DOMAIN, "DEFAULT_DOMAIN", "Default Domain Name", write_domain },
	{ CONFIG_PAYLOAD_SPLIT_DNS, "SPLIT_DNS", "Split DNS", write_split_dns },
	{ CONFIG_PAYLOAD_SPLIT_INCLUDE, "SPLIT_INCLUDE", "Split Tunnel List", write_split_include },
	{ CONFIG_PAYLOAD_LOCAL_LAN, "INCLUDE_LOCAL_LAN", "Local LAN Include", write_local_lan },
	{ CONFIG_PAYLOAD_PFS, "PFS", "PFS setting", write_pfs },
	{ CONFIG_PAYLOAD_BACKUP_SERVERS, "BACKUP_SERVER", "Backup Server List", write_backup },
};
// clang-format on

static const struct row *find_row(uint16_t type)
{
	for (size_t i = 0; i < array_len(rows); i++)
		if (rows[i].type == type)
			return &rows[i];
	return NULL;
}

static void print_request(const struct ike_sa *sa, struct rbuf asked)
{
	struct config_payload_attr a;

	ike_say(sa, IKE_SAY_CFG_CHECK);
	while (config_payload_next(&asked, &a)) {
		const struct row *row = find_row(a.type);

		if (row) {
			ike_say(sa, IKE_SAY_CFG_WANTED, row->name, a.type, row->asa);
			continue;
		}
		ike_say(sa, IKE_SAY_CFG_UNKNOWN, a.type);
	}
}

void mode_config_attrs_reply(struct ike_build *b, const struct ike_sa *sa,
			     const struct ike_client_config *client, struct rbuf asked)
{
	const struct reply r = {b, sa, client};
	struct config_payload_attr a;
	uint32_t given = 0;

	print_request(sa, asked);
	while (config_payload_next(&asked, &a)) {
		const struct row *row = find_row(a.type);
		uint32_t bit = row ? 1u << (row - rows) : 0;

		if (row && !(given & bit))
			row->write(&r, row->type);
		given |= bit;
	}
}

void mode_config_attrs_all(struct ike_build *b, const struct ike_sa *sa,
			   const struct ike_client_config *client)
{
	const struct reply r = {b, sa, client};

	for (size_t i = 0; i < array_len(rows); i++)
		rows[i].write(&r, rows[i].type);
}
