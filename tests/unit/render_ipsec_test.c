/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

#define COUNTERS                                                                             \
	"\"encaps\":7767918,\"encrypt\":7767918,\"digest\":7767918,\"decaps\":7760382,"      \
	"\"decrypt\":7760382,\"verify\":7760382,\"compressed\":0,\"decompressed\":0,"        \
	"\"not_compressed\":0,\"compr_failed\":0,\"decompress_failed\":0,\"send_errors\":1," \
	"\"recv_errors\":0,"

#define SA(spi, conn, flow)                                                                   \
	"{\"spi\":" spi ",\"transform\":\"esp-3des esp-md5-hmac\",\"settings\":\"Tunnel, \"," \
	"\"slot\":0,\"conn_id\":" conn ",\"flow_id\":" flow ",\"map\":\"test\","              \
	"\"remaining_kb\":4608000,\"remaining_s\":52,\"iv_bytes\":8,\"replay\":true}"

/* The sample of show-formats 3, without the doubled heading its note names. */
static void sample_of_the_note_is_reproduced(void **)
{
	render_check(
		render_ipsec_sa, NULL,
		"{\"interfaces\":[{\"interface\":\"FastEthernet0\",\"map\":\"test\","
		"\"local_addr\":\"12.1.1.1\",\"blocks\":[{"
		"\"local_ident\":{\"addr\":\"20.1.1.0\",\"mask\":\"255.255.255.0\",\"prot\":0,"
		"\"port\":0},\"remote_ident\":{\"addr\":\"10.1.1.0\",\"mask\":\"255.255.255.0\","
		"\"prot\":0,\"port\":0},\"current_peer\":\"12.1.1.2\",\"flags\":\"origin_is_acl,"
		"\"," COUNTERS
		"\"local_endpt\":\"12.1.1.1\",\"remote_endpt\":\"12.1.1.2\",\"path_mtu\":1500,"
		"\"media_mtu\":1500,\"current_outbound_spi\":979,"
		"\"inbound_esp\":[" SA("325714191", "3442",
				       "1443") "],"
					       "\"outbound_esp\":[" SA("979", "3443",
								       "1444") "]}]}]}",
		"interface: FastEthernet0\n"
		"  Crypto map tag: test, local addr. 12.1.1.1\n"
		"  local ident (addr/mask/prot/port): (20.1.1.0/255.255.255.0/0/0)\n"
		"  remote ident (addr/mask/prot/port): (10.1.1.0/255.255.255.0/0/0)\n"
		"  current_peer: 12.1.1.2\n"
		"    PERMIT, flags={origin_is_acl,}\n"
		"    #pkts encaps: 7767918, #pkts encrypt: 7767918, #pkts digest 7767918\n"
		"    #pkts decaps: 7760382, #pkts decrypt: 7760382, #pkts verify 7760382\n"
		"    #pkts compressed: 0, #pkts decompressed: 0\n"
		"    #pkts not compressed: 0, #pkts compr. failed: 0,\n"
		"    #pkts decompress failed: 0, #send errors 1, #recv errors 0\n"
		"    local crypto endpt.: 12.1.1.1, remote crypto endpt.: 12.1.1.2\n"
		"    path mtu 1500, media mtu 1500\n"
		"    current outbound spi: 3D3\n"
		"    inbound esp sas:\n"
		"      spi: 0x136A010F(325714191)\n"
		"        transform: esp-3des esp-md5-hmac ,\n"
		"        in use settings ={Tunnel, }\n"
		"        slot: 0, conn id: 3442, flow_id: 1443, crypto map: test\n"
		"        sa timing: remaining key lifetime (k/sec): (4608000/52)\n"
		"        IV size: 8 bytes\n"
		"        replay detection support: Y\n"
		"    inbound ah sas:\n"
		"    inbound pcp sas:\n"
		"    outbound esp sas:\n"
		"      spi: 0x3D3(979)\n"
		"        transform: esp-3des esp-md5-hmac ,\n"
		"        in use settings ={Tunnel, }\n"
		"        slot: 0, conn id: 3443, flow_id: 1444, crypto map: test\n"
		"        sa timing: remaining key lifetime (k/sec): (4608000/52)\n"
		"        IV size: 8 bytes\n"
		"        replay detection support: Y\n"
		"    outbound ah sas:\n"
		"    outbound pcp sas:\n");
}

