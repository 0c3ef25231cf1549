/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render_ipsec.h"
#include "lib/base/compat.h"

#include <string.h>

/* The histograms of show.ipsec_sa (lib/rpc/rpc_schema.h). */
enum {
	BUCKETS = 16,
	LATE_FIRST = 6,
	AGES = 8,
	HALF_BITMAP = 8, /* hexadecimal digits */
};

void render_ipsec_bitmap(FILE *out, const char *indent, const json_t *sa)
{
	const char *bitmap = render_text_of(sa, "bitmap");

	fprintf(out, "%sAnti replay bitmap:\n", indent);
	if (strlen(bitmap) > HALF_BITMAP)
		fprintf(out, "%s 0x%.8s 0x%s\n", indent, bitmap, bitmap + HALF_BITMAP);
	else
		fprintf(out, "%s 0x00000000 0x00000001\n", indent);
}

/* "1", "2-3", "4-7": what bucket i of a histogram of distances holds; the last has no end. */
static const char *distance_range(unsigned i, char *buf, size_t size)
{
	unsigned long long low = 1ull << i;

	if (i == 0)
		snprintf(buf, size, "1");
	else if (i == LATE_FIRST + BUCKETS - 1)
		snprintf(buf, size, "%llu or more", low);
	else
		snprintf(buf, size, "%llu-%llu", low, 2 * low - 1);
	return buf;
}

static const char *age_range(unsigned i, char *buf, size_t size)
{
	static const char *const ranges[] = {"< 1 ms",	 "< 4 ms",    "< 16 ms",   "< 64 ms",
					     "< 256 ms", "< 1024 ms", "< 4096 ms", "later"};

	snprintf(buf, size, "%s", i < array_len(ranges) ? ranges[i] : "");
	return buf;
}

static long long bucket(const json_t *reorder, const char *name, unsigned i)
{
	return json_integer_value(json_array_get(json_object_get(reorder, name), i));
}

/* Rows of a histogram in which anything was counted. */
static void print_reorder(FILE *out, const char *indent, const json_t *r)
{
	char range[48];

	fprintf(out, "%sreorder distance         accepted        late        seen\n", indent);
	for (unsigned i = 0; i < LATE_FIRST + BUCKETS; i++) {
		long long accepted = bucket(r, "accepted", i), seen = bucket(r, "seen", i);
		long long late = i < LATE_FIRST ? 0 : bucket(r, "late", i - LATE_FIRST);

		if (accepted || late || seen)
			fprintf(out, "%s  %-20s %10lld  %10lld  %10lld\n", indent,
				distance_range(i, range, sizeof(range)), accepted, late, seen);
	}
	fprintf(out, "%show long after                           late        seen\n", indent);
	for (unsigned i = 0; i < AGES; i++) {
		long long late = bucket(r, "late_after", i), seen = bucket(r, "seen_after", i);

		if (late || seen)
			fprintf(out, "%s  %-20s             %10lld  %10lld\n", indent,
				age_range(i, range, sizeof(range)), late, seen);
	}
}

void render_ipsec_meter(FILE *out, const char *indent, const json_t *sa)
{
	const json_t *r = json_object_get(sa, "reorder");

	if (!r)
		return;
	fprintf(out, "%shighest sequence number: %lld\n", indent, render_number_of(sa, "seq"));
	fprintf(out, "%s#pkts reordered, farthest: %lld below the highest\n", indent,
		render_number_of(r, "most"));
	fprintf(out,
		"%s#pkts replay late: %lld (verified %lld, forged %lld, not checked %lld), "
		"farthest: %lld\n",
		indent, render_number_of(sa, "replay_late"), render_number_of(r, "late_verified"),
		render_number_of(r, "late_forged"), render_number_of(r, "late_unchecked"),
		render_number_of(r, "late_most"));
	fprintf(out, "%s#pkts replay seen: %lld, #pkts replay rollover (rcv): %lld\n", indent,
		render_number_of(sa, "replay_seen"), render_number_of(r, "rollover"));
	fprintf(out,
		"%s#pkts verify failed: %lld, #pkts invalid identity (recv): %lld, "
		"#pkts decaps failed (rcv): %lld\n",
		indent, render_number_of(sa, "auth_failed"), render_number_of(sa, "policy_failed"),
		render_number_of(sa, "other_failed"));
	print_reorder(out, indent, r);
}

void render_ipsec_diagnosis(FILE *out, const char *indent, const json_t *sa)
{
	const json_t *text;
	size_t i;

	json_array_foreach(json_object_get(sa, "diagnosis"), i, text)
		fprintf(out, "%s%s\n", indent, json_string_value(text));
}

// clang-format off
static const struct {
	const char *text;
	const char *field;
	const char *after;
} errors[] = {
	{"#pkts no sa (send) ", "no_sa_send", ", "},
	{"#pkts invalid sa (rcv) ", "invalid_sa", "\n"},
	{"#pkts encaps failed (send) ", "encaps_failed", ", "},
	{"#pkts decaps failed (rcv) ", "decaps_failed", "\n"},
	{"#pkts invalid prot (recv) ", "invalid_prot", ", "},
	{"#pkts verify failed: ", "verify_failed", "\n"},
	{"#pkts invalid identity (recv) ", "invalid_identity", ", "},
	{"#pkts invalid len (rcv) ", "invalid_len", "\n"},
	{"#pkts replay rollover (send): ", "rollover_send", ", "},
	{"#pkts replay rollover (rcv) ", "rollover_recv", "\n"},
	{"#pkts replay failed (rcv): ", "replay_failed", "\n"},
	{"#pkts internal err (send): ", "internal_send", "\n"},
};
// clang-format on

void render_ipsec_errors(FILE *out, const char *indent, const json_t *block)
{
	const json_t *e = json_object_get(block, "errors");
	const char *before = indent;

	for (size_t i = 0; e && i < array_len(errors); i++) {
		fprintf(out, "%s%s%lld%s", before, errors[i].text,
			render_number_of(e, errors[i].field), errors[i].after);
		before = errors[i].after[0] == '\n' ? indent : "";
	}
}

bool render_ipsec_is_detail(const struct render_request *request)
{
	return json_is_true(json_object_get(request->params, "detail"));
}
