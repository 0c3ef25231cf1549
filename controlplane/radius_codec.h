/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * RADIUS packets (RFC 2865, 2866, 2869): a request written, an answer verified and read. Pure
 * functions over buffers.
 *
 * Every Access-Request begins with a Message-Authenticator, and answers to it must have a right
 * one unless the server is excepted by its configuration: the Response Authenticator alone is an
 * MD5 that others can forge on the way (Blast-RADIUS, CVE-2024-3596).
 */
#pragma once

#include "controlplane/radius.h"

#include <stddef.h>
#include <stdint.h>

enum {
	RADIUS_CODEC_PACKET_MAX = 4096,
	RADIUS_CODEC_AUTHENTICATOR = 16,
};

struct radius_codec_packet {
	size_t len;
	uint8_t bytes[RADIUS_CODEC_PACKET_MAX]; /* has a hidden password: wiped by the caller */
};

/*
 * The request to a server; `nas` is the address it leaves from, NONE = not said. 0, -EMSGSIZE, or
 * -EIO without randomness.
 */
int must_check radius_codec_encode(const struct config_radius_server *server,
				   const struct radius_request *request, const struct addr *nas,
				   struct radius_codec_packet *out);
/*
 * A datagram that came from the server's address. RADIUS_ACCEPTED or RADIUS_REJECTED and *reply
 * when it is the server's answer to this request, else RADIUS_SILENT and reply->flaw: nobody has
 * said anything.
 */
enum radius_result radius_codec_decode(const struct config_radius_server *server,
				       const struct radius_codec_packet *request, const void *data,
				       size_t len, struct radius_reply *reply);
