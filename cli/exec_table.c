/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/exec.h"
#include "cli/local.h"

#define ANY	(EXEC_USER | EXEC_ENABLED | EXEC_CONFIG)
#define EXEC	(EXEC_USER | EXEC_ENABLED)
#define ENABLED (EXEC_ENABLED | EXEC_CONFIG)

// clang-format off
#define WORDS(path, help, prompts)    {path, help, prompts, NULL, 0, NULL, NULL, NULL}
#define OWN(path, help, prompts, run) {path, help, prompts, run, 0, NULL, NULL, NULL}
#define CALL(path, help, prompts, id, render) \
	{path, help, prompts, NULL, RPC_##id, NULL, NULL, render}
#define CALL_WITH(path, help, prompts, id, fixed, keys, render) \
	{path, help, prompts, NULL, RPC_##id, fixed, keys, render}
#define DEBUG(path, help, prompts, on, topic) \
	CALL_WITH(path, help, prompts, DEBUG_SET, \
		  "{\"topic\":\"" topic "\",\"on\":" on "}", NULL, render_debug_set)
// clang-format on

/* Help sentences of IOS; those below `clear crypto` are verbatim (cli-commands 1.2). */
const struct exec_row exec_table[] = {
	WORDS("clear", "Reset functions", ENABLED),
	CALL("clear arp-cache", "Clear the entire ARP cache", ENABLED, CLEAR_ARP, render_nothing),
	CALL("clear counters", "Clear counters on all interfaces, SAs, drops and access lists",
	     ENABLED, CLEAR_COUNTERS, render_nothing),
	WORDS("clear crypto", "Encryption subsystem", ENABLED),
	CALL("clear crypto isakmp", "Flush the ISAKMP database", ENABLED, CLEAR_ISAKMP,
	     render_nothing),
	CALL_WITH("clear crypto isakmp <0 - 32766>", "connection id of SA", ENABLED, CLEAR_ISAKMP,
		  NULL, "conn_id", render_nothing),
	CALL("clear crypto sa", "Clear all crypto SAs", ENABLED, CLEAR_SA, render_nothing),
	CALL("clear crypto sa counters", "Reset the SA counters", ENABLED, CLEAR_COUNTERS,
	     render_nothing),
	WORDS("clear crypto sa map", "Clear all SAs for a given crypto map", ENABLED),
	CALL_WITH("clear crypto sa map WORD", "Crypto map name", ENABLED, CLEAR_SA, NULL, "map",
		  render_nothing),
	WORDS("clear crypto sa peer", "Clear all SAs for a given crypto peer", ENABLED),
	CALL_WITH("clear crypto sa peer A.B.C.D", "Address of the peer", ENABLED, CLEAR_SA, NULL,
		  "peer", render_nothing),
	WORDS("clear crypto sa spi", "Clear SA by SPI", ENABLED),
	WORDS("clear crypto sa spi A.B.C.D", "Destination address of the SA", ENABLED),
	WORDS("clear crypto sa spi A.B.C.D esp", "Encapsulating security payload", ENABLED),
	CALL_WITH("clear crypto sa spi A.B.C.D esp <256-4294967295>",
		  "SPI, decimal or 0x hexadecimal", ENABLED, CLEAR_SA, NULL, "to spi",
		  render_nothing),
	OWN("clear crypto session", "Clear the IKE and IPsec SAs of all sessions", ENABLED,
	    local_clear_session),
	WORDS("clear crypto session username", "End the sessions of a user", ENABLED),
	CALL_WITH("clear crypto session username WORD", "Name of the user", ENABLED, CLEAR_SESSION,
		  NULL, "user", render_nothing),

	WORDS("configure", "Enter configuration mode", EXEC_ENABLED),
	OWN("configure terminal", "Configure from the terminal", EXEC_ENABLED, local_configure),

	WORDS("copy", "Copy from one file to another", EXEC_ENABLED),
	WORDS("copy running-config", "Copy from current system configuration", EXEC_ENABLED),
	CALL("copy running-config startup-config", "Copy to startup configuration", EXEC_ENABLED,
	     CONFIG_SAVE, render_config_saved),

	WORDS("debug", "Debugging functions (see also 'undebug')", ENABLED),
	WORDS("debug crypto", "Cryptographic subsystem", ENABLED),
	DEBUG("debug crypto engine", "Crypto Engine Debug", ENABLED, "true", "engine"),
	DEBUG("debug crypto ipsec", "IPSEC processing", ENABLED, "true", "ipsec"),
	DEBUG("debug crypto isakmp", "ISAKMP Key Management", ENABLED, "true", "isakmp"),

	OWN("disable", "Turn off privileged commands", EXEC_ENABLED, local_disable),
	WORDS("do", "To run exec commands in config mode", EXEC_CONFIG),
	OWN("do LINE", "Exec command", EXEC_CONFIG, local_do),
	OWN("enable", "Turn on privileged commands", EXEC, local_enable),
	OWN("end", "Exit from configure mode", EXEC_CONFIG, local_end),
	OWN("exit", "Exit from the current mode", ANY, local_exit),
	OWN("help", "Description of the interactive help system", ANY, local_help),
	OWN("logout", "Exit from the EXEC", EXEC, local_exit),

	WORDS("no", "Disable debugging functions", EXEC_ENABLED),
	WORDS("no debug", "Debugging functions", EXEC_ENABLED),
	DEBUG("no debug all", "All debugging", EXEC_ENABLED, "false", "all"),
	WORDS("no debug crypto", "Cryptographic subsystem", EXEC_ENABLED),
	DEBUG("no debug crypto engine", "Crypto Engine Debug", EXEC_ENABLED, "false", "engine"),
	DEBUG("no debug crypto ipsec", "IPSEC processing", EXEC_ENABLED, "false", "ipsec"),
	DEBUG("no debug crypto isakmp", "ISAKMP Key Management", EXEC_ENABLED, "false", "isakmp"),

	OWN("quit", "Exit from the EXEC", EXEC, local_exit),

	WORDS("show", "Show running system information", ANY),
	WORDS("show aaa", "Show AAA values", ENABLED),
	CALL("show aaa servers", "AAA servers and whether they answer", ENABLED, SHOW_AAA_SERVERS,
	     render_clients_servers),
	CALL("show access-lists", "List access lists", ENABLED, SHOW_ACCESS_LIST,
	     render_access_list),
	CALL_WITH("show access-lists WORD", "Access list name or number", ENABLED, SHOW_ACCESS_LIST,
		  NULL, "name", render_access_list),
	CALL("show arp", "ARP table", ANY, SHOW_ARP, render_arp),
	CALL("show class-map", "Show QoS Class Map", ENABLED, SHOW_CLASS_MAP, render_class_map),
	CALL_WITH("show class-map WORD", "Class-map name", ENABLED, SHOW_CLASS_MAP, NULL, "name",
		  render_class_map),
	WORDS("show crypto", "Encryption module", ENABLED),
	WORDS("show crypto engine", "Show crypto engine info", ENABLED),
	WORDS("show crypto engine connections", "Show crypto engine connections", ENABLED),
	CALL("show crypto engine connections active", "Show the active crypto connections", ENABLED,
	     SHOW_ENGINE_CONNECTIONS, render_engine_connections),
	WORDS("show crypto ipsec", "Show IPSEC policy", ENABLED),
	CALL("show crypto ipsec sa", "IPSEC SA table", ENABLED, SHOW_IPSEC_SA, render_ipsec_sa),
	CALL_WITH("show crypto ipsec sa detail", "With counters of failures and reordering",
		  ENABLED, SHOW_IPSEC_SA, "{\"detail\":true}", NULL, render_ipsec_sa),
	WORDS("show crypto ipsec sa peer", "Show all SAs created with a specified peer", ENABLED),
	CALL_WITH("show crypto ipsec sa peer A.B.C.D", "Address of the peer", ENABLED,
		  SHOW_IPSEC_SA, NULL, "peer", render_ipsec_sa),
	CALL_WITH("show crypto ipsec sa peer A.B.C.D detail",
		  "With counters of failures and reordering", ENABLED, SHOW_IPSEC_SA,
		  "{\"detail\":true}", "peer", render_ipsec_sa),
	CALL("show crypto ipsec transform-set", "Crypto transform sets", ENABLED,
	     SHOW_TRANSFORM_SET, render_crypto_transform_set),
	CALL("show crypto dynamic-map", "Crypto map templates", ENABLED, SHOW_DYNAMIC_MAP,
	     render_dynamic_map),
	WORDS("show crypto dynamic-map tag", "Show the template of this name", ENABLED),
	CALL_WITH("show crypto dynamic-map tag WORD", "Dynamic crypto map name", ENABLED,
		  SHOW_DYNAMIC_MAP, NULL, "name", render_dynamic_map),
	WORDS("show crypto isakmp", "Show ISAKMP", ENABLED),
	CALL("show crypto isakmp policy", "Show ISAKMP protection suite policy", ENABLED,
	     SHOW_ISAKMP_POLICY, render_isakmp_policy),
	CALL("show crypto isakmp sa", "Show ISAKMP Security Associations", ENABLED, SHOW_ISAKMP_SA,
	     render_isakmp_sa),
	CALL("show crypto map", "Crypto maps", ENABLED, SHOW_CRYPTO_MAP, render_crypto_map),
	CALL("show crypto session", "Sessions of remote access clients", ENABLED, SHOW_SESSIONS,
	     render_clients_sessions),
	CALL("show debugging", "State of each debugging option", ENABLED, SHOW_DEBUG, render_debug),
	CALL("show drops", "Discarded packets by reason", ENABLED, SHOW_DROPS, render_drops),
	CALL("show interfaces", "Interface status and configuration", ANY, SHOW_INTERFACE,
	     render_interface),
	CALL_WITH("show interfaces INTERFACE", "Interface name", ANY, SHOW_INTERFACE, NULL,
		  "interface", render_interface),
	WORDS("show ip", "IP information", ANY),
	CALL("show ip arp", "IP ARP table", ANY, SHOW_ARP, render_arp),
	WORDS("show ip interface", "IP interface status and configuration", ANY),
	CALL("show ip interface brief", "Brief summary of IP status and configuration", ANY,
	     SHOW_INTERFACE, render_interface_brief),
	WORDS("show ip local", "IP local options", ENABLED),
	CALL("show ip local pool", "IP local pools of addresses for clients", ENABLED, SHOW_POOLS,
	     render_clients_pools),
	CALL("show ip route", "IP routing table", ANY, SHOW_IP_ROUTE, render_route),
	CALL("show logging", "Show the contents of logging buffers", ENABLED, SHOW_LOGGING,
	     render_logging),
	CALL("show policy-map", "Show QoS Policy Map", ENABLED, SHOW_POLICY_MAP, render_policy_map),
	CALL_WITH("show policy-map WORD", "Policy-map name", ENABLED, SHOW_POLICY_MAP, NULL, "name",
		  render_policy_map),
	CALL("show policy-map interface", "Show Policy-Map statistics", ENABLED,
	     SHOW_POLICY_INTERFACE, render_policy_interface),
	CALL_WITH("show policy-map interface INTERFACE", "Interface name", ENABLED,
		  SHOW_POLICY_INTERFACE, NULL, "interface", render_policy_interface),
	WORDS("show processes", "Active process statistics", ENABLED),
	CALL("show processes cpu", "Show CPU use of the packet workers", ENABLED, SHOW_PROCESSES,
	     render_processes),
	CALL("show running-config", "Current operating configuration", ENABLED, SHOW_RUNNING_CONFIG,
	     render_config),
	CALL("show version", "System hardware and software status", ANY, SHOW_VERSION,
	     render_version),

	WORDS("terminal", "Set terminal line parameters", EXEC),
	WORDS("terminal length", "Set number of lines on a screen", EXEC),
	OWN("terminal length <0-512>", "Number of lines on screen (0 for no pausing)", EXEC,
	    local_terminal_length),

	WORDS("undebug", "Disable debugging functions (see also 'debug')", ENABLED),
	DEBUG("undebug all", "All debugging", ENABLED, "false", "all"),
	WORDS("undebug crypto", "Cryptographic subsystem", ENABLED),
	DEBUG("undebug crypto engine", "Crypto Engine Debug", ENABLED, "false", "engine"),
	DEBUG("undebug crypto ipsec", "IPSEC processing", ENABLED, "false", "ipsec"),
	DEBUG("undebug crypto isakmp", "ISAKMP Key Management", ENABLED, "false", "isakmp"),

	CALL("write", "Write running configuration to memory or terminal", EXEC_ENABLED,
	     CONFIG_SAVE, render_config_saved),
	CALL("write memory", "Write to NV memory", EXEC_ENABLED, CONFIG_SAVE, render_config_saved),
	CALL("write terminal", "Write to terminal", EXEC_ENABLED, SHOW_RUNNING_CONFIG,
	     render_config),
};

const size_t exec_table_len = array_len(exec_table);
