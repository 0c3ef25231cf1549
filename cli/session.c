/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/session.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	ANSWER_TIMEOUT_S = 60
};

static void explain_connect(struct session *s, const char *path, int error)
{
	if (error == EACCES || error == EPERM)
		snprintf(s->error, sizeof(s->error),
			 "No permission to open %s: you have to be root or in the group of "
			 "culvert-iked (adduser NAME culvert, then log in again).",
			 path);
	else if (error == ENOENT || error == ECONNREFUSED)
		snprintf(s->error, sizeof(s->error),
			 "culvertd is not running in %s: start it with `culvertd --config FILE "
			 "--run-dir %s`, or name its directory with --run-dir.",
			 s->run_dir, s->run_dir);
	else
		snprintf(s->error, sizeof(s->error), "Cannot open %s: %s.", path, strerror(error));
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, error;

	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

static int open_again(struct session *s)
{
	/* A control plane that hangs must not hang the operator with it. */
	struct timeval limit = {.tv_sec = ANSWER_TIMEOUT_S};
	char path[sizeof(s->run_dir) + 16];
	int fd;

	snprintf(path, sizeof(path), "%s/api.sock", s->run_dir);
	fd = connect_to(path);
	if (fd < 0) {
		explain_connect(s, path, -fd);
		return fd;
	}
	s->fd = fd;
	rpc_reader_init(&s->reader, RPC_FRAME_MAX);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)) == 0 &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0)
		return 0;
	snprintf(s->error, sizeof(s->error), "Cannot use %s: %s.", path, strerror(errno));
	session_close(s);
	return -EINVAL;
}

int session_open(struct session *s, const char *run_dir)
{
	*s = (struct session){.fd = -1, .dialect = DIALECT_COUNT};
	if (strlen(run_dir) >= sizeof(s->run_dir)) {
		snprintf(s->error, sizeof(s->error), "The name of the run directory is too long.");
		return -ENAMETOOLONG;
	}
	strcpy(s->run_dir, run_dir);
	return open_again(s);
}

void session_close(struct session *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	rpc_reader_fini(&s->reader);
}

static void lose(struct session *s, int rc)
{
	if (rc == -EAGAIN)
		snprintf(s->error, sizeof(s->error), "culvertd did not answer for %d seconds.",
			 ANSWER_TIMEOUT_S);
	else if (rc == -ECONNRESET || rc == -EPIPE)
		snprintf(s->error, sizeof(s->error), "culvertd closed the connection.");
	else
		snprintf(s->error, sizeof(s->error), "The connection to culvertd failed: %s.",
			 strerror(-rc));
	session_close(s);
}

/* Keys are nobody's to see. */
static void dispatch(void *ctx, const char *method, const json_t *params)
{
	const struct session *s = ctx;

	if (strcmp(method, "key.line") == 0) {
		if (s->key)
			s->key(s->key_ctx, method, params);
		return;
	}
	if (s->notify)
		s->notify(s->notify_ctx, method, params);
}

static json_t *call(struct session *s, enum rpc_method method, json_t *params)
{
	json_t *result = NULL, *error = NULL;
	const char *message;
	int rc;

	rc = rpc_call(s->fd, &s->reader, rpc_schema_name(method), params, dispatch, s, &result,
		      &error);
	s->code = 0;
	if (rc)
		lose(s, rc);
	if (error) {
		s->code = (int)json_integer_value(json_object_get(error, "code"));
		message = json_string_value(json_object_get(error, "message"));
		snprintf(s->error, sizeof(s->error), "%s", message ? message : "Refused.");
		json_decref(error);
	}
	return result;
}

/* The new connection begins with the default of the configuration. */
static int reopen(struct session *s)
{
	json_t *result;
	int rc = open_again(s);

	if (rc || s->dialect == DIALECT_COUNT)
		return rc;
	result = call(s, RPC_TERMINAL_SET, json_pack("{s:s}", "dialect", dialect_name(s->dialect)));
	json_decref(result);
	return result ? 0 : -EIO;
}

json_t *session_call(struct session *s, enum rpc_method method, json_t *params)
{
	if (s->fd >= 0 || reopen(s) == 0)
		return call(s, method, params);
	json_decref(params);
	return NULL;
}

void session_remember(struct session *s, enum dialect dialect)
{
	s->dialect = dialect;
}

int session_poll(struct session *s, int timeout_ms)
{
	struct pollfd p = {.fd = s->fd, .events = POLLIN};
	int rc;

	if (s->fd < 0)
		return -ENOTCONN;
	rc = poll(&p, 1, timeout_ms);
	if (rc == 0 || (rc < 0 && errno == EINTR))
		return 0;
	rc = rc < 0 ? -errno : rpc_receive(s->fd, &s->reader, dispatch, s);
	if (rc)
		lose(s, rc);
	return rc;
}
