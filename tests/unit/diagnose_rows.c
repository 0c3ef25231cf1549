/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/diagnose_rows.h"

#include "tests/unit/config_test.h"

struct lab {
	struct box box;
	struct evidence e;
};

#define COUNT(array, field)                                                \
	({                                                                 \
		size_t rows_n = 0;                                         \
		while (rows_n < array_len(array) && (array)[rows_n].field) \
			rows_n++;                                          \
		rows_n;                                                    \
	})

static void take_config(struct lab *lab, const struct row *row)
{
	box_init(&lab->box);
	if (row->config && !row->config[0])
		return;
	box_feed(&lab->box, row->config ? row->config : ROWS_CONFIG);
	lab->e.config = &lab->box.config;
	lab->e.map = row->stranger ? NULL : config_model_map(&lab->box.config, "M");
	if (lab->e.map && lab->e.map->n_entries && !row->dynamic)
		lab->e.entry = &lab->e.map->entries[0];
}

static void lay(struct lab *lab, const struct row *row)
{
	struct evidence *e = &lab->e;

	*e = row->also;
	e->now_ms = NOW;
	e->local = (struct addr)OUR_END;
	e->peer = (struct addr)PEER;
	e->link_up = !row->link_down;
	if (!row->no_route && !e->out_interface[0])
		strcpy(e->out_interface, GI0);
	strcpy(e->interface, GI0);
	take_config(lab, row);
	e->phase1 = row->phase1;
	e->n_phase1 = COUNT(row->phase1, started_ms);
	e->quick = row->quick;
	e->n_quick = COUNT(row->quick, started_ms);
	e->login = row->login;
	e->n_login = COUNT(row->login, started_ms);
	e->sas = row->sas;
	e->n_sas = COUNT(row->sas, spi_in);
	e->notes = row->notes;
	e->n_notes = COUNT(row->notes, at_ms);
	e->drops = row->drops;
	e->n_drops = COUNT(row->drops, total);
}

static bool has(const struct diagnose_list *list, enum diagnose_code code)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->items[i].code == code)
			return true;
	return false;
}

static void expect_begin(const char *name, const char *text, const char *begin)
{
	if (begin && strncmp(text, begin, strlen(begin)) != 0)
		fail_msg("%s: \"%s\" does not begin with \"%s\"", name, text, begin);
}

static void expect_in(const char *name, const char *text, const char *part)
{
	if (part && !strstr(text, part))
		fail_msg("%s: \"%s\" has no \"%s\"", name, text, part);
}

/* Whatever is said is whole, and no secret. */
static void check_text(const char *name, const struct diagnosis *d)
{
	char text[2 * DIAGNOSE_TEXT];

	diagnose_sentence(d, text, sizeof(text));
	if (!text[0] || strpbrk(text, "{}"))
		fail_msg("%s: %s: \"%s\"", name, diagnose_name(d->code), text);
	diagnose_command(d, text, sizeof(text));
	if (!text[0] || strpbrk(text, "{}"))
		fail_msg("%s: %s: \"%s\"", name, diagnose_name(d->code), text);
	if (!d->saw[0] || strpbrk(d->saw, "{}") || strstr(d->saw, "sEcReT"))
		fail_msg("%s: %s saw \"%s\"", name, diagnose_name(d->code), d->saw);
	if ((d->sureness == DIAGNOSE_EITHER) != (d->other != 0) ||
	    (d->sureness == DIAGNOSE_EITHER) != (d->decide[0] != '\0'))
		fail_msg("%s: %s decides by \"%s\"", name, diagnose_name(d->code), d->decide);
}

static void check_root(const struct row *row, const struct diagnosis *d)
{
	char text[2 * DIAGNOSE_TEXT];

	if (d->code != row->root || d->under)
		fail_msg("%s: %s, and not %s; saw %s", row->name, diagnose_name(d->code),
			 diagnose_name(row->root), d->saw);
	expect_begin(row->name, diagnose_sentence(d, text, sizeof(text)), row->sentence);
	expect_begin(row->name, diagnose_command(d, text, sizeof(text)), row->command);
	expect_in(row->name, d->saw, row->saw);
	expect_in(row->name, d->decide, row->decide);
	if (row->alone && d->other)
		fail_msg("%s: or %s", row->name, diagnose_name(d->other));
	if (row->sureness && (d->sureness != row->sureness || d->other != row->other))
		fail_msg("%s: %s or %s", row->name, diagnose_sureness_name(d->sureness),
			 diagnose_name(d->other));
}

static void check(const struct row *row, const struct diagnose_list *list)
{
	size_t n_under = 0;

	for (size_t i = 0; i < list->n; i++) {
		check_text(row->name, &list->items[i]);
		if (i && !list->items[i].under != (list->items[i].code == row->beside))
			fail_msg("%s: also %s", row->name, diagnose_name(list->items[i].code));
	}
	if (row->root && !list->n)
		fail_msg("%s: nothing, and not %s", row->name, diagnose_name(row->root));
	if (list->n)
		check_root(row, &list->items[0]);
	for (; n_under < ROWS_UNDER && row->under[n_under]; n_under++)
		if (!has(list, row->under[n_under]))
			fail_msg("%s: %s is not under it", row->name,
				 diagnose_name(row->under[n_under]));
	if (row->beside && !has(list, row->beside))
		fail_msg("%s: %s does not stand beside it", row->name, diagnose_name(row->beside));
	if (list->n > n_under + 1 + (row->beside != DIAGNOSE_NONE))
		fail_msg("%s: %s is under it, too", row->name,
			 diagnose_name(list->items[list->n - 1].code));
	if (row->near && has(list, row->near))
		fail_msg("%s: %s", row->name, diagnose_name(row->near));
}

void diagnose_rows_run(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct diagnose_list list = {.n = 0};
		struct lab lab = {.e = {0}};

		lay(&lab, &rows[i]);
		diagnose_peer(&lab.e, &list);
		check(&rows[i], &list);
		box_fini(&lab.box);
	}
}

static bool names(const struct row *row, enum diagnose_code code)
{
	bool named = row->root == code;

	for (size_t i = 0; i < ROWS_UNDER; i++)
		named |= row->under[i] == code;
	return named;
}

void diagnose_rows_cover(const struct row *rows, size_t n, const struct rules_table *table)
{
	for (size_t k = 0; k < table->n; k++) {
		enum diagnose_code code = table->rows[k].code;
		bool named = false, missed = false;

		for (size_t i = 0; i < n; i++) {
			named |= names(&rows[i], code);
			missed |= rows[i].near == code;
		}
		if (!named || !missed)
			fail_msg("%s has no row that %s", diagnose_name(code),
				 named ? "misses it" : "names it");
	}
}
