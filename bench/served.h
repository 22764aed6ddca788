/* SPDX-License-Identifier: Apache-2.0 */
/* served.h - for programs of bench/: a site with one person in memory, and the tanud of this build
 * on it. Whatever fails ends the program. */
#ifndef BENCH_SERVED_H
#define BENCH_SERVED_H

#include "process.h"

#include "service/service.h"

#include <signal.h>
#include <string.h>

struct served {
	char dir[64], url[64], key[64], subject[ID_HEX_LEN];
	pid_t pid; /* of tanud */
};

static inline void must(tanu_status st, const tanu_error *err, const char *what)
{
	if (st == TANU_OK)
		return;
	fprintf(stderr, "%s: %s: %s\n", what, err->place, err->message);
	exit(1);
}

static inline void served_site(struct served *s)
{
	static const char text[] = "We keep numbers made from your face.\n";
	struct service_options options = {.data_dir = s->dir};
	struct consent_order order = {
	    .purposes = TANU_PURPOSE_ACCESS,
	    .giver = TANU_GIVER_SELF,
	    .until = {2030, 1, 1},
	    .notice = {
		.text = text, .text_len = sizeof(text) - 1, .language = "en", .version = "1"}};
	struct service *service = NULL;
	struct person person;
	tanu_error err = {0};

	must(service_create(&options, "Bench", &err), &err, "site");
	must(service_open(&service, &options, &err), &err, "site");
	/* the same work for single photographs as the bare engine does */
	must(service_setting_set(service, "match.pad", "frame", &err), &err, "settings");
	must(service_person_set(&person, "Test One", "1990-01-01", &err), &err, "person");
	must(service_subject_add(service, &order.subject, &person, &err), &err, "person");
	must(service_consent_give(service, &order, &err), &err, "consent");
	id_hex(s->subject, &order.subject);
	service_close(&service);
}

static inline void served_key(struct served *s, const char *tanu, const char *scopes)
{
	char command[OS_PATH_MAX * 2], line[256];
	FILE *in;

	snprintf(command, sizeof(command), "'%s' api-key add bench --scope %s --data '%s'", tanu,
		 scopes, s->dir);
	in = popen(command, "r");
	if (!in || !fgets(line, sizeof(line), in))
		exit(1);
	pclose(in);
	snprintf(s->key, sizeof(s->key), "%.*s", (int)strcspn(line, "\n"), line);
}

/* Until it has said where it listens. */
static inline void served_tanud(struct served *s, const char *tanu)
{
	char program[OS_PATH_MAX], line[256];
	int said[2];
	FILE *in;

	snprintf(program, sizeof(program), "%.*s/tanud", (int)(strrchr(tanu, '/') - tanu), tanu);
	if (pipe(said) < 0)
		exit(1);
	s->pid = fork();
	if (s->pid == 0) {
		dup2(said[1], 2);
		execl(program, "tanud", "--data", s->dir, "--listen", "127.0.0.1:0", (char *)NULL);
		_exit(127);
	}
	close(said[1]);
	in = fdopen(said[0], "r");
	while (in && fgets(line, sizeof(line), in)) {
		const char *at = strstr(line, "https://");

		if (!at)
			continue;
		snprintf(s->url, sizeof(s->url), "%.*s", (int)strcspn(at, "\n"), at);
		return;
	}
	fprintf(stderr, "tanud does not say where it listens\n");
	exit(1);
}

static inline struct served **served_running(void)
{
	static struct served *running;

	return &running;
}

/* Also when the program fails. */
static inline void served_stop(void)
{
	struct served *s = *served_running();
	char command[96];

	*served_running() = NULL;
	if (!s)
		return;
	if (s->pid > 0) {
		kill(s->pid, SIGTERM);
		waitpid(s->pid, NULL, 0);
	}
	snprintf(command, sizeof(command), "rm -rf '%.*s'", (int)(strrchr(s->dir, '/') - s->dir),
		 s->dir);
	if (system(command) != 0)
		fprintf(stderr, "%s is left over\n", s->dir);
}

/* One at a time. `scopes` of the key, in the words of tanu api-key add. */
static inline void served_start(struct served *s, const char *scopes)
{
	char tanu[OS_PATH_MAX];
	tanu_error err = {0};

	*s = (struct served){.dir = "/dev/shm/tanu-bench-XXXXXX"};
	must(tanu_program(tanu, sizeof(tanu), &err), &err, "tanu");
	if (!mkdtemp(s->dir))
		exit(1);
	snprintf(s->dir + strlen(s->dir), 6, "/site");
	*served_running() = s;
	atexit(served_stop);
	served_site(s);
	served_key(s, tanu, scopes);
	served_tanud(s, tanu);
}

#endif
