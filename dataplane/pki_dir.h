/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The directory of keys, CONFIG.pki beside the configuration file CONFIG: private keys and the
 * certificates and CRLs of `enrollment url file:`. culvertd reads and writes it for culvert-iked,
 * which may open no file. Names lead nowhere else: no folders, no dot in front.
 *
 * A file in the blob area: one byte length of the name, four bytes length of its content (network
 * order), name, content.
 */
#pragma once

#include "lib/base/compat.h"

#include <stddef.h>
#include <stdint.h>

enum {
	PKI_DIR_FILE_MAX = 1 << 20,
	PKI_DIR_NAME_MAX = 80,
};

/* Every file as above, one behind the other; those that are too large are left out with a logged
 * sentence. 0 and *len, or -errno; without a directory there are none. */
int must_check pki_dir_read(const char *config_path, uint8_t *blob, size_t size, size_t *len);
/* Writes the one file in the blob, mode 0600, atomically; an empty one is removed. 0 or -errno. */
int must_check pki_dir_save(const char *config_path, const uint8_t *blob, size_t len);
