/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_methods.h"

#include "controlplane/api_log.h"
#include "controlplane/api_pki.h"
#include "controlplane/api_server.h"
#include "controlplane/api_show_pki.h"
#include "controlplane/path_test.h"
#include "controlplane/peer_test.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdio.h>

static const api_call_fn methods[RPC_METHOD_COUNT] = {
	[RPC_SHOW_ISAKMP_SA] = api_show_isakmp_sa,
	[RPC_SHOW_IPSEC_SA] = api_show_ipsec_sa,
	[RPC_SHOW_ENGINE_CONNECTIONS] = api_show_engine_connections,
	[RPC_SHOW_RUNNING_CONFIG] = api_show_config_running,
	[RPC_SHOW_IP_ROUTE] = api_show_ip_route,
	[RPC_SHOW_INTERFACE] = api_show_ip_interface,
	[RPC_SHOW_ARP] = api_show_ip_arp,
	[RPC_SHOW_DROPS] = api_show_system_drops,
	[RPC_SHOW_VERSION] = api_show_system_version,
	[RPC_SHOW_ACCESS_LIST] = api_show_config_access_list,
	[RPC_SHOW_DEBUG] = api_debug_show,
	[RPC_SHOW_PROCESSES] = api_show_system_processes,
	[RPC_SHOW_LOGGING] = api_logging_show,
	[RPC_SHOW_ISAKMP_POLICY] = api_show_isakmp_policy,
	[RPC_SHOW_ISAKMP_KEY] = api_show_isakmp_key,
	[RPC_SHOW_CRYPTO_SESSION] = api_show_session,
	[RPC_SHOW_CAPACITY] = api_show_limits_capacity,
	[RPC_SHOW_LIFETIME] = api_show_limits_lifetime,
	[RPC_SHOW_ADMISSION] = api_show_limits_admission,
	[RPC_SHOW_TRANSFORM_SET] = api_show_config_transform_set,
	[RPC_SHOW_CRYPTO_MAP] = api_show_config_crypto_map,
	[RPC_SHOW_DYNAMIC_MAP] = api_show_dynamic_maps,
	[RPC_SHOW_CLASS_MAP] = api_show_qos_class_map,
	[RPC_SHOW_POLICY_MAP] = api_show_qos_policy_map,
	[RPC_SHOW_POLICY_INTERFACE] = api_show_qos_interface,
	[RPC_SHOW_SESSIONS] = api_clients_sessions,
	[RPC_SHOW_POOLS] = api_clients_pools,
	[RPC_SHOW_AAA_SERVERS] = api_clients_servers,
	[RPC_SHOW_AAA_LOCKOUT] = api_clients_lockout,
	[RPC_CLEAR_SESSION] = api_clients_clear,
	[RPC_CLEAR_AAA_LOCKOUT] = api_clients_unlock,
	[RPC_CLEAR_ISAKMP] = api_clear_isakmp,
	[RPC_CLEAR_SA] = api_clear_sa,
	[RPC_CLEAR_COUNTERS] = api_clear_counters,
	[RPC_CLEAR_ARP] = api_clear_arp,
	[RPC_CLEAR_LOGGING] = api_logging_clear,
	[RPC_TERMINAL_MONITOR] = api_logging_monitor,
	[RPC_DEBUG_SET] = api_debug_set,
	[RPC_DEBUG_CONDITION] = api_debug_condition,
	[RPC_SHOW_DEBUG_CONDITION] = api_debug_show_condition,
	[RPC_CONFIG_ENTER] = api_config_enter,
	[RPC_CONFIG_LINE] = api_config_line,
	[RPC_CONFIG_LEAVE] = api_config_leave,
	[RPC_CONFIG_SAVE] = api_config_save,
	[RPC_CONFIG_DIFF] = api_replace_diff,
	[RPC_TEST_ACL] = api_test_acl,
	[RPC_TEST_CONFIG] = api_test_config,
	[RPC_TEST_PATH] = path_test_call,
	[RPC_TEST_PEER] = peer_test_call,
	[RPC_CONFIG_REPLACE] = api_replace,
	[RPC_CONFIG_TEXT] = api_replace_text,
	[RPC_SHOW_STARTUP_CONFIG] = api_replace_show_startup,
	[RPC_CONFIG_REVERT] = api_rollback_revert,
	[RPC_CONFIG_CONFIRM] = api_rollback_confirm,
	[RPC_RELOAD] = api_reload,
	[RPC_RELOAD_CANCEL] = api_reload_cancel,
	[RPC_SHOW_RELOAD] = api_reload_show,
	[RPC_SHOW_ARCHIVE] = api_replace_archive,
	[RPC_SHOW_ROLLBACK] = api_rollback_show,
	[RPC_PKI_AUTHENTICATE] = api_pki_authenticate,
	[RPC_PKI_ENROLL] = api_pki_enroll,
	[RPC_PKI_IMPORT] = api_pki_import,
	[RPC_PKI_EXPORT] = api_pki_export,
	[RPC_PKI_CRL_REQUEST] = api_pki_crl_request,
	[RPC_KEY_GENERATE] = api_pki_generate,
	[RPC_KEY_ZEROIZE] = api_pki_zeroize,
	[RPC_SHOW_PKI_CERTIFICATES] = api_show_pki_certificates,
	[RPC_SHOW_PKI_TRUSTPOINTS] = api_show_pki_trustpoints,
	[RPC_SHOW_PKI_KEYS] = api_show_pki_keys,
	[RPC_PROBE_SEND] = api_probe_send,
	[RPC_PROBE_WAIT] = api_probe_wait,
	[RPC_TERMINAL_SET] = api_terminal_set,
	[RPC_HOSTNAME] = api_terminal_hostname,
	[RPC_ACCESS_SHOW] = api_access_show,
	[RPC_ACCESS_ENABLE] = api_access_enable,
	[RPC_ACCESS_DISABLE] = api_access_disable,
	[RPC_ACCESS_LOGIN] = api_access_login,
	[RPC_SHOW_DIAGNOSE] = api_show_diagnose,
	[RPC_DIAGNOSE_WATCH] = api_diagnose_watch,
	[RPC_CLEAR_DIAGNOSE] = api_diagnose_clear,
	[RPC_SHOW_USERS] = api_access_users,
	[RPC_KEYS_WATCH] = api_keys_watch,
	[RPC_CAPTURE_SET] = api_capture_set,
	[RPC_CAPTURE_START] = api_capture_start,
	[RPC_CAPTURE_STOP] = api_capture_stop,
	[RPC_CAPTURE_CLEAR] = api_capture_clear,
	[RPC_CAPTURE_REMOVE] = api_capture_remove,
	[RPC_SHOW_CAPTURE] = api_show_capture,
	[RPC_CAPTURE_PACKETS] = api_show_capture_packets,
};

api_call_fn api_methods_of(enum rpc_method method)
{
	return method < RPC_METHOD_COUNT ? methods[method] : NULL;
}

json_t *api_methods_call(struct api_call *call, enum rpc_method method)
{
	api_call_fn fn = api_methods_of(method);
	char why[128];
	json_t *result;

	if (!fn)
		return rpc_error(call->id, RPC_NO_METHOD, "no such method");
	if (call->client->privilege < rpc_schema_privilege(method)) {
		snprintf(why, sizeof(why), "privilege %u is needed for this: type enable",
			 rpc_schema_privilege(method));
		return rpc_error(call->id, RPC_DENIED, why);
	}
	if (rpc_schema_check_params(method, call->params, why, sizeof(why)) == -EINVAL)
		return rpc_error(call->id, RPC_INVALID_PARAMS, why);
	result = fn(call);
	if (result || call->deferred)
		api_log_done(call, method);
	if (result)
		return rpc_result(call->id, result);
	if (call->deferred)
		return NULL;
	if (call->code)
		return rpc_error(call->id, call->code, call->message);
	return rpc_error(call->id, RPC_FAILED, "out of memory");
}
