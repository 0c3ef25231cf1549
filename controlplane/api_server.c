/* SPDX-License-Identifier: BSD-3-Clause */
#include "controlplane/api_server.h"

#include "controlplane/api_methods.h"
#include "controlplane/captures_debug.h"
#include "controlplane/key_log.h"
#include "lib/base/log.h"
#include "lib/rpc/rpc.h"

#include <uv.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	READ_BYTES = 64 << 10,
	BACKLOG = 16,
	SOCKET_MODE = 0660,
};

struct connection {
	LIST_ENTRY(connection) link;
	struct api_client client;
	struct api_server *server;
	struct rpc_reader reader;
	uv_pipe_t pipe;
	bool closing;
};

LIST_HEAD(connection_list, connection);

struct api_server {
	struct control *control;
	struct connection_list clients;
	unsigned n_clients;
	unsigned n_handles; /* open or closing; the server's memory goes with the last one */
	uint64_t next_id;
	bool destroyed;
	bool bound;
	uv_pipe_t pipe;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	char buffer[READ_BYTES];
};

struct write {
	uv_write_t req;
	uint8_t *data;
	size_t len;
};

/* Frames carry keys and passwords now and then. */
static void free_frame(struct write *w)
{
	secret_wipe_bytes(w->data, w->len);
	free(w->data);
}

static void release(struct api_server *s)
{
	if (--s->n_handles == 0 && s->destroyed)
		free(s);
}

static void on_closed(uv_handle_t *handle)
{
	struct connection *conn = handle->data;
	struct api_server *s = conn->server;

	rpc_reader_fini(&conn->reader);
	fault_list_fini(&conn->client.known);
	free(conn);
	release(s);
}

static void close_connection(struct connection *conn)
{
	struct api_server *s = conn->server;

	if (conn->closing)
		return;
	conn->closing = true;
	LIST_REMOVE(conn, link);
	s->n_clients--;
	uv_close((uv_handle_t *)&conn->pipe, on_closed);
	key_log_watch(s->control, &conn->client, false);
	if (debug_filter_topics(&conn->client.debug))
		api_server_update_topics(s);
}

static void on_written(uv_write_t *req, int status)
{
	struct write *w = req->data;
	struct connection *conn = req->handle->data;

	free_frame(w);
	free(w);
	if (status < 0)
		close_connection(conn);
}

/* Takes the reference. A client that lets too much pile up is closed rather than waited for. */
static void post(struct connection *conn, json_t *message)
{
	struct write *w = malloc(sizeof(*w));
	uv_buf_t buf;
	size_t len = 0;

	if (!w || conn->closing ||
	    uv_stream_get_write_queue_size((uv_stream_t *)&conn->pipe) > API_SERVER_QUEUE_BYTES)
		goto err;
	w->data = message ? rpc_frame(message, &len) : NULL;
	if (!w->data)
		goto err;
	w->len = len;
	w->req.data = w;
	buf = uv_buf_init((char *)w->data, (unsigned)len);
	if (uv_write(&w->req, (uv_stream_t *)&conn->pipe, &buf, 1, on_written) < 0) {
		free_frame(w);
		goto err;
	}
	json_decref(message);
	return;
err:
	free(w);
	json_decref(message);
	close_connection(conn);
}

static json_t *answer(struct connection *conn, const json_t *request)
{
	const char *method = json_string_value(json_object_get(request, "method"));
	struct api_call call = {
		.control = conn->server->control,
		.client = &conn->client,
		.id = json_object_get(request, "id"),
		.params = json_object_get(request, "params"),
	};

	if (!method || !call.id || (call.params && !json_is_object(call.params)))
		return rpc_error(call.id, RPC_INVALID_REQUEST,
				 "a request has a method, an id and an object of parameters");
	conn->client.asked_ms = call.control->now_ms();
	return api_methods_call(&call, rpc_schema_find(method));
}

static void serve(struct connection *conn)
{
	json_t *request;
	int rc = 0;

	while (!conn->closing && (rc = rpc_reader_next(&conn->reader, &request)) == 1) {
		json_t *reply = answer(conn, request);

		json_decref(request);
		if (reply)
			post(conn, reply);
	}
	if (rc < 0)
		close_connection(conn);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct connection *conn = handle->data;

	(void)suggested;
	*buf = uv_buf_init(conn->server->buffer, READ_BYTES);
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct connection *conn = stream->data;

	if (n < 0 || (n > 0 && rpc_reader_feed(&conn->reader, buf->base, (size_t)n) < 0))
		close_connection(conn);
	else if (n > 0)
		serve(conn);
	if (n > 0)
		secret_wipe_bytes(buf->base, (size_t)n);
}

