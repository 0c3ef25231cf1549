/* SPDX-License-Identifier: BSD-3-Clause */
/* Phrases that rules put into what they saw. All return buf. */
#pragma once

#include "controlplane/diagnose/evidence.h"

#include <stddef.h>
#include <stdint.h>

/* "12 s", "5 min", "3 h", "2 days". */
char *diagnose_words_span(uint64_t ms, char *buf, size_t size);
/* "MM1", "AM3", "QM2": message number of this exchange. */
char *diagnose_words_message(const struct ike_record *r, unsigned number, char *buf, size_t size);
/* What we sent last and what came of it: "MM1 sent 5 times in 62 s, nothing came back". */
char *diagnose_words_course(const struct evidence *e, const struct ike_record *r, char *buf,
			    size_t size);
/* All that differs in the comparison that came nearest: "hash MD5 instead of SHA, group 1 instead
 * of 2". */
char *diagnose_words_differences(const struct ike_record *r, char *buf, size_t size);
/* What the initiator offered: "3DES SHA group 2, DES MD5 group 1"; "and 5 more" when too long. */
char *diagnose_words_offers(const struct ike_record *r, char *buf, size_t size);
/* A network as a person says it: "10.1.0.0/16", "any", "10.1.2.3" for a host. */
char *diagnose_words_network(const struct prefix *p, char *buf, size_t size);
/* One end of a selector: the network, with protocol and port when they are said. */
char *diagnose_words_end(const struct selector *s, bool remote, char *buf, size_t size);
/* Who somebody says it is: the value alone, without the protocol and port that go with it. */
char *diagnose_words_id(const struct ike_record_id *id, char *buf, size_t size);
