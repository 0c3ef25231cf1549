/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/render.h"
#include "lib/base/compat.h"

#include <strings.h>

struct sentence {
	const char *name; /* as on the configuration line */
	const char *text;
};

// clang-format off
static const struct sentence ciphers[] = {
	{"des",     "DES - Data Encryption Standard (56 bit keys)."},
	{"3des",    "Three key triple DES"},
	{"aes",     "AES - Advanced Encryption Standard (128 bit keys)."},
	{"aes 128", "AES - Advanced Encryption Standard (128 bit keys)."},
	{"aes-192", "AES - Advanced Encryption Standard (192 bit keys)."},
	{"aes-256", "AES - Advanced Encryption Standard (256 bit keys)."},
	{"aes 192", "AES - Advanced Encryption Standard (192 bit keys)."},
	{"aes 256", "AES - Advanced Encryption Standard (256 bit keys)."},
};

static const struct sentence hashes[] = {
	{"md5",    "Message Digest 5"},
	{"sha",    "Secure Hash Standard"},
	{"sha256", "Secure Hash Standard 2 (256 bit)"},
	{"sha384", "Secure Hash Standard 2 (384 bit)"},
	{"sha512", "Secure Hash Standard 2 (512 bit)"},
};

static const struct sentence auths[] = {
	{"psk",       "Pre-Shared Key"},
	{"pre-share", "Pre-Shared Key"},
	{"rsa-sig",   "Rivest-Shamir-Adleman Signature"},
	{"rsa-encr",  "Rivest-Shamir-Adleman Encryption"},
};

static const struct { long long group; int bits; } groups[] = {
	{1, 768}, {2, 1024}, {5, 1536}, {14, 2048}, {15, 3072}, {16, 4096},
	{19, 256}, {20, 384}, {21, 521},
};
// clang-format on

static const char *sentence_of(const struct sentence *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(table[i].name, name) == 0)
			return table[i].text;
	return name;
}

static int bits_of(long long group)
{
	for (size_t i = 0; i < array_len(groups); i++)
		if (groups[i].group == group)
			return groups[i].bits;
	return 0;
}

static void print_policy(FILE *out, const json_t *p)
{
	long long priority = render_number_of(p, "priority"), group = render_number_of(p, "group");

	if (priority == 65535)
		fputs("Default protection suite\n", out);
	else
		fprintf(out, "Protection suite of priority %lld\n", priority);
	fprintf(out, "\tencryption algorithm:\t%s\n",
		sentence_of(ciphers, array_len(ciphers), render_text_of(p, "cipher")));
	fprintf(out, "\thash algorithm:\t\t%s\n",
		sentence_of(hashes, array_len(hashes), render_text_of(p, "hash")));
	fprintf(out, "\tauthentication method:\t%s\n",
		sentence_of(auths, array_len(auths), render_text_of(p, "auth")));
	fprintf(out, "\tDiffie-Hellman group:\t#%lld (%d bit)\n", group, bits_of(group));
	fprintf(out, "\tlifetime:\t\t%lld seconds, no volume limit\n",
		render_number_of(p, "lifetime_s"));
}

/* The layout of IOS 12.4. */
void render_isakmp_policy(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *policy;
	size_t i;

	fputs("\nGlobal IKE policy\n", out);
	json_array_foreach(json_object_get(result, "policies"), i, policy)
		print_policy(out, policy);
}

/* The layout of IOS. */
void render_isakmp_key(FILE *out, const struct render_request *, const json_t *result)
{
	const json_t *key;
	size_t i;

	fputs("Keyring      Hostname/Address                            Preshared Key\n\n", out);
	json_array_foreach(json_object_get(result, "keys"), i, key)
		fprintf(out, "default      %-43s ********%s\n", render_text_of(key, "peer"),
			json_is_true(json_object_get(key, "no_xauth")) ? "  no-xauth" : "");
}
