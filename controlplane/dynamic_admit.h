/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether a peer may have the proxies it asks for from an entry of a dynamic map. Nobody said
 * beforehand what is behind it, so what it may not do is take traffic that is not its own.
 */
#pragma once

#include "controlplane/control.h"

enum {
	DYNAMIC_ADMIT_PREFIX_MIN = 8, /* of the network behind a peer, without an access list */
};

/* What two selectors both select. */
bool dynamic_admit_meet(const struct selector *a, const struct selector *b);
/* NULL, or a sentence that says why not. Does not look at other dynamic tunnels. */
const char *dynamic_admit_refusal(const struct control *c, const struct tunnel *template,
				  const struct ike_path *path, const struct selector *offered);
/* Whether the offer fits what a template, or a tunnel made from one, wants of this peer. */
bool dynamic_admit_fits(const struct ike_fit *fit, const struct tunnel *t,
			const struct ike_path *path);
/*
 * The first template that has nothing against it and that the offer fits, or else the first of
 * those without the latter; *why: what the last one had, *asked: which one, NULL = none.
 */
const struct tunnels_template *dynamic_admit_choose(const struct control *c,
						    const struct ike_path *path,
						    const struct selector *offered,
						    const struct ike_fit *fit,
						    const struct tunnel **asked, const char **why);