static struct connection *add(struct api_server *s)
{
	struct connection *conn = calloc(1, sizeof(*conn));

	if (!conn)
		return NULL;
	conn->server = s;
	conn->client.id = ++s->next_id;
	conn->client.dialect = s->control->config.dialect;
	rpc_reader_init(&conn->reader, RPC_REQUEST_MAX);
	uv_pipe_init(&s->control->loop->uv, &conn->pipe, 0);
	conn->pipe.data = conn;
	LIST_INSERT_HEAD(&s->clients, conn, link);
	s->n_clients++;
	s->n_handles++;
	return conn;
}

static void identify(struct connection *conn)
{
	const struct control *c = conn->server->control;
	struct api_client *client = &conn->client;

	access_name(&c->access, client->uid, client->user);
	client->granted = access_granted(&c->config, client->uid, client->user);
	client->privilege = client->granted;
	client->asked_ms = c->now_ms();
}

static int begin(struct connection *conn)
{
	uv_os_fd_t fd;
	int err = uv_fileno((uv_handle_t *)&conn->pipe, &fd);

	if (err == 0 && !access_allowed(fd, &conn->client.uid))
		err = -EPERM;
	if (err == 0) {
		identify(conn);
		err = uv_read_start((uv_stream_t *)&conn->pipe, on_alloc, on_read);
	}
	if (err < 0)
		close_connection(conn);
	return err;
}

int api_server_adopt(struct api_server *s, int fd)
{
	struct connection *conn = s->n_clients < API_SERVER_CLIENTS ? add(s) : NULL;
	int err = conn ? uv_pipe_open(&conn->pipe, fd) : -EBUSY;

	if (err == 0)
		return begin(conn);
	close(fd);
	if (conn)
		close_connection(conn);
	return err;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct api_server *s = listener->data;
	struct connection *conn = status == 0 ? add(s) : NULL;

	if (!conn)
		return;
	if (uv_accept(listener, (uv_stream_t *)&conn->pipe) < 0 ||
	    s->n_clients > API_SERVER_CLIENTS)
		close_connection(conn);
	else if (begin(conn) == -EPERM)
		log_warning("API: refused user %u", conn->client.uid);
}

void api_server_changed(struct api_server *s, const struct api_client *by)
{
	struct connection *conn;

	LIST_FOREACH(conn, &s->clients, link) {
		if (&conn->client == by || !conn->client.configuring)
			continue;
		conn->client.overtaken = true;
		conn->client.overtaken_by = by ? by->uid : API_SERVER_NOBODY;
	}
}

static void on_event(void *ctx, const struct debug_log_record *record)
{
	struct api_server *s = ctx;
	struct connection *conn = LIST_FIRST(&s->clients), *next;
	char text[DEBUG_LOG_PRINTED];

	for (; conn; conn = next) {
		const struct api_client *client = &conn->client;

		next = LIST_NEXT(conn, link);
		if (client->monitor || debug_filter_topics(&client->debug))
			post(conn,
			     rpc_notification("log.line",
					      json_pack("{s:s}", "text",
							debug_log_print(s->control->log, record,
									client->dialect, text,
									sizeof(text)))));
	}
}

void api_server_diagnosed(struct api_server *s, json_t *params)
{
	struct connection *conn = LIST_FIRST(&s->clients), *next;

	for (; conn; conn = next) {
		next = LIST_NEXT(conn, link);
		if (conn->client.diagnoses)
			post(conn, rpc_notification("diagnose.event", json_incref(params)));
	}
}

/* One notification a line, so that a block stays readable wherever it is cut. */
static void post_lines(struct connection *conn, const char *topic, const char *text)
{
	while (*text && !conn->closing) {
		size_t len = strcspn(text, "\n");

		post(conn, rpc_notification("debug.line", json_pack("{s:s,s:s%}", "topic", topic,
								    "text", text, len)));
		text += len + (text[len] == '\n');
	}
}

static void on_debug(void *ctx, const struct ike_said *said)
{
	static const char *const names[IKE_TOPIC_COUNT] = {"isakmp", "ipsec",  "engine",
							   "icmp",   "radius", "packet"};
	struct api_server *s = ctx;
	struct connection *conn = LIST_FIRST(&s->clients), *next;
	char text[IKE_SAY_TEXT + 64];

	for (; conn; conn = next) {
		enum dialect dialect = conn->client.dialect;
		size_t n;

		next = LIST_NEXT(conn, link);
		if (!debug_filter_admits(&conn->client.debug, said, dialect))
			continue;
		n = strlen(debug_log_stamp(s->control->log, text, sizeof(text)));
		ike_say_print(said, dialect, text + n, sizeof(text) - n);
		post_lines(conn, names[ike_say_topic(said->id)], text);
	}
}

