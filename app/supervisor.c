/* SPDX-License-Identifier: BSD-3-Clause */
#include "app/supervisor.h"

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/plane/plane_layout.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	WAIT_FIRST_MS = 200,
	WAIT_MOST_MS = 5000,
	LIVED_WELL_MS = 30000, /* after this the next wait is the first again */
	IDLE_MS = 1000,
	PROGRAM_FD = 199, /* above every fixed number */
	PARKED_FD = 200,
};

int supervisor_init(struct supervisor *s, const struct dataplane *dp, const struct privileges *user,
		    const char *run_dir)
{
	const char *chosen = getenv("CULVERT_IKED");
	ssize_t n;
	char *slash;

	*s = (struct supervisor){.dp = dp, .user = *user, .wait_ms = WAIT_FIRST_MS};
	snprintf(s->run_dir, sizeof(s->run_dir), "%s", run_dir);
	if (chosen) {
		snprintf(s->program, sizeof(s->program), "%s", chosen);
	} else {
		n = readlink("/proc/self/exe", s->program, sizeof(s->program) - 32);
		s->program[n > 0 ? n : 0] = '\0';
		slash = strrchr(s->program, '/');
		strcpy(slash ? slash + 1 : s->program, "culvert-iked");
	}
	if (access(s->program, X_OK) == 0)
		return 0;
	log_error("cannot run %s (%s): install it beside culvertd, or name it in CULVERT_IKED",
		  s->program, strerror(errno));
	return -ENOENT;
}

/* Descriptors as plane_layout.h numbers them; nothing else stays open but the standard three. */
static int place_descriptors(const struct supervisor *s, int config, int program)
{
	const struct dataplane *dp = s->dp;
	int from[PLANE_FD_BELL_WORKERS + PLANE_WORKERS_MAX];
	int n = PLANE_FD_BELL_WORKERS + (int)dp->n_workers;

	from[PLANE_FD_MEMORY] = dp->plane->fd;
	from[PLANE_FD_BELL_CONTROL] = dp->bell_control;
	from[PLANE_FD_BELL_MAIN] = dp->bell_main;
	from[PLANE_FD_CONFIG] = config;
	for (unsigned i = 0; i < dp->n_workers; i++)
		from[PLANE_FD_BELL_WORKERS + i] = dp->bell_workers[i];
	/* first out of the way, then into place: the numbers of both sets may overlap */
	for (int fd = PLANE_FD_MEMORY; fd < n; fd++) {
		from[fd] = fcntl(from[fd], F_DUPFD_CLOEXEC, PARKED_FD);
		if (from[fd] < 0)
			return -errno;
	}
	for (int fd = PLANE_FD_MEMORY; fd < n; fd++)
		if (dup2(from[fd], fd) < 0)
			return -errno;
	if (dup3(program, PROGRAM_FD, O_CLOEXEC) < 0 ||
	    close_range((unsigned)n, PROGRAM_FD - 1, 0) || close_range(PROGRAM_FD + 1, ~0u, 0))
		return -errno;
	return 0;
}

static void run_program(const struct supervisor *s, int config, pid_t parent)
{
	char *argv[] = {"culvert-iked", NULL};
	sigset_t none;
	int program = open(s->program, O_RDONLY | O_CLOEXEC);
	int rc = program < 0 || chdir(s->run_dir) ? -errno : 0;

	setsid(); /* Ctrl-C at our terminal is for us: we end it when its DELETEs can still leave */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (rc == 0)
		rc = place_descriptors(s, config, program);
	if (rc == 0)
		rc = privileges_become(&s->user);
	/* not before: the kernel forgets it when the user changes */
	if (rc == 0 && (prctl(PR_SET_PDEATHSIG, SIGTERM) || getppid() != parent))
		rc = -ESRCH;
	if (rc == 0) {
		execv(s->program, argv);
		/* a folder on the way that the user may not enter: the descriptor needs no way */
		fexecve(PROGRAM_FD, argv, environ);
		rc = -errno;
	}
	log_error("cannot start %s: %s", s->program, strerror(-rc));
	_exit(127);
}

int supervisor_start(struct supervisor *s)
{
	struct plane *plane = s->dp->plane;
	int config = open(plane->config_path, O_RDONLY | O_CLOEXEC);
	pid_t parent = getpid(), pid;
	int rc = 0;

	if (config < 0) {
		rc = -errno;
		log_error("cannot read the configuration %s: %s", plane->config_path,
			  strerror(-rc));
		return rc;
	}
	pid = fork();
	if (pid == 0)
		run_program(s, config, parent);
	if (pid < 0) {
		rc = -errno;
		log_error("cannot start %s: %s", s->program, strerror(-rc));
	}
	close(config);
	if (rc)
		return rc;
	s->pid = pid;
	s->started_ms = clock_now_ms();
	s->restart_ms = 0;
	plane->stats_main->iked_starts++;
	return 0;
}

static void log_end(int status)
{
	if (WIFSIGNALED(status))
		log_warning("culvert-iked was ended by signal %d (%s)", WTERMSIG(status),
			    strsignal(WTERMSIG(status)));
	else
		log_warning("culvert-iked ended with status %d", WEXITSTATUS(status));
}

/* True when it has ended since it was last looked at. */
static bool ended(struct supervisor *s, int *status)
{
	if (!s->pid || waitpid(s->pid, status, WNOHANG) != s->pid)
		return false;
	s->pid = 0;
	return true;
}

uint32_t supervisor_run(struct supervisor *s)
{
	uint64_t now = clock_now_ms();
	int status;

	if (ended(s, &status)) {
		if (now - s->started_ms >= LIVED_WELL_MS)
			s->wait_ms = WAIT_FIRST_MS;
		log_end(status);
		log_notice("culvert-iked is started again in %u ms; established tunnels go on",
			   s->wait_ms);
		s->restart_ms = now + s->wait_ms;
		s->wait_ms = RTE_MIN(s->wait_ms * 2, (uint32_t)WAIT_MOST_MS);
	}
	if (s->pid)
		return IDLE_MS;
	if (now < s->restart_ms)
		return (uint32_t)(s->restart_ms - now);
	if (supervisor_start(s))
		s->restart_ms = now + WAIT_MOST_MS;
	return IDLE_MS;
}

void supervisor_signal(const struct supervisor *s, int number)
{
	if (s->pid)
		kill(s->pid, number);
}

bool supervisor_reap(struct supervisor *s)
{
	int status;

	return !s->pid || ended(s, &status);
}
