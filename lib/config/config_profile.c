/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_profile.h"

#include "lib/config/config_model.h"

#include <string.h>

struct config_profile *config_profile_find(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_profiles; i++)
		if (strcmp(c->profiles[i].name, name) == 0)
			return &c->profiles[i];
	return NULL;
}

struct config_crypto_identity *config_profile_identity(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_identities; i++)
		if (strcmp(c->identities[i].name, name) == 0)
			return &c->identities[i];
	return NULL;
}

struct config_cert_map *config_profile_cert_map(const struct config *c, const char *name,
						uint16_t sequence)
{
	for (size_t i = 0; i < c->n_cert_maps; i++)
		if (c->cert_maps[i].sequence == sequence && !strcmp(c->cert_maps[i].name, name))
			return &c->cert_maps[i];
	return NULL;
}

bool config_profile_has_cert_map(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->n_cert_maps; i++)
		if (strcmp(c->cert_maps[i].name, name) == 0)
			return true;
	return false;
}

bool config_profile_wants_cert(const struct config_profile *p)
{
	for (size_t i = 0; i < p->n_matches; i++)
		if (p->matches[i].kind == CONFIG_WHO_CERTIFICATE)
			return true;
	return p->n_trustpoints > 0;
}

bool config_profile_takes_all(const struct config_profile *p)
{
	for (size_t i = 0; i < p->n_matches; i++)
		if (p->matches[i].kind == CONFIG_WHO_ADDRESS && p->matches[i].net.len == 0)
			return true;
	return false;
}
