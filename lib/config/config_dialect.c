/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/config/config_dialect.h"

#include <ctype.h>
#include <string.h>

enum {
	IOS = CONFIG_IN_IOS,
	ASA = CONFIG_IN_ASA,
	PIX = CONFIG_IN_PIX,
	WORDS_MAX = 8,
};

/*
 * Lines that tell. '*' is any one word, a last "..." any more words; a word that ends in '~' is the
 * beginning of one. Each says which dialects have such a line; what contradicts the lines before it
 * counts for nothing.
 */
static const struct tell {
	const char *line;
	unsigned dialects;
} tells[] = {
	{"ASA Version ...", ASA},
	{"PIX Version 6~ ...", PIX},
	{"PIX Version ...", ASA},
	{": Saved", ASA | PIX},
	{": end", ASA | PIX},
	{"Cryptochecksum:~", ASA | PIX},
	{"nameif * * security~", PIX},
	{"nameif *", ASA},
	{"security-level *", ASA},
	{"interface * auto ...", PIX},
	{"mtu * *", ASA | PIX},
	{"ip address * * *", PIX},
	{"fixup ...", PIX},
	{"isakmp enable *", PIX | ASA},
	{"isakmp key ...", PIX},
	{"isakmp policy * * *", PIX | ASA},
	{"isakmp identity *", PIX | ASA},
	{"isakmp nat-traversal ...", PIX | ASA},
	{"vpngroup ...", PIX},
	{"sysopt connection permit-ipsec", PIX | ASA},
	{"sysopt ...", ASA | PIX},
	{"conduit ...", PIX},
	{"tunnel-group ...", ASA},
	{"group-policy ...", ASA},
	{"crypto ikev1 ...", ASA},
	{"crypto ipsec ikev1 ...", ASA},
	{"crypto isakmp enable *", ASA},
	{"crypto isakmp nat-traversal ...", ASA},
	{"crypto map * interface *", ASA | PIX},
	{"crypto map * * match ...", ASA | PIX},
	{"crypto map * * set ...", ASA | PIX},
	{"crypto dynamic-map * * set ...", ASA | PIX},
	{"same-security-traffic ...", ASA},
	{"management-access *", ASA | PIX},
	{"object network *", ASA},
	{"network-object ...", ASA | PIX},
	{"service-object ...", ASA},
	{"port-object ...", ASA | PIX},
	{"access-list * extended ...", ASA},
	{"access-list * standard ...", ASA},
	{"access-group * in interface *", ASA | PIX},
	{"route * * * * ...", ASA | PIX},
	{"nat (~ ...", ASA | PIX},
	{"global (~ ...", ASA | PIX},
	{"static (~ ...", ASA | PIX},
	{"names", ASA | PIX},
	{"passwd ...", ASA | PIX},
	{"version ...", IOS},
	{"ip route ...", IOS},
	{"ip access-list ...", IOS},
	{"ip access-group ...", IOS},
	{"ip tcp ...", IOS},
	{"ip mtu ...", IOS},
	{"ip nat ...", IOS},
	{"ip subnet-zero", IOS},
	{"ip cef", IOS},
	{"ip classless", IOS},
	{"crypto isakmp key ...", IOS},
	{"crypto isakmp client ...", IOS},
	{"match address *", IOS},
	{"set peer ...", IOS},
	{"set transform-set ...", IOS},
	{"crypto map *", IOS},
	{"line con ...", IOS},
	{"line vty ...", IOS},
};

/* The first words of a line. */
struct words {
	struct {
		const char *text;
		size_t len;
	} word[WORDS_MAX];
	size_t n;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct words words_of(const char *line, const char *end)
{
	struct words words = {.n = 0};

	while (words.n < WORDS_MAX) {
		const char *from;

		while (line < end && is_blank(*line))
			line++;
		for (from = line; line < end && !is_blank(*line);)
			line++;
		if (line == from)
			break;
		words.word[words.n].text = from;
		words.word[words.n++].len = (size_t)(line - from);
	}
	return words;
}

static bool word_fits(const char *want, size_t want_len, const char *word, size_t len)
{
	if (want_len == 1 && *want == '*')
		return true;
	if (want[want_len - 1] == '~')
		return len >= want_len - 1 && !strncasecmp(want, word, want_len - 1);
	return len == want_len && !strncasecmp(want, word, len);
}

static bool line_fits(const char *pattern, const struct words *words)
{
	for (size_t i = 0;; i++) {
		size_t want = strcspn(pattern, " ");

		if (want == 3 && !memcmp(pattern, "...", 3))
			return true;
		if (!want || i == words->n)
			return !want && i == words->n;
		if (!word_fits(pattern, want, words->word[i].text, words->word[i].len))
			return false;
		pattern += want + (pattern[want] == ' ');
	}
}

/* `ip address 10.0.0.1 255.0.0.0 standby` has as many words as the PIX form, with a name first. */
static bool is_tell(const struct tell *tell, const struct words *words)
{
	if (!line_fits(tell->line, words))
		return false;
	return strncmp(tell->line, "ip address", 10) != 0 || words->word[2].text[0] < '0' ||
	       words->word[2].text[0] > '9';
}

static unsigned told_by(const struct words *words)
{
	/* most lines begin like no tell: a letter is compared before a word */
	const int first = words->n ? tolower((unsigned char)words->word[0].text[0]) : '\0';

	for (size_t i = 0; first && i < array_len(tells); i++)
		if (tolower((unsigned char)tells[i].line[0]) == first && is_tell(&tells[i], words))
			return tells[i].dialects;
	return 0;
}

/* "WORD WORD NAME" of a line that begins with these words, or DIALECT_COUNT. */
static enum dialect named_by(const struct words *words, const char *begins)
{
	char name[8] = "";

