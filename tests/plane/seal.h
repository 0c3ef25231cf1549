/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The hand of an attacker who has the keys: ESP packets with a valid ICV over any sequence number
 * and any decrypted text, padding and trailer included.
 */
#pragma once

#include "tests/plane/bed.h"

struct sealer;

/* For what site `from` sends on that SA. */
struct sealer *seal_create(const struct bed_sa *sa, unsigned from);
void seal_destroy(struct sealer *s);

/* text_len must be a multiple of the block. Returns the length of the IP packet in p. */
unsigned seal_text(struct sealer *s, uint64_t seq, const void *text, unsigned text_len,
		   struct bed_packet *p);
/* An inner packet with proper padding; next_header as given. */
unsigned seal_packet(struct sealer *s, uint64_t seq, const void *inner, unsigned len,
		     uint8_t next_header, struct bed_packet *p);
/* Bytes in front of the ESP header, of an IV, the block and the ICV of the SA. */
struct esp_shape seal_shape(const struct sealer *s);
