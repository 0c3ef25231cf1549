/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Commands in the words of the box. Rules write those of a router; an ASA or a PIX has a line of
 * its own for many of them, and calls its interfaces by the names that `nameif` gave them.
 */
#pragma once

#include "controlplane/diagnose/diagnose.h"

/*
 * Puts the command of d, filled in, and the interfaces of its sentence into the words of the
 * dialect of config. What is for the other end stays as it is: nobody knows here what box that is.
 */
void diagnose_dialect(const struct config *config, struct diagnosis *d);
