/* SPDX-License-Identifier: BSD-3-Clause */
/* Access lists, named and numbered, standard and extended. */
#include "lib/config/config_acl.h"
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN "any|any4|host <address>|object <object-name:word>|<address> <wildcard>"
#define GROUP "object-group <group-name:object-group>"
#define HOSTS "{" PLAIN "|" GROUP "}"
#define PORT  "{eq|gt|lt|neq} <port>|range <port> <port>"
/* a group behind the first end is of its ports, or the other end */
#define LAST                                                                                  \
	"{{" PLAIN "} [" PORT "|" GROUP "]|" GROUP " [{" PLAIN "} [" PORT "|" GROUP "]|" PORT \
	"|" GROUP " [" PORT "|" GROUP "]]}"
#define EXTENDED                                                                         \
	"{permit|deny} {{tcp|udp|" GROUP "} " HOSTS " [" PORT "] " LAST " [established]" \
	"|icmp " HOSTS " " HOSTS " [<message:icmp-message>|" GROUP "]"                   \
	"|{ip|esp|ahp|gre|<protocol:0-255>} " HOSTS " " HOSTS "} [fragments] " LOG
#define LOG		"[{log|log-input} [<log-level:word>] [interval <log-interval:1-600>]]"
#define ONE		"{any|any4|host <address>|<address> [<wildcard>]} [log]"
#define STANDARD	"{permit|deny} " ONE
/* "ip" is of an extended list, and harmless in a standard one */
#define LENIENT		"{permit|deny} [ip] " ONE
#define PLACE		"[line <place:1-2147483>] "
#define EXTENDED_NUMBER "{<number:100-199>|<number:2000-2699>}"
#define STANDARD_NUMBER "{<number:1-99>|<number:1300-1999>}"

static int remove_list(struct config_line *line, struct config_acl *acl)
{
	struct config *c = line->config;

	if (!acl) {
		config_line_note(line, "there is no such access list");
		return 0;
	}
	config_index_reset(&acl->index);
	config_index_reset(&acl->doubles);
	if (acl->expanded)
		free(acl->lines);
	free(acl->typed);
	config_line_remove(line, &c->acls, &c->n_acls, sizeof(*acl), (size_t)(acl - c->acls));
	return 0;
}

/* The list of this name, made when there is none; NULL without memory. */
static struct config_acl *get_list(struct config_line *line, const char *name, bool standard)
{
	struct config *c = line->config;
	struct config_acl *acl = config_model_acl(c, name);

	if (acl)
		return acl;
	acl = config_line_insert(line, &c->acls, &c->n_acls, sizeof(*acl), c->n_acls);
	if (!acl)
		return NULL;
	config_line_copy(acl->name, sizeof(acl->name), name);
	acl->standard = standard;
	acl->numbered = config_acl_number(name) != 0;
	return acl;
}

/* A number as a name must be one of its kind; other names must not be numbers. */
static int check_name(struct config_line *line, const struct config_arg *arg, bool standard)
{
	const struct config_acl *acl = config_model_acl(line->config, arg->value.text);
	uint32_t number = config_acl_number(arg->value.text);

	if (config_line_typed(line) &&
	    strspn(arg->value.text, "0123456789") == strlen(arg->value.text) &&
	    (!number || config_acl_number_is_standard(number) != standard))
		return config_line_refuse(line, arg, "%s: a numbered %s access list is %s",
					  arg->value.text, standard ? "standard" : "extended",
					  standard ? "1-99 or 1300-1999" : "100-199 or 2000-2699");
	if (acl && acl->standard != standard)
		return config_line_refuse(line, arg, "%s is %s access list: choose another name",
					  acl->name, acl->standard ? "a standard" : "an extended");
	return 0;
}

static int apply_named(struct config_line *line)
{
	bool standard = line->row->enters == CONFIG_MODE_ACL_STANDARD;
	const struct config_arg *arg = config_line_arg(line, "acl");
	int ret = check_name(line, arg, standard);

	if (ret)
		return ret;
	if (line->no)
		return remove_list(line, config_model_acl(line->config, arg->value.text));
	if (!get_list(line, arg->value.text, standard))
		return -ENOMEM;
	config_line_enter(line, arg->value.text, 0);
	return 0;
}

