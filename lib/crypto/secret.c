/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/secret.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

void secret_set(struct secret *s, const void *data, size_t len)
{
	secret_wipe(s);
	if (len == 0 || len > SECRET_MAX)
		return;
	memcpy(s->b, data, len);
	s->len = (uint16_t)len;
}

void secret_wipe(struct secret *s)
{
	secret_wipe_bytes(s, sizeof(*s));
}

void secret_wipe_bytes(void *data, size_t len)
{
	OPENSSL_cleanse(data, len);
}

bool secret_eq(const void *a, const void *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

int secret_random(void *out, size_t len)
{
	if (len > INT_MAX || RAND_bytes(out, (int)len) != 1)
		return -EIO;
	return 0;
}
