/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/access.h"

#include "lib/rpc/rpc_schema.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	GROUPS_MAX = 1024, /* of one process; who has more is refused */
};

static int add(struct access *a, const struct passwd *entry)
{
	struct access_user *user;

	/* cut, it could be the name of somebody else */
	if (strlen(entry->pw_name) >= sizeof(user->name))
		return 0;
	user = reallocarray(a->users, a->n + 1, sizeof(*user));
	if (!user)
		return -ENOMEM;
	a->users = user;
	user += a->n++;
	*user = (struct access_user){.uid = entry->pw_uid};
	memcpy(user->name, entry->pw_name, strlen(entry->pw_name));
	return 0;
}

int access_init(struct access *a)
{
	const struct passwd *entry;
	int err = 0;

	*a = (struct access){0};
	setpwent();
	while (err == 0 && a->n < ACCESS_USERS_MAX && (entry = getpwent()) != NULL)
		err = add(a, entry);
	endpwent();
	return err;
}

void access_fini(struct access *a)
{
	free(a->users);
	*a = (struct access){0};
}

void access_name(const struct access *a, uint32_t uid, char name[static ACCESS_NAME])
{
	for (size_t i = 0; i < a->n; i++)
		if (a->users[i].uid == uid) {
			memcpy(name, a->users[i].name, ACCESS_NAME);
			return;
		}
	snprintf(name, ACCESS_NAME, "uid %u", uid);
}

static bool asks_for_passwords(const struct config *config)
{
	bool asks = config->enable_secret[0] != '\0';

	for (size_t i = 0; i < config->remote.n_users; i++)
		asks |= config->remote.users[i].privilege != CONFIG_PRIVILEGE_USER;
	return asks;
}

unsigned access_granted(const struct config *config, uint32_t uid, const char *name)
{
	const struct config_user *user = config_remote_user(&config->remote, name);

	if (uid == 0 || uid == geteuid())
		return RPC_PRIVILEGE_ALL;
	if (user)
		return user->privilege;
	return asks_for_passwords(config) ? RPC_PRIVILEGE_USER : RPC_PRIVILEGE_ALL;
}

/* Whoever is in our group, by its own or by a supplementary group as operators are. */
static bool in_our_group(int fd)
{
	gid_t groups[GROUPS_MAX];
	socklen_t len = sizeof(groups);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return false;
	for (size_t i = 0; i < len / sizeof(*groups); i++) {
		if (groups[i] == getegid())
			return true;
	}
	return false;
}

bool access_allowed(int fd, uint32_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	*uid = cred.uid;
	return cred.uid == 0 || cred.uid == geteuid() || cred.gid == getegid() || in_our_group(fd);
}
