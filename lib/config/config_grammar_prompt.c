/* SPDX-License-Identifier: BSD-3-Clause */
/* What stands between the host name and '#' in each mode. */
#include "lib/config/config_grammar.h"

#include <string.h>

static const char *const prompts[CONFIG_MODE_COUNT] = {
	[CONFIG_MODE_GLOBAL] = "(config)",
	[CONFIG_MODE_PLATFORM] = "(config-platform)",
	[CONFIG_MODE_INTERFACE] = "(config-if)",
	[CONFIG_MODE_OBJECT] = "(config-network-object)",
	[CONFIG_MODE_GROUP_NETWORK] = "(config-network-object-group)",
	[CONFIG_MODE_GROUP_SERVICE] = "(config-service-object-group)",
	[CONFIG_MODE_GROUP_PROTOCOL] = "(config-protocol-object-group)",
	[CONFIG_MODE_GROUP_ICMP] = "(config-icmp-object-group)",
	[CONFIG_MODE_ACL] = "(config-ext-nacl)",
	[CONFIG_MODE_ACL_STANDARD] = "(config-std-nacl)",
	[CONFIG_MODE_ISAKMP_POLICY] = "(config-isakmp)",
	[CONFIG_MODE_TRANSFORM_SET] = "(cfg-crypto-trans)",
	[CONFIG_MODE_ISAKMP_PEER] = "(config-isakmp-peer)",
	[CONFIG_MODE_PROFILE] = "(conf-isa-prof)",
	[CONFIG_MODE_IDENTITY] = "(config-crypto-identity)",
	[CONFIG_MODE_CERT_MAP] = "(ca-certificate-map)",
	[CONFIG_MODE_ISAKMP_GROUP] = "(config-isakmp-group)",
	[CONFIG_MODE_RADIUS_SERVER] = "(config-radius-server)",
	[CONFIG_MODE_TUNNEL_IPSEC] = "(config-tunnel-ipsec)",
	[CONFIG_MODE_TUNNEL_GENERAL] = "(config-tunnel-general)",
	[CONFIG_MODE_GROUP_POLICY] = "(config-group-policy)",
	[CONFIG_MODE_USERNAME] = "(config-username)",
	[CONFIG_MODE_AAA_GROUP] = "(config-aaa-server-group)",
	[CONFIG_MODE_AAA_HOST] = "(config-aaa-server-host)",
	[CONFIG_MODE_CRYPTO_MAP] = "(config-crypto-map)",
	[CONFIG_MODE_TRUSTPOINT] = "(ca-trustpoint)",
	[CONFIG_MODE_CERT_CHAIN] = "(config-cert-chain)",
	[CONFIG_MODE_CERT_DATA] = "(config-pubkey)",
	[CONFIG_MODE_CLASS_MAP] = "(config-cmap)",
	[CONFIG_MODE_POLICY_MAP] = "(config-pmap)",
	[CONFIG_MODE_POLICY_CLASS] = "(config-pmap-c)",
	[CONFIG_MODE_LINE] = "(config-line)",
	[CONFIG_MODE_ARCHIVE] = "(config-archive)",
	[CONFIG_MODE_OUT] = "(config-out)",
};

const char *config_grammar_prompt(enum config_mode mode)
{
	return (unsigned)mode < CONFIG_MODE_COUNT ? prompts[mode] : "";
}

enum config_mode config_grammar_mode_of_prompt(const char *prompt)
{
	enum config_mode mode = CONFIG_MODE_GLOBAL;

	while (mode < CONFIG_MODE_COUNT && strcmp(prompts[mode], prompt) != 0)
		mode++;
	return mode;
}
