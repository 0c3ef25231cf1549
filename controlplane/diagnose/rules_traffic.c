/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the counters of SAs and the discarded packets say. A network that is well loses, doubles and
 * damages a packet now and then: below these numbers nothing is said.
 */
#include "controlplane/diagnose/diagnose_words.h"
#include "controlplane/diagnose/rules.h"
#include "controlplane/diagnose/rules_client.h"
#include "controlplane/diagnose/rules_fill.h"

#include <stdio.h>

enum {
	TEXT = RULES_FILL_TEXT,
	ONE_WAY_S = 15, /* a peer may take so long to answer the first packets */
	ONE_WAY_PACKETS = 5,
	LATE_PACKETS = 10,
	BAD_PACKETS = 3,
	UNKNOWN_PACKETS = 5,
	UNKNOWN_GRACE_MS = 15000, /* what was on its way when an SA ended */
	NOW_MS = 30000,		  /* it still happens */
	STALE_S = 60,
	BACK_DISTANCE = 65536, /* no network is that late: the numbers began anew */
};

#define LATELY(sa, counter) ((sa)->now.counter - (sa)->before.counter)

typedef bool (*sa_fn)(const struct evidence_sa *sa);

static const struct evidence_sa *sa_that(const struct evidence *e, sa_fn fn)
{
	for (size_t i = 0; i < e->n_sas; i++)
		if (fn(&e->sas[i]))
			return &e->sas[i];
	return NULL;
}

/* Of a reason, lately and still, at least so many; NULL otherwise. */
static const struct evidence_drop *drop_of(const struct evidence *e, enum drop_reason reason,
					   uint64_t least)
{
	const struct evidence_drop *drop = evidence_drop(e, reason);

	return drop && drop->lately >= least && e->now_ms - drop->last_ms <= NOW_MS ? drop : NULL;
}

static bool is_damaged(const struct evidence_sa *sa)
{
	return LATELY(sa, auth_failed) >= BAD_PACKETS;
}

/* Who has heard the SPI of a peer, and sends with it from where the peer is not; NULL = nobody. */
static const struct addr *forger(const struct evidence *e)
{
	const struct evidence_drop *drop = drop_of(e, DROP_ESP_AUTH, 1);
	const struct addr *from = drop ? &drop->flow.remote.addr : NULL;

	return from && from->family && !addr_eq(from, &e->peer) && !addr_eq(from, &e->seen) ? from
											    : NULL;
}

static bool damaged(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, is_damaged);
	const struct addr *from = forger(e);
	char text[ADDR_TEXT];

	if (!sa)
		return false;
	rules_fill_peer(e, d);
	if (from) {
		diagnose_set(d, "peer", "%s", addr_print(from, text, sizeof(text)));
		rules_fill_command(d, "show crypto ipsec sa peer %s",
				   addr_print(&e->peer, text, sizeof(text)));
		rules_fill_saw(d, "the last one came from %s, which is not the peer: forged; ",
			       addr_print(from, text, sizeof(text)));
	}
	diagnose_set(d, "n", "%llu", (unsigned long long)LATELY(sa, auth_failed));
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d,
		       "SPI 0x%08X: %llu packets failed the integrity check in the last minute, "
		       "%llu passed: %s",
		       (unsigned)sa->spi_in, (unsigned long long)LATELY(sa, auth_failed),
		       (unsigned long long)LATELY(sa, in_packets),
		       LATELY(sa, in_packets) ? "damaged or forged on the way"
					      : "another key, or all of it is damaged");
	return true;
}

static bool has_bad_padding(const struct evidence_sa *sa)
{
	return LATELY(sa, pad_failed) >= BAD_PACKETS;
}

/* As it is typed. */
static const char *keyword_of(const struct evidence *e, const struct evidence_sa *sa, char *buf,
			      size_t size)
{
	const struct alg_cipher_row *cipher = alg_cipher_row(sa->suite.cipher);
	bool ios = !e->config || e->config->dialect == DIALECT_IOS;

	if (!cipher->esp_keyword)
		snprintf(buf, size, "<cipher>");
	else if (cipher->cli_bits)
		snprintf(buf, size, "%s%s%u", cipher->esp_keyword, ios ? " " : "-",
			 cipher->cli_bits);
	else
		snprintf(buf, size, "%s", cipher->esp_keyword ? cipher->esp_keyword : "<cipher>");
	return buf;
}