/* One block a line of the access list, also without SA; SPIs above 2^31 stay unsigned. */
static void block_without_sa_and_high_spi(void **)
{
	render_check(
		render_ipsec_sa, NULL,
		"{\"interfaces\":[{\"interface\":\"Gi0/"
		"1\",\"map\":\"vpn\",\"local_addr\":\"1.1.1.1\","
		"\"blocks\":[{\"local_ident\":{\"addr\":\"10.0.0.0\",\"mask\":\"255.0.0.0\","
		"\"prot\":1,\"port\":0},\"remote_ident\":{\"addr\":\"11.0.0.1\","
		"\"mask\":\"255.255.255.255\",\"prot\":6,\"port\":80},\"current_peer\":\"2.2.2.2\","
		"\"flags\":\"origin_is_acl,\",\"local_endpt\":\"1.1.1.1\","
		"\"remote_endpt\":\"2.2.2.2\",\"path_mtu\":1400,\"media_mtu\":1500,"
		"\"current_outbound_spi\":0,\"inbound_esp\":[],\"outbound_esp\":[{"
		"\"spi\":2199054113,\"transform\":\"esp-null esp-sha-hmac\","
		"\"settings\":\"Tunnel UDP-Encaps, \",\"slot\":0,\"conn_id\":2,\"flow_id\":2,"
		"\"map\":\"vpn\",\"remaining_kb\":1,\"remaining_s\":2,\"iv_bytes\":0,"
		"\"replay\":false}]}]}]}",
		"interface: Gi0/1\n"
		"  Crypto map tag: vpn, local addr. 1.1.1.1\n"
		"  local ident (addr/mask/prot/port): (10.0.0.0/255.0.0.0/1/0)\n"
		"  remote ident (addr/mask/prot/port): (11.0.0.1/255.255.255.255/6/80)\n"
		"  current_peer: 2.2.2.2\n"
		"    PERMIT, flags={origin_is_acl,}\n"
		"    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest 0\n"
		"    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify 0\n"
		"    #pkts compressed: 0, #pkts decompressed: 0\n"
		"    #pkts not compressed: 0, #pkts compr. failed: 0,\n"
		"    #pkts decompress failed: 0, #send errors 0, #recv errors 0\n"
		"    local crypto endpt.: 1.1.1.1, remote crypto endpt.: 2.2.2.2\n"
		"    path mtu 1400, media mtu 1500\n"
		"    current outbound spi: 0\n"
		"    inbound esp sas:\n"
		"    inbound ah sas:\n"
		"    inbound pcp sas:\n"
		"    outbound esp sas:\n"
		"      spi: 0x8312E721(2199054113)\n"
		"        transform: esp-null esp-sha-hmac ,\n"
		"        in use settings ={Tunnel UDP-Encaps, }\n"
		"        slot: 0, conn id: 2, flow_id: 2, crypto map: vpn\n"
		"        sa timing: remaining key lifetime (k/sec): (1/2)\n"
		"        IV size: 0 bytes\n"
		"        replay detection support: N\n"
		"    outbound ah sas:\n"
		"    outbound pcp sas:\n");
}

/* An inbound SA with these fields more, in a block that says nothing else. */
#define INBOUND(fields)                                                                         \
	"{\"interfaces\":[{\"interface\":\"Gi0/1\",\"map\":\"vpn\",\"local_addr\":\"1.1.1.1\"," \
	"\"blocks\":[{\"inbound_esp\":[{\"spi\":979,\"transform\":\"esp-gcm\","                 \
	"\"settings\":\"Tunnel, \",\"slot\":0,\"conn_id\":1,\"flow_id\":1,\"map\":\"vpn\","     \
	"\"remaining_kb\":1,\"remaining_s\":2,\"iv_bytes\":8,\"replay\":true" fields "}]}]}]}"

#define AROUND(lines)                                                      \
	"interface: Gi0/1\n"                                               \
	"  Crypto map tag: vpn, local addr. 1.1.1.1\n"                     \
	"  local ident (addr/mask/prot/port): (//0/0)\n"                   \
	"  remote ident (addr/mask/prot/port): (//0/0)\n"                  \
	"  current_peer: \n"                                               \
	"    PERMIT, flags={}\n"                                           \
	"    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest 0\n"          \
	"    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify 0\n"          \
	"    #pkts compressed: 0, #pkts decompressed: 0\n"                 \
	"    #pkts not compressed: 0, #pkts compr. failed: 0,\n"           \
	"    #pkts decompress failed: 0, #send errors 0, #recv errors 0\n" \
	"    local crypto endpt.: , remote crypto endpt.: \n"              \
	"    path mtu 0, media mtu 0\n"                                    \
	"    current outbound spi: 0\n"                                    \
	"    inbound esp sas:\n"                                           \
	"      spi: 0x3D3(979)\n"                                          \
	"        transform: esp-gcm ,\n"                                   \
	"        in use settings ={Tunnel, }\n"                            \
	"        slot: 0, conn id: 1, flow_id: 1, crypto map: vpn\n"       \
	"        sa timing: remaining key lifetime (k/sec): (1/2)\n"       \
	"        IV size: 8 bytes\n" lines "    inbound ah sas:\n"         \
	"    inbound pcp sas:\n"                                           \
	"    outbound esp sas:\n"                                          \
	"    outbound ah sas:\n"                                           \
	"    outbound pcp sas:\n"