unsigned api_server_topics(const struct api_server *s)
{
	const struct connection *conn;
	unsigned topics = 0;

	LIST_FOREACH(conn, &s->clients, link)
		topics |= debug_filter_topics(&conn->client.debug);
	return topics;
}

unsigned api_server_debug_level(const struct api_server *s, const struct debug_filter *filter,
				unsigned topic)
{
	const struct connection *conn;
	unsigned level = filter ? filter->levels[topic] : 0;

	if (!filter)
		LIST_FOREACH(conn, &s->clients, link)
			if (conn->client.debug.levels[topic] > level)
				level = conn->client.debug.levels[topic];
	return level;
}

void api_server_update_topics(struct api_server *s)
{
	unsigned topics = api_server_topics(s);

	debug_log_set_topics(s->control->log, topics);
	captures_debug_set(s->control, topics & 1u << IKE_TOPIC_PACKET);
	ike_engine_debug(s->control->engine, topics);
}

struct api_client *api_server_client(struct api_server *s, uint64_t client_id)
{
	struct connection *conn;

	LIST_FOREACH(conn, &s->clients, link)
		if (conn->client.id == client_id)
			return &conn->client;
	return NULL;
}

const struct api_client *api_server_next(struct api_server *s, const struct api_client *client)
{
	const struct connection *conn = LIST_FIRST(&s->clients);

	while (client && conn && &conn->client != client)
		conn = LIST_NEXT(conn, link);
	if (client && conn)
		conn = LIST_NEXT(conn, link);
	return conn ? &conn->client : NULL;
}

void api_server_reply(struct api_server *s, uint64_t client_id, json_t *reply)
{
	struct connection *conn;

	LIST_FOREACH(conn, &s->clients, link) {
		if (conn->client.id == client_id) {
			post(conn, reply);
			return;
		}
	}
	json_decref(reply);
}

struct api_server *api_server_create_unbound(struct control *c)
{
	struct api_server *s = calloc(1, sizeof(*s));
	const struct debug_log_listener listener = {.ctx = s, .event = on_event, .debug = on_debug};

	if (!s)
		return NULL;
	s->control = c;
	s->n_handles = 1;
	LIST_INIT(&s->clients);
	debug_log_listen(c->log, &listener);
	return s;
}

static void on_listener_closed(uv_handle_t *handle)
{
	release(handle->data);
}

/* A socket that a dead predecessor left is in the way and nobody else's: the directory is ours. */
static int bind_socket(struct api_server *s)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	memcpy(addr.sun_path, s->path, sizeof(addr.sun_path));
	unlink(s->path);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    chmod(s->path, SOCKET_MODE) < 0) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

static int listen_on(struct api_server *s)
{
	int fd = bind_socket(s);
	int err;

	if (fd < 0)
		return fd;
	uv_pipe_init(&s->control->loop->uv, &s->pipe, 0);
	s->pipe.data = s;
	s->bound = true;
	err = uv_pipe_open(&s->pipe, fd);
	if (err < 0) {
		close(fd);
		return err;
	}
	return uv_listen((uv_stream_t *)&s->pipe, BACKLOG, on_connection);
}

struct api_server *api_server_create(struct control *c, const char *run_dir)
{
	struct api_server *s = api_server_create_unbound(c);
	int err = -ENOMEM;

	if (s) {
		int n = snprintf(s->path, sizeof(s->path), "%s/api.sock", run_dir);

		err = n < (int)sizeof(s->path) ? listen_on(s) : -ENAMETOOLONG;
		if (err == 0)
			return s;
		api_server_destroy(s);
	}
	log_error("API socket %s/api.sock: %s; is the directory writable for this user?", run_dir,
		  strerror(-err));
	return NULL;
}

void api_server_destroy(struct api_server *s)
{
	const struct debug_log_listener nobody = {0};

	if (!s)
		return;
	debug_log_listen(s->control->log, &nobody);
	while (!LIST_EMPTY(&s->clients))
		close_connection(LIST_FIRST(&s->clients));
	s->destroyed = true;
	if (!s->bound) {
		release(s);
		return;
	}
	/* the path stays: whoever was started in our place may have bound its own there by now */
	uv_close((uv_handle_t *)&s->pipe, on_listener_closed);
}
