/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/ike/ike_names.h"

#include "controlplane/ike/ike.h"
#include "controlplane/ike/ike_msg.h"
#include "controlplane/ike/ike_payload.h"
#include "lib/base/names.h"

struct text {
	const char *name;
	const char *text;
};

static const struct text reasons[IKE_REASON_COUNT] = {
#define REASON(id, name, text) [IKE_REASON_##id] = {name, text},
#include "controlplane/ike/ike_reasons.def"
#undef REASON
};

static const struct text counters[IKE_COUNTER_COUNT] = {
#define COUNTER(id, name, text) [IKE_COUNT_##id] = {name, text},
#include "controlplane/ike/ike_counters.def"
#undef COUNTER
};

static const struct name payloads[] = {
	{IKE_PAYLOAD_NONE, "NONE"},
	{IKE_PAYLOAD_SA, "SA"},
	{IKE_PAYLOAD_PROPOSAL, "PROPOSAL"},
	{IKE_PAYLOAD_TRANSFORM, "TRANSFORM"},
	{IKE_PAYLOAD_KE, "KE"},
	{IKE_PAYLOAD_ID, "ID"},
	{IKE_PAYLOAD_CERT, "CERT"},
	{IKE_PAYLOAD_CERT_REQUEST, "CERT_REQ"},
	{IKE_PAYLOAD_HASH, "HASH"},
	{IKE_PAYLOAD_SIGNATURE, "SIG"},
	{IKE_PAYLOAD_NONCE, "NONCE"},
	{IKE_PAYLOAD_NOTIFY, "NOTIFY"},
	{IKE_PAYLOAD_DELETE, "DELETE"},
	{IKE_PAYLOAD_VENDOR, "vendor id"},
	{IKE_PAYLOAD_ATTRIBUTES, "ATTR"},
	{IKE_PAYLOAD_NATD, "NAT-D"},
	{IKE_PAYLOAD_NATOA, "NAT-OA"},
	{IKE_PAYLOAD_NATD_DRAFT, "NAT-D (draft)"},
	{IKE_PAYLOAD_NATOA_DRAFT, "NAT-OA (draft)"},
	{IKE_PAYLOAD_FRAGMENT, "FRAGMENT"},
};

static const struct name exchanges[] = {
	{IKE_EXCHANGE_MAIN, "main mode"},     {IKE_EXCHANGE_AGGRESSIVE, "aggressive mode"},
	{IKE_EXCHANGE_INFO, "informational"}, {IKE_EXCHANGE_TRANSACTION, "transaction"},
	{IKE_EXCHANGE_QUICK, "quick mode"},
};

