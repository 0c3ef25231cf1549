/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Informational messages on their way out (RFC 2409 5.7, RFC 3706). Nothing is stored or
 * repeated; failure of crypto is counted.
 */
#pragma once

#include "controlplane/ike/ike_sa.h"

#include <stddef.h>
#include <stdint.h>

/*
 * In clear, before there are keys: to a configured peer, one a second, and only when it is not
 * longer than the request.
 */
void info_send_refusal(struct ike_sa *sa, uint16_t type, size_t request_len);

/* Encrypted: a quick mode is refused; spi is the one the peer offered, 0 when unknown. */
void info_send_child_refusal(struct ike_sa *sa, uint16_t type, uint32_t spi);
/* R-U-THERE or its acknowledgement. The datagram that was sent is the caller's; NULL on failure. */
struct ike_datagram *info_send_dpd(struct ike_sa *sa, uint16_t type, uint32_t sequence);
/* R-U-THERE in a datagram of that size, whole: ike_engine_sized(). 0 or -EIO, which is counted. */
int must_check info_send_sized(struct ike_sa *sa, uint32_t sequence, size_t bytes);
/* RESPONDER-LIFETIME for the IKE SA itself (RFC 2407 4.6.3.1). */
void info_send_lifetime(struct ike_sa *sa);
void info_send_delete_ike(struct ike_sa *sa);
void info_send_delete_child(struct ike_sa *sa, uint32_t spi_in);
