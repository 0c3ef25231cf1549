/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A remote access client beside engine A of the lab: A negotiates phase 1 and quick mode, this here
 * answers the transactions that B begins and makes those a client begins, with A's keys. Its
 * packets and B's may be lost, doubled, late or damaged like all others.
 */
#pragma once

#include "controlplane/ike/config_payload.h"
#include "tests/exchange/lab.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CLIENT_BODY_MAX = 4096,
	CLIENT_SEEN_MAX = 16,
};

struct client {
	struct lab *lab;
	const char *name; /* NULL: says nothing when it is asked */
	const char *password;
	bool with_type; /* repeats the type in its answer */
	bool old_draft; /* answers with the numbers of the first drafts of XAUTH */
	/* transaction messages so far, both directions; the fate of one of them */
	size_t n;
	size_t fate_n;
	enum lab_fate fate_what;
	/* what came, by message ID: duplicates get the same answer */
	struct {
		uint32_t msgid;
		uint8_t digest[32];
		struct lab_packet *answer; /* owned */
	} seen[CLIENT_SEEN_MAX];
	size_t n_seen;
	size_t n_requests; /* XAUTH requests, without duplicates */
	int status;	   /* of the last XAUTH SET, -1 = none */
	/* the REQUEST of its own, to be sent again */
	uint32_t msgid;
	struct lab_packet *request; /* owned */
	uint8_t iv[64];
	/* the last REPLY or SET with an address */
	uint8_t body[CLIENT_BODY_MAX];
	size_t body_len;
	bool acknowledges; /* a SET that is not XAUTH's */
};

/*
 * A lab that is started: B is the gateway of the group "dialin", with the user "alice" and her
 * password "open sesame" if xauth is set; A is the client's engine.
 */
void client_gateway(struct lab *lab, bool xauth);
/* A starts phase 1 and wants its pair at once: B must not let it before the user is in. */
void client_dial(struct lab *lab);
/* State of the newest SA of an end in `show crypto isakmp sa`. */
const char *client_state(const struct lab *lab, int end);

/* Takes over the fates of the lab. */
void client_init(struct client *client, struct lab *lab, const char *name, const char *password);
void client_fini(struct client *client);
/* It answers what it has seen as if it were new. */
void client_forget(struct client *client);
/* Sends a transaction message of any kind to B under A's newest SA; a fresh message ID. */
void client_send(struct client *client, enum config_payload_kind kind, uint16_t identifier,
		 const void *attrs, size_t len);
/* A REQUEST for these attributes, all empty. */
void client_ask(struct client *client, const uint16_t *types, size_t n);
/* For what vpnc asks. */
void client_ask_all(struct client *client);
/* The last one again, as it was. */
void client_repeat(struct client *client);
/* The first attribute of a type in what came, false when there is none. */
bool client_got(const struct client *client, uint16_t type, struct config_payload_attr *out);
