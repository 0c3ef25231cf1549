/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/pki.h"

#include "cli/report.h"
#include "cli/shell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 1 << 18,
	FILE_BYTES_MAX = 1 << 17
};

void pki_forget(struct shell *shell)
{
	if (shell->pasted)
		explicit_bzero(shell->pasted, shell->pasted_len);
	free(shell->pasted);
	json_decref(shell->paste_params);
	shell->pasted = NULL;
	shell->pasted_len = 0;
	shell->paste_params = NULL;
}

bool pki_is_collecting(const struct shell *shell)
{
	return shell->paste_params != NULL;
}

static int begin(struct shell *shell, enum rpc_method method, const struct exec_match *match,
		 const char *what)
{
	pki_forget(shell);
	shell->paste_method = method;
	shell->paste_params = exec_params(match);
	if (!shell->paste_params)
		return 1;
	if (shell->prompted)
		fprintf(shell->out,
			"Enter the %s in PEM.\nEnd with the word \"quit\" on a line by itself\n",
			what);
	return 0;
}

int pki_authenticate(struct shell *shell, const struct exec_match *match)
{
	return begin(shell, RPC_PKI_AUTHENTICATE, match, "CA certificate");
}

int pki_import(struct shell *shell, const struct exec_match *match)
{
	return begin(shell, RPC_PKI_IMPORT, match, "certificate");
}

static int send(struct shell *shell, enum rpc_method method, json_t *params)
{
	json_t *result = shell_call(shell, method, params);

	if (!result)
		return 1;
	fprintf(shell->out, "Subject: %s\nFingerprint SHA256: %s\n",
		render_text_of(result, "subject"), render_text_of(result, "sha256"));
	fputs(method == RPC_PKI_IMPORT ? "% Certificate successfully imported\n"
				       : "% CA certificate accepted\n",
	      shell->out);
	json_decref(result);
	return 0;
}

int pki_collect(struct shell *shell, const char *line)
{
	size_t len = strlen(line);
	json_t *params = shell->paste_params;
	char *text;
	int rc;

	if (strcmp(line, "quit") == 0) {
		json_object_set_new(params, "pem", json_string(shell->pasted ? shell->pasted : ""));
		shell->paste_params = NULL;
		rc = send(shell, shell->paste_method, params);
		pki_forget(shell);
		return rc;
	}
	text = shell->pasted_len + len < TEXT_MAX ? malloc(shell->pasted_len + len + 2) : NULL;
	if (!text) {
		report_text(shell, "%% What is pasted is too long");
		pki_forget(shell);
		return 1;
	}
	if (shell->pasted) {
		memcpy(text, shell->pasted, shell->pasted_len);
		explicit_bzero(shell->pasted, shell->pasted_len);
	}
	memcpy(text + shell->pasted_len, line, len);
	memcpy(text + shell->pasted_len + len, "\n", 2);
	free(shell->pasted);
	shell->pasted = text;
	shell->pasted_len += len + 1;
	return 0;
}

/* The file in hexadecimal, malloc'ed, or NULL and errno. */
static char *read_hex(const char *path)
{
	FILE *in = fopen(path, "re");
	char *text = in ? malloc(2 * (size_t)FILE_BYTES_MAX + 1) : NULL;
	size_t n = 0;
	int c;

	while (text && n < FILE_BYTES_MAX && (c = getc(in)) != EOF)
		snprintf(text + 2 * n++, 3, "%02hhx", (unsigned char)c);
	if (in)
		fclose(in);
	return text;
}

int pki_import_pkcs12(struct shell *shell, const struct exec_match *match)
{
	json_t *params = exec_params(match);
	char *hex = params ? read_hex(render_text_of(params, "file")) : NULL;
	int rc;

	if (!hex) {
		report_text(shell, "%% The file cannot be read: %s", strerror(errno));
		json_decref(params);
		return 1;
	}
	json_object_set_new(params, "pkcs12", json_string(hex));
	json_object_del(params, "file");
	rc = send(shell, RPC_PKI_IMPORT, params);
	explicit_bzero(hex, strlen(hex));
	free(hex);
	return rc;
}
