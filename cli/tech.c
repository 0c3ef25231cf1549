/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/tech.h"

#include "cli/shell.h"

/* Rows of exec_table.c, in the order they are printed. */
static const char *const paths[] = {
	"show version",
	"show running-config",
	"show interfaces",
	"show ip route",
	"show ip arp",
	"show access-lists",
	"show crypto isakmp policy",
	"show crypto isakmp key",
	"show crypto isakmp sa detail",
	"show crypto ipsec transform-set",
	"show crypto map",
	"show crypto dynamic-map",
	"show crypto ipsec sa detail",
	"show crypto session detail",
	"show crypto diagnose detail",
	"show crypto engine connections active",
	"show crypto pki certificates",
	"show crypto call admission statistics",
	"show ip local pool",
	"show aaa servers",
	"show policy-map interface",
	"show processes cpu",
	"show capacity",
	"show drops",
	"show debugging",
	"show logging",
};

static json_t *params_of(const struct exec_row *row)
{
	return row->fixed ? json_loads(row->fixed, 0, NULL) : json_object();
}

json_t *tech_collect(struct shell *shell)
{
	json_t *all = json_object();

	for (size_t i = 0; i < array_len(paths); i++) {
		const struct exec_row *row = exec_row_of(paths[i]);
		json_t *result = shell_call(shell, row->method, params_of(row));

		if (!result) {
			json_decref(all);
			return NULL;
		}
		json_object_set_new(all, paths[i], result);
	}
	return all;
}

void tech_render(FILE *out, const struct render_request *request, const json_t *result)
{
	for (size_t i = 0; i < array_len(paths); i++) {
		const struct exec_row *row = exec_row_of(paths[i]);
		json_t *params = params_of(row);
		const struct render_request part = {.params = params, .dialect = request->dialect};

		fprintf(out, "\n------------------ %s ------------------\n\n", paths[i]);
		row->render(out, &part, json_object_get(result, paths[i]));
		json_decref(params);
	}
}