static bool padding(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, has_bad_padding);
	char cipher[TEXT];

	if (!sa)
		return false;
	diagnose_set(d, "set", "%s", e->entry && e->entry->n_sets ? e->entry->sets[0] : "<set>");
	diagnose_set(d, "cipher", "%s", keyword_of(e, sa, cipher, sizeof(cipher)));
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "SPI 0x%08X: padding of %llu packets was wrong in the last minute",
		       (unsigned)sa->spi_in, (unsigned long long)LATELY(sa, pad_failed));
	return true;
}

static bool is_late(const struct evidence_sa *sa)
{
	return LATELY(sa, replay_late) + LATELY(sa, replay_seen) >= LATE_PACKETS;
}

static bool comes_in_pieces(const struct evidence_sa *sa)
{
	return LATELY(sa, replay_late) >= LATE_PACKETS && sa->in_reassembled >= LATE_PACKETS;
}

/* Pieces wait for each other while whole packets go past them. */
static bool late_pieces(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, comes_in_pieces);

	if (!sa)
		return false;
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d,
		       "SPI 0x%08X: %llu packets were late in the last minute; %u of its late "
		       "ones had come in fragments",
		       (unsigned)sa->spi_in, (unsigned long long)LATELY(sa, replay_late),
		       (unsigned)sa->in_reassembled);
	return true;
}

/*
 * More came than the peer has numbered: some of the late ones had come before. The window is too
 * short to tell which, and a wider one would have refused them as well.
 */
static bool is_repeated(const struct evidence_sa *sa)
{
	return sa->top && sa->now.in_packets + sa->late_verified > sa->top;
}

/* Late is what the network reorders, seen is what somebody repeats. */
static void saw_late(const struct evidence_sa *sa, struct diagnosis *d)
{
	uint64_t late = LATELY(sa, replay_late), seen = LATELY(sa, replay_seen);

	rules_fill_saw(d, "SPI 0x%08X, last minute: %llu late, %llu received before",
		       (unsigned)sa->spi_in, (unsigned long long)late, (unsigned long long)seen);
	if (sa->late_most >= BACK_DISTANCE && !LATELY(sa, in_packets))
		rules_fill_saw(d, "; nothing else comes: the peer's sequence numbers went back");
	else if (!late)
		rules_fill_saw(d, "; the network doubles packets, or somebody repeats them");
	else if (sa->late_forged > sa->late_verified)
		rules_fill_saw(d, "; most of the late ones are forged");
	else if (is_repeated(sa))
		rules_fill_saw(d,
			       "; the peer has numbered %llu packets in all, and more came: the "
			       "network doubles packets, or somebody repeats them",
			       (unsigned long long)sa->top);
	else if (sa->wanted_window)
		rules_fill_saw(d,
			       "; a window of %u would have taken them; QoS behind the peer's "
			       "encryption reorders so",
			       (unsigned)sa->wanted_window);
}

static bool replay(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, is_late);
	char peer[ADDR_TEXT];
	uint64_t n;

	if (!sa || comes_in_pieces(sa))
		return false;
	n = LATELY(sa, replay_late) + LATELY(sa, replay_seen);
	diagnose_set(d, "n", "%llu", (unsigned long long)n);
	diagnose_set(d, "window", "%u", (unsigned)sa->window);
	diagnose_set(d, "distance", "%u", (unsigned)sa->late_most);
	diagnose_set(d, "wanted", "%u", (unsigned)sa->wanted_window);
	addr_print(&e->peer, peer, sizeof(peer));
	if (sa->late_most >= BACK_DISTANCE && !LATELY(sa, in_packets))
		rules_fill_command(d, "clear crypto sa peer %s", peer);
	else if (!sa->wanted_window || is_repeated(sa))
		rules_fill_command(d, "show crypto ipsec sa peer %s detail", peer);
	d->sureness = DIAGNOSE_SURE;
	saw_late(sa, d);
	return true;
}

static const struct evidence_sa *sa_of(const struct evidence *e, uint32_t spi)
{
	for (size_t i = 0; i < e->n_sas; i++)
		if (e->sas[i].spi_in == spi)
			return &e->sas[i];
	return NULL;
}

static bool selector(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = drop_of(e, DROP_ESP_POLICY, BAD_PACKETS);
	const struct evidence_sa *sa = drop ? sa_of(e, drop->spi) : NULL;
	struct evidence_nearest nearest;
	char a[TEXT], b[TEXT];

	if (!sa)
		return false;
	nearest = evidence_nearest(e, &sa->selector);
	diagnose_set(d, "src", "%s", diagnose_words_network(&drop->flow.remote, a, TEXT));
	diagnose_set(d, "dst", "%s", diagnose_words_network(&drop->flow.local, b, TEXT));
	diagnose_set(d, "protocol", "protocol %u", drop->flow.protocol);
	diagnose_set(d, "local", "%s", diagnose_words_end(&sa->selector, false, a, TEXT));
	diagnose_set(d, "remote", "%s", diagnose_words_end(&sa->selector, true, b, TEXT));
	diagnose_set(d, "acl", "%s", nearest.acl ? nearest.acl->name : "<acl>");
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu packets in the last minute, SPI 0x%08X",
		       (unsigned long long)drop->lately, (unsigned)drop->spi);
	return true;
}

