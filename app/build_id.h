/* SPDX-License-Identifier: BSD-3-Clause */
/* The state of the source tree a program was built from; the body is made by meson from git. */
#pragma once

/* "0d1c0a9", with "-dirty" when it was not committed; "unknown" outside a git tree. */
const char *build_id_git(void);