/* The index of the line with this sequence number, or of the first behind it. */
static size_t position(const struct config_acl *acl, uint32_t sequence)
{
	size_t i = acl->n_typed;

	/* nearly always at the end */
	while (i && acl->typed[i - 1].sequence >= sequence)
		i--;
	return i;
}

static bool same_line(const void *a, const void *b)
{
	return config_acl_line_eq(a, b);
}

static size_t find_like(struct config_acl *acl, const struct config_acl_line *like)
{
	const struct config_index_rows rows = {.rows = acl->typed,
					       .n = acl->n_typed,
					       .row_bytes = sizeof(*acl->typed),
					       .hash = config_acl_line_hash,
					       .eq = same_line};

	return config_index_find(&acl->index, &rows, like);
}

static int remove_line(struct config_line *line, struct config_acl *acl,
		       const struct config_acl_line *like)
{
	size_t at = acl->n_typed;

	if (config_line_arg(line, "permit") || config_line_arg(line, "deny") ||
	    config_line_arg(line, "remark"))
		at = find_like(acl, like);
	else if (position(acl, like->sequence) < acl->n_typed &&
		 acl->typed[position(acl, like->sequence)].sequence == like->sequence)
		at = position(acl, like->sequence);
	config_index_reset(&acl->index);
	if (at == acl->n_typed) {
		config_line_note(line, "access list %s has no such line", acl->name);
		return 0;
	}
	acl->n_grouped -= config_object_group_in_line(&acl->typed[at]);
	config_line_remove(line, &acl->typed, &acl->n_typed, sizeof(*like), at);
	return config_object_group_refresh(line->config, acl);
}

/* Of the lines that one stands for. */
static int check_expanded(struct config_line *line, const struct config_acl *acl,
			  const struct config_acl_line *row)
{
	bool crypto = config_acl_is_crypto(line->config, acl->name);
	struct config_acl_line *rows = NULL;
	const char *fault = NULL;
	size_t n = 0;
	int err;

	if (!config_object_group_in_line(row)) {
		fault = crypto ? config_acl_crypto_fault(row) : NULL;
	} else {
		err = config_object_group_expand(line->config, row, &rows, &n);
		if (!err)
			err = config_object_group_room(line->config, acl, n);
		for (size_t i = 0; crypto && !err && !fault && i < n; i++)
			fault = config_acl_crypto_fault(&rows[i]);
		free(rows);
		if (err)
			return config_object_group_refuse(line, acl, row, err);
	}
	if (fault)
		return config_line_refuse(line, NULL, "a crypto map matches access list %s: %s",
					  acl->name, fault);
	return 0;
}

static int check_line(struct config_line *line, const struct config_acl *acl,
		      const struct config_acl_line *row)
{
	size_t at = position(acl, row->sequence);
	int err = check_expanded(line, acl, row);

	if (err)
		return err;
	if (at < acl->n_typed && acl->typed[at].sequence == row->sequence)
		return config_line_refuse(line, config_line_arg(line, "sequence"),
					  "line %u is taken: remove it with no %u, or take another "
					  "number",
					  row->sequence, row->sequence);
	return 0;
}

/* A line that is there already changes nothing, unless it is a remark: these may repeat. */
static int put_line(struct config_line *line, struct config_acl *acl, struct config_acl_line *row)
{
	size_t at = row->remark[0] ? acl->n_typed : find_like(acl, row);
	struct config_acl_line *slot;
	int ret;

	if (at < acl->n_typed && (!row->sequence || row->sequence == acl->typed[at].sequence)) {
		config_line_note(line, "already there as line %u", acl->typed[at].sequence);
		return 0;
	}
	if (!row->sequence)
		row->sequence = config_acl_next_sequence(acl);
	ret = check_line(line, acl, row);
	if (ret)
		return ret;
	at = position(acl, row->sequence);
	if (at < acl->n_typed)
		config_index_reset(&acl->index);
	slot = config_line_insert(line, &acl->typed, &acl->n_typed, sizeof(*row), at);
	if (!slot)
		return -ENOMEM;
	*slot = *row;
	acl->n_grouped += config_object_group_in_line(row);
	/* a place in between has numbered the others anew */
	return at + 1 < acl->n_typed || config_line_arg(line, "place")
		       ? config_object_group_refresh(line->config, acl)
		       : config_object_group_append(line->config, acl);
}

