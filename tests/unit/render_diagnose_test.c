/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

#define HEAD "\nPeer            Map                      State          Since  Diagnosis\n"

#define PSK                                                                               \
	"\"code\":\"P1-PSK\",\"severity\":\"error\",\"sureness\":\"likely\","             \
	"\"sentence\":\"Pre-shared keys with 10.0.0.3 probably differ.\","                \
	"\"command\":\"crypto isakmp key <key> address 10.0.0.3\",\"peer\":\"10.0.0.3\"," \
	"\"since_s\":62"

#define UP                                                                             \
	"{\"interface\":\"Gi0/1\",\"map\":\"M\",\"sequence\":10,\"line\":10,\"peer\":" \
	"\"10.0.0.2\",\"state\":\"up\",\"since_s\":3723}"

#define DOWN(line)                                                                           \
	"{\"interface\":\"Gi0/1\",\"map\":\"M\",\"sequence\":20,\"line\":" line ",\"peer\":" \
	"\"10.0.0.3\",\"state\":\"down\",\"since_s\":62,\"diagnosis\":{" PSK "}}"

static void no_tunnels(void **)
{
	render_check(render_diagnose, NULL, "{\"tunnels\":[],\"peers\":[]}",
		     "Tunnels: 0\n\nNothing is wrong that can be seen from here.\n");
}

static void healthy_box_says_so(void **)
{
	render_check(render_diagnose, NULL, "{\"tunnels\":[" UP "],\"peers\":[]}",
		     "Tunnels: 1, 1 up\n" HEAD
		     "10.0.0.2        M 10 line 10             up          01:02:03\n"
		     "\nNothing is wrong that can be seen from here.\n");
}

/* Two lines of one entry fail for one reason, which is told once. */
static void reason_and_remedy_are_said_once(void **)
{
	render_check(render_diagnose, NULL,
		     "{\"tunnels\":[" UP "," DOWN("10") "," DOWN(
			     "20") "],\"peers\":[{\"peer\":"
				   "\"10.0.0.3\",\"kind\":\"configured\",\"diagnoses\":[{" PSK
				   "}]}]}",
		     "Tunnels: 3, 1 up, 2 down\n" HEAD
		     "10.0.0.3        M 20 line 10             down        00:01:02  P1-PSK\n"
		     "    P1-PSK: Pre-shared keys with 10.0.0.3 probably differ.\n"
		     "    Type: crypto isakmp key <key> address 10.0.0.3\n"
		     "10.0.0.3        M 20 line 20             down        00:01:02  P1-PSK\n"
		     "10.0.0.2        M 10 line 10             up          01:02:03\n");
}

static void entry_without_a_peer_is_incomplete(void **)
{
	render_check(render_diagnose, NULL,
		     "{\"tunnels\":[{\"map\":\"M\",\"sequence\":30,\"state\":\"incomplete\"}],"
		     "\"peers\":[]}",
		     "Tunnels: 1, 1 incomplete\n" HEAD
		     "-               M 30                     incomplete          \n");
}

/* The finding of an entry stands with the entry, once; others come at the end. */
static void configuration_is_said_once(void **)
{
	static const char json[] =
		"{\"tunnels\":[{\"map\":\"M\",\"sequence\":30,\"state\":\"incomplete\","
		"\"diagnosis\":{\"code\":\"CFG-NO-PEER\",\"map\":\"M\",\"sequence\":30,"
		"\"sentence\":\"No peer.\",\"command\":\"set peer\"}}],\"peers\":[],"
		"\"configuration\":[{\"code\":\"CFG-NO-PEER\",\"map\":\"M\",\"sequence\":30,"
		"\"sentence\":\"No peer.\",\"command\":\"set peer\"},{\"code\":\"RA-NO-DNS\","
		"\"sentence\":\"No DNS.\",\"command\":\"dns-server value\"}]}";

	render_check(render_diagnose, NULL, json,
		     "Tunnels: 1, 1 incomplete\n" HEAD
		     "-               M 30                     incomplete            CFG-NO-PEER\n"
		     "    CFG-NO-PEER: No peer.\n"
		     "    Type: set peer\n"
		     "\nConfiguration\n"
		     "    RA-NO-DNS: No DNS.\n"
		     "    Type: dns-server value\n");
}

