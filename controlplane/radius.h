/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One request to one RADIUS server (RFC 2865, 2866): sent, repeated and waited for. It blocks for
 * as long as the server's times allow and touches nothing but its arguments: to be called on
 * another thread.
 */
#pragma once

#include "controlplane/ike/ike.h"
#include "lib/base/compat.h"
#include "lib/config/config_remote.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	RADIUS_CLASS_MAX = 253,
	RADIUS_MESSAGE_MAX = 256,
};

enum radius_kind {
	RADIUS_ACCESS,
	RADIUS_START,
	RADIUS_INTERIM,
	RADIUS_STOP,
	RADIUS_ON, /* of the appliance: every session of before is over */
	RADIUS_OFF,
};

enum radius_result {
	RADIUS_ACCEPTED, /* also: an accounting request was answered */
	RADIUS_REJECTED,
	RADIUS_SILENT, /* no answer in time, or none that this server could have made */
	RADIUS_FAILED, /* could not be asked: no route, no memory */
};

/* What was wrong with the last datagram that was no answer. */
enum radius_flaw {
	RADIUS_FLAW_NONE,
	RADIUS_FLAW_MALFORMED,
	RADIUS_FLAW_KEY,      /* authenticated with another key than ours, or changed on the way */
	RADIUS_FLAW_UNSEALED, /* without Message-Authenticator */
	RADIUS_FLAW_PROXIED,  /* with a Proxy-State that we did not send */
};

struct radius_request {
	enum radius_kind kind;
	char user[IKE_USER_MAX];
	struct secret password; /* RADIUS_ACCESS */
	char nas[64];		/* our name */
	struct addr peer;	/* of the client, outside */
	struct addr local;	/* ours, towards it */
	/* accounting */
	uint64_t session;
	uint32_t delay_s;    /* what is reported happened so long ago */
	struct addr address; /* assigned */
	uint8_t class_len;
	uint8_t class_bytes[RADIUS_CLASS_MAX];
	uint64_t in_bytes, out_bytes, in_packets, out_packets;
	uint32_t seconds;	/* the session has lasted */
	enum ike_reason reason; /* RADIUS_STOP: why */
};

struct radius_reply {
	struct addr framed; /* Framed-IP-Address, NONE when the pools decide */
	uint32_t session_s; /* Session-Timeout; 0 = not said, as the next two */
	uint32_t idle_s;    /* Idle-Timeout */
	uint32_t interim_s; /* Acct-Interim-Interval */
	uint8_t class_len;
	uint8_t class_bytes[RADIUS_CLASS_MAX];
	char message[RADIUS_MESSAGE_MAX]; /* Reply-Message, printable */
	enum radius_flaw flaw;		  /* of RADIUS_SILENT */
};

/* (any thread) *reply says something when it returns RADIUS_ACCEPTED or RADIUS_REJECTED. */
enum radius_result radius_ask(const struct config_radius_server *server,
			      const struct radius_request *request, struct radius_reply *reply);
/* The flaw as the end of a sentence; NULL for NONE. */
const char *radius_flaw_text(enum radius_flaw flaw);
