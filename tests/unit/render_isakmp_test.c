/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

static void empty_table_prints_headings(void **)
{
	render_check(render_isakmp_sa, NULL, "{\"sas\":[]}",
		     "IPv4 Crypto ISAKMP SA\n"
		     "dst             src             state          conn-id slot status\n"
		     "\n"
		     "IPv6 Crypto ISAKMP SA\n");
}

static void rows_stand_under_their_headings(void **)
{
	render_check(
		render_isakmp_sa, NULL,
		"{\"sas\":["
		"{\"conn_id\":1001,\"dst\":\"12.1.1.2\",\"src\":\"12.1.1.1\","
		"\"state\":\"QM_IDLE\",\"status\":\"ACTIVE\",\"slot\":0},"
		"{\"conn_id\":1,\"dst\":\"192.168.100.200\",\"src\":\"192.168.200.100\","
		"\"state\":\"MM_NO_STATE\",\"status\":\"ACTIVE (deleted)\",\"slot\":0}]}",
		"IPv4 Crypto ISAKMP SA\n"
		"dst             src             state          conn-id slot status\n"
		"12.1.1.2        12.1.1.1        QM_IDLE           1001    0 ACTIVE\n"
		"192.168.100.200 192.168.200.100 MM_NO_STATE          1    0 ACTIVE (deleted)\n"
		"\n"
		"IPv6 Crypto ISAKMP SA\n");
}

static void v6_peers_stand_below(void **)
{
	render_check(render_isakmp_sa, NULL,
		     "{\"sas\":[{\"conn_id\":1002,\"dst\":\"2001:db8::2\",\"src\":\"2001:db8::1\","
		     "\"state\":\"QM_IDLE\",\"status\":\"ACTIVE\",\"slot\":0}]}",
		     "IPv4 Crypto ISAKMP SA\n"
		     "dst             src             state          conn-id slot status\n"
		     "\n"
		     "IPv6 Crypto ISAKMP SA\n"
		     "\n"
		     " dst: 2001:db8::2\n"
		     " src: 2001:db8::1\n"
		     " state: QM_IDLE         conn-id:   1002 slot:    0 status: ACTIVE\n");
}

static void policies_end_with_the_default(void **)
{
	render_check(render_isakmp_policy, NULL,
		     "{\"policies\":["
		     "{\"priority\":10,\"cipher\":\"aes "
		     "256\",\"hash\":\"sha256\",\"auth\":\"pre-share\","
		     "\"group\":14,\"lifetime_s\":28800},"
		     "{\"priority\":65535,\"cipher\":\"des\",\"hash\":\"sha\",\"auth\":\"rsa-sig\","
		     "\"group\":1,\"lifetime_s\":86400}]}",
		     "\n"
		     "Global IKE policy\n"
		     "Protection suite of priority 10\n"
		     "\tencryption algorithm:\tAES - Advanced Encryption Standard (256 bit keys).\n"
		     "\thash algorithm:\t\tSecure Hash Standard 2 (256 bit)\n"
		     "\tauthentication method:\tPre-Shared Key\n"
		     "\tDiffie-Hellman group:\t#14 (2048 bit)\n"
		     "\tlifetime:\t\t28800 seconds, no volume limit\n"
		     "Default protection suite\n"
		     "\tencryption algorithm:\tDES - Data Encryption Standard (56 bit keys).\n"
		     "\thash algorithm:\t\tSecure Hash Standard\n"
		     "\tauthentication method:\tRivest-Shamir-Adleman Signature\n"
		     "\tDiffie-Hellman group:\t#1 (768 bit)\n"
		     "\tlifetime:\t\t86400 seconds, no volume limit\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_table_prints_headings),
		cmocka_unit_test(rows_stand_under_their_headings),
		cmocka_unit_test(v6_peers_stand_below),
		cmocka_unit_test(policies_end_with_the_default),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
