/* SPDX-License-Identifier: BSD-3-Clause */
/* `crypto pki ...`: trustpoints and certificate chains as IOS prints them. */
#include "lib/config/config_line.h"
#include "lib/config/config_print.h"
#include "lib/crypto/pki_cert.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	LINE_BYTES = 32,
	WORD_BYTES = 4
};

static int apply_trustpoint(struct config_line *line)
{
	struct config_pki *pki = &line->config->pki;
	const char *name = config_line_text(line, "name");
	struct config_trustpoint *t = config_pki_trustpoint(pki, name);

	if (line->no && t) {
		for (size_t i = pki->n_certs; i-- > 0;)
			if (strcmp(pki->certs[i].trustpoint, name) == 0) {
				free(pki->certs[i].der);
				config_line_remove(line, &pki->certs, &pki->n_certs,
						   sizeof(*pki->certs), i);
			}
		config_line_remove(line, &pki->trustpoints, &pki->n_trustpoints, sizeof(*t),
				   (size_t)(t - pki->trustpoints));
		return 0;
	}
	if (line->no) {
		config_line_note(line, "there is no trustpoint %s", name);
		return 0;
	}
	if (!t && pki->n_trustpoints == PKI_TRUSTPOINTS_MAX)
		return config_line_refuse(line, config_line_arg(line, "name"),
					  "there may be %d trustpoints", PKI_TRUSTPOINTS_MAX);
	if (!t) {
		t = config_line_insert(line, &pki->trustpoints, &pki->n_trustpoints, sizeof(*t),
				       pki->n_trustpoints);
		if (!t)
			return -ENOMEM;
		config_line_copy(t->name, sizeof(t->name), name);
		t->revocation = PKI_REVOCATION_CRL;
	}
	config_line_enter(line, name, 0);
	return 0;
}

static struct config_trustpoint *trustpoint_at(struct config_line *line)
{
	struct config_trustpoint *t = config_line_object(line->config, line->cursor);

	if (!t)
		(void)config_line_refuse(line, NULL,
					 "trustpoint %s does not exist any more: type exit",
					 line->cursor->object);
	return t;
}

/* A name in the directory of keys: nothing that leads out of it. */
static int check_file(struct config_line *line, const char *arg, const char *name)
{
	if (*name && *name != '.' && !strchr(name, '/') && strlen(name) < CONFIG_PKI_NAME - 4)
		return 0;
	return config_line_refuse(line, config_line_arg(line, arg),
				  "a file name without folders is needed: the file lies in the "
				  "directory of keys beside the configuration");
}

static int apply_enrollment(struct config_line *line)
{
	struct config_trustpoint *t = trustpoint_at(line);
	const char *url = config_line_text(line, "file");
	bool terminal = !line->no && config_line_arg(line, "terminal");

	if (!t)
		return -EINVAL;
	if (!line->no && !terminal) {
		if (strncasecmp(url, "file:", 5) != 0)
			return config_line_refuse(line, config_line_arg(line, "file"),
						  "only file:NAME: nothing is fetched from a "
						  "network");
		url += 5;
		if (check_file(line, "file", url))
			return -EINVAL;
	}
	line->changed = t->terminal != terminal;
	t->terminal = terminal;
	config_line_set_text(line, t->files, sizeof(t->files), line->no || terminal ? "" : url);
	return 0;
}

static int apply_revocation(struct config_line *line)
{
	struct config_trustpoint *t = trustpoint_at(line);
	enum pki_revocation revocation = PKI_REVOCATION_CRL;

	if (!t)
		return -EINVAL;
	if (!line->no && config_line_arg(line, "none"))
		revocation = config_line_arg(line, "crl") ? PKI_REVOCATION_OPTIONAL
							  : PKI_REVOCATION_NONE;
	line->changed = t->revocation != revocation;
	t->revocation = (uint8_t)revocation;
	return 0;
}

