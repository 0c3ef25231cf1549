/* SPDX-License-Identifier: BSD-3-Clause */
/* Messages of a capture into the negotiations they belong to. */
#pragma once

#include "controlplane/diagnose/capture.h"
#include "controlplane/ike/ike_msg.h"

/* A message of main or aggressive mode. */
void capture_talk_phase1(struct capture *c, struct capture_pair *pair,
			 const struct capture_packet *p, const struct ike_header *h);
/* Any other: informational, transaction, quick mode. */
void capture_talk_phase2(struct capture *c, struct capture_pair *pair,
			 const struct capture_packet *p, const struct ike_header *h);
