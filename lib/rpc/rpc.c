/* SPDX-License-Identifier: BSD-3-Clause */
#include "lib/rpc/rpc.h"

#include "lib/base/rbuf.h"
#include "lib/base/wbuf.h"
#include "lib/rpc/rpc_schema.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	HEADER_LEN = 4,
	READ_LEN = 64 << 10
};

static void wipe_free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

void rpc_wipe_texts(void)
{
	json_set_alloc_funcs(malloc, wipe_free);
}

void rpc_reader_init(struct rpc_reader *r, size_t max)
{
	*r = (struct rpc_reader){.max = max};
}

void rpc_reader_fini(struct rpc_reader *r)
{
	if (r->data)
		explicit_bzero(r->data, r->size);
	free(r->data);
	*r = (struct rpc_reader){.max = r->max};
}

static void compact(struct rpc_reader *r)
{
	if (r->start == 0)
		return;
	memmove(r->data, r->data + r->start, r->len - r->start);
	explicit_bzero(r->data + r->len - r->start, r->start);
	r->len -= r->start;
	r->start = 0;
}

int rpc_reader_feed(struct rpc_reader *r, const void *data, size_t n)
{
	size_t size = r->size ? r->size : 4096;
	uint8_t *bigger;

	if (n == 0)
		return 0;
	compact(r);
	if (n > SIZE_MAX / 2 - r->len)
		return -ENOMEM;
	while (size < r->len + n)
		size *= 2;
	if (size > r->size) {
		bigger = malloc(size); /* realloc() would leave a copy behind */
		if (!bigger)
			return -ENOMEM;
		if (r->data) {
			memcpy(bigger, r->data, r->len);
			explicit_bzero(r->data, r->size);
		}
		free(r->data);
		r->data = bigger;
		r->size = size;
	}
	memcpy(r->data + r->len, data, n);
	r->len += n;
	return 0;
}

int rpc_reader_next(struct rpc_reader *r, json_t **message)
{
	struct rbuf in = rbuf_of(r->data + r->start, r->len - r->start);
	uint32_t len = rbuf_u32(&in);
	const uint8_t *text;

	if (in.bad)
		return 0;
	if (len == 0 || len > r->max)
		return -EPROTO;
	text = rbuf_take(&in, len);
	if (!text)
		return 0;
	*message = json_loadb((const char *)text, len, JSON_REJECT_DUPLICATES, NULL);
	if (!*message)
		return -EPROTO;
	explicit_bzero(r->data + r->start, HEADER_LEN + len);
	r->start += HEADER_LEN + len;
	return 1;
}

uint8_t *rpc_frame(const json_t *message, size_t *len)
{
	size_t text_len = json_dumpb(message, NULL, 0, JSON_COMPACT);
	struct wbuf out;
	uint8_t *frame;

	if (text_len == 0 || text_len > RPC_FRAME_MAX)
		return NULL;
	frame = malloc(HEADER_LEN + text_len);
	if (!frame)
		return NULL;
	out = wbuf_of(frame, HEADER_LEN + text_len);
	wbuf_u32(&out, (uint32_t)text_len);
	json_dumpb(message, (char *)wbuf_room(&out, text_len), text_len, JSON_COMPACT);
	*len = out.len;
	return frame;
}

/* json_pack's "o*" takes the reference and leaves the field out when it is NULL. */
json_t *rpc_request(uint64_t id, const char *method, json_t *params)
{
	return json_pack("{s:s, s:I, s:s, s:o*}", "jsonrpc", "2.0", "id", (json_int_t)id, "method",
			 method, "params", params);
}

json_t *rpc_result(const json_t *id, json_t *result)
{
	json_t *copy = id ? json_copy((json_t *)id) : json_null();

	return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", copy, "result",
			 result ? result : json_object());
}

json_t *rpc_error(const json_t *id, int code, const char *message)
{
	json_t *copy = id ? json_copy((json_t *)id) : json_null();
	const char *remedy, *name = rpc_schema_error_name(code, &remedy);

	return json_pack("{s:s, s:o, s:{s:i, s:s, s:{s:s, s:s}}}", "jsonrpc", "2.0", "id", copy,
			 "error", "code", code, "message", message, "data", "name", name, "remedy",
			 remedy);
}

json_t *rpc_notification(const char *method, json_t *params)
{
	return json_pack("{s:s, s:s, s:o*}", "jsonrpc", "2.0", "method", method, "params", params);
}

static int send_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

static int send_request(int fd, uint64_t id, const char *method, json_t *params)
{
	json_t *request = rpc_request(id, method, params);
	uint8_t *frame = NULL;
	int rc = -ENOMEM;
	size_t len;

	if (request)
		frame = rpc_frame(request, &len);
	if (frame)
		rc = send_all(fd, frame, len);
	if (frame)
		explicit_bzero(frame, len);
	free(frame);
	json_decref(request);
	return rc;
}

static int read_some(int fd, struct rpc_reader *r)
{
	uint8_t *data = malloc(READ_LEN);
	ssize_t n;
	int rc;

	if (!data)
		return -ENOMEM;
	do
		n = read(fd, data, READ_LEN);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		rc = -errno;
	else if (n == 0)
		rc = -ECONNRESET;
	else
		rc = rpc_reader_feed(r, data, (size_t)n);
	if (n > 0)
		explicit_bzero(data, (size_t)n);
	free(data);
	return rc;
}

static void notify_of(const json_t *message, rpc_notify_fn notify, void *ctx)
{
	const char *method = json_string_value(json_object_get(message, "method"));

	if (method && notify)
		notify(ctx, method, json_object_get(message, "params"));
}

/* An answer without id is the server's complaint that it could not read what we sent. */
static bool answers(const json_t *message, uint64_t id)
{
	const json_t *got = json_object_get(message, "id");

	if (json_object_get(message, "method"))
		return false;
	if (json_is_null(got))
		return true;
	return json_is_integer(got) && (uint64_t)json_integer_value(got) == id;
}

static int wait_answer(int fd, struct rpc_reader *r, rpc_notify_fn notify, void *ctx,
		       json_t **answer)
{
	for (;;) {
		int rc = rpc_reader_next(r, answer);

		if (rc == 0)
			rc = read_some(fd, r);
		else if (rc > 0 && answers(*answer, r->calls))
			return 0;
		else if (rc > 0) {
			notify_of(*answer, notify, ctx);
			json_decref(*answer);
		}
		if (rc < 0)
			return rc;
	}
}

int rpc_call(int fd, struct rpc_reader *r, const char *method, json_t *params, rpc_notify_fn notify,
	     void *ctx, json_t **result, json_t **error)
{
	json_t *answer = NULL;
	int rc;

	*result = NULL;
	*error = NULL;
	rc = send_request(fd, ++r->calls, method, params);
	if (!rc)
		rc = wait_answer(fd, r, notify, ctx, &answer);
	if (rc)
		return rc;
	*error = json_incref(json_object_get(answer, "error"));
	if (!*error)
		*result = json_incref(json_object_get(answer, "result"));
	json_decref(answer);
	return *error || *result ? 0 : -EPROTO;
}

int rpc_receive(int fd, struct rpc_reader *r, rpc_notify_fn notify, void *ctx)
{
	json_t *message;
	int rc = read_some(fd, r);

	if (rc)
		return rc;
	while ((rc = rpc_reader_next(r, &message)) > 0) {
		notify_of(message, notify, ctx);
		json_decref(message);
	}
	return rc;
}
