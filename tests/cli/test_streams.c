/* SPDX-License-Identifier: Apache-2.0 */
/* Standard streams: full disks, readers that leave, terminals, interruption. */
#include "cli/program.h"

#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>

#define LONG_LIST 2000

static void a_full_disk_is_system_trouble(void **state)
{
	static const char *const words[] = {"subject", "list", NULL};
	struct call call = {.words = words, .out_fd = open("/dev/full", O_WRONLY)};
	struct outcome o = {0};

	(void)state;
	assert_true(call.out_fd >= 0);
	program_run(&o, &call);
	assert_int_equal(o.code, 5);
	assert_contains(o.err, "standard output");
	close(call.out_fd);
	outcome_done(&o);
}

static void a_reader_that_left_is_no_trouble(void **state)
{
	static const char *const words[] = {"settings", NULL};
	struct call call = {.words = words};
	struct outcome o = {0};
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	call.out_fd = ends[1];
	program_run(&o, &call);
	assert_int_equal(o.code, 0);
	assert_string_equal(o.err, "");
	close(ends[1]);
	outcome_done(&o);
}

/* What the program prints on a terminal. */
static void on_terminal(struct outcome *o, char *seen, size_t seen_len, const char *environment)
{
	static const char *const words[] = {"doctor", NULL};
	struct call call = {.words = words, .environment = environment};
	struct termios raw;
	int master = -1, terminal = -1;
	ssize_t n;

	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	assert_int_equal(tcgetattr(terminal, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(terminal, TCSANOW, &raw), 0);
	call.out_fd = terminal;
	program_run(o, &call);
	assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
	n = read(master, seen, seen_len - 1);
	assert_true(n > 0);
	seen[n] = '\0';
	close(terminal);
	close(master);
}

static void colours_are_for_terminals_that_want_them(void **state)
{
	struct outcome o = {0};
	char seen[4096];

	(void)state;
	setenv("TERM", "xterm", 1);
	on_terminal(&o, seen, sizeof(seen), NULL);
	assert_contains(seen, "\033[32mok");
	on_terminal(&o, seen, sizeof(seen), "NO_COLOR=1");
	assert_lacks(seen, "\033");
	on_terminal(&o, seen, sizeof(seen), "TERM=dumb");
	assert_lacks(seen, "\033");
	RUN(&o, 0, "doctor");
	assert_lacks(o.out, "\033");
	outcome_done(&o);
}

/* People without consent: each is looked for, refused, and the refusal written to her history. */
static void write_long_list(void)
{
	FILE *people = fopen("people.csv", "w"), *list = fopen("long.csv", "w");
	struct outcome o = {0};

	assert_non_null(people);
	assert_non_null(list);
	fputs("name,born\n", people);
	fputs("subject,photo\n", list);
	for (int i = 0; i < LONG_LIST; i++) {
		fprintf(people, "Person %d,1990-01-01\n", i);
		fprintf(list, "Person %d,no.jpg\n", i);
	}
	assert_int_equal(fclose(people), 0);
	assert_int_equal(fclose(list), 0);
	RUN(&o, 0, "subject", "import", "people.csv");
	outcome_done(&o);
}

static pid_t start_on_terminal(int *master, const char *const *words)
{
	pid_t pid = forkpty(master, NULL, NULL, NULL);

	assert_true(pid >= 0);
	if (pid == 0) {
		execv(getenv("TANU_PROGRAM"), (char *const *)words);
		_exit(127);
	}
	return pid;
}

/* Read from the terminal until `part` was seen, or its end; all of it in `seen`. */
static void read_until(int master, char *seen, size_t seen_len, const char *part)
{
	size_t len = strlen(seen);
	ssize_t n = 1;

	while (n > 0 && len + 1 < seen_len && (!part || !strstr(seen, part))) {
		n = read(master, seen + len, seen_len - 1 - len);
		len += n > 0 ? (size_t)n : 0;
		seen[len] = '\0';
	}
}

static void an_interrupted_list_leaves_terminal_and_site_whole(void **state)
{
	static const char *const words[] = {"tanu", "enrol", "--from", "long.csv", NULL};
	static char seen[1 << 16];
	struct outcome o = {0};
	int master = -1, status = 0;
	pid_t pid;

	(void)state;
	write_long_list();
	pid = start_on_terminal(&master, words);
	read_until(master, seen, sizeof(seen), "people, ");
	assert_contains(seen, "of 2000 people");
	assert_int_equal(kill(pid, SIGINT), 0);
	read_until(master, seen, sizeof(seen), NULL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	assert_string_equal(seen + strlen(seen) - strlen("\r\033[K"), "\r\033[K");
	close(master);
	RUN(&o, 0, "doctor");
	outcome_done(&o);
}

static void closed_streams_never_become_the_database(void **state)
{
	struct outcome o = {0};

	(void)state;
	assert_int_equal(system("\"$TANU_PROGRAM\" subject add --name x --born 1990-01-01 "
				"<&- >&- 2>&-"),
			 0);
	RUN(&o, 0, "doctor");
	RUN_JSON(&o, 0, "subject", "list");
	assert_int_equal(json_len(json_get(o.json, "subjects")), 1);
	outcome_done(&o);
}

int main(void)
{
#define STREAM_TEST(name) cmocka_unit_test_setup_teardown(name, site_enter, site_leave)
	const struct CMUnitTest tests[] = {
	    STREAM_TEST(a_full_disk_is_system_trouble),
	    STREAM_TEST(a_reader_that_left_is_no_trouble),
	    STREAM_TEST(colours_are_for_terminals_that_want_them),
	    STREAM_TEST(an_interrupted_list_leaves_terminal_and_site_whole),
	    STREAM_TEST(closed_streams_never_become_the_database),
	};

	return cmocka_run_group_tests_name("cli/streams", tests, NULL, NULL);
}
