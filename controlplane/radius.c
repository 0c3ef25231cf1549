/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/radius.h"

#include "lib/base/log.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <radcli/radcli.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	CAUSE_IDLE = 4, /* Acct-Terminate-Cause, RFC 2866 5.10 */
	CAUSE_USER = 1,
	CAUSE_LOST = 2,
	CAUSE_SESSION_TIMEOUT = 5,
	CAUSE_ADMIN_RESET = 6,
	CAUSE_ADMIN_REBOOT = 7,
	CAUSE_NAS_REQUEST = 10,
	PORT_VIRTUAL = 5, /* NAS-Port-Type */
	SERVICE_FRAMED = 2,
	CONFIG_TEXT = 64,
};

/* What the attributes used here look like; the library has no table of its own. */
static const char dictionary[] = "ATTRIBUTE User-Name 1 string\n"
				 "ATTRIBUTE User-Password 2 string\n"
				 "ATTRIBUTE NAS-IP-Address 4 ipaddr\n"
				 "ATTRIBUTE NAS-Port 5 integer\n"
				 "ATTRIBUTE Service-Type 6 integer\n"
				 "ATTRIBUTE Framed-IP-Address 8 ipaddr\n"
				 "ATTRIBUTE Reply-Message 18 string\n"
				 "ATTRIBUTE State 24 string\n"
				 "ATTRIBUTE Class 25 string\n"
				 "ATTRIBUTE Session-Timeout 27 integer\n"
				 "ATTRIBUTE Idle-Timeout 28 integer\n"
				 "ATTRIBUTE Called-Station-Id 30 string\n"
				 "ATTRIBUTE Calling-Station-Id 31 string\n"
				 "ATTRIBUTE NAS-Identifier 32 string\n"
				 "ATTRIBUTE Acct-Status-Type 40 integer\n"
				 "ATTRIBUTE Acct-Delay-Time 41 integer\n"
				 "ATTRIBUTE Acct-Input-Octets 42 integer\n"
				 "ATTRIBUTE Acct-Output-Octets 43 integer\n"
				 "ATTRIBUTE Acct-Session-Id 44 string\n"
				 "ATTRIBUTE Acct-Session-Time 46 integer\n"
				 "ATTRIBUTE Acct-Input-Packets 47 integer\n"
				 "ATTRIBUTE Acct-Output-Packets 48 integer\n"
				 "ATTRIBUTE Acct-Terminate-Cause 49 integer\n"
				 "ATTRIBUTE Acct-Input-Gigawords 52 integer\n"
				 "ATTRIBUTE Acct-Output-Gigawords 53 integer\n"
				 "ATTRIBUTE NAS-Port-Type 61 integer\n"
				 "ATTRIBUTE Message-Authenticator 80 string\n"
				 "ATTRIBUTE Acct-Interim-Interval 85 integer\n"
				 "ATTRIBUTE NAS-IPv6-Address 95 ipv6addr\n";

/*
 * In place of the one of libc, which libradcli would ask for the port of "radius": that one reads
 * files, which the sandbox does not allow, and fails without. Hosts are always numbers here, and
 * the port is set afterwards. One block, as freeaddrinfo() of libc gives it back.
 */
int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
		struct addrinfo **result)
{
	struct {
		struct addrinfo info;
		struct sockaddr_in address;
	} *found = calloc(1, sizeof(*found));

	(void)service;
	(void)hints;
	if (!found)
		return EAI_MEMORY;
	found->address.sin_family = AF_INET;
	if (!host || inet_pton(AF_INET, host, &found->address.sin_addr) != 1) {
		free(found);
		return EAI_NONAME;
	}
	found->info = (struct addrinfo){
		.ai_family = AF_INET,
		.ai_socktype = SOCK_DGRAM,
		.ai_addrlen = sizeof(found->address),
		.ai_addr = (struct sockaddr *)&found->address,
	};
	*result = &found->info;
	return 0;
}

static bool set_number(rc_handle *rh, const char *name, unsigned value)
{
	char text[CONFIG_TEXT];

	snprintf(text, sizeof(text), "%u", value);
	return rc_add_config(rh, name, text, "culvert", 0) == 0;
}

/*
 * The server of one kind of request. Written in place: as text in an option, its key could have
 * neither commas nor blanks.
 */
