/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/access.h"
#include "cli/archive.h"
#include "cli/capture.h"
#include "cli/exec.h"
#include "cli/keylog.h"
#include "cli/local.h"
#include "cli/ping.h"
#include "cli/pki.h"
#include "cli/reload.h"
#include "cli/replace.h"
#include "cli/tech.h"
#include "cli/traceroute.h"

#define ANY	(EXEC_USER | EXEC_ENABLED | EXEC_CONFIG)
#define EXEC	(EXEC_USER | EXEC_ENABLED)
#define ENABLED (EXEC_ENABLED | EXEC_CONFIG)

// clang-format off
#define WORDS(path, help, prompts)    {path, help, prompts, NULL, 0, NULL, NULL, NULL, NULL, NULL}
#define OWN(path, help, prompts, run) {path, help, prompts, run, 0, NULL, NULL, NULL, NULL, NULL}
#define OWN_WITH(path, help, prompts, run, keys) \
	{path, help, prompts, run, 0, NULL, keys, NULL, NULL, NULL}
#define CALL(path, help, prompts, id, render) \
	{path, help, prompts, NULL, RPC_##id, NULL, NULL, render, NULL, NULL}
#define CALL_WITH(path, help, prompts, id, fixed, keys, render) \
	{path, help, prompts, NULL, RPC_##id, fixed, keys, render, NULL, NULL}
#define ALIAS(path, help, prompts, of) {path, help, prompts, NULL, 0, NULL, NULL, NULL, of, NULL}
#define COMPOSITE(path, help, prompts, render) \
	{path, help, prompts, NULL, RPC_METHOD_COUNT, NULL, NULL, render, NULL, NULL}
#define OWN_LINE(path, help, prompts, run, choices) \
	{path, help, prompts, run, 0, NULL, NULL, NULL, NULL, choices}
// clang-format on

/* Help sentences of IOS; those below `clear crypto` are verbatim (cli-commands 1.2). */
const struct exec_row exec_table[] = {
#include "cli/exec_capture.def"
#include "cli/exec_clear.def"
#include "cli/exec_debug.def"
#include "cli/exec_pki.def"
#include "cli/exec_replace.def"
#include "cli/exec_show.def"
#include "cli/exec_test.def"

	OWN("disable", "Turn off privileged commands", EXEC_ENABLED, access_disable),
	OWN("disable <0-15>", "Privilege level", EXEC_ENABLED, access_disable),
	WORDS("do", "To run exec commands in config mode", EXEC_CONFIG),
	OWN("do LINE", "Exec command", EXEC_CONFIG, local_do),
	OWN("enable", "Turn on privileged commands", EXEC, access_enable),
	OWN("enable <0-15>", "Privilege level", EXEC, access_enable),
	OWN("end", "Exit from configure mode", EXEC_CONFIG, local_end),
	OWN("exit", "Exit from the current mode", ANY, local_exit),
	OWN("help", "Description of the interactive help system", ANY, local_help),
	OWN("login", "Log in as a particular user", EXEC, access_login),
	OWN("logout", "Exit from the EXEC", EXEC, local_exit),

	OWN("ping", "Send echo messages", EXEC, ping_dialogue),
	OWN_LINE("ping LINE",
		 "[ip|INTERFACE] A.B.C.D [source|size|df-bit|repeat|timeout|validate|data|tos]",
		 EXEC, ping_line, ping_choices),
	OWN("traceroute", "Trace route to destination", EXEC, traceroute_dialogue),
	OWN_LINE("traceroute LINE", "[ip] A.B.C.D [source|probe|timeout|ttl|port|numeric]", EXEC,
		 traceroute_line, traceroute_choices),

	OWN("quit", "Exit from the EXEC", EXEC, local_exit),
	ALIAS("who", "Display information about terminal lines", EXEC, "show users"),

	WORDS("terminal", "Set terminal line parameters", EXEC),
	WORDS("terminal dialect", "Set whose words are spoken", EXEC),
	OWN("terminal dialect asa", "Of an ASA, PIX 7 and later", EXEC, local_terminal_dialect),
	OWN("terminal dialect ios", "Of a router", EXEC, local_terminal_dialect),
	OWN("terminal dialect pix", "Of a PIX 6", EXEC, local_terminal_dialect),
	WORDS("terminal length", "Set number of lines on a screen", EXEC),
	OWN("terminal length <0-512>", "Number of lines on screen (0 for no pausing)", EXEC,
	    local_terminal_length),
	CALL_WITH("terminal monitor", "Event lines to this session", EXEC_ENABLED, TERMINAL_MONITOR,
		  "{\"on\":true}", NULL, render_nothing),
	WORDS("terminal no", "Negate a command or set its defaults", EXEC_ENABLED),
	CALL_WITH("terminal no monitor", "No event lines to this session", EXEC_ENABLED,
		  TERMINAL_MONITOR, "{\"on\":false}", NULL, render_nothing),
	WORDS("terminal pager", "Set number of lines on a screen", EXEC | EXEC_ASA | EXEC_PIX),
	OWN("terminal pager <0-512>", "Number of lines on screen (0 for no pausing)",
	    EXEC | EXEC_ASA | EXEC_PIX, local_terminal_length),
	WORDS("terminal pager lines", "Set number of lines on a screen",
	      EXEC | EXEC_ASA | EXEC_PIX),
	OWN("terminal pager lines <0-512>", "Number of lines on screen (0 for no pausing)",
	    EXEC | EXEC_ASA | EXEC_PIX, local_terminal_length),
	WORDS("terminal width", "Set width of the display terminal", EXEC),
	OWN("terminal width <0-512>", "Number of characters on a line (0: that of the terminal)",
	    EXEC, local_terminal_width),

	CALL("write", "Write running configuration to memory or terminal", EXEC_ENABLED,
	     CONFIG_SAVE, render_config_saved),
	CALL("write memory", "Write to NV memory", EXEC_ENABLED, CONFIG_SAVE, render_config_saved),
	OWN("write standby", "Write to the other unit of a failover pair",
	    EXEC_ENABLED | EXEC_ASA | EXEC_PIX, local_write_standby),
	CALL("write terminal", "Write to terminal", EXEC_ENABLED, SHOW_RUNNING_CONFIG,
	     render_config),
};

const size_t exec_table_len = array_len(exec_table);
