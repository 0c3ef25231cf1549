/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether packets are what they should be, judged with OpenSSL alone: a fast wrong answer must not
 * win.
 */
#pragma once

#include "app/bench_packets.h"

/*
 * Opens one ESP packet (m's data at its Ethernet header) and compares addresses, SPI, ICV, padding
 * and inner packet with its row. ttl is that of the inner packet.
 */
bool bench_verify_esp(const struct bench_packets *p, const struct rte_mbuf *m, uint8_t ttl);
/* One clear packet (m's data at its Ethernet header) against its row. */
bool bench_verify_clear(const struct bench_packets *p, const struct rte_mbuf *m, uint8_t ttl);