static int apply_line(struct config_line *line)
{
	struct config_acl *acl = config_line_object(line->config, line->cursor);
	struct config_acl_line row;
	int ret;

	if (!acl)
		return config_line_refuse(line, NULL,
					  "access list %s does not exist any more: type exit",
					  line->cursor->object);
	ret = config_acl_line_of(line, acl->standard, &row);
	if (ret)
		return ret;
	return line->no ? remove_line(line, acl, &row) : put_line(line, acl, &row);
}

static int apply_numbered_no(struct config_line *line, struct config_acl *acl,
			     const struct config_acl_line *row)
{
	int ret;

	if (!acl || line->n_args == 2)
		return remove_list(line, acl);
	ret = remove_line(line, acl, row);
	if (ret == 0 && acl->n_typed == 0)
		remove_list(line, acl);
	return ret;
}

static int apply_numbered(struct config_line *line)
{
	const struct config_arg *arg = &line->args[1];
	bool standard = config_acl_number_is_standard(arg->value.number);
	struct config_acl *acl = config_model_acl(line->config, arg->value.text);
	struct config_acl_line row;
	bool is_new = !acl;
	int ret = config_acl_line_of(line, standard, &row);

	if (ret)
		return ret;
	if (line->no)
		return apply_numbered_no(line, acl, &row);
	acl = get_list(line, arg->value.text, standard);
	if (!acl)
		return -ENOMEM;
	ret = put_line(line, acl, &row);
	if (ret && is_new) {
		remove_list(line, acl);
		line->changed = false;
	}
	return ret;
}

/* Room for a line at a place that is counted from 1: the others are numbered anew. */
static uint32_t make_room(struct config_acl *acl, size_t place)
{
	size_t at = place - 1 < acl->n_typed ? place - 1 : acl->n_typed;

	for (size_t i = 0; i < acl->n_typed; i++)
		acl->typed[i].sequence = (uint32_t)(i < at ? i + 1 : i + 2) * 10;
	return (uint32_t)(at + 1) * 10;
}

/* `access-list NAME [line N] ...` of ASA and PIX: any name, and numbers of either kind. */
static int apply_flat(struct config_line *line)
{
	const struct config_arg *arg = config_line_arg(line, "list");
	bool standard = config_line_arg(line, "standard") != NULL;
	struct config_acl *acl = config_model_acl(line->config, arg->value.text);
	uint32_t place = config_line_number(line, "place", 0);
	bool remark = config_line_arg(line, "remark") != NULL, is_new = !acl;
	struct config_acl_line row;
	int ret = 0;

	if (remark && acl)
		standard = acl->standard;
	if (acl && acl->standard != standard && line->n_args > 2)
		return config_line_refuse(line, arg, "%s is %s access list: choose another name",
					  acl->name, acl->standard ? "a standard" : "an extended");
	if (line->n_args > 2)
		ret = config_acl_line_of(line, standard, &row);
	if (ret)
		return ret;
	if (line->no)
		return apply_numbered_no(line, acl, &row);
	acl = get_list(line, arg->value.text, standard);
	if (!acl)
		return -ENOMEM;
	if (place && (remark || find_like(acl, &row) == acl->n_typed) &&
	    (ret = check_expanded(line, acl, &row)) == 0)
		row.sequence = make_room(acl, place);
	if (ret == 0)
		ret = put_line(line, acl, &row);
	if (ret && is_new) {
		remove_list(line, acl);
		line->changed = false;
	}
	return ret;
}

static int apply_compiled(struct config_line *line)
{
	config_line_note(line, "accepted without effect: access lists are always compiled");
	return 0;
}

