/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The algorithm table: one row an algorithm. Its name on the command line, its number in IKE phase
 * 1 and in ESP, its sizes. Configuration, negotiation, the data path, `show` and `debug` all read
 * these rows; nothing else in the tree knows an algorithm number. Wire numbers map to rows through
 * an explicit list (V06, H027): what is not a row does not exist.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum alg_cipher {
	ALG_CIPHER_NONE, /* phase 1 unset */
	ALG_CIPHER_NULL, /* ESP only */
	ALG_CIPHER_DES,
	ALG_CIPHER_3DES,
	ALG_CIPHER_AES_128,
	ALG_CIPHER_AES_192,
	ALG_CIPHER_AES_256,
	ALG_CIPHER_GCM_128, /* ESP only, RFC 4106 with a 16-byte ICV */
	ALG_CIPHER_GCM_192,
	ALG_CIPHER_GCM_256,
	ALG_CIPHER_COUNT,
};

enum alg_hash {
	ALG_HASH_NONE, /* ESP: no separate integrity (AEAD, or encryption only) */
	ALG_HASH_MD5,
	ALG_HASH_SHA1,
	ALG_HASH_SHA256,
	ALG_HASH_SHA384,
	ALG_HASH_SHA512,
	ALG_HASH_COUNT,
};

/* Authentication methods of phase 1 by their numbers on the wire (RFC 2409 A, RFC 4754, drafts). */
enum alg_auth {
	ALG_AUTH_PSK = 1,
	ALG_AUTH_RSA_SIG = 3,
	ALG_AUTH_ECDSA_256 = 9,
	ALG_AUTH_ECDSA_384 = 10,
	ALG_AUTH_ECDSA_521 = 11,
	ALG_AUTH_HYBRID_I = 64221, /* the initiator is the client: we sign, it logs in */
	ALG_AUTH_HYBRID_R = 64222,
	ALG_AUTH_XAUTH_I_PSK = 65001, /* a key as above, then the initiator logs in */
	ALG_AUTH_XAUTH_R_PSK = 65002,
	ALG_AUTH_XAUTH_I_RSA = 65005,
	ALG_AUTH_XAUTH_R_RSA = 65006,
};

/* How one end of phase 1 proves who it is. */
enum alg_proof {
	ALG_PROOF_HASH,
	ALG_PROOF_RSA,
	ALG_PROOF_ECDSA,
};

struct alg_auth_row {
	uint16_t id;	   /* enum alg_auth */
	const char *name;  /* "rsa-sig": on the command line, in JSON */
	const char *debug; /* "RSA signature" as `debug crypto isakmp` prints it */
	bool psk;	   /* SKEYID comes from a pre-shared key, else from g^xy (RFC 2409 5) */
	uint8_t proof_i;   /* enum alg_proof of the initiator, and of the responder */
	uint8_t proof_r;
	uint8_t hash;	/* enum alg_hash of HASH_I and HASH_R, NONE = the negotiated one */
	uint16_t curve; /* group number of the curve of the keys, 0 = not ECDSA */
	int8_t logs_in; /* XAUTH follows: 1 = the initiator, -1 = the responder */
};

/* A row by its number, or NULL. */
const struct alg_auth_row *alg_auth_row(uint16_t auth);
const struct alg_auth_row *alg_auth_at(size_t i); /* i-th row, NULL at the end */

struct alg_cipher_row {
	const char *name;	 /* "aes-256-gcm": ours, in logs and JSON */
	const char *ike_keyword; /* "aes" in `encryption aes 256`; NULL when not for phase 1 */
	const char *esp_keyword; /* "esp-aes" in a transform set; NULL when not for ESP */
	const char *esp_print;	 /* "esp-256-aes", "esp-gcm 256": as IOS prints it */
	uint16_t cli_bits;	 /* number behind the keyword; 0 when the keyword stands alone */
	const char *ike_debug;	 /* "AES-CBC" as `debug crypto isakmp` prints it */
	const char *esp_debug;	 /* "ESP_AES" */
	const char *engine_name; /* "AES256" in `show crypto engine connections active` */
	uint16_t ike_id;	 /* RFC 2409 appendix A; 0 when not for phase 1 */
	uint8_t esp_id;		 /* RFC 2407 4.4.4; 0 when not for ESP */
	uint16_t wire_bits;	 /* Key Length attribute on the wire; 0 when it must be absent */
	uint8_t key_bytes;
	uint8_t salt_bytes;  /* implicit nonce part taken from the end of the key material */
	uint8_t iv_bytes;    /* explicit IV in each ESP packet; block size in phase 1 */
	uint8_t block_bytes; /* ESP padding unit: 4 for NULL and GCM */
	uint8_t icv_bytes;   /* AEAD tag; 0 for the others */
	bool weak;	     /* obsolete: accepted, warned about */
};

