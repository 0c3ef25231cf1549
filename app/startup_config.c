/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/startup_config.h"

#include "controlplane/diagnose/config_rules.h"
#include "lib/base/fault.h"
#include "lib/base/log.h"
#include "lib/config/config_grammar.h"
#include "lib/crypto/secret.h"
#include "lib/plane/plane_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct text {
	char *bytes;
	size_t len;
};

static int read_all(int fd, struct text *t)
{
	while (t->len < PLANE_BLOB_BYTES) {
		ssize_t n = read(fd, t->bytes + t->len, PLANE_BLOB_BYTES - t->len);

		if (n < 0)
			return -errno;
		if (n == 0)
			return 0;
		t->len += (size_t)n;
	}
	return -EFBIG;
}

static int read_file(const char *path, struct text *t)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -errno;
	t->bytes = malloc(PLANE_BLOB_BYTES);
	rc = t->bytes ? read_all(fd, t) : -ENOMEM;
	close(fd);
	return rc;
}

static void free_text(struct text *t)
{
	if (t->bytes)
		secret_wipe_bytes(t->bytes, t->len); /* keys in clear */
	free(t->bytes);
}

static void print_faults(const char *path, const struct fault_list *faults)
{
	static const char *const kinds[] = {
		[FAULT_ERROR] = "error", [FAULT_WARNING] = "warning", [FAULT_NOTE] = "note"};

	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *f = &faults->rows[i];

		if (f->line > 0)
			fprintf(stderr, "%s:%d: %s: %s\n", path, f->line, kinds[f->kind], f->text);
		else
			fprintf(stderr, "%s: %s: %s\n", path, kinds[f->kind], f->text);
	}
}

int startup_config_load(struct config *config, const char *path)
{
	struct fault_list faults = {0};
	struct text text = {0};
	int rc = read_file(path, &text);

	if (rc) {
		log_error("cannot read the configuration %s: %s", path, strerror(-rc));
		free_text(&text);
		return rc;
	}
	config_model_init(config);
	rc = config_grammar_text(config, text.bytes, text.len, &faults);
	free_text(&text);
	faults.line = 0;
	config_grammar_validate(config, &faults);
	config_rules_faults(config, CONFIG_RULES_ALL, &faults);
	if (rc == 0 && fault_count(&faults, FAULT_ERROR))
		rc = -EINVAL;
	print_faults(path, &faults);
	fault_list_fini(&faults);
	if (rc)
		config_model_fini(config);
	return rc;
}
