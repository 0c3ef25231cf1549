/* SPDX-License-Identifier: BSD-3-Clause */
/* Certificates in the wrapping of PKCS #7, as some peers send theirs (RFC 2408 3.9, encoding 1). */
#pragma once

#include "lib/base/compat.h"
#include "lib/crypto/pki_file.h"

#include <stddef.h>

/*
 * The certificates of a degenerate SignedData, PKI_CERT_MAX bytes and PKI_CHAIN_MAX certificates at
 * most; CRLs in it are not looked at. They stand in no order there: one that is no CA comes first.
 * Nothing is verified. 0 (pki_file_free()), -EINVAL, -E2BIG, -ENOMEM.
 */
int must_check pki_pkcs7_certs(const void *data, size_t len, struct pki_ders *out);
