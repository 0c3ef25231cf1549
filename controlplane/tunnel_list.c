/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/tunnel_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void add_interface(struct tunnel_list *list, const struct control *c, const char *name)
{
	const struct dynamic_tunnel *dt;

	for (size_t i = 0; i < c->tunnels.n; i++)
		if (strcmp(c->tunnels.rows[i].interface, name) == 0)
			list->rows[list->n++] = &c->tunnels.rows[i];
	TAILQ_FOREACH(dt, &c->dynamic.all, link)
		if (strcmp(dt->t.interface, name) == 0)
			list->rows[list->n++] = &dt->t;
}

int tunnel_list_init(struct tunnel_list *list, const struct control *c)
{
	*list = (struct tunnel_list){
		.rows = calloc(c->tunnels.n + c->dynamic.n + 1, sizeof(struct tunnel *))};
	if (!list->rows)
		return -ENOMEM;
	for (size_t i = 0; i < c->config.n_interfaces; i++)
		if (c->config.interfaces[i].crypto_map[0])
			add_interface(list, c, c->config.interfaces[i].name);
	return 0;
}

void tunnel_list_fini(struct tunnel_list *list)
{
	free(list->rows);
	*list = (struct tunnel_list){0};
}
