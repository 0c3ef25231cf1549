/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/kept.h"

#include "lib/config/config_grammar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int kept_load(const struct plane *plane, struct config *out)
{
	struct fault_list faults = {0};
	size_t len;
	const char *text = plane_kept_read(plane, PLANE_KEPT_RUNNING, &len);
	int err;

	config_model_init(out);
	if (!text || plane->kept->loads >= KEPT_LOADS_MAX)
		return -ENOENT;
	plane->kept->loads++;
	err = config_grammar_text(out, text, len, &faults);
	fault_list_fini(&faults);
	if (err == 0)
		return 0;
	config_model_fini(out);
	return err == -ENOMEM ? err : -ENOENT;
}

void kept_touch(struct control *c)
{
	if (!c->kept_ms)
		c->kept_ms = c->now_ms() + KEPT_DELAY_MS;
}

void kept_write(struct control *c)
{
	char *text = config_grammar_print(&c->config, c->config.dialect, CONFIG_PRINT_SECRETS);

	c->kept_ms = 0;
	/* an older one would be worse than that of the file */
	if (!text || plane_kept_write(c->plane, PLANE_KEPT_RUNNING, text, strlen(text)) < 0)
		plane_kept_forget(c->plane, PLANE_KEPT_RUNNING);
	if (text)
		secret_wipe_bytes(text, strlen(text));
	free(text);
}

void kept_forget(struct control *c)
{
	c->kept_ms = 0;
	plane_kept_forget(c->plane, PLANE_KEPT_RUNNING);
}

uint64_t kept_turn(struct control *c, uint64_t now_ms)
{
	if (c->kept_ms && now_ms >= c->kept_ms)
		kept_write(c);
	if (c->plane->kept->loads && now_ms >= c->born_ms + KEPT_LIVED_MS)
		c->plane->kept->loads = 0;
	if (c->kept_ms)
		return c->kept_ms;
	return c->plane->kept->loads ? c->born_ms + KEPT_LIVED_MS : UINT64_MAX;
}
