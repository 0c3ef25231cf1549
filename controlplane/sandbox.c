/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/sandbox.h"

#include "lib/base/log.h"

#include <cap-ng.h>
#include <seccomp.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

/*
 * An event loop over open descriptors, its threads, its memory, its end: no open, no exec. connect
 * and getsockname are for the only sockets it can make, those of RADIUS (allow_udp()).
 */
// clang-format off
static const int allowed[] = {
	SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(brk), SCMP_SYS(clock_gettime),
	SCMP_SYS(clock_nanosleep), SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(close),
	SCMP_SYS(connect), SCMP_SYS(getsockname),
	SCMP_SYS(epoll_create1), SCMP_SYS(epoll_ctl), SCMP_SYS(epoll_pwait),
	SCMP_SYS(epoll_wait), SCMP_SYS(eventfd2), SCMP_SYS(exit), SCMP_SYS(exit_group),
	SCMP_SYS(fcntl), SCMP_SYS(fstat), SCMP_SYS(futex), SCMP_SYS(getegid), SCMP_SYS(geteuid),
	SCMP_SYS(getpid), SCMP_SYS(getrandom), SCMP_SYS(getsockopt), SCMP_SYS(gettid),
	SCMP_SYS(gettimeofday), SCMP_SYS(ioctl), SCMP_SYS(madvise), SCMP_SYS(mmap),
	SCMP_SYS(mprotect), SCMP_SYS(mremap), SCMP_SYS(munmap), SCMP_SYS(nanosleep),
	SCMP_SYS(newfstatat), SCMP_SYS(pipe2), SCMP_SYS(poll), SCMP_SYS(ppoll),
	SCMP_SYS(prlimit64), SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(recvfrom),
	SCMP_SYS(recvmsg), SCMP_SYS(restart_syscall), SCMP_SYS(rseq), SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield), SCMP_SYS(sendmsg), SCMP_SYS(sendto), SCMP_SYS(set_robust_list),
	SCMP_SYS(shutdown), SCMP_SYS(sigaltstack), SCMP_SYS(tgkill), SCMP_SYS(unlink),
	SCMP_SYS(write), SCMP_SYS(writev),
};
// clang-format on

static int give_up_capabilities(void)
{
	capng_clear(CAPNG_SELECT_BOTH);
	return capng_apply(CAPNG_SELECT_CAPS) < 0 ? -EPERM : 0;
}

static int forbid_new_privileges(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

/* A core file would hold pre-shared keys; nor may another process of this user read the memory. */
static int forbid_core_files(void)
{
	const struct rlimit none = {0};

	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
		return -errno;
	return 0;
}

/* UDP over IPv4 and nothing else; the type may have flags. */
static int allow_udp(scmp_filter_ctx filter)
{
	const uint64_t type = (uint64_t) ~(SOCK_CLOEXEC | SOCK_NONBLOCK) & UINT32_MAX;

	return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2,
				SCMP_A0(SCMP_CMP_EQ, AF_INET),
				SCMP_A1(SCMP_CMP_MASKED_EQ, type, SOCK_DGRAM));
}

/* A call that is not on the list fails with EPERM: an oversight here must not kill the tunnels. */
static int filter_system_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err = filter ? 0 : -ENOMEM;

	for (size_t i = 0; err == 0 && i < array_len(allowed); i++)
		err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (err == 0)
		err = allow_udp(filter);
	if (err == 0)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}

int sandbox_enter(void)
{
	static const struct {
		const char *what;
		int (*enter)(void);
		bool with_sanitizers; /* whose reports need the memory map and a tracer */
	} steps[] = {
		{"give up capabilities", give_up_capabilities, true},
		{"forbid new privileges", forbid_new_privileges, true},
		{"forbid core files", forbid_core_files, false},
		{"filter system calls", filter_system_calls, false},
	};

	for (size_t i = 0; i < array_len(steps); i++) {
		int err = SANDBOX_SANITIZED && !steps[i].with_sanitizers ? 0 : steps[i].enter();

		if (err < 0) {
			log_error("cannot %s: %s", steps[i].what, strerror(-err));
			return err;
		}
	}
	return 0;
}
