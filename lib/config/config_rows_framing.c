/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lines of a pasted IOS file that mean nothing here, with or without `no`. They are accepted with a
 * note, so that a configuration of a router can be read as it stands; what would change how packets
 * are protected is never one of them.
 */
#include "lib/config/config_row.h"

#define FRAME(text)                                          \
	{                                                    \
		CONFIG_MODE_GLOBAL, CONFIG_MODE_GLOBAL, text \
	}
#define FRAME_IF(text)                                          \
	{                                                       \
		CONFIG_MODE_INTERFACE, CONFIG_MODE_GLOBAL, text \
	}

static const struct config_row rows[] = {
	FRAME("Building configuration..."),
	FRAME("Current configuration <text:rest>"),
	FRAME("version <text:rest>"),
	FRAME("service <text:rest>"),
	FRAME("boot-start-marker"),
	FRAME("boot-end-marker"),
	FRAME("boot <text:rest>"),
	FRAME("logging <text:rest>"),
	FRAME("enable {secret|password} <text:rest>"),
	FRAME("aaa <text:rest>"),
	FRAME("memory-size <text:rest>"),
	FRAME("mmi <text:rest>"),
	FRAME("clock <text:rest>"),
	FRAME("ip classless"),
	FRAME("ip subnet-zero"),
	FRAME("ip cef"),
	FRAME("ip {http|ssh|audit|domain|domain-name|domain-lookup|name-server} <text:rest>"),
	FRAME("ip domain-lookup"),
	FRAME("ip source-route"),
	FRAME("ip bootp server"),
	FRAME("ip finger"),
	FRAME("ip forward-protocol <text:rest>"),
	FRAME("snmp-server <text:rest>"),
	FRAME("ntp <text:rest>"),
	FRAME("cdp run"),
	FRAME("control-plane"),
	FRAME("call rsvp-sync"),
	FRAME("multilink <text:rest>"),
	FRAME("scheduler <text:rest>"),
	FRAME("line {con|aux|vty|console} <text:rest>"),
	FRAME("exec-timeout <text:rest>"),
	FRAME("password <text:rest>"),
	FRAME("login [<text:rest>]"),
	FRAME("stopbits <text:rest>"),
	FRAME("transport {input|output|preferred} <text:rest>"),
	FRAME("privilege <text:rest>"),
	FRAME_IF("duplex {auto|full|half}"),
	FRAME_IF("speed {auto|10|100|1000}"),
	FRAME_IF("negotiation auto"),
	FRAME_IF("media-type <text:rest>"),
	FRAME_IF("bandwidth <text:rest>"),
	FRAME_IF("load-interval <text:rest>"),
	FRAME_IF("keepalive [<text:rest>]"),
	FRAME_IF("cdp enable"),
	FRAME_IF("fair-queue [<text:rest>]"),
	FRAME_IF("mop <text:rest>"),
	FRAME_IF("ip {route-cache|mroute-cache} [<text:rest>]"),
	FRAME_IF("ip {redirects|unreachables|proxy-arp|directed-broadcast|mask-reply}"),
};

const struct config_rows config_rows_framing = {rows, array_len(rows)};
