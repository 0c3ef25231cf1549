/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which tunnels that are up now would end with another configuration, and why: told before
 * anything happens, by the rules that reconfigure.c follows when it does.
 */
#pragma once

#include "controlplane/control.h"

#include <stddef.h>

enum fate_kind {
	FATE_STAYS,
	FATE_GONE,    /* no line of the configuration has it any more */
	FATE_CHANGED, /* peers, transforms, address or options are others */
	FATE_KEY,     /* the pre-shared key of its peer is another one */
	FATE_PEER,    /* nothing is to be had with its peer any more */
	FATE_ADMIT,   /* its peer may not have it any more: profile, identity or group */
	FATE_COUNT,
};

struct fate_row {
	const struct tunnel *tunnel; /* of c */
	struct addr peer;	     /* NONE when it is not known */
	enum fate_kind kind;
};

struct fate {
	struct fate_row *rows; /* owned; in the order of `show`, dynamic ones last */
	size_t n;
	size_t n_up; /* tunnels that are up now */
};

/* 0; -ENOMEM, or -ENOSPC and -EOVERFLOW when it could not be put in force; *f is empty then. */
int must_check fate_foresee(struct fate *f, const struct control *c, const struct config *next);
void fate_fini(struct fate *f);
/* "the pre-shared key is another one" */
const char *fate_text(enum fate_kind kind);
/*
 * What is agreed with a peer when `before` and its tunnels `old` have become those of c: stays, or
 * ends for its key or as a peer.
 */
enum fate_kind fate_of_peer(const struct control *c, const struct config *before,
			    const struct tunnels *old, const struct ike_path *path);
