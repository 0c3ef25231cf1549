/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <string.h>
#include <time.h>

static void print_time(FILE *out, const char *what, long long seconds)
{
	time_t at = (time_t)seconds;
	struct tm tm;
	char text[64];

	gmtime_r(&at, &tm);
	strftime(text, sizeof(text), "%H:%M:%S UTC %b %e %Y", &tm);
	fprintf(out, "    %s: %s\n", what, text);
}

/* The layout of IOS 12.4. */
void render_pki_certificates(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, "certificates"), i, row) {
		fprintf(out, "%s\n  Status: Available\n",
			json_is_true(json_object_get(row, "ca")) ? "CA Certificate"
								 : "Certificate");
		fprintf(out, "  Certificate Serial Number (hex): %s\n",
			render_text_of(row, "serial"));
		fprintf(out, "  Issuer:\n    %s\n  Subject:\n    %s\n",
			render_text_of(row, "issuer"), render_text_of(row, "subject"));
		if (*render_text_of(row, "sans"))
			fprintf(out, "  Subject Alternative Name: %s\n",
				render_text_of(row, "sans"));
		if (*render_text_of(row, "crl_url"))
			fprintf(out, "  CRL Distribution Points (not fetched): %s\n",
				render_text_of(row, "crl_url"));
		fputs("  Validity Date:\n", out);
		print_time(out, "start date", render_number_of(row, "not_before"));
		print_time(out, "end   date", render_number_of(row, "not_after"));
		fprintf(out, "  Public key: %s%s\n", render_text_of(row, "key"),
			json_is_true(json_object_get(row, "weak")) ? " (weak)" : "");
		fprintf(out, "  Fingerprint SHA1: %s\n  Fingerprint SHA256: %s\n",
			render_text_of(row, "sha1"), render_text_of(row, "sha256"));
		fprintf(out, "  Associated Trustpoints: %s\n\n", render_text_of(row, "trustpoint"));
	}
}

void render_pki_trustpoints(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, "trustpoints"), i, row) {
		fprintf(out, "Trustpoint %s:\n", render_text_of(row, "name"));
		if (*render_text_of(row, "enrollment"))
			fprintf(out, "    Enrollment: %s\n", render_text_of(row, "enrollment"));
		fprintf(out, "    Revocation check: %s\n    Key: %s%s\n\n",
			render_text_of(row, "revocation"), render_text_of(row, "key"),
			json_is_true(json_object_get(row, "has_key")) ? "" : " (missing)");
	}
}

void render_pki_keys(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(result, "keys"), i, row) {
		const char *hex = render_text_of(row, "public");

		fprintf(out, "Key name: %s\n Storage: directory of keys\n Type: %s %lld bits\n",
			render_text_of(row, "label"), render_text_of(row, "kind"),
			render_number_of(row, "bits"));
		fputs(" Key Data:\n", out);
		for (; *hex; hex += 8) {
			fprintf(out, " %.8s", hex);
			if ((hex - render_text_of(row, "public")) % 64 == 56)
				fputc('\n', out);
			if (strnlen(hex, 8) < 8)
				break;
		}
		fputs("\n\n", out);
	}
}

static void print_list(FILE *out, const char *title, const json_t *list)
{
	const json_t *row;
	size_t i;

	json_array_foreach(list, i, row)
		fprintf(out, "%% %s:\n%s\n", title, json_string_value(row));
}

void render_pki_export(FILE *out, const struct render_request *, const json_t *result)
{
	print_list(out, "CA certificate", json_object_get(result, "ca"));
	if (*render_text_of(result, "key"))
		fprintf(out, "%% Private key, encrypted with the password:\n%s\n",
			render_text_of(result, "key"));
	print_list(out, "General Purpose Certificate", json_object_get(result, "certificate"));
}

void render_pki_request(FILE *out, const struct render_request *, const json_t *result)
{
	fprintf(out, "Certificate Request follows:\n\n%s\n", render_text_of(result, "pem"));
}

void render_pki_generated(FILE *out, const struct render_request *, const json_t *result)
{
	fprintf(out, "The name for the keys will be: %s\n%% Generated %lld bit keys\n",
		render_text_of(result, "label"), render_number_of(result, "bits"));
}
