/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/crypto/pki_der.h"

#include "lib/base/rbuf.h"

#include <ctype.h>

enum {
	BOOLEAN = 0x01,
	INTEGER = 0x02,
	BIT_STRING = 0x03,
	NUL = 0x05,
	OID = 0x06,
	UTC_TIME = 0x17,
	GENERALIZED_TIME = 0x18,
	CONSTRUCTED = 0x20,
	CLASS = 0xc0,
	HIGH_TAG = 0x1f,
	OID_ARC_BYTES = 9, /* 63 bits and what is behind them overflow somewhere */
};

/* The shortest form, and no more than is there. */
static bool read_len(struct rbuf *b, size_t *len)
{
	uint8_t first = rbuf_u8(b);
	size_t n = first & 0x7f, value = 0;

	if (b->bad)
		return false;
	if (first < 0x80) {
		*len = first;
		return first <= b->left;
	}
	if (n == 0 || n > 3)
		return false;
	for (size_t i = 0; i < n; i++) {
		uint8_t byte = rbuf_u8(b);

		if (i == 0 && byte == 0)
			return false;
		value = value << 8 | byte;
	}
	*len = value;
	return !b->bad && value >= 0x80 && value <= b->left;
}

static bool check_integer(const uint8_t *p, size_t len)
{
	if (len == 0)
		return false;
	return len == 1 || !((p[0] == 0 && p[1] < 0x80) || (p[0] == 0xff && p[1] >= 0x80));
}

static bool check_bits(const uint8_t *p, size_t len)
{
	if (len == 0 || p[0] > 7 || (len == 1 && p[0]))
		return false;
	return len == 1 || (p[len - 1] & ((1u << p[0]) - 1)) == 0;
}

static bool check_oid(const uint8_t *p, size_t len)
{
	size_t arc = 0;

	if (len == 0 || p[len - 1] & 0x80)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (arc == 0 && p[i] == 0x80)
			return false;
		arc = p[i] & 0x80 ? arc + 1 : 0;
		if (arc >= OID_ARC_BYTES)
			return false;
	}
	return true;
}

/* YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ, the only forms of RFC 5280 4.1.2.5. */
static bool check_time(const uint8_t *p, size_t len, size_t digits)
{
	if (len != digits + 1 || p[digits] != 'Z')
		return false;
	for (size_t i = 0; i < digits; i++)
		if (!isdigit(p[i]))
			return false;
	return true;
}

static bool check_primitive(uint8_t tag, const uint8_t *p, size_t len)
{
	switch (tag) {
	case BOOLEAN: return len == 1 && (p[0] == 0 || p[0] == 0xff);
	case INTEGER: return check_integer(p, len);
	case BIT_STRING: return check_bits(p, len);
	case NUL: return len == 0;
	case OID: return check_oid(p, len);
	case UTC_TIME: return check_time(p, len, 12);
	case GENERALIZED_TIME: return check_time(p, len, 14);
	default: return true;
	}
}

static bool check_values(struct rbuf b, unsigned depth)
{
	if (depth > PKI_DER_DEPTH)
		return false;
	while (b.left) {
		uint8_t tag = rbuf_u8(&b);
		struct rbuf inner;
		size_t len;

		if ((tag & HIGH_TAG) == HIGH_TAG || tag == 0 || !read_len(&b, &len))
			return false;
		inner = rbuf_sub(&b, len);
		if (tag & CONSTRUCTED ? !check_values(inner, depth + 1)
				      : !(tag & CLASS) && !check_primitive(tag, inner.p, len))
			return false;
	}
	return !b.bad;
}

bool pki_der_check(const void *data, size_t len)
{
	struct rbuf b = rbuf_of(data, len);
	size_t inner;

	/* exactly one value, and it is a sequence */
	if (rbuf_u8(&b) != 0x30 || !read_len(&b, &inner) || inner != b.left)
		return false;
	return check_values(rbuf_of(data, len), 0);
}
