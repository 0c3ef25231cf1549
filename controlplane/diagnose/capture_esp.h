/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * ESP of a capture, as far as it shows without keys: who sends how much, and sequence numbers that
 * come again or late. And whether NAT-D payloads name the addresses that are on the packets.
 */
#pragma once

#include "controlplane/diagnose/capture.h"
#include "controlplane/ike/ike_msg.h"

/* A packet of ESP between the ends of a pair, from that side. */
void capture_esp_add(struct capture *c, struct capture_pair *pair, enum capture_side from,
		     const struct capture_packet *p);
/* What has been counted, from one end's view: a pair of SAs for all there are. False: no ESP. */
bool capture_esp_view(const struct capture *c, const struct capture_pair *pair,
		      enum capture_side side, struct evidence_sa *sa);
/* prim_init() has been called. */
void capture_esp_natd(struct capture_talk *t, const struct ike_msg *msg,
		      const struct capture_packet *p, enum capture_side from);