/* With detail: the bitmap, who was refused and why, and each bucket in which anything stands. */
static void detail_shows_the_meter_and_what_to_type(void **)
{
	render_check(
		render_ipsec_sa, NULL,
		INBOUND(",\"replay_window\":64,\"bitmap\":\"FFFFFFFF80000001\",\"seq\":4294967301,"
			"\"replay_late\":14,\"replay_seen\":3,\"auth_failed\":5,\"policy_failed\":"
			"6,"
			"\"other_failed\":7,\"diagnosis\":[\"first, `type this`\",\"second\"],"
			"\"reorder\":{\"most\":63,\"late_most\":700,\"late_verified\":11,"
			"\"late_forged\":2,\"late_unchecked\":1,\"rollover\":8,"
			"\"accepted\":[9,0,4,0,0,1],\"late\":[1,0,0,10],\"seen\":[1,0,0,0,0,0,2],"
			"\"late_after\":[10,1],\"seen_after\":[0,1,0,0,0,0,0,2]}"),
		AROUND("        replay detection support: Y  replay window size: 64\n"
		       "        Anti replay bitmap:\n"
		       "         0xFFFFFFFF 0x80000001\n"
		       "        highest sequence number: 4294967301\n"
		       "        #pkts reordered, farthest: 63 below the highest\n"
		       "        #pkts replay late: 14 (verified 11, forged 2, not checked 1), "
		       "farthest: 700\n"
		       "        #pkts replay seen: 3, #pkts replay rollover (rcv): 8\n"
		       "        #pkts verify failed: 5, #pkts invalid identity (recv): 6, "
		       "#pkts decaps failed (rcv): 7\n"
		       "        reorder distance         accepted        late        seen\n"
		       "          1                             9           0           1\n"
		       "          4-7                           4           0           0\n"
		       "          32-63                         1           0           0\n"
		       "          64-127                        0           1           2\n"
		       "          512-1023                      0          10           0\n"
		       "        how long after                           late        seen\n"
		       "          < 1 ms                                   10           0\n"
		       "          < 4 ms                                    1           1\n"
		       "          later                                     0           2\n"
		       "        first, `type this`\n"
		       "        second\n"));
}

/* The farthest that can be accepted, and the bucket of late that has no end. */
static void detail_of_the_outermost_buckets(void **)
{
	render_check(
		render_ipsec_sa, NULL,
		INBOUND(",\"replay_window\":65536,\"bitmap\":\"0000000000000000\",\"reorder\":{"
			"\"accepted\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1],"
			"\"late\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,2]}"),
		AROUND("        replay detection support: Y  replay window size: 65536\n"
		       "        Anti replay bitmap:\n"
		       "         0x00000000 0x00000000\n"
		       "        highest sequence number: 0\n"
		       "        #pkts reordered, farthest: 0 below the highest\n"
		       "        #pkts replay late: 0 (verified 0, forged 0, not checked 0), "
		       "farthest: 0\n"
		       "        #pkts replay seen: 0, #pkts replay rollover (rcv): 0\n"
		       "        #pkts verify failed: 0, #pkts invalid identity (recv): 0, "
		       "#pkts decaps failed (rcv): 0\n"
		       "        reorder distance         accepted        late        seen\n"
		       "          32768-65535                   1           0           0\n"
		       "          2097152 or more               0           2           0\n"
		       "        how long after                           late        seen\n"));
}

/* Without detail: the sentences, the window where it is not the default. */
static void plain_shows_what_to_type(void **)
{
	render_check(render_ipsec_sa, NULL,
		     INBOUND(",\"replay_window\":64,\"diagnosis\":[\"type this\"]"),
		     AROUND("        replay detection support: Y\n"
			    "        type this\n"));
	render_check(render_ipsec_sa, NULL, INBOUND(",\"replay_window\":1024"),
		     AROUND("        replay detection support: Y  replay window size: 1024\n"));
}

static void nothing_prints_nothing(void **)
{
	render_check(render_ipsec_sa, NULL, "{\"interfaces\":[]}", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_of_the_note_is_reproduced),
		cmocka_unit_test(block_without_sa_and_high_spi),
		cmocka_unit_test(detail_shows_the_meter_and_what_to_type),
		cmocka_unit_test(detail_of_the_outermost_buckets),
		cmocka_unit_test(plain_shows_what_to_type),
		cmocka_unit_test(nothing_prints_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
