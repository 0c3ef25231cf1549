/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * LD_PRELOAD for Debian's User-Mode Linux 6.1, which saves the vector registers of its processes in
 * a buffer of 2696 bytes. A host processor with AMX has 11008 bytes of them and its kernel refuses
 * to restore fewer: this widens the buffer on the way.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	NT_X86_XSTATE = 0x202,
	XSTATE_BV = 512,      /* offset of the mask of states present */
	AMX_STATES = 3 << 17, /* tile configuration and tile data */
	BUFFER_BYTES = 64 * 1024,
};

static uint8_t buffer[BUFFER_BYTES] __attribute__((aligned(64)));
static size_t full_bytes; /* of the register set on this host */

static long call(long request, pid_t pid, uintptr_t address, uintptr_t data)
{
	return syscall(SYS_ptrace, request, pid, address, data);
}

static long get_registers(pid_t pid, struct iovec *wanted)
{
	struct iovec all = {.iov_base = buffer, .iov_len = sizeof(buffer)};
	long ret = call(PTRACE_GETREGSET, pid, NT_X86_XSTATE, (uintptr_t)&all);

	if (ret)
		return ret;
	full_bytes = all.iov_len;
	if (wanted->iov_len > full_bytes)
		wanted->iov_len = full_bytes;
	memcpy(wanted->iov_base, buffer, wanted->iov_len);
	return 0;
}

static long set_registers(pid_t pid, const struct iovec *given)
{
	struct iovec all = {.iov_base = buffer, .iov_len = sizeof(buffer)};
	uint64_t present;

	if (!full_bytes) {
		long ret = call(PTRACE_GETREGSET, pid, NT_X86_XSTATE, (uintptr_t)&all);

		if (ret)
			return ret;
		full_bytes = all.iov_len;
	}
	all.iov_len = full_bytes;
	memset(buffer, 0, full_bytes);
	memcpy(buffer, given->iov_base, given->iov_len < full_bytes ? given->iov_len : full_bytes);
	memcpy(&present, buffer + XSTATE_BV, sizeof(present));
	present &= ~(uint64_t)AMX_STATES;
	memcpy(buffer + XSTATE_BV, &present, sizeof(present));
	return call(PTRACE_SETREGSET, pid, NT_X86_XSTATE, (uintptr_t)&all);
}

long ptrace(enum __ptrace_request request, ...)
{
	uintptr_t address, data;
	va_list arguments;
	pid_t pid;
	long word, ret;

	va_start(arguments, request);
	pid = va_arg(arguments, int);
	address = (uintptr_t)va_arg(arguments, void *);
	data = (uintptr_t)va_arg(arguments, void *);
	va_end(arguments);

	if (request == PTRACE_GETREGSET && address == NT_X86_XSTATE)
		return get_registers(pid, (struct iovec *)data);
	if (request == PTRACE_SETREGSET && address == NT_X86_XSTATE)
		return set_registers(pid, (const struct iovec *)data);
	if (request != PTRACE_PEEKTEXT && request != PTRACE_PEEKDATA && request != PTRACE_PEEKUSER)
		return call(request, pid, address, data);
	/* the system call stores the word, the C library returns it */
	ret = call(request, pid, address, (uintptr_t)&word);
	if (ret < 0)
		return ret;
	errno = 0;
	return word;
}
