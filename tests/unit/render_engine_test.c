/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

/* show-formats 7. */
static void sample_of_the_layout_is_reproduced(void **)
{
	render_check(
		render_engine_connections, NULL,
		"{\"connections\":["
		"{\"id\":1,\"type\":\"IKE\",\"interface\":\"FastEthernet0\",\"address\":\"12.1.1."
		"1\","
		"\"algorithm\":\"HMAC_SHA+DES_56_CB\",\"encrypt\":0,\"decrypt\":0,\"last_seq\":0},"
		"{\"id\":3442,\"type\":\"IPsec\",\"interface\":\"FastEthernet0\","
		"\"address\":\"12.1.1.1\",\"algorithm\":\"HMAC_MD5+3DES_56_C\",\"encrypt\":0,"
		"\"decrypt\":7760382,\"last_seq\":7760382},"
		"{\"id\":3443,\"type\":\"IPsec\",\"interface\":\"FastEthernet0\","
		"\"address\":\"12.1.1.1\",\"algorithm\":\"HMAC_MD5+3DES_56_C\",\"encrypt\":7767918,"
		"\"decrypt\":0,\"last_seq\":7767918}]}",
		"  ID Interface            IP-Address      State  Algorithm           Encrypt  "
		"Decrypt\n"
		"   1 FastEthernet0        12.1.1.1        set    HMAC_SHA+DES_56_CB        0      "
		"  0\n"
		"3442 FastEthernet0        12.1.1.1        set    HMAC_MD5+3DES_56_C        0  "
		"7760382\n"
		"3443 FastEthernet0        12.1.1.1        set    HMAC_MD5+3DES_56_C  7767918      "
		"  0\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_of_the_layout_is_reproduced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
