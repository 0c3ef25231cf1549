/* SPDX-License-Identifier: BSD-3-Clause */
/* `name A ALIAS`: words that stand for addresses in lines of an ASA and a PIX. */
#pragma once

#include "lib/config/config_model.h"
#include "lib/config/config_words.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CONFIG_ALIASES_MAX = 12 /* of one line */
};

/*
 * Puts the address that word `at` stands for in its place, as text in buf (ADDR_TEXT fits), which
 * must live as long as the words. False when it stands for none.
 */
bool config_alias_put(const struct config *c, struct config_words *words, size_t at, char *buf);
