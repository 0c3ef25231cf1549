/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/rules_quick_remedy.h"

#include "controlplane/diagnose/rules_fill.h"
#include "controlplane/ike/ike_attr.h"
#include "controlplane/ike/ike_payload.h"

#include <stdio.h>
#include <string.h>

enum {
	SUITE = 64,
};

static char *suite_words(struct alg_suite s, char buf[static SUITE])
{
	const struct alg_cipher_row *cipher = alg_cipher_row(s.cipher);
	char bits[8] = "";

	if (cipher->cli_bits)
		snprintf(bits, sizeof(bits), " %u", (unsigned)cipher->cli_bits);
	snprintf(buf, SUITE, "%s%s%s%s", cipher->esp_keyword, bits,
		 s.hash == ALG_HASH_NONE ? "" : " ",
		 s.hash == ALG_HASH_NONE ? "" : alg_hash_row(s.hash)->esp_keyword);
	return buf;
}

static bool is_tunnel(uint16_t encapsulation)
{
	return encapsulation != IKE_ENCAP_TRANSPORT && encapsulation != IKE_ENCAP_UDP_TRANSPORT &&
	       encapsulation != IKE_ENCAP_UDP_TRANSPORT_DRAFT;
}

/* False: it cannot be configured here. */
static bool suite_of(const struct ike_record_terms *t, struct alg_suite *s)
{
	enum alg_cipher cipher = alg_cipher_of_esp(t->transform_id, t->key_bits);
	enum alg_hash hash = t->hash ? alg_hash_of_esp(t->hash) : ALG_HASH_NONE;

	if (t->protocol != IKE_PROTOCOL_ESP || cipher == ALG_CIPHER_COUNT ||
	    hash == ALG_HASH_COUNT || !alg_cipher_row(cipher)->esp_keyword)
		return false;
	*s = (struct alg_suite){(uint8_t)cipher, (uint8_t)hash};
	return alg_suite_valid(*s) && is_tunnel(t->encapsulation) && t->esn != IKE_ESN_64;
}

/* A dynamic entry has those of its dynamic map. */
static const struct config_map_entry *with_sets(const struct evidence *e,
						const struct config_map_entry *entry)
{
	const struct config_map *map = NULL;

	if (e->config && entry && entry->dynamic[0])
		map = config_model_dynamic_map(e->config, entry->dynamic);
	return map && map->n_entries ? &map->entries[0] : entry;
}

char *rules_quick_remedy_sets(const struct evidence *e, const struct config_map_entry *entry,
			      char *buf, size_t size)
{
	char words[SUITE];

	buf[0] = '\0';
	entry = with_sets(e, entry);
	for (size_t i = 0; e->config && entry && i < entry->n_sets; i++) {
		const struct config_transform_set *set =
			config_model_transform_set(e->config, entry->sets[i]);
		size_t n = strlen(buf);

		if (set)
			snprintf(buf + n, size - n, "%s%s%s", n ? ", " : "",
				 suite_words(set->suite, words),
				 set->transport ? " (transport)" : "");
	}
	return buf;
}

char *rules_quick_remedy_offers(const struct ike_record *r, char *buf, size_t size)
{
	struct alg_suite suite;
	char words[SUITE];

	buf[0] = '\0';
	for (size_t i = 0; i < r->n_offers_kept; i++) {
		size_t n = strlen(buf);

		if (r->n_offers > r->n_offers_kept || !suite_of(&r->offers[i], &suite)) {
			buf[0] = '\0';
			break;
		}
		snprintf(buf + n, size - n, "%s%s", n ? ", " : "", suite_words(suite, words));
	}
	return buf;
}

/* A set that is there already and has it. */
static const struct config_transform_set *set_of(const struct config *c, struct alg_suite suite)
{
	for (size_t i = 0; i < c->n_transform_sets; i++) {
		const struct config_transform_set *set = &c->transform_sets[i];

		if (set->suite.cipher == suite.cipher && set->suite.hash == suite.hash &&
		    !set->transport && !set->esn)
			return set;
	}
	return NULL;
}

static void names_of(const struct config_map_entry *entry, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < entry->n_sets; i++) {
		size_t n = strlen(buf);

		snprintf(buf + n, size - n, "%s ", entry->sets[i]);
	}
}

/* Behind those it has: what works with others goes on as it was. */
bool rules_quick_remedy_transform(const struct evidence *e, const struct config_map_entry *entry,
				  const struct ike_record *r, struct diagnosis *d)
{
	const struct config_transform_set *set;
	char words[SUITE], names[RULES_FILL_TEXT], name[CONFIG_NAME], peer[ADDR_TEXT];
	struct alg_suite suite;
	char where[RULES_FILL_TEXT];

	if (e->map && entry && entry->dynamic[0])
		snprintf(where, sizeof(where), "crypto dynamic-map %s %u", entry->dynamic,
			 with_sets(e, entry)->sequence);
	else if (e->map && entry)
		snprintf(where, sizeof(where), "crypto map %s %u", e->map->name, entry->sequence);
	entry = with_sets(e, entry);
	if (!e->config || !e->map || !entry || entry->dynamic[0] || r->initiator ||
	    !r->n_offers_kept || !suite_of(&r->offers[0], &suite) ||
	    entry->n_sets >= CONFIG_SETS_MAX)
		return false;
	set = set_of(e->config, suite);
	names_of(entry, names, sizeof(names));
	snprintf(name, sizeof(name), "FOR-%s", addr_print(&e->peer, peer, sizeof(peer)));
	if (!set && config_model_transform_set(e->config, name))
		return false;
	if (set)
		rules_fill_command(d, "%s / set transform-set %s%s", where, names, set->name);
	else
		rules_fill_command(d,
				   "crypto ipsec transform-set %s %s / %s / "
				   "set transform-set %s%s",
				   name, suite_words(suite, words), where, names, name);
	return true;
}
