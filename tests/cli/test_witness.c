/* SPDX-License-Identifier: Apache-2.0 */
/* A site, its witness and its log on a web server, as people run them. */
#include "cli/program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

/* A verb that serves, in the background; what it says goes to a file. */
struct server {
	pid_t pid;
	char said[32], url[128];
};

static const char *said(const struct server *s)
{
	static char text[4096];
	FILE *f = fopen(s->said, "r");
	size_t n = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	text[n] = '\0';
	if (f)
		fclose(f);
	return text;
}

static void find_url(struct server *s)
{
	const char *at = strstr(said(s), "listening at ");

	snprintf(s->url, sizeof(s->url), "%.*s", at ? (int)strcspn(at + 13, "\n") : 0,
		 at ? at + 13 : "");
}

static void serve(struct server *s, const char *name, char *const *words)
{
	const struct timespec moment = {.tv_nsec = 20000000};
	posix_spawn_file_actions_t actions;

	*s = (struct server){0};
	snprintf(s->said, sizeof(s->said), "%s.said", name);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, 2, s->said, O_CREAT | O_TRUNC | O_WRONLY, 0600);
	assert_int_equal(
	    posix_spawn(&s->pid, getenv("TANU_PROGRAM"), &actions, NULL, words, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	for (int i = 0; i < 500 && !strstr(said(s), "sandbox: "); i++)
		nanosleep(&moment, NULL);
	find_url(s);
	if (!*s->url)
		fail_msg("it does not serve: %s", said(s));
}

static int ended(struct server *s, int number)
{
	int status = 0;

	kill(s->pid, number);
	assert_int_equal(waitpid(s->pid, &status, 0), s->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define SERVE(s, name, ...) serve((s), name, (char *const[]){(char *)"tanu", __VA_ARGS__, NULL})

/* The word behind "log " of the site's policy. */
static void log_key(char out[400])
{
	FILE *f = fopen("s/log/policy", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "log %399s", out), 1);
	fclose(f);
}

struct scene {
	char log[400], witness[400];
	struct server server;
};

/* A site with a log, and a witness "w" that does not know it yet. */
static void make_scene(struct scene *scene)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN];

	*scene = (struct scene){0};
	site_make();
	site_add(id, "A B", ADULT_BORN);
	log_key(scene->log);
	RUN_JSON(&o, 0, "witness", "init", "w", "--name", "witness.example/1");
	snprintf(scene->witness, sizeof(scene->witness), "%s", answer_text(&o, "key"));
	outcome_done(&o);
}

static void write_list(const struct scene *scene, const char *url, const char *pin)
{
	char text[1200];

	snprintf(text, sizeof(text), "witness w %s %s %s\n", scene->witness, url, pin);
	file_write_text("s/witnesses", text);
}

static int enter(void **state)
{
	(void)state;
	folder_enter();
	return 0;
}

static int leave(void **state)
{
	(void)state;
	folder_leave();
	return 0;
}

static void a_log_is_cosigned_and_audited_from_outside(void **state)
{
	struct outcome o = {0};
	struct scene scene;
	struct server log;
	char policy[1200];

	(void)state;
	make_scene(&scene);
	snprintf(policy, sizeof(policy), "log %s\nwitness w %s\nquorum w\n", scene.log,
		 scene.witness);
	file_write_text("policy", policy);
	SERVE(&scene.server, "witness", "witness", "serve", "w", "--listen", "127.0.0.1:0");
	assert_contains(said(&scene.server), scene.witness);
	write_list(&scene, scene.server.url, "");

	/* Not cosigned: the auditor's policy is not met. */
	program_run(&o, &(struct call){.words = (const char *const[]){"log", "audit", "s",
								      "--policy", "policy", NULL}});
	assert_true(o.code != 0);
	RUN_JSON(&o, 3, "log", "cosign");
	assert_string_equal(answer_error_code(&o), "untrusted");
	assert_contains(o.out, "\"cosigned\":false");

	/* The witness learns of the log while it serves. */
	RUN_JSON(&o, 0, "witness", "add-log", "w", scene.log);
	RUN_JSON(&o, 0, "log", "cosign");
	assert_contains(o.out, "\"cosigned\":true");
	RUN_JSON(&o, 0, "log", "cosign"); /* once more: one line of it all the same */
	RUN_JSON(&o, 0, "log", "audit", "s", "--policy", "policy");
	assert_true(answer_number(&o, "witnesses") == 1);

	SERVE(&log, "log", "log", "serve", "s", "--listen", "127.0.0.1:0");
	RUN_JSON(&o, 0, "log", "audit", log.url, "--policy", "policy");
	assert_true(answer_number(&o, "witnesses") == 1);
	assert_int_equal(ended(&log, SIGTERM), 0);
	assert_int_equal(ended(&scene.server, SIGINT), 0);
	outcome_done(&o);
}

