/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_diff.h"

#include "lib/config/config_grammar.h"
#include "lib/crypto/secret.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 4,
	NONE = -1,
};

struct row {
	uint64_t key;	  /* of the line with all its blocks, keys in clear, and how often so far */
	const char *text; /* masked */
	unsigned depth;
	long parent; /* row of the block it is in, or NONE */
	long match;  /* row of the other side, or NONE */
};

struct side {
	struct row *rows; /* owned */
	size_t n;
};

static uint64_t hash(uint64_t h, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h = (h ^ (uint8_t)text[i]) * 0x100000001b3ull;
	return (h ^ '\n') * 0x100000001b3ull;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* Frames of the print rather than lines of the configuration. */
static bool is_frame(const char *line, size_t len)
{
	return len == 0 || *line == '!' || (len == 3 && strncmp(line, "end", 3) == 0);
}

/* Both texts have the same lines but for the keys. masked is cut into lines. */
static int take_lines(struct side *s, const char *clear, char *masked)
{
	long blocks[DEPTH_MAX] = {0};

	s->rows = calloc(count_lines(clear) + 1, sizeof(*s->rows));
	if (!s->rows)
		return -ENOMEM;
	while (*clear && *masked) {
		unsigned depth = (unsigned)strspn(clear, " ");
		size_t len = strcspn(clear, "\n"), shown = strcspn(masked, "\n");
		bool last = !clear[len] || !masked[shown];
		struct row *row = &s->rows[s->n];

		masked[shown] = '\0';
		if (!is_frame(clear, len)) {
			depth = depth < DEPTH_MAX ? depth : DEPTH_MAX - 1;
			*row = (struct row){.text = masked + strspn(masked, " "),
					    .depth = depth,
					    .parent = depth ? blocks[depth - 1] : NONE,
					    .match = NONE};
			row->key = hash(depth ? s->rows[row->parent].key : 0xcbf29ce484222325ull,
					clear, len);
			for (unsigned d = depth; d < DEPTH_MAX; d++)
				blocks[d] = (long)s->n;
			s->n++;
		}
		if (last)
			break;
		clear += len + 1;
		masked += shown + 1;
	}
	return 0;
}

/* Of one configuration; *text is what the rows point into. */
static int make_side(struct side *s, char **text, const struct config *config, enum dialect dialect)
{
	char *clear = config_grammar_print(config, dialect, CONFIG_PRINT_SECRETS);
	int err;

	*text = config_grammar_print(config, dialect, 0);
	err = clear && *text ? take_lines(s, clear, *text) : -ENOMEM;
	if (clear)
		secret_wipe_bytes(clear, strlen(clear));
	free(clear);
	return err;
}

struct key {
	uint64_t key;
	size_t at;
};

static int by_key(const void *left, const void *right)
{
	const struct key *a = left, *b = right;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static struct key *sorted(const struct side *s)
{
	struct key *keys = calloc(s->n + 1, sizeof(*keys));

	for (size_t i = 0; keys && i < s->n; i++)
		keys[i] = (struct key){s->rows[i].key, i};
	if (keys)
		qsort(keys, s->n, sizeof(*keys), by_key);
	return keys;
}

/* The k-th of equal lines with the k-th. */
static int pair_equal(struct side *from, const struct side *to)
{
	struct key *a = sorted(from), *b = sorted(to);
	size_t i = 0, k = 0;
	int err = a && b ? 0 : -ENOMEM;

	while (err == 0 && i < from->n && k < to->n) {
		if (a[i].key == b[k].key)
			from->rows[a[i++].at].match = (long)b[k++].at;
		else if (a[i].key < b[k].key)
			i++;
		else
			k++;
	}
	free(a);
	free(b);
	return err;
}

/* Of those pairs the longest ascending series stays: the others stand elsewhere now. */
static int keep_order(struct side *from, struct side *to)
{
	long *tails = calloc(from->n + 1, sizeof(*tails)),
	     *before = calloc(from->n + 1, sizeof(*before));
	size_t n = 0;
	int err = tails && before ? 0 : -ENOMEM;

	for (size_t i = 0; err == 0 && i < from->n; i++) {
		size_t low = 0, high = n;

		if (from->rows[i].match == NONE)
			continue;
		while (low < high) {
			size_t middle = (low + high) / 2;

			if (from->rows[tails[middle]].match < from->rows[i].match)
				low = middle + 1;
			else
				high = middle;
		}
		before[i] = low ? tails[low - 1] : NONE;
		tails[low] = (long)i;
		n = low == n ? n + 1 : n;
	}
	for (long i = err == 0 && n ? tails[n - 1] : NONE; i != NONE; i = before[i])
		to->rows[from->rows[i].match].match = i;
	for (size_t i = 0; err == 0 && i < from->n; i++) {
		struct row *row = &from->rows[i];

		if (row->match != NONE && to->rows[row->match].match != (long)i)
			row->match = NONE;
	}
	free(tails);
	free(before);
	return err;
}

static void add(struct config_diff *diff, enum config_diff_kind kind, const struct row *row)
{
	diff->rows[diff->n++] =
		(struct config_diff_row){.kind = kind, .depth = row->depth, .text = row->text};
}

/* The blocks around a row that differs, once, the outermost first. */
static void add_blocks(struct config_diff *diff, const struct side *s, long parent, bool *told)
{
	if (parent == NONE || told[parent])
		return;
	add_blocks(diff, s, s->rows[parent].parent, told);
	told[parent] = true;
	add(diff, CONFIG_DIFF_SAME, &s->rows[parent]);
}

/* Where a row of the new side stands in the old one: told[] is of the old side alone. */
static void add_new(struct config_diff *diff, const struct side *from, const struct side *to,
		    const struct row *row, bool *told)
{
	if (row->parent != NONE && to->rows[row->parent].match != NONE)
		add_blocks(diff, from, to->rows[row->parent].match, told);
	add(diff, CONFIG_DIFF_NEW, row);
}

static int merge(struct config_diff *diff, const struct side *from, const struct side *to)
{
	bool *told = calloc(from->n + 1, sizeof(*told));
	size_t i = 0, k = 0;

	diff->rows = calloc(2 * (from->n + to->n) + 1, sizeof(*diff->rows));
	if (!told || !diff->rows) {
		free(told);
		return -ENOMEM;
	}
	while (i < from->n || k < to->n) {
		const struct row *row = &from->rows[i];

		if (i < from->n && row->match == NONE) {
			if (row->parent != NONE && from->rows[row->parent].match != NONE)
				add_blocks(diff, from, row->parent, told);
			add(diff, CONFIG_DIFF_GONE, row);
			i++;
		} else if (k < to->n && to->rows[k].match == NONE) {
			add_new(diff, from, to, &to->rows[k++], told);
		} else {
			i++;
			k++;
		}
	}
	free(told);
	return 0;
}

int config_diff_make(struct config_diff *diff, const struct config *from, const struct config *to,
		     enum dialect dialect)
{
	struct side a = {0}, b = {0};
	int err;

	*diff = (struct config_diff){0};
	err = make_side(&a, &diff->texts[0], from, dialect);
	if (err == 0)
		err = make_side(&b, &diff->texts[1], to, dialect);
	if (err == 0)
		err = pair_equal(&a, &b);
	if (err == 0)
		err = keep_order(&a, &b);
	if (err == 0)
		err = merge(diff, &a, &b);
	free(a.rows);
	free(b.rows);
	if (err < 0)
		config_diff_fini(diff);
	return err;
}

void config_diff_fini(struct config_diff *diff)
{
	free(diff->rows);
	free(diff->texts[0]);
	free(diff->texts[1]);
	*diff = (struct config_diff){0};
}
