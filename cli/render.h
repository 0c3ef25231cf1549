/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Renderers: the JSON result of a method (lib/rpc/rpc_schema.h) as the text a Cisco box prints
 * (show-formats of the reference; the layout each one follows is named at its code). They only read
 * the JSON: no call, no state, no unit conversion that the heading does not name. A field that is
 * absent renders as empty text or 0.
 */
#pragma once

#include "lib/base/dialect.h"

#include <jansson.h>

#include <stdbool.h>
#include <stdio.h>

/* What the user asked for, and in whose words he reads the answer. */
struct render_request {
	const json_t *params;
	enum dialect dialect;
};

typedef void (*render_fn)(FILE *out, const struct render_request *request, const json_t *result);

void render_nothing(FILE *out, const struct render_request *request, const json_t *result);

void render_clock(FILE *out, const struct render_request *request, const json_t *result);
void render_session(FILE *out, const struct render_request *request, const json_t *result);
void render_isakmp_peers(FILE *out, const struct render_request *request, const json_t *result);
void render_isakmp_key(FILE *out, const struct render_request *request, const json_t *result);
void render_vpn_summary(FILE *out, const struct render_request *request, const json_t *result);
void render_vpn_sessions(FILE *out, const struct render_request *request, const json_t *result);
void render_capacity(FILE *out, const struct render_request *request, const json_t *result);
void render_lifetime(FILE *out, const struct render_request *request, const json_t *result);
void render_admission(FILE *out, const struct render_request *request, const json_t *result);
void render_addresses(FILE *out, const struct render_request *request, const json_t *result);
void render_asp_drop(FILE *out, const struct render_request *request, const json_t *result);
void render_cleared(FILE *out, const struct render_request *request, const json_t *result);
void render_cleared_pairs(FILE *out, const struct render_request *request, const json_t *result);
void render_cleared_sessions(FILE *out, const struct render_request *request, const json_t *result);
void render_config_section(FILE *out, const struct render_request *request, const json_t *result);
void render_isakmp_sa(FILE *out, const struct render_request *request, const json_t *result);
void render_isakmp_policy(FILE *out, const struct render_request *request, const json_t *result);
void render_ipsec_sa(FILE *out, const struct render_request *request, const json_t *result);
void render_engine_connections(FILE *out, const struct render_request *request,
			       const json_t *result);
void render_crypto_map(FILE *out, const struct render_request *request, const json_t *result);
void render_dynamic_map(FILE *out, const struct render_request *request, const json_t *result);
void render_crypto_transform_set(FILE *out, const struct render_request *request,
				 const json_t *result);
void render_route(FILE *out, const struct render_request *request, const json_t *result);
void render_interface(FILE *out, const struct render_request *request, const json_t *result);
void render_interface_brief(FILE *out, const struct render_request *request, const json_t *result);
void render_arp(FILE *out, const struct render_request *request, const json_t *result);
void render_access_list(FILE *out, const struct render_request *request, const json_t *result);
void render_class_map(FILE *out, const struct render_request *request, const json_t *result);
void render_policy_map(FILE *out, const struct render_request *request, const json_t *result);
void render_policy_interface(FILE *out, const struct render_request *request, const json_t *result);
void render_clients_sessions(FILE *out, const struct render_request *request, const json_t *result);
void render_clients_pools(FILE *out, const struct render_request *request, const json_t *result);
void render_clients_servers(FILE *out, const struct render_request *request, const json_t *result);
void render_clients_lockout(FILE *out, const struct render_request *request, const json_t *result);
void render_diagnose(FILE *out, const struct render_request *request, const json_t *result);
void render_drops(FILE *out, const struct render_request *request, const json_t *result);
void render_test_path(FILE *out, const struct render_request *request, const json_t *result);
void render_test_peer(FILE *out, const struct render_request *request, const json_t *result);
void render_test_acl(FILE *out, const struct render_request *request, const json_t *result);
void render_test_config(FILE *out, const struct render_request *request, const json_t *result);
void render_users(FILE *out, const struct render_request *request, const json_t *result);
void render_privilege(FILE *out, const struct render_request *request, const json_t *result);
void render_version(FILE *out, const struct render_request *request, const json_t *result);
void render_processes(FILE *out, const struct render_request *request, const json_t *result);
void render_config(FILE *out, const struct render_request *request, const json_t *result);
void render_config_saved(FILE *out, const struct render_request *request, const json_t *result);
void render_startup_config(FILE *out, const struct render_request *request, const json_t *result);
void render_config_diff(FILE *out, const struct render_request *request, const json_t *result);
/* The lines of a diff as one would have typed them; the tunnels that end. */
void render_config_commands(FILE *out, const struct render_request *request, const json_t *result);
void render_ending(FILE *out, const struct render_request *request, const json_t *result);
void render_reload(FILE *out, const struct render_request *request, const json_t *result);
void render_rollback(FILE *out, const struct render_request *request, const json_t *result);
void render_logging(FILE *out, const struct render_request *request, const json_t *result);
void render_debug(FILE *out, const struct render_request *request, const json_t *result);
void render_debug_condition(FILE *out, const struct render_request *request, const json_t *result);
void render_debug_set(FILE *out, const struct render_request *request, const json_t *result);

void render_capture(FILE *out, const struct render_request *request, const json_t *result);
void render_capture_started(FILE *out, const struct render_request *request, const json_t *result);
void render_capture_stopped(FILE *out, const struct render_request *request, const json_t *result);
void render_captured(FILE *out, const struct render_request *request, const json_t *result);
void render_captured_asa(FILE *out, const struct render_request *request, const json_t *result);
void render_captured_buffer(FILE *out, const struct render_request *request, const json_t *result);

void render_pki_certificates(FILE *out, const struct render_request *request, const json_t *result);
void render_pki_trustpoints(FILE *out, const struct render_request *request, const json_t *result);
void render_pki_keys(FILE *out, const struct render_request *request, const json_t *result);
void render_pki_export(FILE *out, const struct render_request *request, const json_t *result);
void render_pki_request(FILE *out, const struct render_request *request, const json_t *result);
void render_pki_generated(FILE *out, const struct render_request *request, const json_t *result);

/* A NEGOTIATION, and a list of DIAGNOSIS, of lib/rpc/rpc_schema.def, below what they are of. */
void render_diagnose_negotiation(FILE *out, const json_t *negotiation);
void render_test_diagnoses(FILE *out, const json_t *list);

/* The fields of an object; "" and 0 when absent or of another type. */
const char *render_text_of(const json_t *object, const char *field);
long long render_number_of(const json_t *object, const char *field);
/* The name of an interface in a field, as an ASA and a PIX call it: by its nameif. */
const char *render_port_of(const struct render_request *request, const json_t *object,
			   const char *field);
/* "0242.ac11.0002" from any notation with twelve hexadecimal digits; else the text as it is. */
const char *render_mac_of(const json_t *object, const char *field, char buf[static 15]);
