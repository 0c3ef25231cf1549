/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_show_reorder.h"

#include "controlplane/reorder_watch.h"
#include "controlplane/sa_query.h"

#define relaxed(field) __atomic_load_n(&(field), __ATOMIC_RELAXED)

/* A histogram as an array, without the zeros at its end. */
static json_t *buckets(const uint32_t *counts, size_t n)
{
	json_t *array = json_array();

	while (n && !relaxed(counts[n - 1]))
		n--;
	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_integer(relaxed(counts[i])));
	return array;
}

static json_t *meter(const struct plane_stats_in *in, const struct plane_stats_reorder *r)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:o,s:o,s:o}", "most",
			 (json_int_t)relaxed(in->reorder_most), "late_most",
			 (json_int_t)relaxed(in->late_most), "late_verified",
			 (json_int_t)relaxed(in->late_verified), "late_forged",
			 (json_int_t)relaxed(in->late_forged), "late_unchecked",
			 (json_int_t)relaxed(in->late_unchecked), "rollover",
			 (json_int_t)relaxed(in->rollover), "accepted",
			 buckets(r->accepted, PLANE_REORDER_BUCKETS), "late",
			 buckets(r->late, PLANE_REORDER_BUCKETS), "seen",
			 buckets(r->seen, PLANE_REORDER_BUCKETS), "late_after",
			 buckets(r->late_after, PLANE_REORDER_AGES), "seen_after",
			 buckets(r->seen_after, PLANE_REORDER_AGES));
}

static void add_text(json_t *array, const char *text)
{
	if (*text)
		json_array_append_new(array, json_string(text));
}

void api_show_reorder(json_t *sa, const struct control *c, const struct tunnel *t,
		      const struct sa_pair *pair, bool detail)
{
	const struct plane_stats_in *in = sa_query_in(&c->store, pair);
	struct reorder_facts f = reorder_watch_facts(c, t, pair);
	json_t *diagnosis = json_array();
	char text[REORDER_ADVICE_TEXT];

	add_text(diagnosis, reorder_advice_late(&f, text, sizeof(text)));
	add_text(diagnosis, reorder_advice_seen(&f, text, sizeof(text)));
	if (json_array_size(diagnosis))
		json_object_set(sa, "diagnosis", diagnosis);
	json_decref(diagnosis);
	if (detail && in)
		json_object_set_new(
			sa, "reorder",
			meter(in, &plane_stats_reorder_of(
					  c->plane, pair->worker)[plane_spi_slot(pair->spi_in)]));
}
