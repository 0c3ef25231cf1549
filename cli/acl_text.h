/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Access list lines as text: the API has them with wildcards as IOS writes them, an ASA and a PIX
 * write netmasks.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
	ACL_TEXT_MAX = 512
};

/* The line with netmasks instead of wildcards; returns buf. */
const char *acl_text_netmask(const char *line, char *buf, size_t size);
/* The number that an ASA prints behind a line and a list: it tells two of them apart. */
uint32_t acl_text_hash(const char *text);