static int apply_crl_optional(struct config_line *line)
{
	struct config_trustpoint *t = trustpoint_at(line);

	if (!t)
		return -EINVAL;
	line->changed = t->revocation != PKI_REVOCATION_OPTIONAL;
	t->revocation = line->no ? PKI_REVOCATION_CRL : PKI_REVOCATION_OPTIONAL;
	return 0;
}

static int apply_crl_file(struct config_line *line)
{
	struct config_trustpoint *t = trustpoint_at(line);
	const char *name = line->no ? "" : config_line_text(line, "list");

	if (!t || (!line->no && check_file(line, "list", name)))
		return -EINVAL;
	config_line_set_text(line, t->crl, sizeof(t->crl), name);
	return 0;
}

static int apply_subject(struct config_line *line)
{
	struct config_trustpoint *t = trustpoint_at(line);
	const char *text = line->no ? "" : config_line_text(line, "dn");
	size_t len;
	uint8_t *der;

	if (!t)
		return -EINVAL;
	der = line->no ? NULL : pki_cert_name_of_text(text, &len);
	if (!line->no && !der)
		return config_line_refuse(line, config_line_arg(line, "dn"),
					  "a name such as cn=gw.example.com, o=Example, c=DE is "
					  "needed");
	free(der);
	if (strlen(text) >= sizeof(t->subject))
		return config_line_refuse(line, config_line_arg(line, "dn"),
					  "a name has at most %zu characters",
					  sizeof(t->subject) - 1);
	config_line_set_text(line, t->subject, sizeof(t->subject), text);
	return 0;
}

static int apply_address(struct config_line *line)
{
	struct config_trustpoint *t = trustpoint_at(line);
	const struct config_arg *arg = config_line_arg(line, "ip");
	struct addr address = {0};

	if (!t)
		return -EINVAL;
	if (!line->no && arg)
		address = arg->value.addr;
	line->changed = !addr_eq(&t->address, &address);
	t->address = address;
	return 0;
}

static int apply_key(struct config_line *line)
{
	struct config_trustpoint *t = trustpoint_at(line);
	const char *name = line->no ? "" : config_line_text(line, "label");

	if (!t || (!line->no && check_file(line, "label", name)))
		return -EINVAL;
	config_line_set_text(line, t->key, sizeof(t->key), name);
	return 0;
}

static void print_body(struct config_print *p, enum config_mode mode,
		       const struct config_trustpoint *t)
{
	char address[ADDR_TEXT];

	if (t->terminal)
		config_print_line(p, mode, "enrollment terminal");
	if (t->files[0])
		config_print_line(p, mode, "enrollment url file:%s", t->files);
	if (t->fqdn[0])
		config_print_line(p, mode, "fqdn %s", t->fqdn);
	if (t->address.family)
		config_print_line(p, mode, "ip-address %s",
				  addr_print(&t->address, address, sizeof(address)));
	if (t->subject[0])
		config_print_line(p, mode, "subject-name %s", t->subject);
	if (t->revocation != PKI_REVOCATION_CRL)
		config_print_line(p, mode, "revocation-check %s",
				  t->revocation == PKI_REVOCATION_NONE ? "none" : "crl none");
	if (t->crl[0])
		config_print_line(p, mode, "crl file %s", t->crl);
	if (t->key[0])
		config_print_line(p, mode, "rsakeypair %s", t->key);
}

static void print_trustpoints(struct config_print *p, const struct config_row *row,
			      const struct config *c, const void *object)
{
	(void)object;
	for (size_t i = 0; i < c->pki.n_trustpoints; i++) {
		config_print_line(p, row->mode, "crypto pki trustpoint %s",
				  c->pki.trustpoints[i].name);
		print_body(p, row->enters, &c->pki.trustpoints[i]);
		config_print_separator(p);
	}
}

