/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A configuration comes into force at once, as on IOS: tunnels are derived anew, SAs that used
 * what was changed or removed are cleared with DELETE and no others, and the data plane gets the
 * difference.
 */
#pragma once

#include "controlplane/control.h"

/*
 * c->config has just been changed; before is what it was. 0, or -errno when it cannot be put in
 * force (more tunnels than there is room for): then nothing of c but c->config is different.
 */
int must_check reconfigure_apply(struct control *c, const struct config *before);
/*
 * Another configuration takes the place of c->config, as a whole; its members move. 0, or -errno as
 * above: then c is as it was, and next is still the caller's.
 */
int must_check reconfigure_replace(struct control *c, struct config *next);
/* What such an error means, as a sentence; NULL for -ENOMEM. */
const char *reconfigure_refusal(const struct control *c, int err, char *buf, size_t size);
/* Sends what the data plane does not have yet; sets c->program_dirty when memory was short. */
void reconfigure_program(struct control *c);
/* Routes follow tunnels and links. */
void reconfigure_routes(struct control *c);
