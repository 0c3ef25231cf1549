/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_seal.h"

#include <openssl/core_names.h>

#include <errno.h>
#include <string.h>

enum {
	HEADER = 8,
	HIGH = 4, /* bytes of the upper half of an extended number */
	DIGEST_MAX = 64,
	NEXT_HEADER_IPV4 = 4,
};

static EVP_MAC_CTX *make_mac(const struct plane_sa *sa)
{
	char *digest = sa->suite.hash == ALG_HASH_SHA1 ? "SHA1" : "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *ctx = EVP_MAC_CTX_new(hmac);

	EVP_MAC_free(hmac);
	if (ctx && EVP_MAC_init(ctx, sa->auth, sa->auth_bytes, params) == 1)
		return ctx;
	EVP_MAC_CTX_free(ctx);
	return NULL;
}

static EVP_CIPHER_CTX *make_cipher(const struct plane_sa *sa, const EVP_CIPHER *cipher)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	if (ctx && EVP_EncryptInit_ex(ctx, cipher, NULL, sa->key, NULL) == 1 &&
	    EVP_CIPHER_CTX_set_padding(ctx, 0) == 1)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

int stress_seal_init(struct stress_seal *s, const struct plane_sa *sa)
{
	*s = (struct stress_seal){
		.suite = sa->suite,
		.spi = sa->spi,
		.esn = sa->flags & PLANE_SA_ESN,
		.block = 4,
	};
	switch (sa->suite.cipher) {
	case ALG_CIPHER_GCM_128: /* RFC 4106 */
		s->cipher = make_cipher(sa, EVP_aes_128_gcm());
		memcpy(s->salt, sa->salt, sizeof(s->salt));
		s->iv_bytes = 8;
		s->icv_bytes = 16;
		return s->cipher ? 0 : -EIO;
	case ALG_CIPHER_AES_128: /* RFC 3602, RFC 2404 */
		s->cipher = make_cipher(sa, EVP_aes_128_cbc());
		s->mac = make_mac(sa);
		s->block = s->iv_bytes = 16;
		s->icv_bytes = 12;
		return s->cipher && s->mac ? 0 : -EIO;
	default: /* RFC 2410, RFC 4868 */
		s->mac = make_mac(sa);
		s->icv_bytes = 16;
		return s->mac ? 0 : -EIO;
	}
}

void stress_seal_fini(struct stress_seal *s)
{
	EVP_CIPHER_CTX_free(s->cipher);
	EVP_MAC_CTX_free(s->mac);
	s->cipher = NULL;
	s->mac = NULL;
}

static void put32(uint8_t *at, uint32_t v)
{
	v = __builtin_bswap32(v);
	memcpy(at, &v, sizeof(v));
}

/* Text with padding and trailer, in clear. Its bytes. */
static unsigned write_text(const struct stress_seal *s, uint8_t *text, const uint8_t *inner,
			   unsigned len)
{
	unsigned padding = (s->block - (len + 2) % s->block) % s->block;

	memcpy(text, inner, len);
	for (unsigned i = 0; i < padding; i++)
		text[len + i] = (uint8_t)(i + 1);
	text[len + padding] = (uint8_t)padding;
	text[len + padding + 1] = NEXT_HEADER_IPV4;
	return len + padding + 2;
}

static bool seal_gcm(struct stress_seal *s, uint64_t seq, uint8_t *esp, unsigned text)
{
	uint8_t nonce[12], aad[HEADER + HIGH], *iv = esp + HEADER, *at = iv + s->iv_bytes;
	int n, aad_bytes = HEADER;

	memcpy(nonce, s->salt, sizeof(s->salt));
	memcpy(nonce + sizeof(s->salt), iv, s->iv_bytes);
	memcpy(aad, esp, HEADER);
	if (s->esn) {
		put32(aad + 4, (uint32_t)(seq >> 32));
		put32(aad + 8, (uint32_t)seq);
		aad_bytes += HIGH;
	}
	return EVP_EncryptInit_ex(s->cipher, NULL, NULL, NULL, nonce) == 1 &&
	       EVP_EncryptUpdate(s->cipher, NULL, &n, aad, aad_bytes) == 1 &&
	       EVP_EncryptUpdate(s->cipher, at, &n, at, (int)text) == 1 &&
	       EVP_EncryptFinal_ex(s->cipher, at + n, &n) == 1 &&
	       EVP_CIPHER_CTX_ctrl(s->cipher, EVP_CTRL_AEAD_GET_TAG, s->icv_bytes, at + text) == 1;
}

static bool seal_chain(struct stress_seal *s, uint64_t seq, uint8_t *esp, unsigned text)
{
	uint8_t *iv = esp + HEADER, *at = iv + s->iv_bytes, mac[DIGEST_MAX], high[HIGH];
	size_t mac_bytes;
	int n;

	if (s->cipher && (EVP_EncryptInit_ex(s->cipher, NULL, NULL, NULL, iv) != 1 ||
			  EVP_EncryptUpdate(s->cipher, at, &n, at, (int)text) != 1))
		return false;
	put32(high, (uint32_t)(seq >> 32));
	if (EVP_MAC_init(s->mac, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(s->mac, esp, (size_t)(at - esp) + text) != 1 ||
	    (s->esn && EVP_MAC_update(s->mac, high, sizeof(high)) != 1) ||
	    EVP_MAC_final(s->mac, mac, &mac_bytes, sizeof(mac)) != 1)
		return false;
	memcpy(at + text, mac, s->icv_bytes);
	return true;
}

unsigned stress_seal_packet(struct stress_seal *s, uint64_t seq, const uint8_t *inner, unsigned len,
			    uint8_t *out)
{
	unsigned text = write_text(s, out + HEADER + s->iv_bytes, inner, len);

	put32(out, s->spi);
	put32(out + 4, (uint32_t)seq);
	/* different for each number, which is all that either mode asks for here */
	memset(out + HEADER, 0x5a, s->iv_bytes);
	if (s->iv_bytes)
		memcpy(out + HEADER, &seq, sizeof(seq));
	if (!(s->mac ? seal_chain(s, seq, out, text) : seal_gcm(s, seq, out, text)))
		return 0;
	return HEADER + s->iv_bytes + text + s->icv_bytes;
}
