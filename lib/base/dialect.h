/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The three ways in which Cisco's boxes speak, and in which culvert does: configuration, `show`,
 * `debug` and syslog are the same facts in the words of one of them.
 */
#pragma once

enum dialect {
	DIALECT_IOS, /* routers */
	DIALECT_ASA, /* ASA 7 to 9, PIX 7 */
	DIALECT_PIX, /* PIX 6 */
	DIALECT_COUNT,
};

/* "ios", "asa", "pix" as typed and as in the API. */
const char *dialect_name(enum dialect dialect);
/* The dialect of such a word; DIALECT_COUNT when there is none. */
enum dialect dialect_find(const char *name);