	if (!line_fits(begins, words))
		return DIALECT_COUNT;
	if (words->word[2].len < sizeof(name))
		memcpy(name, words->word[2].text, words->word[2].len);
	return dialect_find(name);
}

static const char *end_of_line(const char *text, const char *end)
{
	const char *newline = memchr(text, '\n', (size_t)(end - text));

	return newline ? newline : end;
}

static enum dialect one_of(unsigned bits, enum dialect otherwise)
{
	if (bits == (IOS | ASA | PIX))
		return otherwise;
	return bits == PIX ? DIALECT_PIX : bits & ASA ? DIALECT_ASA : DIALECT_IOS;
}

enum dialect config_dialect_of_text(const char *text, size_t len, enum dialect otherwise)
{
	const char *end = text + len, *line_end = end_of_line(text, end);
	struct words words = words_of(text, line_end);
	enum dialect said = named_by(&words, "! dialect *");
	unsigned bits = IOS | ASA | PIX;

	while (text < end && said == DIALECT_COUNT) {
		unsigned told = told_by(&words);

		said = named_by(&words, "terminal dialect * ...");
		bits &= bits & told ? told : UINT32_MAX;
		text = line_end + 1;
		line_end = text < end ? end_of_line(text, end) : end;
		words = text < end ? words_of(text, line_end) : words;
	}
	return said != DIALECT_COUNT ? said : one_of(bits, otherwise);
}

const char *config_dialect_prompt(enum dialect dialect, enum config_mode mode)
{
	if (dialect == DIALECT_ASA && mode == CONFIG_MODE_ISAKMP_POLICY)
		return "(config-isakmp-policy)";
	if (dialect == DIALECT_ASA && mode == CONFIG_MODE_TRUSTPOINT)
		return "(config-ca-trustpoint)";
	return config_grammar_prompt(dialect == DIALECT_PIX ? CONFIG_MODE_GLOBAL : mode);
}

enum config_identity config_dialect_identity(enum dialect dialect)
{
	return dialect == DIALECT_ASA	? CONFIG_IDENTITY_DN
	       : dialect == DIALECT_PIX ? CONFIG_IDENTITY_HOSTNAME
					: CONFIG_IDENTITY_ADDRESS;
}

void config_dialect_defaults(struct config *config, enum dialect dialect)
{
	config_model_init(config);
	config->dialect = dialect;
	if (dialect == DIALECT_IOS)
		return;
	config->exec_timeout[CONFIG_TERMINAL_VTY] = 5 * 60;
	config->exec_timeout[CONFIG_TERMINAL_CONSOLE] = 0;
	config->tcpmss = 1380;
	config->permit_vpn = dialect == DIALECT_ASA;
	/* a PIX has no such line */
	config->same_inter = config->same_intra = dialect == DIALECT_PIX;
	config->ipsec.lifetime.seconds = 28800;
	config->isakmp.nat_traversal = false;
	config->isakmp.enabled = false;
	config->isakmp.identity = config_dialect_identity(dialect);
	if (dialect == DIALECT_ASA)
		config->isakmp.keepalive_s = 10;
}

struct config_isakmp_policy config_dialect_policy(enum dialect dialect, uint16_t priority)
{
	if (dialect == DIALECT_ASA)
		return (struct config_isakmp_policy){
			priority, ALG_CIPHER_3DES, ALG_HASH_SHA1, ALG_AUTH_PSK, 2, 86400};
	return (struct config_isakmp_policy){
		priority, ALG_CIPHER_DES, ALG_HASH_SHA1, ALG_AUTH_RSA_SIG, 1, 86400};
}