static int apply_chain(struct config_line *line)
{
	struct config_pki *pki = &line->config->pki;
	const char *name = config_line_text(line, "name");

	if (!line->no && !config_pki_trustpoint(pki, name))
		return config_line_refuse(line, config_line_arg(line, "name"),
					  "trustpoint %s does not exist: add crypto pki trustpoint "
					  "%s",
					  name, name);
	for (size_t i = pki->n_certs; line->no && i-- > 0;)
		if (strcmp(pki->certs[i].trustpoint, name) == 0) {
			free(pki->certs[i].der);
			config_line_remove(line, &pki->certs, &pki->n_certs, sizeof(*pki->certs),
					   i);
		}
	if (!line->no)
		config_line_enter(line, name, 0);
	return 0;
}

static bool is_hex(const char *text)
{
	return *text && strspn(text, "0123456789abcdefABCDEF") == strlen(text);
}

static int apply_certificate(struct config_line *line)
{
	struct config_pki *pki = &line->config->pki;
	const char *serial = config_line_text(line, "serial");
	bool ca = config_line_arg(line, "ca") != NULL;
	struct config_cert *cert = config_pki_cert(pki, line->cursor->object, ca, serial);

	if (!is_hex(serial))
		return config_line_refuse(line, config_line_arg(line, "serial"),
					  "a serial number in hexadecimal is needed");
	if (cert) {
		free(cert->der);
		config_line_remove(line, &pki->certs, &pki->n_certs, sizeof(*cert),
				   (size_t)(cert - pki->certs));
	}
	if (line->no)
		return 0;
	cert = config_line_insert(line, &pki->certs, &pki->n_certs, sizeof(*cert), pki->n_certs);
	if (!cert)
		return -ENOMEM;
	config_line_copy(cert->trustpoint, sizeof(cert->trustpoint), line->cursor->object);
	config_line_copy(cert->serial, sizeof(cert->serial), serial);
	cert->ca = ca;
	line->cursor->mode = line->row->enters;
	config_line_copy(line->cursor->part, sizeof(line->cursor->part), serial);
	line->cursor->number = ca;
	return 0;
}

static struct config_cert *cert_at(const struct config_line *line)
{
	return config_pki_cert(&line->config->pki, line->cursor->object, line->cursor->number,
			       line->cursor->part);
}

static unsigned nibble(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : ((unsigned)c | 0x20) - 'a' + 10;
}

/* Words of an even number of hexadecimal digits. */
static int apply_data(struct config_line *line)
{
	struct config_cert *cert = cert_at(line);
	size_t more = 0, n;
	uint8_t *der;

	if (!cert || cert->whole)
		return config_line_refuse(line, NULL, "the certificate does not exist any more");
	for (size_t i = 0; i < line->n_args; i++) {
		n = strlen(line->args[i].value.text);
		if (!is_hex(line->args[i].value.text) || n % 2)
			return config_line_refuse(line, &line->args[i],
						  "hexadecimal bytes are needed, or quit at the "
						  "end");
		more += n / 2;
	}
	if (cert->len + more > PKI_CERT_MAX)
		return config_line_refuse(line, NULL, "a certificate has at most %d bytes",
					  PKI_CERT_MAX);
	der = realloc(cert->der, cert->len + more);
	if (!der)
		return -ENOMEM;
	cert->der = der;
	for (size_t i = 0; i < line->n_args; i++)
		for (const char *t = line->args[i].value.text; *t; t += 2)
			der[cert->len++] = (uint8_t)(nibble(t[0]) << 4 | nibble(t[1]));
	line->changed = true;
	return 0;
}

static int apply_quit(struct config_line *line)
{
	struct config_pki *pki = &line->config->pki;
	struct config_cert *cert = cert_at(line);
	struct pki_cert_info info;

	line->cursor->mode = CONFIG_MODE_CERT_CHAIN;
	if (!cert || cert->whole)
		return 0;
	line->changed = true;
	if (pki_cert_describe(cert->der, cert->len, &info) == 0) {
		cert->whole = true;
		return 0;
	}
	free(cert->der);
	config_line_remove(line, &pki->certs, &pki->n_certs, sizeof(*cert),
			   (size_t)(cert - pki->certs));
	/* not an error of this line: the ones before are taken back, and the rest goes on */
	config_line_warn(line, "this is no certificate: it was not loaded into trustpoint %s",
			 line->cursor->object);
	return 0;
}

