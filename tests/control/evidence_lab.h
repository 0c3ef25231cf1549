/* SPDX-License-Identifier: BSD-3-Clause */
/* Two ends, of which end a remembers what it has seen of its peer and of strangers. */
#pragma once

#include "controlplane/evidence_book.h"
#include "tests/control/bench.h"

enum {
	EVIDENCE_LAB_PEER = 0x0a000002, /* named by the configuration of end a */
	EVIDENCE_LAB_STRANGER = 0x0b000001,
};

extern struct bench bench;

int evidence_lab_setup(void **state);
int evidence_lab_teardown(void **state);
struct evidence_book *evidence_lab_book(void);
/* From end a to there. */
struct ike_path evidence_lab_path(uint32_t remote);
