/* SPDX-License-Identifier: BSD-3-Clause */
#include "tests/unit/render_check.h"

static void version_names_parts_and_uptime(void **)
{
	render_check(render_version, NULL,
		     "{\"version\":\"0.1.0\",\"git\":\"abc1234\",\"built\":\"2026-11-21\","
		     "\"dpdk\":\"22.11.11\",\"ipsec_mb\":\"1.3.0\",\"openssl\":\"3.0.22\","
		     "\"hostname\":\"R1\",\"uptime_s\":1549920,\"boot_reason\":\"operator\","
		     "\"workers\":2,\"worker_cores\":[1,3],\"memory_mb\":256,\"hugepages\":false,"
		     "\"restarts\":1}",
		     "Culvert Software, Version 0.1.0 (abc1234)\n"
		     "Compiled 2026-11-21\n"
		     "DPDK 22.11.11, intel-ipsec-mb 1.3.0, OpenSSL 3.0.22\n"
		     "\n"
		     "R1 uptime is 2 weeks, 3 days, 22 hours, 32 minutes\n"
		     "System started by operator\n"
		     "\n"
		     "2 packet workers on cores 1, 3\n"
		     "256 MB of packet memory, hugepages off\n"
		     "The control plane was restarted 1 time\n");
}

static void clock_is_that_of_a_router(void **)
{
	render_check(render_clock, NULL, "{\"time_ms\":1795347296123}",
		     "11:34:56.123 UTC Sun Nov 22 2026\n");
}

static void young_system_counts_minutes(void **)
{
	render_check(render_version, NULL, "{\"hostname\":\"R1\",\"uptime_s\":59,\"workers\":1}",
		     "Culvert Software, Version  ()\n"
		     "Compiled \n"
		     "DPDK , intel-ipsec-mb , OpenSSL \n"
		     "\n"
		     "R1 uptime is 0 minutes\n"
		     "System started by \n"
		     "\n"
		     "1 packet worker\n"
		     "0 MB of packet memory, hugepages off\n"
		     "The control plane was restarted 0 times\n");
}

static void drops_leave_out_what_never_happened(void **)
{
	render_check(
		render_drops, NULL,
		"{\"drops\":[{\"name\":\"esp.replay_seen\",\"text\":\"seen before\",\"count\":12},"
		"{\"name\":\"esp.short\",\"text\":\"too short\",\"count\":0},"
		"{\"name\":\"ip.ttl\",\"text\":\"time exceeded\",\"count\":3}],\"total\":15}",
		"Reason                            Packets  Meaning\n"
		"esp.replay_seen                        12  seen before\n"
		"ip.ttl                                  3  time exceeded\n"
		"Total                                  15\n");
}

static void log_prints_its_lines(void **)
{
	render_check(
		render_logging, NULL,
		"{\"lines\":[\"%SYS-5-CONFIG_I: one\",\"two\"],\"enabled\":true,\"suppressed\":3,"
		"\"console\":\"debugging\",\"monitor\":\"disabled\",\"buffered\":\"debugging\","
		"\"trap\":\"errors\",\"facility\":\"local7\","
		"\"hosts\":[{\"address\":\"10.1.1.1\",\"port\":514}]}",
		"Syslog logging: enabled (3 messages rate-limited)\n"
		"    Console logging: level debugging\n"
		"    Monitor logging: level disabled\n"
		"    Buffer logging:  level debugging\n"
		"    Trap logging: level errors, facility local7\n"
		"        Logging to 10.1.1.1 (udp port 514)\n"
		"\nLog Buffer:\n\n%SYS-5-CONFIG_I: one\ntwo\n");
}

static void processes_show_real_numbers(void **)
{
	render_check(render_processes, NULL,
		     "{\"workers\":[{\"worker\":0,\"core\":1,\"busy_percent\":12.34,"
		     "\"packets_per_burst\":31.96,\"cycles_per_packet\":1234},"
		     "{\"worker\":1,\"busy_percent\":0.0,\"packets_per_burst\":0.0,"
		     "\"cycles_per_packet\":0.0,\"stalls\":2,\"stalled_ms\":3400}]}",
		     "Worker  Core    Busy  Packets/burst  Cycles/packet\n"
		     "     0     1   12.3%           32.0           1234\n"
		     "     1   any    0.0%            0.0              0  stalled 3 s  2 stalls\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version_names_parts_and_uptime),
		cmocka_unit_test(clock_is_that_of_a_router),
		cmocka_unit_test(young_system_counts_minutes),
		cmocka_unit_test(drops_leave_out_what_never_happened),
		cmocka_unit_test(log_prints_its_lines),
		cmocka_unit_test(processes_show_real_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