static bool unknown_spi(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = drop_of(e, DROP_ESP_NO_SA, UNKNOWN_PACKETS);
	char text[ADDR_TEXT], age[TEXT] = "never ours, as far as is known";
	char span[TEXT];

	if (!drop || (drop->spi_ended_ms && e->now_ms - drop->spi_ended_ms < UNKNOWN_GRACE_MS))
		return false;
	if (drop->spi_ended_ms)
		snprintf(age, sizeof(age), "it ended %s ago: %s",
			 diagnose_words_span(e->now_ms - drop->spi_ended_ms, span, sizeof(span)),
			 ike_reason_text(drop->spi_reason));
	rules_fill_peer(e, d);
	diagnose_set(d, "spi", "0x%08X", (unsigned)drop->spi);
	diagnose_set(d, "age", "%s", age);
	diagnose_set(d, "local", "%s",
		     e->local.family ? addr_print(&e->local, text, sizeof(text)) : "<our address>");
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu packets in the last minute", (unsigned long long)drop->lately);
	return true;
}

static bool clear_in(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = drop_of(e, DROP_POLICY_CLEAR, BAD_PACKETS);
	char a[TEXT], b[TEXT];

	if (!drop)
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "src", "%s", diagnose_words_network(&drop->flow.remote, a, TEXT));
	diagnose_set(d, "dst", "%s", diagnose_words_network(&drop->flow.local, b, TEXT));
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu packets in clear in the last minute",
		       (unsigned long long)drop->lately);
	return true;
}

static bool by_list(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = drop_of(e, DROP_ACL_IN, BAD_PACKETS);
	const struct config_interface *interface =
		drop && e->config ? config_model_interface(e->config, drop->interface) : NULL;
	char a[TEXT], b[TEXT];

	if (!interface || !interface->access_in[0] || !drop->spi || e->config->permit_vpn)
		return false;
	diagnose_set(d, "n", "%llu", (unsigned long long)drop->lately);
	diagnose_set(d, "acl", "%s", interface->access_in);
	diagnose_set(d, "if", "%s", interface->name);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "in the last minute, the last one %s to %s protocol %u",
		       diagnose_words_network(&drop->flow.remote, a, TEXT),
		       diagnose_words_network(&drop->flow.local, b, TEXT), drop->flow.protocol);
	return true;
}

static bool hairpin(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = drop_of(e, DROP_HAIRPIN, BAD_PACKETS);
	char a[TEXT], b[TEXT];

	if (!drop || !e->config || e->config->same_intra)
		return false;
	diagnose_set(d, "src", "%s", diagnose_words_network(&drop->flow.remote, a, TEXT));
	diagnose_set(d, "dst", "%s", diagnose_words_network(&drop->flow.local, b, TEXT));
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "%llu packets in the last minute, decrypted on %s and to leave by it",
		       (unsigned long long)drop->lately, drop->interface);
	return true;
}

static bool multicast(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_drop *drop = drop_of(e, DROP_IP_MULTICAST, BAD_PACKETS);
	char a[TEXT], b[TEXT];

	if (!drop)
		return false;
	diagnose_set(d, "n", "%llu", (unsigned long long)drop->lately);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "in the last minute, the last one %s to %s",
		       diagnose_words_network(&drop->flow.local, a, TEXT),
		       diagnose_words_network(&drop->flow.remote, b, TEXT));
	return true;
}

/* One with a successor is not up any more, it drains. */
static bool is_stale(const struct evidence_sa *sa)
{
	return sa->current && !sa->newest && sa->age_s >= STALE_S && LATELY(sa, out_packets);
}

static bool stale(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, is_stale);

	if (!sa)
		return false;
	rules_fill_peer(e, d);
	d->sureness = DIAGNOSE_SURE;
	rules_fill_saw(d, "traffic goes out with SPI 0x%08X, which is %u s old and has a successor",
		       (unsigned)sa->spi_out, (unsigned)sa->age_s);
	return true;
}

