/* SPDX-License-Identifier: BSD-3-Clause */
/* culvert: the operator's shell, on a terminal or running the commands of its arguments. */
#include "app/capture_command.h"
#include "cli/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	SOURCES_MAX = 64
};

/* One -c or -f, in the order given. */
struct source {
	bool file;
	const char *text; /* the command, or the file's name */
};

struct options {
	const char *run_dir;
	struct source sources[SOURCES_MAX];
	size_t n;
};

static const char usage[] =
	"Usage: culvert [--run-dir DIR] [-c COMMAND]... [-f FILE]...\n"
	"       culvert diagnose CAPTURE [key KEY] [keys FILE] [json]\n"
	"\n"
	"The shell of a culvert: on a terminal when no command is given.\n"
	"  -c, --command COMMAND  run this command; may be repeated\n"
	"  -f, --file FILE        run the commands of this file, - is standard input\n"
	"  -d, --run-dir DIR      the run directory of culvertd (default /run/culvert)\n"
	"  -V, --version          print the version\n"
	"  -h, --help             print this\n"
	"\n"
	"diagnose: why the IKE negotiations in a capture (pcap, pcapng) of any two peers fail;\n"
	"with a pre-shared key, which end of aggressive mode has it. No culvertd is asked.\n";

static const struct option long_options[] = {
	{"command", required_argument, NULL, 'c'}, {"file", required_argument, NULL, 'f'},
	{"run-dir", required_argument, NULL, 'd'}, {"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},	   {NULL, 0, NULL, 0}};

static bool add_source(struct options *o, bool file, const char *text)
{
	if (o->n == SOURCES_MAX) {
		fprintf(stderr, "culvert: at most %d times -c and -f\n", SOURCES_MAX);
		return false;
	}
	o->sources[o->n++] = (struct source){.file = file, .text = text};
	return true;
}

/* -1 to go on, or the status to exit with. */
static int parse(struct options *o, int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "c:f:d:Vh", long_options, NULL)) != -1) {
		if (opt == 'h') {
			fputs(usage, stdout);
			return 0;
		}
		if (opt == 'V') {
			puts("culvert " CULVERT_VERSION);
			return 0;
		}
		if (opt == 'd')
			o->run_dir = optarg;
		else if (opt == '?' || !add_source(o, opt == 'f', optarg))
			return 2;
	}
	if (optind < argc) {
		fprintf(stderr, "culvert: unexpected \"%s\": commands are given with -c\n",
			argv[optind]);
		return 2;
	}
	return -1;
}

static int run_line(struct shell *shell, const char *file, unsigned number, char *line, size_t len)
{
	char where[512];
	int rc;

	snprintf(where, sizeof(where), "%s:%u: ", file, number);
	shell->where = where;
	if (strlen(line) < len) {
		fprintf(stderr, "%s%% A line must not contain a NUL byte\n", where);
		rc = 1;
	} else {
		line[strcspn(line, "\r\n")] = '\0';
		rc = shell_line(shell, line);
	}
	shell->where = NULL;
	return rc;
}

static bool goes_on(const struct shell *shell)
{
	return !shell->quit && shell->session->fd >= 0;
}

/* The next line of the file is the answer; both are printed as on a terminal. */
static bool ask_file(void *ctx, const char *question, char *answer, size_t size)
{
	char *line = NULL;
	size_t room = 0;
	bool there = getline(&line, &room, ctx) >= 0;

	if (there) {
		line[strcspn(line, "\r\n")] = '\0';
		snprintf(answer, size, "%s", line);
		printf("%s%s\n", question, answer);
	}
	free(line);
	return there;
}

static int run_file(struct shell *shell, const char *name)
{
	FILE *in = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int failed = 0;

	if (!in) {
		fprintf(stderr, "culvert: cannot read %s: %s\n", name, strerror(errno));
		return 1;
	}
	shell->ask = ask_file;
	shell->terminal = in;
	for (unsigned n = 1; goes_on(shell) && (len = getline(&line, &size, in)) >= 0; n++)
		failed |= run_line(shell, name, n, line, (size_t)len);
	shell->ask = NULL;
	free(line);
	if (in != stdin)
		fclose(in);
	return failed;
}

static void print_line(void *, const char *, const json_t *params)
{
	puts(render_text_of(params, "text"));
}

static int run_sources(struct shell *shell, const struct options *o)
{
	int failed = 0;

	setvbuf(stdout, NULL, _IOLBF, 0); /* so that errors stand between the answers they follow */
	shell->privileged = shell->granted > RPC_PRIVILEGE_USER;
	shell->session->notify = print_line;
	for (size_t i = 0; i < o->n && goes_on(shell); i++)
		failed |= o->sources[i].file ? run_file(shell, o->sources[i].text)
					     : shell_line(shell, o->sources[i].text);
	/* A debug command was the last thing asked for: its lines come until Ctrl-C. */
	while (shell->debugging && goes_on(shell))
		if (session_poll(shell->session, -1)) {
			fprintf(stderr, "culvert: %s\n", shell->session->error);
			failed = 1;
		}
	return failed || shell->session->fd < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int interact(struct shell *shell)
{
	json_t *lowered = NULL;
	int rc;

	/* at `>`, for the server as well */
	if (shell->granted > RPC_PRIVILEGE_USER)
		lowered = session_call(shell->session, RPC_ACCESS_DISABLE, NULL);
	json_decref(lowered);
	rc = cli_interact(shell, STDIN_FILENO);

	if (rc)
		fprintf(stderr, "culvert: cannot use the terminal: %s\n", strerror(-rc));
	return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct options o = {.run_dir = "/run/culvert"};
	struct session session;
	struct shell shell;
	int status;

	if (argc > 1 && strcmp(argv[1], "diagnose") == 0)
		return capture_command_run(argc - 1, argv + 1);
	status = parse(&o, argc, argv);
	if (status >= 0)
		return status;
	rpc_wipe_texts();
	if (session_open(&session, o.run_dir) || shell_init(&shell, &session, stdout, stderr)) {
		fprintf(stderr, "culvert: %s\n", session.error);
		return EXIT_FAILURE;
	}
	if (o.n == 0 && !isatty(STDIN_FILENO))
		o.sources[o.n++] = (struct source){.file = true, .text = "-"};
	status = o.n ? run_sources(&shell, &o) : interact(&shell);
	session_close(&session);
	return status;
}