static void strangers_come_last(void **)
{
	render_check(render_diagnose, NULL,
		     "{\"tunnels\":[" UP "],\"peers\":[{\"peer\":\"10.9.9.9\",\"kind\":"
		     "\"unknown\",\"diagnoses\":[{\"code\":\"P1-NO-KEY\",\"sentence\":"
		     "\"No pre-shared key for 10.9.9.9.\",\"command\":\"crypto isakmp key <key> "
		     "address 10.9.9.9\"}]}]}",
		     "Tunnels: 1, 1 up\n" HEAD
		     "10.0.0.2        M 10 line 10             up          01:02:03\n"
		     "\nPeer 10.9.9.9, unknown\n"
		     "    P1-NO-KEY: No pre-shared key for 10.9.9.9.\n"
		     "    Type: crypto isakmp key <key> address 10.9.9.9\n");
}

/* What no peer is to blame for. */
static void the_appliance_is_no_peer(void **)
{
	render_check(render_diagnose, NULL,
		     "{\"tunnels\":[],\"peers\":[{\"kind\":\"appliance\",\"diagnoses\":[{"
		     "\"code\":\"IKE-FLOOD\",\"sentence\":\"40 half-open.\","
		     "\"command\":\"show crypto isakmp sa\"}]}]}",
		     "Tunnels: 0\n\nThe appliance\n    IKE-FLOOD: 40 half-open.\n"
		     "    Type: show crypto isakmp sa\n");
}

static void detail_has_evidence_and_negotiations(void **)
{
	render_check(
		render_diagnose, "{\"detail\":true}",
		"{\"tunnels\":[" DOWN(
			"10") "],\"peers\":[{\"peer\":\"10.0.0.3\",\"kind\":\"configured\","
			      "\"diagnoses\":[{" PSK
			      ",\"other\":\"P1-ID\",\"saw\":\"MM5 sent 5 times\","
			      "\"decide\":\"debug crypto isakmp (on 10.0.0.3)\","
			      "\"there\":\"isakmp key <key> address 10.0.0.1\","
			      "\"under\":[{\"code\":\"P2-NO-ANSWER\",\"sentence\":\"No "
			      "answer.\"}]}],"
			      "\"negotiations\":[{\"phase\":\"phase 1\",\"role\":\"initiator\","
			      "\"mode\":\"main\",\"outcome\":\"failed\",\"ago_s\":70,\"took_ms\":"
			      "31200,"
			      "\"reason\":\"the peer does not answer\",\"messages\":["
			      "{\"number\":1,\"ours\":true,\"times\":1,\"first_ms\":0,\"last_ms\":"
			      "0},"
			      "{\"number\":2,\"ours\":false,\"times\":1,\"first_ms\":52,\"last_"
			      "ms\":52},"
			      "{\"number\":5,\"ours\":true,\"times\":5,\"first_ms\":150,"
			      "\"last_ms\":31000}],\"offers\":[\"AES-CBC SHA\"],\"chosen\":"
			      "\"AES-CBC SHA\",\"nearest\":{\"offered\":\"A\",\"wanted\":\"B\","
			      "\"differs\":[\"hash\",\"group\"]},\"id_remote\":\"10.0.0.3\"}]}]}",
		"Tunnels: 1, 1 down\n" HEAD
		"10.0.0.3        M 20 line 10             down        00:01:02  P1-PSK\n"
		"\nPeer 10.0.0.3, configured\n"
		"    P1-PSK: Pre-shared keys with 10.0.0.3 probably differ.\n"
		"    Type: crypto isakmp key <key> address 10.0.0.3\n"
		"    Or on 10.0.0.3: isakmp key <key> address 10.0.0.1\n"
		"    Or P1-ID; to decide: debug crypto isakmp (on 10.0.0.3)\n"
		"    error, likely, or P1-ID, since 00:01:02\n"
		"    Saw: MM5 sent 5 times\n"
		"    Follows: P2-NO-ANSWER: No answer.\n"
		"    phase 1 as initiator, main, 70 s ago, took 31.2 s: failed, the peer does not "
		"answer\n"
		"      MM1 out, 0.0 s; MM2 in, 0.0 s; MM5 out 5 times, 0.1 s to 31.0 s\n"
		"      Offer 1: AES-CBC SHA\n"
		"      Chosen: AES-CBC SHA\n"
		"      Nearest: A, wanted B: differs in hash, group\n"
		"      Its identity: 10.0.0.3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_tunnels),
		cmocka_unit_test(healthy_box_says_so),
		cmocka_unit_test(reason_and_remedy_are_said_once),
		cmocka_unit_test(the_appliance_is_no_peer),
		cmocka_unit_test(entry_without_a_peer_is_incomplete),
		cmocka_unit_test(configuration_is_said_once),
		cmocka_unit_test(strangers_come_last),
		cmocka_unit_test(detail_has_evidence_and_negotiations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
