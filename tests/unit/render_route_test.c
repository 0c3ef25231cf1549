/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

#define LEGEND "Codes: L - local, C - connected, S - static, * - candidate default\n\n"

#define CONNECTED(prefix, interface)                                                 \
	"{\"code\":\"C\",\"prefix\":\"" prefix "\",\"interface\":\"" interface "\"," \
	"\"distance\":0,\"metric\":0,\"rri\":false}"

#define LOCAL(prefix, interface)                                                     \
	"{\"code\":\"L\",\"prefix\":\"" prefix "\",\"interface\":\"" interface "\"," \
	"\"distance\":0,\"metric\":0,\"rri\":false}"

static void no_routes_no_gateway(void **)
{
	render_check(render_route, NULL, "{\"routes\":[]}",
		     LEGEND "Gateway of last resort is not set\n\n");
}

static void default_route_comes_first(void **)
{
	render_check(render_route, NULL,
		     "{\"routes\":[" CONNECTED("10.0.0.0/8",
					       "Gi0/0") ","
							"{\"code\":\"S*\",\"prefix\":\"0.0.0.0/"
							"0\",\"next_hop\":\"10.0.0.254\","
							"\"distance\":1,\"metric\":0,\"rri\":false}"
							"],\"gateway\":\"10.0.0.254\"}",
		     LEGEND "Gateway of last resort is 10.0.0.254 to network 0.0.0.0\n\n"
			    "S*    0.0.0.0/0 [1/0] via 10.0.0.254\n"
			    "C     10.0.0.0/8 is directly connected, Gi0/0\n");
}

/* Sorted whatever the order of the answer, and put under the classful network as IOS does. */
static void subnets_stand_under_their_network(void **)
{
	render_check(
		render_route, NULL,
		"{\"routes\":[" LOCAL("192.168.1.1/32", "Gi0/1") "," CONNECTED(
			"192.168.1.0/24",
			"Gi0/1") "," CONNECTED("172.16.2.0/24",
					       "Gi0/3") "," CONNECTED("172.16.1.0/24",
								      "Gi0/2") ","
									       "{\"code\":\"S\","
									       "\"prefix\":\"192."
									       "168.200.0/"
									       "24\",\"next_hop\":"
									       "\"172.16.1.9\","
									       "\"distance\":5,"
									       "\"metric\":0,"
									       "\"rri\":true,"
									       "\"tag\":7}]}",
		LEGEND "Gateway of last resort is not set\n\n"
		       "      172.16.0.0/24 is subnetted, 2 subnets\n"
		       "C        172.16.1.0/24 is directly connected, Gi0/2\n"
		       "C        172.16.2.0/24 is directly connected, Gi0/3\n"
		       "      192.168.1.0/24 is variably subnetted, 2 subnets, 2 masks\n"
		       "C        192.168.1.0/24 is directly connected, Gi0/1\n"
		       "L        192.168.1.1/32 is directly connected, Gi0/1\n"
		       "S     192.168.200.0/24 [5/0] via 172.16.1.9, reverse-route tag 7\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_routes_no_gateway),
		cmocka_unit_test(default_route_comes_first),
		cmocka_unit_test(subnets_stand_under_their_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
