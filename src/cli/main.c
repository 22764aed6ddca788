/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A program started without standard streams must not open a database where one of them belongs. */
static void open_standard_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

static void on_interrupt(int number)
{
	progress_interrupt();
	signal(number, SIG_DFL);
	raise(number);
}

static void set_signals(void)
{
	struct sigaction interrupt = {.sa_handler = on_interrupt};

	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGTERM, &interrupt, NULL);
	signal(SIGPIPE, SIG_IGN); /* a reader that went away must not stop an act half way */
}

static bool wants_colour(int fd)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *terminal = getenv("TERM");

	if (no_colour && *no_colour)
		return false;
	return isatty(fd) && terminal && strcmp(terminal, "dumb") != 0;
}

static void answer_error(struct run *run, const tanu_error *err)
{
	struct json_w *w = &run->jw;

	if (!run->keep_answer) {
		run->json.len = 0;
		run->json.failed = false;
		jw_init(w, &run->json);
		jw_object(w, NULL);
	}
	jw_object(w, "error");
	jw_text(w, "code", tanu_error_name(err->code));
	jw_text(w, "status", tanu_status_name(err->status));
	jw_clean(w, "place", err->place);
	jw_clean(w, "message", err->message);
	jw_end_object(w);
}

/* "tanu: place: message" and what to type next, on standard error. */
static void print_error(const tanu_error *err)
{
	const char *next = next_step(err->code);
	struct buf line = {.max = 8192};

	buf_str(&line, "tanu: ");
	if (*err->place) {
		utf8_put_clean(&line, err->place);
		buf_str(&line, ": ");
	}
	utf8_put_clean(&line, err->message);
	buf_str(&line, "\n");
	if (next)
		buf_printf(&line, "Next: %s\n", next);
	fputs(buf_cstr(&line), stderr);
	buf_free(&line);
}

static tanu_status write_all(const struct buf *out, tanu_error *err)
{
	errno = 0;
	if (out->len)
		fwrite(out->data, 1, out->len, stdout);
	if (fflush(stdout) == 0 || errno == EPIPE)
		return TANU_OK; /* who closed the pipe has read enough */
	return tanu_fail(err, TANU_ERR_IO, "standard output", "cannot write the answer: %s",
			 strerror(errno));
}

void run_answer_drop(struct run *run)
{
	run->text.len = run->json.len = 0;
	run->text.failed = run->json.failed = false;
	run->exit = TANU_EXIT_YES;
	jw_init(&run->jw, &run->json);
	jw_object(&run->jw, NULL);
}

void run_answer_error(struct run *run, const tanu_error *err)
{
	run_answer_drop(run);
	answer_error(run, err);
	say_clean(run, err->place);
	say(run, "%s", *err->place ? ": " : "");
	say_clean(run, err->message);
	say(run, "\n");
}

tanu_status run_answer_print(struct run *run, tanu_error *err)
{
	struct buf *out = run->args.json ? &run->json : &run->text;
	tanu_status st;

	if (run->args.json)
		jw_end_object(&run->jw);
	buf_str(out, run->args.json ? "\n" : "");
	if ((st = buf_check(out, err)) == TANU_OK)
		st = write_all(out, err);
	run_answer_drop(run);
	return st;
}

static tanu_status print_help(struct run *run, tanu_error *err)
{
	if (run->args.verb)
		help_verb(&run->text, run->args.verb);
	else if (run->args.group)
		help_group(&run->text, run->args.group);
	else
		help_all(&run->text);
	return buf_check(&run->text, err);
}

static tanu_status run_verb(struct run *run, tanu_error *err)
{
	tanu_status st;

	jw_init(&run->jw, &run->json);
	jw_object(&run->jw, NULL);
	if ((st = run->args.verb->run(run, err)) < 0)
		return st;
	if ((st = buf_check(&run->json, err)) < 0)
		return st;
	return buf_check(&run->text, err);
}

/* What was done becomes visible in the public log. It is done either way: trouble is said, no more.
 */
static void publish(struct run *run)
{
	tanu_error err = {0};
	struct buf line = {.max = 8192};

	if (!run->service || service_publish(run->service, &err) == TANU_OK)
		return;
	buf_str(&line, "tanu: the public log: ");
	utf8_put_clean(&line, err.message);
	buf_str(&line, "\nWhat was done is kept and goes into the log with the next command.\n");
	fputs(buf_cstr(&line), stderr);
	buf_free(&line);
}

/* Print the answer and the error; the exit code. */
static tanu_exit finish(struct run *run, tanu_status st, tanu_error *err)
{
	bool json = run->args.json && !run->args.help;
	tanu_status written;

	if (st < 0 && json)
		answer_error(run, err);
	if (json) {
		jw_end_object(&run->jw);
		buf_str(&run->json, "\n");
	}
	if (st == TANU_OK)
		st = buf_check(json ? &run->json : &run->text, err);
	written = write_all(json ? &run->json : &run->text, err);
	if (st == TANU_OK)
		st = written;
	if (st < 0)
		print_error(err);
	return st < 0 ? tanu_exit_for(st) : run->exit;
}

static tanu_status start(struct run *run, char **words, size_t words_len, tanu_error *err)
{
	static char version[] = "version";
	tanu_status st;

	if (words_len && strcmp(words[0], "--version") == 0)
		words[0] = version;
	if ((st = args_parse(&run->args, words, words_len, err)) < 0)
		return st;
	return run->args.help ? print_help(run, err) : run_verb(run, err);
}

int cli_main(int argc, char **argv)
{
	struct run run = {0};
	tanu_error err = {0};
	tanu_exit code;
	tanu_status st;

	os_harden_process();
	open_standard_streams();
	set_signals();
	run.colour = wants_colour(STDOUT_FILENO);
	st = start(&run, argv + 1, argc > 0 ? (size_t)argc - 1 : 0, &err);
	publish(&run);
	service_close(&run.service);
	free(run.witnesses);
	code = finish(&run, st, &err);
	buf_wipe(&run.text);
	buf_wipe(&run.json);
	return (int)code;
}
