/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sandbox.h"

#include "lib/base/log.h"

#include <cap-ng.h>

#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

int sandbox_enter(void)
{
	const struct rlimit none = {0};
	const char *what = "capabilities";
	int err;

	capng_clear(CAPNG_SELECT_BOTH);
	err = capng_apply(CAPNG_SELECT_CAPS) < 0 ? -EPERM : 0;
	if (err == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		what = "no_new_privs";
		err = -errno;
	}
	if (err == 0 &&
	    (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)) {
		what = "core files";
		err = -errno;
	}
	if (err < 0)
		log_error("cannot give up %s: %s", what, strerror(-err));
	return err;
}
