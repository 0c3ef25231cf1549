/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_alias.h"

bool config_alias_put(const struct config *c, struct config_words *words, size_t at, char *buf)
{
	const struct config_alias *alias =
		at < words->n && c->names_on ? config_model_alias(c, words->words[at].text) : NULL;

	if (!alias)
		return false;
	addr_print(&alias->address, buf, ADDR_TEXT);
	words->words[at].text = buf;
	return true;
}
