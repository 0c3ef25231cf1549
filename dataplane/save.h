/* SPDX-License-Identifier: BSD-3-Clause */
/* Replacing a file so that, whatever happens, the old or the new one is there whole. */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>

/*
 * Writes len bytes to path: a temporary file in the same folder (mode 0600: it holds keys), fsync,
 * rename, fsync of the folder. 0 or -errno; on an error the file is as it was.
 */
int must_check save_file(const char *path, const void *data, size_t len);