static const struct name notifies[] = {
	{IKE_NOTIFY_INVALID_PAYLOAD_TYPE, "INVALID_PAYLOAD_TYPE"},
	{IKE_NOTIFY_DOI_NOT_SUPPORTED, "DOI_NOT_SUPPORTED"},
	{IKE_NOTIFY_SITUATION_NOT_SUPPORTED, "SITUATION_NOT_SUPPORTED"},
	{IKE_NOTIFY_INVALID_COOKIE, "INVALID_COOKIE"},
	{IKE_NOTIFY_INVALID_MAJOR_VERSION, "INVALID_MAJOR_VERSION"},
	{IKE_NOTIFY_INVALID_MINOR_VERSION, "INVALID_MINOR_VERSION"},
	{IKE_NOTIFY_INVALID_EXCHANGE_TYPE, "INVALID_EXCHANGE_TYPE"},
	{IKE_NOTIFY_INVALID_FLAGS, "INVALID_FLAGS"},
	{IKE_NOTIFY_INVALID_MESSAGE_ID, "INVALID_MESSAGE_ID"},
	{IKE_NOTIFY_INVALID_PROTOCOL_ID, "INVALID_PROTOCOL_ID"},
	{IKE_NOTIFY_INVALID_SPI, "INVALID_SPI"},
	{IKE_NOTIFY_INVALID_TRANSFORM_ID, "INVALID_TRANSFORM_ID"},
	{IKE_NOTIFY_ATTRIBUTES_NOT_SUPPORTED, "ATTRIBUTES_NOT_SUPPORTED"},
	{IKE_NOTIFY_NO_PROPOSAL_CHOSEN, "NO_PROPOSAL_CHOSEN"},
	{IKE_NOTIFY_BAD_PROPOSAL_SYNTAX, "BAD_PROPOSAL_SYNTAX"},
	{IKE_NOTIFY_PAYLOAD_MALFORMED, "PAYLOAD_MALFORMED"},
	{IKE_NOTIFY_INVALID_KEY_INFORMATION, "INVALID_KEY_INFORMATION"},
	{IKE_NOTIFY_INVALID_ID_INFORMATION, "INVALID_ID_INFORMATION"},
	{IKE_NOTIFY_INVALID_CERT_ENCODING, "INVALID_CERT_ENCODING"},
	{IKE_NOTIFY_INVALID_CERTIFICATE, "INVALID_CERTIFICATE"},
	{IKE_NOTIFY_CERT_TYPE_UNSUPPORTED, "CERT_TYPE_UNSUPPORTED"},
	{IKE_NOTIFY_INVALID_CERT_AUTHORITY, "INVALID_CERT_AUTHORITY"},
	{IKE_NOTIFY_INVALID_HASH_INFORMATION, "INVALID_HASH_INFORMATION"},
	{IKE_NOTIFY_AUTHENTICATION_FAILED, "AUTHENTICATION_FAILED"},
	{IKE_NOTIFY_INVALID_SIGNATURE, "INVALID_SIGNATURE"},
	{IKE_NOTIFY_ADDRESS_NOTIFICATION, "ADDRESS_NOTIFICATION"},
	{IKE_NOTIFY_SA_LIFETIME, "NOTIFY_SA_LIFETIME"},
	{IKE_NOTIFY_CERTIFICATE_UNAVAILABLE, "CERTIFICATE_UNAVAILABLE"},
	{IKE_NOTIFY_UNSUPPORTED_EXCHANGE_TYPE, "UNSUPPORTED_EXCHANGE_TYPE"},
	{IKE_NOTIFY_UNEQUAL_PAYLOAD_LENGTHS, "UNEQUAL_PAYLOAD_LENGTHS"},
	{IKE_NOTIFY_CONNECTED, "CONNECTED"},
	{IKE_NOTIFY_RESPONDER_LIFETIME, "RESPONDER_LIFETIME"},
	{IKE_NOTIFY_REPLAY_STATUS, "REPLAY_STATUS"},
	{IKE_NOTIFY_INITIAL_CONTACT, "INITIAL_CONTACT"},
	{IKE_NOTIFY_R_U_THERE, "DPD/R_U_THERE"},
	{IKE_NOTIFY_R_U_THERE_ACK, "DPD/R_U_THERE_ACK"},
};

static const struct name protocols[] = {
	{IKE_PROTOCOL_ISAKMP, "ISAKMP"},
	{IKE_PROTOCOL_AH, "AH"},
	{IKE_PROTOCOL_ESP, "ESP"},
	{IKE_PROTOCOL_IPCOMP, "IPCOMP"},
};

static const struct name id_types[] = {
	{IKE_ID_IPV4, "ID_IPV4_ADDR"},
	{IKE_ID_FQDN, "ID_FQDN"},
	{IKE_ID_USER_FQDN, "ID_USER_FQDN"},
	{IKE_ID_IPV4_SUBNET, "ID_IPV4_ADDR_SUBNET"},
	{IKE_ID_IPV6, "ID_IPV6_ADDR"},
	{IKE_ID_IPV6_SUBNET, "ID_IPV6_ADDR_SUBNET"},
	{IKE_ID_IPV4_RANGE, "ID_IPV4_ADDR_RANGE"},
	{IKE_ID_DER_DN, "ID_DER_ASN1_DN"},
	{IKE_ID_KEY_ID, "ID_KEY_ID"},
};

const char *ike_reason_name(enum ike_reason reason)
{
	return reason < IKE_REASON_COUNT ? reasons[reason].name : "";
}

const char *ike_reason_text(enum ike_reason reason)
{
	return reason < IKE_REASON_COUNT ? reasons[reason].text : "";
}

const char *ike_counter_name(enum ike_counter counter)
{
	return counter < IKE_COUNTER_COUNT ? counters[counter].name : "";
}

const char *ike_counter_text(enum ike_counter counter)
{
	return counter < IKE_COUNTER_COUNT ? counters[counter].text : "";
}

const char *ike_names_payload(uint8_t type, char *buf, size_t size)
{
	return names_print(payloads, array_len(payloads), type, buf, size);
}

const char *ike_names_exchange(uint8_t type, char *buf, size_t size)
{
	return names_print(exchanges, array_len(exchanges), type, buf, size);
}

const char *ike_names_notify(uint16_t type, char *buf, size_t size)
{
	return names_print(notifies, array_len(notifies), type, buf, size);
}

const char *ike_names_protocol(uint8_t proto, char *buf, size_t size)
{
	return names_print(protocols, array_len(protocols), proto, buf, size);
}

const char *ike_names_id_type(uint8_t type, char *buf, size_t size)
{
	return names_print(id_types, array_len(id_types), type, buf, size);
}