/* What a GET gives; curl's exit code. */
static int get(char out[4096], const char *url, const char *path)
{
	char line[256];
	FILE *pipe;
	size_t n;

	snprintf(line, sizeof(line), "curl -sf %s/%s", url, path);
	pipe = popen(line, "r");
	assert_non_null(pipe);
	n = fread(out, 1, 4095, pipe);
	out[n] = '\0';
	return WEXITSTATUS(pclose(pipe));
}

static void the_page_can_be_had_from_the_witness(void **state)
{
	static const char one[] = "<!doctype html>one", two[] = "<!doctype html>two";
	struct outcome o = {0};
	struct scene scene;
	char first[65], text[4096], lines[256];

	(void)state;
	if (system("command -v curl >/dev/null") != 0) {
		print_message("the program curl is not here\n");
		skip();
	}
	make_scene(&scene);
	SERVE(&scene.server, "witness", "witness", "serve", "w", "--listen", "127.0.0.1:0");
	assert_true(get(text, scene.server.url, "verifier.html") != 0);
	file_write_text("page.html", one);
	RUN_JSON(&o, 0, "witness", "add-page", "w", "page.html");
	snprintf(first, sizeof(first), "%s", answer_text(&o, "sha256"));
	assert_int_equal(get(text, scene.server.url, "verifier.html"), 0);
	assert_string_equal(text, one);
	file_write_text("page.html", two);
	RUN_JSON(&o, 0, "witness", "add-page", "w", "page.html");
	RUN_JSON(&o, 0, "witness", "add-page", "w", "page.html"); /* once more: one line */
	snprintf(lines, sizeof(lines), "%s  verifier.html\n%s  verifier.html\n",
		 answer_text(&o, "sha256"), first);
	assert_int_equal(get(text, scene.server.url, "verifier.sha256"), 0);
	assert_string_equal(text, lines);
	file_write_text("page.html", "no page");
	RUN_JSON(&o, 4, "witness", "add-page", "w", "page.html");
	RUN_JSON(&o, 4, "witness", "add-page", "none", "page.html");
	assert_int_equal(ended(&scene.server, SIGTERM), 0);
	outcome_done(&o);
}

/* A site whose program has a page says so in its log, once for each page. */
static void the_site_states_which_page_it_hands_out(void **state)
{
	struct outcome o = {0};
	char id[ID_HEX_LEN], sha256[65];
	const char *at;

	(void)state;
	file_write_text("page.html", "<!doctype html>one");
	assert_int_equal(setenv("TANU_VERIFIER", "page.html", 1), 0);
	site_make();
	site_add(id, "A B", ADULT_BORN);
	site_add(id, "C D", ADULT_BORN);
	RUN_JSON(&o, 0, "receipt", "page");
	snprintf(sha256, sizeof(sha256), "%s", answer_text(&o, "sha256"));
	RUN(&o, 0, "log", "show", "s/log");
	at = strstr(o.out, sha256);
	assert_non_null(at);
	assert_null(strstr(at + 1, sha256));
	file_write_text("page.html", "<!doctype html>two");
	site_add(id, "E F", ADULT_BORN);
	RUN_JSON(&o, 0, "receipt", "page");
	snprintf(sha256, sizeof(sha256), "%s", answer_text(&o, "sha256"));
	RUN(&o, 0, "log", "show", "s/log");
	assert_contains(o.out, sha256);
	unsetenv("TANU_VERIFIER");
	outcome_done(&o);
}

static void publishing_asks_the_witness(void **state)
{
	struct outcome o = {0};
	struct scene scene;
	char id[ID_HEX_LEN], policy[1200];
	double size;

	(void)state;
	make_scene(&scene);
	snprintf(policy, sizeof(policy), "log %s\nwitness w %s\nquorum w\n", scene.log,
		 scene.witness);
	file_write_text("policy", policy);
	RUN(&o, 0, "witness", "add-log", "w", scene.log);
	SERVE(&scene.server, "witness", "witness", "serve", "w", "--listen", "127.0.0.1:0");
	write_list(&scene, scene.server.url, "");
	site_add(id, "C D", ADULT_BORN);
	RUN_JSON(&o, 0, "log", "audit", "s", "--policy", "policy");
	size = answer_number(&o, "size");
	RUN_JSON(&o, 0, "log", "state");
	assert_true(answer_number(&o, "size") == size && answer_number(&o, "published") == size);
	assert_contains(o.out, "\"held_since_ms\":null");

	/* It is away: what is done is done, and the auditor sees what was cosigned. */
	assert_int_equal(ended(&scene.server, SIGTERM), 0);
	site_add(id, "E F", ADULT_BORN);
	RUN_JSON(&o, 0, "log", "audit", "s", "--policy", "policy");
	assert_true(answer_number(&o, "size") == size);
	RUN_JSON(&o, 0, "log", "state");
	assert_true(answer_number(&o, "size") > size && answer_number(&o, "published") == size);
	RUN(&o, 0, "log", "state");
	assert_contains(o.out, "The rest waits for witnesses since");
	RUN_JSON(&o, 5, "log", "cosign");
	assert_string_equal(answer_error_code(&o), "network");

	/* And comes back, at another address. */
	SERVE(&scene.server, "witness", "witness", "serve", "w", "--listen", "127.0.0.1:0");
	write_list(&scene, scene.server.url, "");
	RUN_JSON(&o, 0, "log", "cosign");
	RUN_JSON(&o, 0, "log", "audit", "s", "--policy", "policy");
	assert_true(answer_number(&o, "size") > size);

	/* A list that can't be read keeps no site shut. */
	file_write_text("s/witnesses", "witness w nonsense http://127.0.0.1:1\n");
	site_add(id, "G H", ADULT_BORN);
	RUN(&o, 5, "doctor", "--data", "s");
	assert_contains(o.out, "line 1");
	assert_int_equal(ended(&scene.server, SIGTERM), 0);
	outcome_done(&o);
}

