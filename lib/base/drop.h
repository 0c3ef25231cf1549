/* SPDX-License-Identifier: BSD-3-Clause */
/* The drop reasons as an enumeration and as text; the rows are in drop_reasons.def. */
#pragma once

enum drop_reason {
#define DROP(id, name, text) DROP_##id,
#include "lib/base/drop_reasons.def"
#undef DROP
	DROP_COUNT,
};

/* Short stable name ("esp.replay_seen"), and the sentence for people; "" beyond the table. */
const char *drop_name(enum drop_reason reason);
const char *drop_text(enum drop_reason reason);
