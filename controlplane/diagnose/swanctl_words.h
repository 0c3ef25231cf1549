/* SPDX-License-Identifier: BSD-3-Clause */
/* Words of swanctl.conf in those of a router: proposals, traffic selectors, times. */
#pragma once

#include "controlplane/diagnose/swanctl_parse.h"
#include "lib/base/fault.h"
#include "lib/net/addr.h"

#include <stdbool.h>
#include <stddef.h>

/* "aes256-sha256-modp2048": NULL and 0 for what is not there. */
struct swanctl_proposal {
	const char *ike;  /* "aes 256" */
	const char *hash; /* "sha256" */
	const char *esp;  /* "esp-aes 256" */
	const char *hmac; /* "esp-sha256-hmac" */
	unsigned group;
	bool esn;
};

/* 0; or -EINVAL with a note when it has a word that IKEv1 here does not know. */
int must_check swanctl_words_proposal(struct swanctl_proposal *p, const struct swanctl_word *word,
				      struct fault_list *faults);
/* "4h", "60m", "3600s", "3600"; 0 = none. */
unsigned swanctl_words_seconds(const struct swanctl_word *word);
/*
 * "permit tcp ...": a line of an access list from two selectors ("10.1.0.0/16[tcp/80]", "dynamic":
 * the end itself, any when that is not known). 0 or -EINVAL.
 */
int must_check swanctl_words_selector(char *buf, size_t size, const struct swanctl_word *from,
				      const struct addr *local, const struct swanctl_word *to,
				      const struct addr *remote);
