/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/diagnose/config_rules.h"

#include <string.h>

/* Errors first, each kind in the order of finding; what does not fit is the least of them. */
static void put_in(void *ctx, const struct diagnosis *d)
{
	struct diagnose_list *list = ctx;
	size_t at = list->n;

	while (at && diagnose_severity(list->items[at - 1].code) > diagnose_severity(d->code))
		at--;
	if (at == array_len(list->items))
		return;
	if (list->n == array_len(list->items))
		list->n--;
	memmove(&list->items[at + 1], &list->items[at], (list->n - at) * sizeof(*d));
	list->items[at] = *d;
	list->n++;
}

void diagnose_config(const struct config *config, struct diagnose_list *out)
{
	struct config_rules r = {.when = CONFIG_RULES_ALL, .found = put_in, .ctx = out};

	config_rules_run(config, &r);
}
