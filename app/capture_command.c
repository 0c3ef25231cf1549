/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/capture_command.h"

#include "app/capture_report.h"
#include "controlplane/diagnose/capture.h"
#include "controlplane/diagnose/capture_open.h"
#include "controlplane/diagnose/capture_proof.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	KEY_LINE = 512,
};

struct request {
	const char *file;
	bool json;
	struct secret key;
	struct capture_keys keys;
};

static const char usage[] = "Usage: culvert diagnose CAPTURE [key KEY] [keys FILE] [json]\n";

static bool take_key(struct request *r, char *text)
{
	size_t len = strlen(text);

	secret_set(&r->key, text, len);
	secret_wipe_bytes(text, len);
	return r->key.len > 0;
}

/* Lines that are no key are passed over; a file without any is not the one that was meant. */
static bool read_keys(struct request *r, const char *name)
{
	char line[KEY_LINE];
	FILE *in = fopen(name, "re");

	if (!in) {
		fprintf(stderr, "culvert: cannot read %s: %s\n", name, strerror(errno));
		return false;
	}
	while (fgets(line, sizeof(line), in))
		if (!capture_open_add_key(&r->keys, line))
			continue;
	fclose(in);
	secret_wipe_bytes(line, sizeof(line));
	if (!r->keys.n)
		fprintf(stderr, "culvert: there is no key of IKE in %s\n", name);
	return r->keys.n > 0;
}

static bool parse(struct request *r, int argc, char **argv)
{
	if (argc < 2)
		return false;
	r->file = argv[1];
	for (int i = 2; i < argc; i++) {
		bool more = i + 1 < argc;

		if (strcmp(argv[i], "json") == 0)
			r->json = true;
		else if (strcmp(argv[i], "key") == 0 && more && take_key(r, argv[i + 1]))
			i++;
		else if (strcmp(argv[i], "keys") == 0 && more && read_keys(r, argv[i + 1]))
			i++;
		else
			return false;
	}
	return true;
}

/* NULL and errno; an empty file is no capture. */
static void *map_file(const char *name, size_t *len)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	void *data = MAP_FAILED;
	struct stat st = {0};

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && st.st_size == 0)
		errno = ENODATA;
	*len = (size_t)st.st_size;
	if (*len)
		data = mmap(NULL, *len, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	return data == MAP_FAILED ? NULL : data;
}

static int judge(const struct request *r, struct capture_file *f)
{
	struct capture *c = calloc(1, sizeof(*c));
	struct capture_frame frame;

	if (!c)
		return EXIT_FAILURE;
	c->keys = &r->keys;
	while (capture_file_next(f, &frame))
		capture_add(c, &frame);
	if (r->key.len)
		capture_proof_try(c, &r->key);
	if (r->json)
		capture_report_json(stdout, c, f->broken);
	else
		capture_report_text(stdout, c, f->broken);
	secret_wipe_bytes(c, sizeof(*c));
	free(c);
	return EXIT_SUCCESS;
}

static int run(const struct request *r)
{
	struct capture_file f;
	size_t len = 0;
	void *data = map_file(r->file, &len);
	int status = EXIT_FAILURE;

	if (!data) {
		fprintf(stderr, "culvert: cannot read %s: %s\n", r->file, strerror(errno));
		return EXIT_FAILURE;
	}
	if (capture_file_open(&f, data, len))
		fprintf(stderr, "culvert: %s is neither pcap nor pcapng\n", r->file);
	else if (prim_init())
		fprintf(stderr, "culvert: the cryptography does not start\n");
	else
		status = judge(r, &f);
	munmap(data, len);
	return status;
}

int capture_command_run(int argc, char **argv)
{
	struct request r = {0};
	int status = 2;

	if (parse(&r, argc, argv))
		status = run(&r);
	else
		fputs(usage, stderr);
	secret_wipe(&r.key);
	capture_open_wipe(&r.keys);
	return status;
}
