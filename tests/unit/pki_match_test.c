/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules about the names in a certificate. */
#include "lib/crypto/pki_match.h"
#include "tests/certs/certs.h"

#include <cmocka.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

static const struct {
	struct pki_match_rule rule;
	bool holds;
} rows[] = {
	{{PKI_MATCH_SUBJECT, PKI_MATCH_EQ, "o=Test, cn=gw1.example"}, true},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_EQ, "O=test, CN=GW1.example"}, true},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_EQ, "cn=gw1"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_EQ, "cn=gw1.example, o=Other"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_NE, "o=Test, cn=gw1.example"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_NE, "cn=other"}, true},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_CO, "cn=gw1"}, true},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_CO, "GW1"}, true},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_CO, "o=gw1"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_CO, "gw2"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_NC, "gw2"}, true},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_NC, "gw1"}, false},
	/* what is no name holds for nothing, whichever way it is asked */
	{{PKI_MATCH_SUBJECT, PKI_MATCH_EQ, "nonsense"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_NE, "nonsense"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_NC, "nonsense=1"}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_CO, ""}, false},
	{{PKI_MATCH_SUBJECT, PKI_MATCH_NC, ""}, false},
	{{PKI_MATCH_ISSUER, PKI_MATCH_CO, "cn=root"}, true},
	{{PKI_MATCH_ISSUER, PKI_MATCH_CO, "gw1"}, false},
	{{PKI_MATCH_ALT_SUBJECT, PKI_MATCH_EQ, "10.0.0.1"}, true},
	{{PKI_MATCH_ALT_SUBJECT, PKI_MATCH_EQ, "10.0.0.10"}, false},
	{{PKI_MATCH_ALT_SUBJECT, PKI_MATCH_EQ, "East.example"}, true},
	{{PKI_MATCH_ALT_SUBJECT, PKI_MATCH_EQ, "st.example"}, false},
	{{PKI_MATCH_ALT_SUBJECT, PKI_MATCH_CO, "st.example"}, true},
	{{PKI_MATCH_ALT_SUBJECT, PKI_MATCH_NC, "west"}, true},
	{{PKI_MATCH_ALT_SUBJECT, PKI_MATCH_NE, "a@east.example"}, false},
};

static void each_rule(void **)
{
	const struct certs_spec ca = {.cn = "root", .ca = true, .key = "EC:P-256"};
	const struct certs_spec spec = {.cn = "gw1.example",
					.key = "EC:P-256",
					.san = "IP:10.0.0.1,DNS:east.example,email:a@east.example"};
	struct certs_issued root = certs_issue(NULL, &ca), own = certs_issue(&root, &spec);
	struct pki_match_rule both[2];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (pki_match(certs_der(&own), &rows[i].rule, 1) != rows[i].holds)
			fail_msg("field %d op %d \"%s\"", (int)rows[i].rule.field,
				 (int)rows[i].rule.op, rows[i].rule.text);
	both[0] = rows[0].rule;
	both[1] = rows[2].rule;
	assert_false(pki_match(certs_der(&own), both, 2));
	both[1] = rows[17].rule;
	assert_true(pki_match(certs_der(&own), both, 2));
	assert_false(pki_match(certs_der(&own), both, 0));
	assert_false(pki_match((struct prim_chunk){"x", 1}, both, 1));
	certs_free(&own);
	certs_free(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_rule)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
