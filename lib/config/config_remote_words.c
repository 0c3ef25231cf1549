/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_remote_words.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int config_remote_words_pools(struct config_line *line, const char *what,
			      char pools[CONFIG_GROUP_POOLS][CONFIG_REMOTE_NAME], size_t *n)
{
	*n = 0;
	for (size_t i = 0; !line->no && i < line->n_args; i++) {
		if (line->args[i].node[0] != '<')
			continue;
		if (*n == CONFIG_GROUP_POOLS)
			return config_line_refuse(line, &line->args[i], "a %s has at most %d pools",
						  what, CONFIG_GROUP_POOLS);
		config_line_copy(pools[(*n)++], CONFIG_REMOTE_NAME, line->args[i].value.text);
	}
	return 0;
}

void config_remote_words_servers(const struct config_line *line,
				 struct addr servers[CONFIG_GROUP_SERVERS])
{
	const struct config_arg *first = config_line_arg(line, "first");
	const struct config_arg *second = config_line_arg(line, "second");

	if (!line->no && first)
		servers[0] = first->value.addr;
	if (!line->no && second)
		servers[1] = second->value.addr;
}

void config_remote_words_print_servers(struct config_print *p, const struct addr *servers)
{
	char text[ADDR_TEXT];

	for (size_t i = 0; i < CONFIG_GROUP_SERVERS && !addr_is_none(&servers[i]); i++)
		config_print_text(p, " %s", addr_print(&servers[i], text, sizeof(text)));
}

int config_remote_words_domains(struct config_line *line, char list[CONFIG_REMOTE_LIST])
{
	size_t len = 0;

	for (size_t i = 0; !line->no && i < line->n_args; i++) {
		const char *domain = line->args[i].value.text;

		if (line->args[i].node[0] != '<')
			continue;
		if (strchr(domain, ',') || len + strlen(domain) + 2 > CONFIG_REMOTE_LIST)
			return config_line_refuse(line, &line->args[i],
						  "domains with blanks between, %d characters in "
						  "all",
						  CONFIG_REMOTE_LIST);
		len += (size_t)snprintf(list + len, CONFIG_REMOTE_LIST - len, "%s%s",
					len ? "," : "", domain);
	}
	return 0;
}

void config_remote_words_print_key(struct config_print *p, const struct config_row *row,
				   const struct config *c, const void *object)
{
	const struct config_radius_server *server = object;

	(void)c;
	if (!server->key[0])
		return;
	config_print_begin(p, row->mode);
	config_print_text(p, "key ");
	config_print_secret(p, server->key);
	config_print_end(p);
}