static bool set_server(rc_handle *rh, const char *option, const struct config_radius_server *server,
		       uint16_t port)
{
	SERVER *list = rc_conf_srv(rh, option);
	char text[ADDR_TEXT];

	if (!list)
		return false;
	addr_print(&server->address, text, sizeof(text));
	list->name[0] = strdup(text);
	list->secret[0] = strdup(server->key);
	list->port[0] = port;
	list->max = list->name[0] && list->secret[0] ? 1 : 0;
	return list->max == 1;
}

static void wipe_server(rc_handle *rh, const char *option)
{
	SERVER *list = rc_conf_srv(rh, option);

	if (list && list->secret[0])
		secret_wipe_bytes(list->secret[0], strlen(list->secret[0]));
}

static void close_handle(rc_handle *rh)
{
	wipe_server(rh, "authserver");
	wipe_server(rh, "acctserver");
	rc_destroy(rh);
}

/* NULL without memory. */
static rc_handle *open_handle(const struct config_radius_server *server)
{
	rc_handle *rh = rc_new();

	if (!rh || !rc_config_init(rh)) /* which destroys it when it fails */
		return NULL;
	if (set_server(rh, "authserver", server, server->auth_port) &&
	    set_server(rh, "acctserver", server, server->acct_port) &&
	    set_number(rh, "radius_timeout", server->timeout_s) &&
	    set_number(rh, "radius_retries", server->retransmit) && rc_apply_config(rh) == 0 &&
	    rc_read_dictionary_from_buffer(rh, dictionary, sizeof(dictionary) - 1) == 0)
		return rh;
	close_handle(rh);
	return NULL;
}

struct pairs {
	rc_handle *rh;
	VALUE_PAIR *list;
	bool failed;
};

static void add_bytes(struct pairs *p, int attribute, const void *data, size_t len)
{
	/* the library takes a length of 0 for a text that ends with a zero; empty ones stay out */
	if (len && !rc_avpair_add(p->rh, &p->list, attribute, data, (int)len, 0))
		p->failed = true;
}

static void add_text(struct pairs *p, int attribute, const char *text)
{
	add_bytes(p, attribute, text, strlen(text));
}

static void add_number(struct pairs *p, int attribute, uint32_t value)
{
	if (!rc_avpair_add(p->rh, &p->list, attribute, &value, 0, 0))
		p->failed = true;
}

static void add_count(struct pairs *p, int attribute, int gigawords, uint64_t value)
{
	add_number(p, attribute, (uint32_t)value);
	if (gigawords)
		add_number(p, gigawords, (uint32_t)(value >> 32));
}

static uint32_t cause_of(enum ike_reason reason)
{
	static const uint8_t causes[IKE_REASON_COUNT] = {
		[IKE_REASON_PEER_DELETED] = CAUSE_USER,
		[IKE_REASON_DPD_DEAD] = CAUSE_LOST,
		[IKE_REASON_INITIAL_CONTACT] = CAUSE_LOST,
		[IKE_REASON_IDLE] = CAUSE_IDLE,
		[IKE_REASON_SESSION_TIMEOUT] = CAUSE_SESSION_TIMEOUT,
		[IKE_REASON_CLEARED] = CAUSE_ADMIN_RESET,
		[IKE_REASON_SHUTDOWN] = CAUSE_ADMIN_REBOOT,
	};

	return causes[reason] ? causes[reason] : CAUSE_NAS_REQUEST;
}

static void add_accounting(struct pairs *p, const struct radius_request *r)
{
	static const uint32_t types[] = {
		[RADIUS_START] = PW_STATUS_START,
		[RADIUS_INTERIM] = PW_STATUS_ALIVE,
		[RADIUS_STOP] = PW_STATUS_STOP,
	};
	char session[CONFIG_TEXT];

	snprintf(session, sizeof(session), "%016llX", (unsigned long long)r->session);
	add_number(p, PW_ACCT_STATUS_TYPE, types[r->kind]);
	add_text(p, PW_ACCT_SESSION_ID, session);
	if (r->address.family == ADDR_V4)
		add_number(p, PW_FRAMED_IP_ADDRESS, addr_to_v4(&r->address));
	add_bytes(p, PW_CLASS, r->class_bytes, r->class_len);
	if (r->kind == RADIUS_START)
		return;
	add_number(p, PW_ACCT_SESSION_TIME, r->seconds);
	add_count(p, PW_ACCT_INPUT_OCTETS, PW_ACCT_INPUT_GIGAWORDS, r->in_bytes);
	add_count(p, PW_ACCT_OUTPUT_OCTETS, PW_ACCT_OUTPUT_GIGAWORDS, r->out_bytes);
	add_count(p, PW_ACCT_INPUT_PACKETS, 0, r->in_packets);
	add_count(p, PW_ACCT_OUTPUT_PACKETS, 0, r->out_packets);
	if (r->kind == RADIUS_STOP)
		add_number(p, PW_ACCT_TERMINATE_CAUSE, cause_of(r->reason));
}