static void print_data(struct config_print *p, const struct config_cert *cert)
{
	for (uint32_t i = 0; i < cert->len; i++) {
		if (i % LINE_BYTES == 0)
			config_print_begin(p, CONFIG_MODE_CERT_DATA);
		config_print_text(p, "%02X", cert->der[i]);
		if ((i + 1) % LINE_BYTES == 0 || i + 1 == cert->len)
			config_print_end(p);
		else if ((i + 1) % WORD_BYTES == 0)
			config_print_text(p, " ");
	}
	config_print_line(p, CONFIG_MODE_CERT_DATA, "quit");
}

static void print_chains(struct config_print *p, const struct config_row *row,
			 const struct config *c, const void *object)
{
	const struct config_pki *pki = &c->pki;

	(void)object;
	for (size_t i = 0; i < pki->n_trustpoints; i++) {
		bool open = false;

		for (size_t k = 0; k < pki->n_certs; k++) {
			const struct config_cert *cert = &pki->certs[k];

			if (!cert->whole || strcmp(cert->trustpoint, pki->trustpoints[i].name))
				continue;
			if (!open)
				config_print_line(p, row->mode, "crypto pki certificate chain %s",
						  cert->trustpoint);
			open = true;
			config_print_line(p, row->enters, "certificate %s%s", cert->ca ? "ca " : "",
					  cert->serial);
			print_data(p, cert);
		}
		if (open)
			config_print_separator(p);
	}
}

#define GLOBAL	   CONFIG_MODE_GLOBAL
#define TRUSTPOINT CONFIG_MODE_TRUSTPOINT, CONFIG_MODE_GLOBAL

static const struct config_row rows[] = {
	{GLOBAL, CONFIG_MODE_TRUSTPOINT, "crypto pki trustpoint <name:word>", apply_trustpoint,
	 print_trustpoints},
	{GLOBAL, CONFIG_MODE_TRUSTPOINT, "crypto ca trustpoint <name:word>", apply_trustpoint,
	 .dialects = CONFIG_IN_ASA},
	{GLOBAL, CONFIG_MODE_CERT_CHAIN, "crypto ca certificate chain <name:word>", apply_chain,
	 .dialects = CONFIG_IN_ASA},
	{TRUSTPOINT, "enrollment / {terminal|url <file:argument>}", apply_enrollment},
	{TRUSTPOINT, "fqdn / <name:hostname>",
	 .field = {CONFIG_FIELD_TEXT, CONFIG_FIELD_AT(config_trustpoint, fqdn)}},
	{TRUSTPOINT, "ip-address / <ip:address>", apply_address},
	{TRUSTPOINT, "subject-name / <dn:line>", apply_subject},
	{TRUSTPOINT, "revocation-check / {none|crl [none]}", apply_revocation},
	{TRUSTPOINT, "crl optional", apply_crl_optional},
	{TRUSTPOINT, "crl file / <list:argument>", apply_crl_file},
	{TRUSTPOINT, "rsakeypair / <label:word> [<bits:1024-4096>]", apply_key},
	{TRUSTPOINT, "eckeypair / <label:word>", apply_key},
	{TRUSTPOINT, "keypair / <label:word>", apply_key, .dialects = CONFIG_IN_ASA},
	{GLOBAL, CONFIG_MODE_CERT_CHAIN, "crypto pki certificate chain <name:word>", apply_chain,
	 print_chains},
	{CONFIG_MODE_CERT_CHAIN, CONFIG_MODE_CERT_DATA, "certificate [ca] <serial:word>",
	 apply_certificate},
	{CONFIG_MODE_CERT_DATA, GLOBAL, "<bytes:word>+", apply_data, .plain = true},
	{CONFIG_MODE_CERT_DATA, GLOBAL, "quit", apply_quit, .plain = true},
};

const struct config_rows config_rows_pki = {rows, array_len(rows)};
