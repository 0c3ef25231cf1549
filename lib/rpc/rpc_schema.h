/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * THE CONTRACT between control plane and clients: every method, its parameters and the fields of
 * its result. Numbers are JSON integers, addresses and prefixes are text, times are seconds, byte
 * counts are bytes unless the field says kb. A field that does not apply is absent, never null. The
 * shell renders these objects; `| json` prints them as they are. METHOD(ID, "name") in
 * rpc_methods.def.
 *
 * show.isakmp_sa {"detail"?:bool: of the shell}
 *   {"sas":[{"conn_id","dst","src","local","remote","state","role":"initiator|responder","status":
 *    "ACTIVE"|"ACTIVE (deleted)","slot":0,"cipher","hash","auth":"psk","group","lifetime_s",
 *    "remaining_s","nat":"none|local|remote|both","local_port","remote_port","dpd":bool,"created":
 *    quick modes done,"pending": in progress,"cookie_i","cookie_r" (hex),"age_s","aggressive":
 *    bool,"asa_state","type":"L2L|user","rekey": the other SA of the peer carries, while phase 1
 *    is renewed,"client_group"?,"user"?}]}   state is the IOS name (show-formats 2.1)
 * show.ipsec_sa {"peer"?:A,"map"?:M,"interface"?:NAME,"spi"?:N,"detail"?:bool,"view"?: of the
 *   shell: which part it prints}
 *   {"interfaces":[{"interface","map","local_addr","blocks":[{
 *     "sequence","acl","acl_line" (text),"local_ident":{"addr","mask","prot","port"},
 * "remote_ident":{...},"current_peer","current_port","client_address"?,"flags":"origin_is_acl,",
 *     "encaps","encrypt","digest","decaps","decrypt","verify","compressed":0,...,"send_errors",
 *     "recv_errors","pre_frag","fragments","pmtus_sent","pmtus_rcvd","frags_needing_reassembly",
 *     "errors":{"no_sa_send","encaps_failed","decaps_failed","verify_failed","invalid_identity",
 *     "invalid_len","invalid_prot","replay_failed"},
 *     "local_endpt","remote_endpt","local_endpt_port","remote_endpt_port" (0: not in UDP),
 *     "path_mtu","media_mtu","overhead","current_outbound_spi",
 *     "current_inbound_spi","pfs":bool,"inbound_esp":[SA],"outbound_esp":[SA]}]}]}
 *   SA: {"spi","transform","settings":"Tunnel, "|"Tunnel UDP-Encaps, ","lane" (of parallel SAs:
 *        "worker N" or "class NAME", else ""),"slot":0,"conn_id","flow_id","map",
 *        "remaining_kb","remaining_s","iv_bytes","replay":bool,"replay_window","bitmap" (hex),
 *        "status":"ACTIVE","packets","bytes","seq","type":"L2L|RA","nat_t":bool,"transport":bool,
 *        "pair_conn_id": the same of both directions,
 *        inbound only: "replay_late","replay_seen","auth_failed","policy_failed","other_failed",
 *        "diagnosis"?:[text],"reorder"?:{...} (with detail)}
 *   reorder: {"most" (farthest below the highest, accepted),"late_most" (late and verified),
 *     "late_verified","late_forged","late_unchecked","rollover","accepted":[n],"seen":[n],
 *     "late":[n],"late_after":[n],"seen_after":[n]}   histograms without their trailing zeros:
 *     accepted and seen by distance 1, 2-3, 4-7, ..., late by 64-127, 128-255, ..., those after by
 *     milliseconds <1, <4, <16, ...
 *   Counters of a block are those of all SAs it ever had until cleared (R073).
 * show.engine_connections {"view"?: of the shell}
 *   {"connections":[{"id","type":"IKE|IPsec","interface","address","algorithm","encrypt","decrypt",
 *    "last_seq"}]}
 * show.running_config {"section"?: words its lines begin with,"all"?:bool}
 *   {"text"}   in the dialect of the connection, secrets masked
 * show.ip_route {}
 *   {"routes":[{"code":"C|L|S|S*","prefix","next_hop"?,"interface"?,"distance","metric":0,
 *    "rri":bool,"tag"?,"address"? (ours, in a connected network)}],"gateway"?:A}
 * show.interface {"interface"?:NAME}
 *   {"interfaces":[{"name","device","mac","admin_up","link_up","address"?,"prefix_len"?,"mtu",
 *    "crypto_map"?,"speed_mbps","queues","rx_packets","rx_bytes","tx_packets","tx_bytes",
 *    "rx_drops","tx_drops","missed","description"?,"adjust_mss"?,"bandwidth_kbps"?,
 *    "service_policy"?,"vlan"?,"native"?}]}
 * show.arp {}
 *   {"entries":[{"address","mac"?,"interface","age_s","state":"reachable|incomplete"}]}
 * show.drops {}
 *   {"drops":[{"name","text","count"}],"total"}   workers and main thread, in table order
 * show.version {}
 *   {"version","git","built","dpdk","ipsec_mb","openssl","hostname","uptime_s","boot_reason",
 *    "interfaces":[{"name","mac"}],"interfaces_max",
 *    "workers","worker_cores":[n],"memory_mb","hugepages":bool,"restarts": of culvert-iked}
 * show.access_list {"name"?:N}
 *   {"lists":[{"name","standard":bool,"lines":[{"sequence","text" ("permit ip ..."),"matches"}],
 *    "dynamic"?:true}]}
 * show.debug {}                {"topics":["isakmp",...],"levels":{TOPIC:1..255}}
 * show.debug_condition {}      {"conditions":[{"kind","value"}]}   of this client
 * show.processes {}
 *   {"workers":[{"worker","core"?,"busy_percent","packets_per_burst","cycles_per_packet",
 *    "stalls","stalled_ms"?}]}
 * show.logging {}              the log buffer, oldest first, in the dialect of the client
 *   {"lines":[text],"enabled","buffered":LEVEL,"console":LEVEL,"monitor":LEVEL,"trap":LEVEL,
 *    "facility","buffer_bytes","hosts":[{"address","port"}],"suppressed"}
 * show.isakmp_policy {}         with the default, 65535
 *   {"policies":[{"priority","cipher","hash","auth","group","lifetime_s"}]}
 * show.isakmp_key {}
 *   {"keys":[{"peer": prefix or name,"kind":"address|hostname","no_xauth":bool}]}
 * show.crypto_session {"type"?:"L2L|user"}   every peer: those with SAs, and those wanted
 *   {"sessions":[{"interface","peer","port","type":"L2L|user",
 *    "status":"UP-ACTIVE|UP-NO-IKE|UP-IDLE|DOWN-NEGOTIATING|DOWN","uptime_s","user"?,"group"?,
 *    "address"?,"ike_cipher"?,"ike_hash"?,
 *    "ike":[{"local","local_port","remote","remote_port","state","conn_id","up":bool,"dpd":bool,
 *     "nat":"N|","remaining_s"}],
 *    "flows":[{"protocol","local_ident":{"addr","mask"},"remote_ident":{...},"active_sas","origin":
 *     "crypto map|dynamic crypto map","in_packets","in_bytes","in_drops","out_packets","out_bytes",
 *     "out_drops","in_kb"?,"out_kb"?,"remaining_s"?,"transform"?}]}]}
 * show.capacity {}
 *   {"resources":[{"name":"tunnels|ipsec_sa_pairs|pool_addresses","limit","used"}]}
 * show.lifetime {}              {"seconds","kilobytes"}   of phase 2, where an entry says nothing
 * show.admission {}
 *   {"ike_sas","in_negotiation","quick_modes","refused_half_open","refused_quick_modes"}
 * show.transform_set {}        {"sets":[{"name","transform","mode"}]}
 * show.crypto_map {"name"?:M,"interface"?:NAME}
 *   {"maps":[{"name","interfaces":[..],"entries":[{"sequence","acl","peers":[..],"current_peer"?,
 *    "sets":[..],"pfs_group"?,"lifetime_s","lifetime_kb","complete":bool,"reverse_route"?:true,
 *    "dynamic"?: the dynamic map it refers to; of a temporary entry "template",
 *    "template_sequence","acl_line"}]}]}
 * show.dynamic_map {"name"?:N}  {"maps":[{"name","entries":[as above]}]}
 * show.class_map {"name"?:N}
 *   {"classes":[{"name","match":"all|any","description"?,"matches":["dscp ef (46)",...]}]}
 * show.policy_map {"name"?:N}
 *   {"policies":[{"name","description"?,"classes":[{"name",ACTIONS}]}]}
 *   ACTIONS: "priority"?:RATE,"priority_burst"?,"bandwidth"?:RATE,"shape"?:RATE,"police"?:RATE,
 *     "police_burst"?,"exceed"?:"drop|transmit|set-dscp-transmit V" (with police),"set_dscp"?,
 *     "fair":bool,"queue_limit"?,"service_policy"?
 *   RATE: {"kind":"full|bps|percent|remaining","value"}
 * show.sessions {}             remote access clients, the oldest first
 *   {"sessions":[{"interface","user" ("" without XAUTH),"group","address"?,"peer","port","local",
 *    "local_port","uptime_s","idle_s","idle_limit_s","limit_s" (0 = none),"in_packets","in_bytes",
 *    "out_packets","out_bytes"}]}
 * show.pools {}                {"ranges":[{"pool","low","high","free","used"}]}
 * show.aaa_servers {}
 *   {"servers":[{"name","address","auth_port","acct_port","dead":bool,"requests","answers",
 *    "timeouts"}],"waiting","lost": accounting records given up,"held": logins refused unasked}
 * show.aaa_lockout {}          local users locked by `aaa local authentication attempts`
 *   {"users":[{"user","locked_s": for so long}]}
 * clear.session {"user":NAME}  {"cleared": sessions}
 * clear.aaa_lockout {"user"?:NAME}  {"cleared": users}
 * show.policy_interface {"interface"?:NAME}
 *   {"attachments":[{"interface","policy","tunnel"?:{"map","sequence","acl","acl_line",
 *    "peer"},"service_policy"?: the one inside,"shape_bps"?: around it,"link_bps","base_bps": what
 *    percentages of the classes are of,"link_assumed": percentages are of a speed nobody knows,
 *    "classes":[{"name","match","matches","lane",ACTIONS,
 *    "priority_bps"?,"bandwidth_bps"?,"shape_bps"?,"police_bps"?,"packets","bytes","offered_bps",
 *    "drop_bps","queue_limit","queued","queued_most","drops","sent_packets","sent_bytes",
 *    "conform_packets","conform_bytes","exceed_packets","exceed_bytes",
 *    "advice"?: what to type}]}]}
 * clear.isakmp {"conn_id"?:N,"peer"?:A}  {"cleared":N}
 * clear.sa {"peer"?:A | "map"?:M | "spi"?:N,"to"?: its destination}   {"cleared":N}
 * clear.counters {}            {}      SA, drop, ACL and class counters
 * clear.arp {}                 {}
 * debug.set {"topic":"isakmp|ipsec|engine|icmp|all","on":bool,"level"?:1..255}   as show.debug
 *   then notifications debug.line {"topic","text"} and log.line {"text"} to that client
 * debug.condition {"kind":"peer|group|username|connid|spi|all","value"?,"on":bool}
 *   {"conditions":[...]}   lines of this client must meet one of each kind that is set
 * config.enter {}              {"prompt":"(config)"}       one cursor a connection
 * config.line {"text"}
 *   {"prompt","faults":[{"kind":"error|warning|note","column","text"}],"changed":bool}
 * config.leave {}              {"faults":[...]}   as in config.line: what is wrong with the whole
 *                              configuration now and was not at config.enter
 * config.save {}               {"path","bytes"}
 * pki.authenticate {"trustpoint","pem"}           {"subject","sha1","sha256"}   loads a CA
 * pki.enroll {"trustpoint"}    {"pem"}   PKCS #10
 * pki.import {"trustpoint","pem" | "pkcs12" (hex),"password"?}   {"subject","sha256"}
 *   our certificate, the CAs behind it, and the private key when it is among them
 * pki.export {"trustpoint","password"?}   {"ca":[pem],"certificate":[pem],"key"? (with a password)}
 * pki.crl_request {}           {}      the directory of keys is read again
 * key.generate {"kind":"rsa|ec","bits","label"?}   {"label","bits"}
 * key.zeroize {"label"?}       {"label"}
 * show.pki_certificates {"trustpoint"?}
 * {"certificates":[{"trustpoint","ca":bool,"subject","issuer","serial","key","sha1","sha256",
 *    "sans","crl_url","not_before","not_after" (seconds since 1970),"weak":bool}]}
 * show.pki_trustpoints {}
 *   {"trustpoints":[{"name","enrollment","revocation":"none|crl|crl none","key","has_key":bool}]}
 * show.pki_keys {}             {"keys":[{"label","kind":"rsa|ec","bits","public" (hex)}]}
 * clear.logging {}             {}
 * terminal.monitor {"on":bool} {"monitor"}   log.line of every event, without debug too
 * probe.send {"target":A,"source"?: an address of ours,"interface"?: whose address is the source,
 *   "size"?:28..18024 (of the IP datagram),"df"?:bool,"tos"?,"ttl"?,"pattern"?: 16 bits,"port"?: UDP
 *   to it instead of an ICMP echo,"timeout_ms"?}
 *   {"probe":N,"source"?: where one was given}   one packet of ping or traceroute; 0: too many are
 *   under way, ask again later
 * probe.wait {"probe":N,"wait_ms"?: at most 1000}
 *   {"done":false}, or once {"done":true,"outcome":"reply|timeout|too_big|unreachable|
 *    time_exceeded|quench|other|no_route|no_source|failed","from"?,"rtt_us"?,"bytes"?,"mtu"? (of
 *    too_big),"code"? (ICMP),"same"? (the data of a reply are those sent),"ttl"?}
 * terminal.set {"dialect"?:"ios|asa|pix"}
 *   {"dialect"}   how this connection writes and reads configuration, and its debug and log lines;
 *   a new connection has the default of the configuration. Other results are the same in all.
 * hostname {}                  {"hostname","dialect"}
 */
#pragma once

enum rpc_method {
#define METHOD(id, name) RPC_##id,
#include "lib/rpc/rpc_methods.def"
#undef METHOD
	RPC_METHOD_COUNT,
};

/* The name on the wire, and back; RPC_METHOD_COUNT when there is none. */
const char *rpc_schema_name(enum rpc_method method);
enum rpc_method rpc_schema_find(const char *name);
