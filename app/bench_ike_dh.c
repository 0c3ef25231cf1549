/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/bench_ike.h"
#include "lib/crypto/alg.h"
#include "lib/crypto/prim.h"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/evp.h>

#include <errno.h>
#include <stdlib.h>
#include <time.h>

struct bench_ike_dh {
	const struct alg_group_row *row;
	EVP_PKEY *peer;
};

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* As it stands in the manual of OpenSSL. *ns: of the generation alone. */
static EVP_PKEY *generate(const struct alg_group_row *row, uint64_t *ns)
{
	OSSL_PARAM params[2] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)row->openssl,
						 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, row->ecp ? "EC" : "DH", NULL);
	EVP_PKEY *key = NULL;
	uint64_t start;

	if (ctx && EVP_PKEY_keygen_init(ctx) == 1 && EVP_PKEY_CTX_set_params(ctx, params) == 1) {
		start = cpu_ns();
		if (EVP_PKEY_generate(ctx, &key) != 1)
			key = NULL;
		*ns = cpu_ns() - start;
	}
	EVP_PKEY_CTX_free(ctx);
	return key;
}

struct bench_ike_dh *bench_ike_dh_create(uint16_t group)
{
	const struct alg_group_row *row = alg_group_row(group);
	struct bench_ike_dh *dh = row && row->openssl ? calloc(1, sizeof(*dh)) : NULL;
	uint64_t ns;

	if (!dh)
		return NULL;
	dh->row = row;
	dh->peer = generate(row, &ns);
	if (dh->peer)
		return dh;
	free(dh);
	return NULL;
}

void bench_ike_dh_destroy(struct bench_ike_dh *dh)
{
	if (!dh)
		return;
	EVP_PKEY_free(dh->peer);
	free(dh);
}

int bench_ike_dh_once(struct bench_ike_dh *dh, uint64_t *keygen_ns, uint64_t *derive_ns)
{
	uint8_t shared[PRIM_PUBLIC_MAX];
	size_t len = sizeof(shared);
	EVP_PKEY *key = generate(dh->row, keygen_ns);
	EVP_PKEY_CTX *ctx = key ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
	uint64_t start;
	int err = -EIO;

	/* the check of the peer's value is outside, as in openssl speed */
	if (ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, dh->peer) == 1) {
		start = cpu_ns();
		err = EVP_PKEY_derive(ctx, shared, &len) == 1 ? 0 : -EIO;
		*derive_ns = cpu_ns() - start;
	}
	secret_wipe_bytes(shared, sizeof(shared));
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return err;
}
