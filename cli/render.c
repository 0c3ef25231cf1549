/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"

#include <ctype.h>

void render_nothing(FILE *, const struct render_request *, const json_t *)
{
}

const char *render_text_of(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text ? text : "";
}

long long render_number_of(const json_t *object, const char *field)
{
	return json_integer_value(json_object_get(object, field));
}

const char *render_port_of(const struct render_request *request, const json_t *object,
			   const char *field)
{
	const char *nameif = render_text_of(object, "nameif");

	if (request->dialect != DIALECT_IOS && *nameif)
		return nameif;
	return render_text_of(object, field);
}

const char *render_mac_of(const json_t *object, const char *field, char buf[static 15])
{
	const char *text = render_text_of(object, field);
	size_t n = 0, digits = 0;

	for (const char *p = text; *p; p++) {
		if (!isxdigit((unsigned char)*p))
			continue;
		if (digits == 12)
			return text;
		if (digits && digits % 4 == 0)
			buf[n++] = '.';
		buf[n++] = (char)tolower((unsigned char)*p);
		digits++;
	}
	buf[n] = '\0';
	return digits == 12 ? buf : text;
}
