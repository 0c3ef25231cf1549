/* SPDX-License-Identifier: BSD-3-Clause */
/* What a program was built from; the body is made by meson from git and the libraries it found. */
#pragma once

struct build_id {
	const char *version;
	const char *
		git; /* "0d1c0a9", with "-dirty" when not committed; "unknown" outside a git tree */
	const char *built;
	const char *dpdk;
	const char *ipsec_mb;
	const char *openssl;
};

const struct build_id *build_id_get(void);
