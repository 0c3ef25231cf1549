/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_explain.h"

#include "lib/config/config_grammar.h"

#include <stdio.h>
#include <string.h>

/* The column a fault points at: the word, or the end of the line. */
static int column_of(const struct config_words *words, size_t at)
{
	return at < words->n ? words->words[at].column : (int)words->line_bytes;
}

/* Whether the first word already fitted nothing. */
static bool is_unknown(const struct config_match *m, const struct config_words *words)
{
	return m->at == (config_words_are_no(words) ? 1 : 0);
}

void config_explain_match(struct fault_list *faults, const struct config_match *m,
			  const struct config_words *words, enum config_mode mode)
{
	int column = column_of(words, m->at);
	const char *word = m->at == words->n ? "" : m->secret ? "..." : words->words[m->at].text;

	if (m->result == CONFIG_MATCH_INCOMPLETE)
		fault_add(faults, FAULT_ERROR, column, "incomplete command: expected %s",
			  m->expected);
	else if (m->result == CONFIG_MATCH_AMBIGUOUS)
		fault_add(faults, FAULT_ERROR, column, "ambiguous command \"%.64s\": could be %s",
			  word, m->expected);
	else if (m->why)
		fault_add(faults, FAULT_ERROR, column, "invalid input \"%.64s\": %s, expected %s",
			  word, m->why, m->expected);
	else if (is_unknown(m, words))
		fault_add(faults, FAULT_ERROR, column,
			  "invalid input \"%.64s\": no such command in %s, expected one of %s",
			  word, config_grammar_prompt(mode), m->expected);
	else
		fault_add(faults, FAULT_ERROR, column, "invalid input \"%.64s\": expected %s%s",
			  word, strchr(m->expected, ',') ? "one of " : "", m->expected);
}

/* Repeats the keywords of the line only: what follows them may be a password. */
void config_explain_out(struct config_line *line)
{
	char text[80] = "";
	size_t len = 0;

	for (size_t i = 0; i < line->n_args && line->args[i].node[0] != '<'; i++) {
		struct config_node node = config_pattern_node(line->args[i].node);

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%.*s", len ? " " : "",
					(int)node.len, node.text);
	}
	if (!*text)
		snprintf(text, sizeof(text), "a line of the block before");
	config_line_note(line, "accepted without effect: %s%s%s%s", line->no ? "no " : "", text,
			 line->row->note ? ": " : "", line->row->note ? line->row->note : "");
}