/* Line numbers that loading would not give again are printed. */
static void print_lines(struct config_print *p, const struct config *c,
			const struct config_acl *acl, const char *before, enum config_mode mode)
{
	uint32_t next = 10;
	char text[CONFIG_ACL_TEXT];

	for (size_t i = 0; i < acl->n_typed; i++) {
		const struct config_acl_line *line = &acl->typed[i];

		config_print_begin(p, mode);
		config_print_text(p, "%s", before);
		if (line->sequence != next)
			config_print_text(p, "%u ", line->sequence);
		if (before[0] && p->dialect != DIALECT_IOS && !line->remark[0])
			config_print_text(p, "%s",
					  acl->standard		      ? "standard "
					  : p->dialect == DIALECT_ASA ? "extended "
								      : "");
		config_print_text(p, "%s",
				  config_acl_print_typed(c, line, acl->standard,
							 p->dialect != DIALECT_IOS && before[0],
							 text, sizeof(text)));
		config_print_end(p);
		next = config_acl_sequence_after(line->sequence);
	}
}

static bool is_regular(const struct config_acl *acl)
{
	if (!acl->n_typed)
		return false;
	for (size_t i = 0; i < acl->n_typed; i++)
		if (acl->typed[i].sequence != (i + 1) * 10)
			return false;
	return true;
}

/*
 * Whether lines that begin with `access-list` give the list back: a router has them for numbers of
 * the kind, and the first remark makes a list of the kind of its number, else an extended one.
 */
static bool is_sayable(const struct config_print *p, const struct config_acl *acl)
{
	uint32_t number = config_acl_number(acl->name);
	bool kind =
		number ? config_acl_number_is_standard(number) == acl->standard : !acl->standard;

	if (!is_regular(acl))
		return false;
	if (p->dialect == DIALECT_IOS)
		return number && kind;
	return kind || !acl->typed[0].remark[0];
}

static void print_lists(struct config_print *p, const struct config_row *row,
			const struct config *c, const void *object)
{
	char before[CONFIG_NAME + 16];

	(void)object;
	for (size_t i = 0; i < c->n_acls; i++) {
		const struct config_acl *acl = &c->acls[i];

		if (is_sayable(p, acl)) {
			snprintf(before, sizeof(before), "access-list %s ", acl->name);
			print_lines(p, c, acl, before, row->mode);
			continue;
		}
		config_print_line(p, row->mode, "ip access-list %s %s",
				  acl->standard ? "standard" : "extended", acl->name);
		print_lines(p, c, acl, "",
			    acl->standard ? CONFIG_MODE_ACL_STANDARD : CONFIG_MODE_ACL);
		config_print_separator(p);
	}
}

static const struct config_row rows[] = {
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_ACL, "ip access-list extended <acl>", apply_named,
	 print_lists},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_ACL_STANDARD, "ip access-list standard <acl>",
	 apply_named},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "access-list " EXTENDED_NUMBER " / {" EXTENDED " [inactive]|remark <text:line>}",
	 apply_numbered},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "access-list " STANDARD_NUMBER " / {" LENIENT "|remark <text:line>}", apply_numbered},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL,
	 "access-list <list:acl> / " PLACE "{[extended] " EXTENDED " [inactive]|standard " STANDARD
	 "|remark <text:line>}",
	 apply_flat, .dialects = CONFIG_IN_ASA | CONFIG_IN_PIX},
	{CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, "access-list compiled", apply_compiled,
	 .dialects = CONFIG_IN_PIX},
	{CONFIG_MODE_ACL, CONFIG_MODE_GLOBAL,
	 "[<sequence:1-2147483647> /] {" EXTENDED " [inactive]|remark <text:line>}", apply_line},
	{CONFIG_MODE_ACL_STANDARD, CONFIG_MODE_GLOBAL,
	 "[<sequence:1-2147483647> /] {" STANDARD "|remark <text:line>}", apply_line},
};

const struct config_rows config_rows_acl = {rows, array_len(rows)};
