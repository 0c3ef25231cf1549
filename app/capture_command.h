/* SPDX-License-Identifier: BSD-3-Clause */
/* `culvert diagnose CAPTURE [key K] [keys FILE] [json]`: no culvertd is asked, no configuration is
 * read. */
#pragma once

/* argv[0] is "diagnose". The status to exit with: 0, 1 cannot be read, 2 usage. A key is wiped out
 * of argv. */
int capture_command_run(int argc, char **argv);
