/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/stress_receiver.h"

#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char culvert[] = "culvert:", xfrm[] = "xfrm:";

static const char *after(const char *how, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(how, prefix, len) == 0 && how[len] ? how + len : NULL;
}

bool stress_receiver_valid(const char *how)
{
	return after(how, culvert) || after(how, xfrm);
}

static struct stress_receiver_row *add(struct stress_receiver *r, uint32_t spi)
{
	struct stress_receiver_row *row;

	if (r->n == STRESS_RECEIVER_ROWS)
		return NULL;
	row = &r->rows[r->n++];
	*row = (struct stress_receiver_row){.spi = spi};
	return row;
}

static uint64_t number_of(const json_t *sa, const char *key)
{
	const json_t *value = json_object_get(sa, key);

	if (json_is_string(value))
		return strtoull(json_string_value(value), NULL, 0);
	return (uint64_t)json_integer_value(value);
}

static void take_sa(struct stress_receiver *r, const json_t *sa)
{
	static const struct {
		const char *key;
		enum stress_verdict verdict;
	} fields[] = {
		{"packets", STRESS_ACCEPTED},	 {"replay_late", STRESS_LATE},
		{"replay_seen", STRESS_SEEN},	 {"auth_failed", STRESS_AUTH},
		{"policy_failed", STRESS_OTHER}, {"other_failed", STRESS_OTHER},
	};
	struct stress_receiver_row *row = add(r, (uint32_t)number_of(sa, "spi"));

	if (!row)
		return;
	row->window = (uint32_t)number_of(sa, "replay_window");
	for (unsigned i = 0; i < array_len(fields); i++)
		row->counts[fields[i].verdict] += number_of(sa, fields[i].key);
}

static void take_interface(struct stress_receiver *r, const json_t *interface)
{
	const json_t *block, *sa;
	size_t i, k;

	json_array_foreach(json_object_get(interface, "blocks"), i, block)
		json_array_foreach(json_object_get(block, "inbound_esp"), k, sa)
			take_sa(r, sa);
}

static int read_culvert(struct stress_receiver *r, const char *run_dir)
{
	const json_t *interface;
	struct session session;
	json_t *answer = NULL;
	size_t i;

	if (session_open(&session, run_dir) == 0)
		answer = session_call(&session, RPC_SHOW_IPSEC_SA, json_object());
	if (!answer)
		fprintf(stderr, "culvert-stress: --receiver: %s\n", session.error);
	json_array_foreach(json_object_get(answer, "interfaces"), i, interface)
		take_interface(r, interface);
	json_decref(answer);
	session_close(&session);
	return answer ? 0 : -1;
}

/*
 *	proto esp spi 0xc5ff4a5e(3321842270) reqid 1 mode tunnel
 *	replay-window 64 seq 0x00000000 ...
 *	  840(bytes), 10(packets)
 *	stats:
 *	  replay-window 0 replay 5 failed 0
 */
static void take_line(struct stress_receiver *r, struct stress_receiver_row **row, char *line)
{
	unsigned long long late, seen, failed, bytes, packets;
	unsigned spi, window;

	if (sscanf(line, " proto esp spi %x", &spi) == 1) {
		*row = add(r, spi);
		return;
	}
	if (!*row)
		return;
	if (sscanf(line, " replay-window %llu replay %llu failed %llu", &late, &seen, &failed) ==
	    3) {
		(*row)->counts[STRESS_LATE] = late;
		(*row)->counts[STRESS_SEEN] = seen;
		(*row)->counts[STRESS_AUTH] = failed;
	} else if (sscanf(line, " replay-window %u seq", &window) == 1) {
		(*row)->window = window;
	} else if (sscanf(line, " replay_window %u, bitmap-length", &window) == 1) {
		(*row)->window = window; /* larger than 32, or extended numbers */
	} else if (sscanf(line, " %llu(bytes), %llu(packets)", &bytes, &packets) == 2) {
		(*row)->counts[STRESS_ACCEPTED] = packets;
	}
}

static int read_xfrm(struct stress_receiver *r, const char *command)
{
	struct stress_receiver_row *row = NULL;
	FILE *f = popen(command, "re");
	char line[512];
	int status;

	while (f && fgets(line, sizeof(line), f))
		take_line(r, &row, line);
	status = f ? pclose(f) : -1;
	if (status == 0)
		return 0;
	fprintf(stderr, "culvert-stress: --receiver: the command failed: %s\n", command);
	return -1;
}

int stress_receiver_read(struct stress_receiver *r, const char *how)
{
	r->n = 0;
	if (after(how, culvert))
		return read_culvert(r, after(how, culvert));
	return read_xfrm(r, after(how, xfrm));
}

void stress_receiver_subtract(struct stress_receiver *r, const struct stress_receiver *before)
{
	for (unsigned i = 0; i < r->n; i++) {
		const struct stress_receiver_row *was =
			stress_receiver_find(before, r->rows[i].spi);

		for (unsigned v = 0; was && v < STRESS_VERDICTS; v++)
			r->rows[i].counts[v] -= was->counts[v];
	}
}

const struct stress_receiver_row *stress_receiver_find(const struct stress_receiver *r,
						       uint32_t spi)
{
	for (unsigned i = 0; i < r->n; i++)
		if (r->rows[i].spi == spi)
			return &r->rows[i];
	return NULL;
}
