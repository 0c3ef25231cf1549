/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_tables.h"

const struct config_rows *const config_tables[] = {
	&config_rows_platform,	   &config_rows_archive,       &config_rows_logging,
	&config_rows_aaa,	   &config_rows_radius,	       &config_rows_class,
	&config_rows_policy_map,   &config_rows_policy_class,  &config_rows_pki,
	&config_rows_isakmp,	   &config_rows_isakmp_policy, &config_rows_isakmp_peer,
	&config_rows_profile,	   &config_rows_vpngroup,      &config_rows_aaa_server,
	&config_rows_group_policy, &config_rows_tunnel_group,  &config_rows_group,
	&config_rows_ipsec,	   &config_rows_map,	       &config_rows_map_entry,
	&config_rows_interface,	   &config_rows_named,	       &config_rows_pool,
	&config_rows_route,	   &config_rows_object,	       &config_rows_object_group,
	&config_rows_acl,	   &config_rows_box,	       &config_rows_line,
	&config_rows_mode,
};

const size_t config_tables_n = array_len(config_tables);

/*
 * What an ASA and a PIX print before all else: who the interfaces are, with the policies that they
 * name, and what is selected.
 */
static const struct config_rows *const first[] = {
	&config_rows_platform,	&config_rows_class,  &config_rows_policy_map,
	&config_rows_interface, &config_rows_object, &config_rows_object_group,
	&config_rows_acl,	&config_rows_pool,   &config_rows_route,
};

static bool is_first(const struct config_rows *table)
{
	for (size_t i = 0; i < array_len(first); i++)
		if (first[i] == table)
			return true;
	return false;
}

size_t config_tables_printed(enum dialect dialect, const struct config_rows **tables)
{
	size_t n = 0;

	for (; dialect != DIALECT_IOS && n < array_len(first); n++)
		tables[n] = first[n];
	for (size_t i = 0; i < config_tables_n; i++)
		if (dialect == DIALECT_IOS || !is_first(config_tables[i]))
			tables[n++] = config_tables[i];
	return n;
}
