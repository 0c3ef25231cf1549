/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The handlers of the management API, one a method of lib/rpc/rpc_schema.h, the table of them, and
 * what is asked before one is called.
 */
#pragma once

#include "controlplane/api_call.h"
#include "lib/rpc/rpc_schema.h"

json_t *api_show_isakmp_sa(struct api_call *call);
json_t *api_show_isakmp_policy(struct api_call *call);
json_t *api_show_isakmp_key(struct api_call *call);
json_t *api_show_session(struct api_call *call);
json_t *api_show_limits_capacity(struct api_call *call);
json_t *api_show_limits_lifetime(struct api_call *call);
json_t *api_show_limits_admission(struct api_call *call);
json_t *api_show_engine_connections(struct api_call *call);
json_t *api_show_ipsec_sa(struct api_call *call);
json_t *api_show_config_running(struct api_call *call);
json_t *api_show_config_transform_set(struct api_call *call);
json_t *api_show_config_crypto_map(struct api_call *call);
json_t *api_show_dynamic_maps(struct api_call *call);
json_t *api_show_config_access_list(struct api_call *call);
json_t *api_show_ip_route(struct api_call *call);
json_t *api_show_ip_interface(struct api_call *call);
json_t *api_show_ip_arp(struct api_call *call);
json_t *api_show_system_drops(struct api_call *call);
json_t *api_show_system_version(struct api_call *call);
json_t *api_show_system_processes(struct api_call *call);
json_t *api_logging_show(struct api_call *call);
json_t *api_logging_clear(struct api_call *call);
json_t *api_logging_monitor(struct api_call *call);
json_t *api_show_qos_class_map(struct api_call *call);
json_t *api_show_qos_policy_map(struct api_call *call);
json_t *api_show_qos_interface(struct api_call *call);
json_t *api_clients_sessions(struct api_call *call);
json_t *api_clients_pools(struct api_call *call);
json_t *api_clients_servers(struct api_call *call);
json_t *api_clients_clear(struct api_call *call);
json_t *api_clients_lockout(struct api_call *call);
json_t *api_clients_unlock(struct api_call *call);
json_t *api_clear_isakmp(struct api_call *call);
json_t *api_clear_sa(struct api_call *call);
json_t *api_clear_counters(struct api_call *call);
json_t *api_clear_arp(struct api_call *call);
json_t *api_debug_set(struct api_call *call);
json_t *api_debug_show(struct api_call *call);
json_t *api_debug_condition(struct api_call *call);
json_t *api_debug_show_condition(struct api_call *call);
json_t *api_config_enter(struct api_call *call);
json_t *api_config_line(struct api_call *call);
json_t *api_config_leave(struct api_call *call);
json_t *api_config_save(struct api_call *call);
json_t *api_replace_diff(struct api_call *call);
json_t *api_test_acl(struct api_call *call);
json_t *api_test_config(struct api_call *call);
json_t *api_replace(struct api_call *call);
json_t *api_replace_text(struct api_call *call);
json_t *api_replace_archive(struct api_call *call);
json_t *api_replace_show_startup(struct api_call *call);
json_t *api_rollback_revert(struct api_call *call);
json_t *api_rollback_confirm(struct api_call *call);
json_t *api_rollback_show(struct api_call *call);
json_t *api_reload(struct api_call *call);
json_t *api_reload_cancel(struct api_call *call);
json_t *api_reload_show(struct api_call *call);
json_t *api_probe_send(struct api_call *call);
json_t *api_probe_wait(struct api_call *call);
json_t *api_terminal_set(struct api_call *call);
json_t *api_terminal_hostname(struct api_call *call);

json_t *api_show_diagnose(struct api_call *call);
json_t *api_diagnose_watch(struct api_call *call);
json_t *api_diagnose_clear(struct api_call *call);
json_t *api_keys_watch(struct api_call *call);

json_t *api_capture_set(struct api_call *call);
json_t *api_capture_start(struct api_call *call);
json_t *api_capture_stop(struct api_call *call);
json_t *api_capture_clear(struct api_call *call);
json_t *api_capture_remove(struct api_call *call);
json_t *api_show_capture(struct api_call *call);
json_t *api_show_capture_packets(struct api_call *call);

json_t *api_access_show(struct api_call *call);
json_t *api_access_enable(struct api_call *call);
json_t *api_access_disable(struct api_call *call);
json_t *api_access_login(struct api_call *call);
json_t *api_access_users(struct api_call *call);

/* The handler of a method, NULL when there is none. */
api_call_fn api_methods_of(enum rpc_method method);
/*
 * The answer to a call, a result or an error; NULL when it is deferred. Refuses what is beyond the
 * privilege of the client or has wrong parameters, and logs what the schema says is to be logged.
 */
json_t *api_methods_call(struct api_call *call, enum rpc_method method);
