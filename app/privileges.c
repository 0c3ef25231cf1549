/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/privileges.h"

#include "lib/base/log.h"

#include <cap-ng.h>

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The run directory is root's and its files are too, so no right over the files of others. */
static const unsigned always[] = {
	CAP_NET_RAW,   /* af_packet sockets */
	CAP_IPC_LOCK,  /* and their rings, which stay in memory */
	CAP_NET_ADMIN, /* taps, promiscuous mode, XDP */
	CAP_SETUID,    /* culvert-iked is started again */
	CAP_SETGID,    CAP_KILL,
};

/* User-space drivers: registers, memory that stays where it is, physical addresses. */
static const unsigned for_pci[] = {CAP_SYS_RAWIO, CAP_SYS_ADMIN, CAP_DAC_OVERRIDE};
static const unsigned for_xdp[] = {CAP_SYS_ADMIN, CAP_SYS_RESOURCE};
static const unsigned for_foreign_files[] = {CAP_DAC_OVERRIDE};

int privileges_check(struct privileges *p)
{
	const struct passwd *user;

	if (geteuid() != 0) {
		log_error("culvertd opens network devices and starts culvert-iked as another user: "
			  "start it as root");
		return -EPERM;
	}
	user = getpwnam(PRIVILEGES_USER);
	if (!user) {
		log_error("the user " PRIVILEGES_USER " of culvert-iked does not exist: useradd "
			  "--system --no-create-home --shell /usr/sbin/nologin " PRIVILEGES_USER);
		return -ENOENT;
	}
	*p = (struct privileges){.uid = user->pw_uid, .gid = user->pw_gid};
	return 0;
}

/* What we were given; a container may have kept some of it back. */
static uint64_t capabilities_given(void)
{
	uint64_t given = 0;

	if (capng_get_caps_process())
		return 0;
	for (unsigned c = 0; c <= CAP_LAST_CAP; c++)
		if (capng_have_capability(CAPNG_PERMITTED, c))
			given |= 1ull << c;
	return given;
}

/* What is needed and not given is missed by whoever needs it, with a sentence of his own. */
static void keep(uint64_t given, const unsigned *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (given >> list[i] & 1)
			capng_update(CAPNG_ADD,
				     CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
				     list[i]);
}

static bool has_device(const struct config *config, enum config_device device)
{
	for (size_t i = 0; i < config->n_interfaces; i++)
		if (config->interfaces[i].device == device)
			return true;
	return false;
}

/* Whether root without capabilities gets to the folder of path, and may change it. */
static bool is_roots(const char *path)
{
	char folder[PATH_MAX];
	bool last = true;
	struct stat st;

	snprintf(folder, sizeof(folder), "%s", path);
	do {
		char *slash = strrchr(folder, '/');

		if (!slash)
			return false;
		slash[slash == folder ? 1 : 0] = '\0';
		if (stat(folder, &st) || (st.st_uid != 0 && (last || !(st.st_mode & S_IXOTH))))
			return false;
		last = false;
	} while (folder[1]);
	return stat(path, &st) == 0 && st.st_uid == 0;
}

/*
 * Keys of SAs are in our memory: no core file, and nobody looks into it. A sanitizer has to, when
 * it reports.
 */
static int hide_memory(void)
{
	const struct rlimit none = {0};

	if (PRIVILEGES_SANITIZED)
		return 0;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && setrlimit(RLIMIT_CORE, &none) == 0)
		return 0;
	log_error("cannot keep keys out of core files: %s", strerror(errno));
	return -errno;
}

int privileges_reduce(const struct config *config, const char *config_path, const char *run_dir)
{
	uint64_t given = capabilities_given();
	int err = hide_memory();

	if (err)
		return err;

	capng_clear(CAPNG_SELECT_BOTH);
	keep(given, always, array_len(always));
	if (has_device(config, CONFIG_DEVICE_PCI))
		keep(given, for_pci, array_len(for_pci));
	if (has_device(config, CONFIG_DEVICE_AF_XDP))
		keep(given, for_xdp, array_len(for_xdp));
	if (!is_roots(config_path) || !is_roots(run_dir))
		keep(given, for_foreign_files, array_len(for_foreign_files));
	if (capng_apply(CAPNG_SELECT_BOTH)) {
		log_error(
			"cannot give up the capabilities that are not needed: start culvertd with "
			"CAP_NET_RAW, CAP_NET_ADMIN, CAP_SETUID, CAP_SETGID, CAP_SETPCAP and "
			"CAP_KILL");
		return -EPERM;
	}
	return 0;
}

int privileges_become(const struct privileges *p)
{
	if (setgroups(0, NULL) || setresgid(p->gid, p->gid, p->gid) ||
	    setresuid(p->uid, p->uid, p->uid) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return 0;
}
