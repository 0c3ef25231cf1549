/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is this DER, and small? Looked at before OpenSSL parses what a stranger has sent (H049): one
 * value, definite and shortest lengths, bounded depth, no number or bit string or time that DER
 * does not know. It does not know what a certificate is.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	PKI_DER_DEPTH = 24
};

bool must_check pki_der_check(const void *data, size_t len);