static void add_request(struct pairs *p, const struct radius_request *r)
{
	char text[ADDR_TEXT];

	add_text(p, PW_USER_NAME, r->user);
	if (r->kind == RADIUS_ACCESS)
		add_bytes(p, PW_USER_PASSWORD, r->password.b, r->password.len);
	add_number(p, PW_SERVICE_TYPE, SERVICE_FRAMED);
	add_number(p, PW_NAS_PORT_TYPE, PORT_VIRTUAL);
	add_text(p, PW_NAS_IDENTIFIER, r->nas);
	add_text(p, PW_CALLING_STATION_ID, addr_print(&r->peer, text, sizeof(text)));
	add_text(p, PW_CALLED_STATION_ID, addr_print(&r->local, text, sizeof(text)));
	if (r->kind != RADIUS_ACCESS)
		add_accounting(p, r);
}

static void free_pairs(VALUE_PAIR *list)
{
	for (VALUE_PAIR *p = list; p; p = p->next)
		if (p->attribute == PW_USER_PASSWORD)
			secret_wipe_bytes(p->strvalue, sizeof(p->strvalue));
	rc_avpair_free(list);
}

static uint32_t number_of(VALUE_PAIR *list, int attribute)
{
	VALUE_PAIR *pair = rc_avpair_get(list, attribute, 0);
	uint32_t value = 0;

	return pair && rc_avpair_get_uint32(pair, &value) == 0 ? value : 0;
}

static void take_reply(VALUE_PAIR *list, struct radius_reply *reply)
{
	uint32_t framed = number_of(list, PW_FRAMED_IP_ADDRESS);
	VALUE_PAIR *class = rc_avpair_get(list, PW_CLASS, 0);
	VALUE_PAIR *message = rc_avpair_get(list, PW_REPLY_MESSAGE, 0);

	/* RFC 2865 5.8: the two highest stand for "of the user's choice" and "of ours" */
	if (framed && framed < UINT32_MAX - 1)
		reply->framed = addr_v4(framed);
	reply->session_s = number_of(list, PW_SESSION_TIMEOUT);
	reply->idle_s = number_of(list, PW_IDLE_TIMEOUT);
	reply->interim_s = number_of(list, PW_ACCT_INTERIM_INTERVAL);
	if (class && class->lvalue <= RADIUS_CLASS_MAX) {
		reply->class_len = (uint8_t) class->lvalue;
		memcpy(reply->class_bytes, class->strvalue, class->lvalue);
	}
	if (message && message->lvalue <= RADIUS_CLASS_MAX)
		log_escape(reply->message, sizeof(reply->message), message->strvalue,
			   message->lvalue);
}

enum radius_result radius_ask(const struct config_radius_server *server,
			      const struct radius_request *request, struct radius_reply *reply)
{
	struct pairs send = {.rh = open_handle(server)};
	VALUE_PAIR *received = NULL;
	enum radius_result result = RADIUS_FAILED;
	bool access = request->kind == RADIUS_ACCESS;
	int rc;

	memset(reply, 0, sizeof(*reply));
	if (!send.rh)
		return RADIUS_FAILED;
	add_request(&send, request);
	if (!send.failed) {
		rc = rc_aaa(send.rh, 0, send.list, &received, NULL, 0,
			    access ? PW_ACCESS_REQUEST : PW_ACCOUNTING_REQUEST);
		if (rc == OK_RC)
			result = RADIUS_ACCEPTED;
		else if (rc == REJECT_RC || rc == CHALLENGE_RC)
			result = RADIUS_REJECTED;
		else if (rc == TIMEOUT_RC || rc == BADRESP_RC || rc == BADRESPID_RC)
			result = RADIUS_SILENT;
		if (received)
			take_reply(received, reply);
	}
	free_pairs(send.list);
	rc_avpair_free(received);
	close_handle(send.rh);
	return result;
}