/* An SA after one that carried both ways may have to wait for the next packet. */
static bool has_worked(const struct evidence *e, const struct evidence_sa *sa)
{
	for (size_t i = 0; i < e->n_sas; i++)
		if (&e->sas[i] != sa && selector_eq(&e->sas[i].selector, &sa->selector) &&
		    e->sas[i].now.in_packets && e->sas[i].now.out_packets)
			return true;
	return false;
}

static bool is_one_way_out(const struct evidence_sa *sa)
{
	return sa->up && sa->newest && sa->age_s >= ONE_WAY_S && !sa->now.in_packets &&
	       sa->now.out_packets >= ONE_WAY_PACKETS && LATELY(sa, out_packets);
}

static bool is_one_way_in(const struct evidence_sa *sa)
{
	return sa->up && sa->newest && sa->age_s >= ONE_WAY_S && !sa->now.out_packets &&
	       sa->now.in_packets >= ONE_WAY_PACKETS && LATELY(sa, in_packets);
}

static bool one_way_out(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, is_one_way_out);

	if (!sa || has_worked(e, sa))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%llu", (unsigned long long)sa->now.out_packets);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "the SA is up for %u s: %llu packets went out on it, none came in",
		       (unsigned)sa->age_s, (unsigned long long)sa->now.out_packets);
	return true;
}

static bool one_way_in(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, is_one_way_in);

	if (!sa || e->client || has_worked(e, sa))
		return false;
	rules_fill_peer(e, d);
	diagnose_set(d, "n", "%llu", (unsigned long long)sa->now.in_packets);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "the SA is up for %u s: %llu packets came in on it, none went out",
		       (unsigned)sa->age_s, (unsigned long long)sa->now.in_packets);
	return true;
}

/* Nobody behind us knows the way to the addresses of the pool. */
static bool pool_unknown(const struct evidence *e, struct diagnosis *d)
{
	const struct evidence_sa *sa = sa_that(e, is_one_way_in);
	char net[TEXT], host[TEXT];
	const char *pool;

	if (!sa || !e->client || has_worked(e, sa))
		return false;
	pool = rules_client_pool(e, &sa->selector.remote.addr);
	diagnose_words_network(&sa->selector.remote, host, TEXT);
	diagnose_set(d, "net", "%s",
		     sa->selector.local.len ? diagnose_words_network(&sa->selector.local, net, TEXT)
					    : "the inside");
	diagnose_set(d, "pool", "%s", pool[0] ? pool : host);
	d->sureness = DIAGNOSE_LIKELY;
	rules_fill_saw(d, "%llu packets of the client, %s, came in, none went back in %u s",
		       (unsigned long long)sa->now.in_packets, host, (unsigned)sa->age_s);
	return true;
}

static const struct rules_row rows[] = {
	{DIAGNOSE_ESP_STALE_CTX, RULES_TRAFFIC, .own = true, .holds = stale},
	{DIAGNOSE_ESP_INV_SPI, RULES_TRAFFIC, .holds = unknown_spi},
	{DIAGNOSE_ESP_HMAC, RULES_TRAFFIC, .holds = damaged},
	{DIAGNOSE_ESP_PADDING, RULES_TRAFFIC, .holds = padding},
	{DIAGNOSE_ESP_FRAG_ORDER, RULES_TRAFFIC, .holds = late_pieces},
	{DIAGNOSE_ESP_REPLAY, RULES_TRAFFIC, .holds = replay},
	{DIAGNOSE_ESP_SELECTOR, RULES_TRAFFIC, .holds = selector},
	{DIAGNOSE_ESP_CLEAR_IN, RULES_TRAFFIC, .holds = clear_in},
	{DIAGNOSE_CFG_SYSOPT, RULES_TRAFFIC, .holds = by_list},
	{DIAGNOSE_CFG_HAIRPIN, RULES_TRAFFIC, .holds = hairpin},
	{DIAGNOSE_ESP_MCAST, RULES_TRAFFIC, .own = true, .holds = multicast},
	{DIAGNOSE_RA_SPLIT, RULES_TRAFFIC, .holds = rules_client_outside_list},
	{DIAGNOSE_RA_TUNNEL_ALL, RULES_TRAFFIC, .holds = rules_client_sends_all},
	{DIAGNOSE_RA_NO_ROUTE, RULES_TRAFFIC, .holds = rules_client_no_route},
	{DIAGNOSE_RT_POOL, RULES_TRAFFIC, .holds = pool_unknown},
	{DIAGNOSE_ESP_ONE_WAY_IN, RULES_TRAFFIC, .holds = one_way_in},
	{DIAGNOSE_ESP_ONE_WAY_OUT, RULES_TRAFFIC, .holds = one_way_out},
};

const struct rules_table rules_traffic = {rows, array_len(rows)};
