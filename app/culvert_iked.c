/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * culvert-iked, the control plane. Started by culvertd as an unprivileged user with the
 * descriptors of lib/plane/plane_layout.h; takes no arguments, opens no file but its socket in the
 * run directory.
 */
#include "app/build_id.h"
#include "controlplane/accounting.h"
#include "controlplane/api_server.h"
#include "controlplane/control.h"
#include "controlplane/kept.h"
#include "controlplane/sandbox.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/config/config_grammar.h"
#include "lib/crypto/prim.h"
#include "lib/rpc/rpc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CONFIG_BYTES_MAX = PLANE_BLOB_BYTES
};

struct process {
	struct plane plane;
	struct loop loop;
	struct config config;
	char *startup; /* owned, wiped: the configuration file */
	size_t startup_bytes;
	struct control *control;
	int bells[PLANE_WORKERS_MAX];
};

/*
 * The whole configuration file; the descriptor's position may be anybody's. NULL when unreadable.
 */
static char *read_config(size_t *len)
{
	struct stat st;
	char *text;
	ssize_t n;

	if (fstat(PLANE_FD_CONFIG, &st) < 0 || st.st_size > CONFIG_BYTES_MAX)
		return NULL;
	text = malloc((size_t)st.st_size + 1);
	n = text ? pread(PLANE_FD_CONFIG, text, (size_t)st.st_size, 0) : -1;
	if (n < 0) {
		free(text);
		return NULL;
	}
	*len = (size_t)n;
	return text;
}

static void log_faults(const struct fault_list *faults, const char *path)
{
	for (size_t i = 0; i < faults->n; i++) {
		const struct fault *f = &faults->rows[i];

		log_write(f->kind == FAULT_ERROR ? LOG_LEVEL_ERROR : LOG_LEVEL_INFO,
			  "%s line %d: %s", path, f->line, f->text);
	}
}

/*
 * What was in force, or else the file: culvertd has checked it; what became wrong since is left
 * out, as IOS does at boot.
 */
static int load_config(struct process *p)
{
	const char *path = p->plane.header->config_path;
	struct fault_list faults = {0};
	size_t len = 0;
	char *text = read_config(&len);
	int err;

	if (!text) {
		log_error("%s: cannot be read, or is larger than %d bytes", path, CONFIG_BYTES_MAX);
		return -EIO;
	}
	p->startup = text;
	p->startup_bytes = len;
	err = kept_load(&p->plane, &p->config);
	if (err == 0)
		log_notice("the configuration that was in force goes on");
	if (err != -ENOENT)
		return err;
	config_model_init(&p->config);
	err = config_grammar_text(&p->config, text, len, &faults);
	log_faults(&faults, path);
	fault_list_fini(&faults);
	return err == -ENOMEM ? err : 0;
}

static void forget_startup(struct process *p)
{
	if (p->startup)
		secret_wipe_bytes(p->startup, p->startup_bytes);
	free(p->startup);
	p->startup = NULL;
}

static int attach(struct process *p)
{
	int err = plane_layout_attach(&p->plane, PLANE_FD_MEMORY);

	if (err < 0) {
		log_error("no memory file of culvertd (%s): culvert-iked is started by culvertd, "
			  "not by hand",
			  strerror(-err));
		return err;
	}
	for (unsigned i = 0; i < p->plane.header->params.n_workers; i++)
		p->bells[i] = PLANE_FD_BELL_WORKERS + (int)i;
	return 0;
}

static uint64_t turn(void *process)
{
	struct process *p = process;

	return p->control ? control_turn(p->control) : UINT64_MAX;
}

static void terminate(void *process)
{
	struct process *p = process;

	if (p->control)
		control_terminate(p->control);
	else
		loop_stop(&p->loop);
}

static struct control_versions versions(void)
{
	const struct build_id *id = build_id_get();

	return (struct control_versions){
		.version = id->version,
		.git = id->git,
		.built = id->built,
		.dpdk = id->dpdk,
		.ipsec_mb = id->ipsec_mb,
		.openssl = id->openssl,
	};
}

static int make_control(struct process *p)
{
	const struct control_params params = {
		.loop = &p->loop,
		.plane = &p->plane,
		.bells = {.control = PLANE_FD_BELL_CONTROL,
			  .main = PLANE_FD_BELL_MAIN,
			  .workers = p->bells},
		.versions = versions(),
		.now_ms = clock_now_ms,
	};

	p->control = control_create(&params);
	return p->control ? 0 : -ENOMEM;
}

static int serve(struct process *p)
{
	int err = make_control(p);

	if (err == 0 && p->startup)
		err = control_set_startup(p->control, p->startup, p->startup_bytes);
	forget_startup(p);
	if (err == 0)
		accounting_keep(p->control, p->plane.header->run_dir);
	if (err == 0)
		err = control_start(p->control, &p->config);
	if (err < 0) {
		log_error("the configuration cannot be put in force: %s", strerror(-err));
		return err;
	}
	p->control->api = api_server_create(p->control, p->plane.header->run_dir);
	if (!p->control->api)
		return -EACCES;
	err = access_init(&p->control->access);
	if (err == 0)
		err = sandbox_enter();
	if (err == 0)
		loop_run(&p->loop);
	return err;
}

int main(void)
{
	static struct process
		p; /* the rings' mapping and loop are large; nothing else refers to it */
	const struct loop_handlers handlers = {.ctx = &p, .turn = turn, .terminate = terminate};
	int err;

	log_init("culvert-iked", LOG_LEVEL_NOTICE);
	err = attach(&p);
	rpc_wipe_texts();
	if (err == 0)
		err = prim_init();
	if (err == 0)
		err = load_config(&p);
	if (err == 0)
		err = loop_init(&p.loop, PLANE_FD_BELL_CONTROL, &handlers);
	if (err < 0)
		return EXIT_FAILURE;
	err = serve(&p);
	/* who comes next goes on with all of it: nothing may be said to workers and peers */
	if (p.control && p.control->reloading)
		_exit(EXIT_SUCCESS);
	if (p.control) {
		api_server_destroy(p.control->api);
		p.control->api = NULL;
	}
	loop_fini(&p.loop);
	control_destroy(p.control);
	forget_startup(&p);
	config_model_fini(&p.config);
	plane_layout_fini(&p.plane);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