static void a_witness_with_its_own_certificate_is_pinned(void **state)
{
	struct outcome o = {0};
	struct scene scene;
	char pin[64], wrong[64];
	const char *at;

	(void)state;
	make_scene(&scene);
	RUN(&o, 0, "witness", "add-log", "w", scene.log);
	SERVE(&scene.server, "witness", "witness", "serve", "w", "--listen", "127.0.0.1:0", "--tls",
	      "tls");
	assert_memory_equal(scene.server.url, "https://", 8);
	at = strstr(said(&scene.server), "sha256//");
	assert_non_null(at);
	snprintf(pin, sizeof(pin), "%.52s", at);
	write_list(&scene, scene.server.url, "");
	RUN_JSON(&o, 5, "log", "cosign"); /* nobody vouches for that certificate */
	assert_string_equal(answer_error_code(&o), "network");
	snprintf(wrong, sizeof(wrong), "%s", pin);
	wrong[12] = wrong[12] == 'A' ? 'B' : 'A';
	write_list(&scene, scene.server.url, wrong);
	RUN_JSON(&o, 5, "log", "cosign");
	write_list(&scene, scene.server.url, pin);
	RUN_JSON(&o, 0, "log", "cosign");
	/* Read again, it is the same. */
	kill(scene.server.pid, SIGHUP);
	RUN_JSON(&o, 0, "log", "cosign");
	assert_lacks(said(&scene.server), "old certificate");
	assert_int_equal(ended(&scene.server, SIGTERM), 0);
	outcome_done(&o);
}

static void what_cannot_be_served_is_said(void **state)
{
	struct outcome o = {0};
	struct scene scene;

	(void)state;
	make_scene(&scene);
	RUN_JSON(&o, 4, "witness", "serve", "none");
	RUN_JSON(&o, 2, "witness", "serve", "w", "--listen", "0.0.0.0:0");
	assert_contains(o.err, "plain HTTP");
	RUN_JSON(&o, 2, "witness", "serve", "w", "--listen", "example.org");
	RUN_JSON(&o, 4, "log", "serve", "none");
	RUN_JSON(&o, 2, "witness", "init", "w", "--name", "witness.example/2");
	RUN_JSON(&o, 4, "witness", "init", "w2", "--name", "two words");
	RUN_JSON(&o, 4, "witness", "add-log", "w", "nonsense");
	RUN_JSON(&o, 2, "witness", "add-log", "w", scene.witness);
	RUN_JSON(&o, 4, "log", "cosign"); /* no list */
	file_write_text("s/witnesses", "# nobody\n");
	RUN_JSON(&o, 2, "log", "cosign");
	SERVE(&scene.server, "witness", "witness", "serve", "w", "--listen", "127.0.0.1:0");
	RUN_JSON(&o, 5, "witness", "serve", "w"); /* one owner */
	assert_string_equal(answer_error_code(&o), "folder-busy");
	assert_int_equal(ended(&scene.server, SIGTERM), 0);
	outcome_done(&o);
}

/* A log put back to an older state is not cosigned again. */
static void a_log_put_back_is_refused(void **state)
{
	struct outcome o = {0};
	struct scene scene;
	char id[ID_HEX_LEN];

	(void)state;
	make_scene(&scene);
	RUN(&o, 0, "witness", "add-log", "w", scene.log);
	SERVE(&scene.server, "witness", "witness", "serve", "w", "--listen", "127.0.0.1:0");
	write_list(&scene, scene.server.url, "");
	assert_int_equal(system("cp -a s old"), 0);
	site_add(id, "C D", ADULT_BORN);
	RUN(&o, 0, "log", "cosign");
	assert_int_equal(system("cp s/witnesses old/"), 0);
	RUN_JSON(&o, 5, "log", "cosign", "--data", "old");
	assert_string_equal(answer_error_code(&o), "proof");
	assert_int_equal(ended(&scene.server, SIGTERM), 0);
	outcome_done(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, enter, leave)
	    T(a_log_is_cosigned_and_audited_from_outside),
	    T(publishing_asks_the_witness),
	    T(the_page_can_be_had_from_the_witness),
	    T(the_site_states_which_page_it_hands_out),
	    T(a_witness_with_its_own_certificate_is_pinned),
	    T(what_cannot_be_served_is_said),
	    T(a_log_put_back_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