struct alg_hash_row {
	const char *name;	 /* "sha256" */
	const char *ike_keyword; /* "sha256" in `hash sha256` */
	const char *esp_keyword; /* "esp-sha256-hmac" */
	const char *ike_debug;	 /* "SHA256" */
	const char *esp_debug;	 /* "HMAC-SHA256" */
	const char *engine_name; /* "SHA256" */
	uint16_t ike_id;	 /* RFC 2409 hash algorithm */
	uint16_t esp_id;	 /* RFC 2407 4.5 authentication algorithm attribute */
	uint8_t digest_bytes;	 /* phase 1 output */
	uint8_t key_bytes;	 /* ESP key material */
	uint8_t icv_bytes;	 /* ESP: truncated to this */
	bool weak;
};

struct alg_group_row {
	uint16_t id;	       /* group description; also the number on the command line */
	uint16_t public_bytes; /* exact length of a key exchange payload body */
	uint16_t secret_bytes; /* length of g^xy in the key derivation */
	bool ecp;	       /* RFC 5903 curve rather than MODP */
	const char *openssl;   /* OpenSSL group name */
	bool weak;
};

/* Rows by enumerator; never NULL for enumerators below COUNT. */
const struct alg_cipher_row *alg_cipher_row(enum alg_cipher cipher);
const struct alg_hash_row *alg_hash_row(enum alg_hash hash);
/* A group row by its number, or NULL: groups 1 2 5 14 15 16 19 20 21. */
const struct alg_group_row *alg_group_row(uint16_t group);
const struct alg_group_row *alg_group_at(size_t i); /* i-th row, NULL at the end */

/* From the wire. bits is the Key Length attribute, 0 when absent. COUNT when there is no such
 * row. */
enum alg_cipher alg_cipher_of_ike(uint16_t ike_id, uint16_t bits);
enum alg_cipher alg_cipher_of_esp(uint8_t esp_id, uint16_t bits);
enum alg_hash alg_hash_of_ike(uint16_t ike_id);
enum alg_hash alg_hash_of_esp(uint16_t esp_id);

/* From the command line; bits 0 means the keyword stood alone. COUNT when there is no such row. */
enum alg_cipher alg_cipher_of_keyword(const char *keyword, uint16_t bits, bool esp);
enum alg_hash alg_hash_of_keyword(const char *keyword, bool esp);

/*
 * One ESP protection suite. The combinations that may exist are those alg_suite_valid() accepts:
 * an AEAD cipher without hash, or any other cipher with a hash. A cipher alone is not among them
 * (V47): it exists only where the configuration has asked for it. NULL with NULL does not exist.
 */
struct alg_suite {
	uint8_t cipher; /* enum alg_cipher */
	uint8_t hash;	/* enum alg_hash */
};

bool alg_suite_valid(struct alg_suite s);
/* Encryption and nothing that would tell a forged packet (R062). */
bool alg_suite_bare(struct alg_suite s);
uint8_t alg_suite_icv_bytes(struct alg_suite s);
/* Key material one direction needs: cipher key, salt, integrity key, in this order (RFC 2409
 * 5.5). */
size_t alg_suite_keymat_bytes(struct alg_suite s);
/* "esp-3des esp-md5-hmac", "esp-256-aes esp-sha-hmac", "esp-gcm 256": as IOS prints a transform. */
char *alg_suite_print(struct alg_suite s, char *buf, size_t size);
