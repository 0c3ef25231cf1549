/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Passwords of local users as Cisco stores them: type 5 (MD5-crypt), 8 (PBKDF2 with SHA-256,
 * 20,000 rounds) and 9 (scrypt, N = 16,384, r = 1, p = 1), the last two as "$8$SALT$HASH" in the
 * alphabet of crypt(3); type 7 is a reversible scrambling, which is undone. Checking takes tens of
 * milliseconds by design: not on a thread that others wait for. Thread-safe.
 */
#pragma once

#include "lib/base/compat.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	PASSWORD_TEXT = 128,
	PASSWORD_CLEAR = 0,
	PASSWORD_MD5 = 5,
	PASSWORD_SCRAMBLED = 7,
	PASSWORD_PBKDF2 = 8,
	PASSWORD_SCRYPT = 9,
};

/* Hashes a password with a fresh salt, type 8 or 9. 0, -EINVAL (another type), -EIO. */
int must_check password_hash(int type, const char *clear, char out[PASSWORD_TEXT]);
/* Whether text has the form of a stored password of this type: 5, 8 or 9. */
bool password_is_stored(int type, const char *text);
/* The type of a stored password, -EINVAL for none of those. */
int password_type(const char *stored);
/*
 * Whether this is the password. The hashes are compared in constant time. A stored text that is
 * none costs as much as one of type 9, and is nobody's.
 */
bool must_check password_check(const char *stored, const void *given, size_t len);
/* Undoes type 7. 0, or -EINVAL for a text that is none; out is wiped then. */
int must_check password_unscramble(const char *text, char out[PASSWORD_TEXT]);
