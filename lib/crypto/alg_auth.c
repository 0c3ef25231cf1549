/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/base/compat.h"
#include "lib/crypto/alg.h"

// clang-format off
static const struct alg_auth_row rows[] = {
	{ ALG_AUTH_PSK, "pre-share", "pre-shared key", true,
	  ALG_PROOF_HASH, ALG_PROOF_HASH, ALG_HASH_NONE, 0, 0 },
	{ ALG_AUTH_RSA_SIG, "rsa-sig", "RSA signature", false,
	  ALG_PROOF_RSA, ALG_PROOF_RSA, ALG_HASH_NONE, 0, 0 },
	{ ALG_AUTH_ECDSA_256, "ecdsa-sig", "ECDSA-256 signature", false,
	  ALG_PROOF_ECDSA, ALG_PROOF_ECDSA, ALG_HASH_SHA256, 19, 0 },
	{ ALG_AUTH_ECDSA_384, "ecdsa-sig", "ECDSA-384 signature", false,
	  ALG_PROOF_ECDSA, ALG_PROOF_ECDSA, ALG_HASH_SHA384, 20, 0 },
	{ ALG_AUTH_ECDSA_521, "ecdsa-sig", "ECDSA-521 signature", false,
	  ALG_PROOF_ECDSA, ALG_PROOF_ECDSA, ALG_HASH_SHA512, 21, 0 },
	{ ALG_AUTH_HYBRID_I, "hybrid", "hybrid RSA signature", false,
	  ALG_PROOF_HASH, ALG_PROOF_RSA, ALG_HASH_NONE, 0, 1 },
	{ ALG_AUTH_HYBRID_R, "hybrid", "hybrid RSA signature", false,
	  ALG_PROOF_RSA, ALG_PROOF_HASH, ALG_HASH_NONE, 0, -1 },
	{ ALG_AUTH_XAUTH_I_PSK, "pre-share", "XAUTH pre-shared key", true,
	  ALG_PROOF_HASH, ALG_PROOF_HASH, ALG_HASH_NONE, 0, 1 },
	{ ALG_AUTH_XAUTH_R_PSK, "pre-share", "XAUTH pre-shared key", true,
	  ALG_PROOF_HASH, ALG_PROOF_HASH, ALG_HASH_NONE, 0, -1 },
	{ ALG_AUTH_XAUTH_I_RSA, "rsa-sig", "XAUTH RSA signature", false,
	  ALG_PROOF_RSA, ALG_PROOF_RSA, ALG_HASH_NONE, 0, 1 },
	{ ALG_AUTH_XAUTH_R_RSA, "rsa-sig", "XAUTH RSA signature", false,
	  ALG_PROOF_RSA, ALG_PROOF_RSA, ALG_HASH_NONE, 0, -1 },
};
// clang-format on

const struct alg_auth_row *alg_auth_row(uint16_t auth)
{
	for (size_t i = 0; i < array_len(rows); i++)
		if (rows[i].id == auth)
			return &rows[i];
	return NULL;
}

const struct alg_auth_row *alg_auth_at(size_t i)
{
	return i < array_len(rows) ? &rows[i] : NULL;
}
