/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/serve.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STOP_WAIT_MS 10000

/* One call, from its sockets to its end. */
struct serving {
	struct run *run;
	const struct serve *serve;
	int sockets[HTTP_SOCKETS_MAX];
	size_t sockets_len;
	char address[OS_ADDRESS_LEN];
	struct buf certificate, key;
	struct http_tls tls;
	struct os_notify notify;
	struct os_sandbox_report report;
	struct http_server *server;
	atomic_ullong requests, failed;
};

static void count(void *self, const struct http_note *note)
{
	struct serving *s = self;

	atomic_fetch_add(&s->requests, 1);
	if (note->status >= 500)
		atomic_fetch_add(&s->failed, 1);
}

/* ---- before the doors are shut ---- */

static tanu_status open_sockets(struct serving *s, const char *standard, tanu_error *err)
{
	const char *listen = args_get(&s->run->args, "listen");
	tanu_status st =
	    os_listen_inherited(s->sockets, ARRAY_LEN(s->sockets), &s->sockets_len, err);

	if (st == TANU_OK && s->sockets_len == 0) {
		st = os_listen(&s->sockets[0], listen ? listen : standard, err);
		s->sockets_len = st == TANU_OK;
	}
	if (st == TANU_OK)
		os_socket_address(s->address, s->sockets[0]);
	return st;
}

static tanu_status read_certificate(struct serving *s, tanu_error *err)
{
	const char *folder = args_get(&s->run->args, "tls");
	const char *host = args_get(&s->run->args, "host");
	const char *names[] = {host ? host : "localhost"};
	struct clock_source clock = os_clock();
	tanu_status st;

	if (!folder)
		return TANU_OK;
	st = http_certificate(&s->certificate, &s->key, NULL, folder, names, 1, clock_now(&clock),
			      err);
	s->tls.certificate = buf_cstr(&s->certificate);
	s->tls.key = buf_cstr(&s->key);
	/* an authority that has signed nobody: clients are asked, and known by their keys */
	if (s->serve->ask_certificates)
		s->tls.client_authorities = s->tls.certificate;
	if (st == TANU_OK && s->serve->certificate)
		st = s->serve->certificate(s->serve->self, s->tls.certificate, err);
	return st;
}

/* The folder above it is out of reach later. */
static tanu_status make_tls_folder(const struct serving *s, tanu_error *err)
{
	const char *folder = args_get(&s->run->args, "tls");

	return folder ? os_make_dir(folder, 0700, err) : TANU_OK;
}

/* Before the threads: they inherit what is blocked, and wait_for_signal takes it. */
static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
}

static tanu_status shut_in(struct serving *s, const struct serve *serve, tanu_error *err)
{
	struct os_sandbox_server sandbox = serve->sandbox;
	size_t n = 0;

	while (n + 1 < OS_SANDBOX_FOLDERS_MAX && sandbox.read_write[n])
		n++;
	sandbox.read_write[n] = args_get(&s->run->args, "tls");
	return os_sandbox_server(&sandbox, &s->report, err);
}

/* ---- serving ---- */

static tanu_status start(struct serving *s, const struct serve *serve, tanu_error *err)
{
	struct http_options options = {
	    .sockets = s->sockets,
	    .sockets_len = s->sockets_len,
	    .tls = args_has(&s->run->args, "tls") ? &s->tls : NULL,
	    .plain_anywhere = !serve->ask_certificates && args_has(&s->run->args, "plain"),
	    .routes = serve->routes,
	    .routes_len = serve->routes_len,
	    .note = count,
	    .self = s,
	};
	tanu_status st = http_start(&s->server, &options, err);

	if (st == TANU_OK)
		s->sockets_len = 0; /* the server's now */
	return st;
}

static void say_start(const struct serving *s, const struct serve *serve)
{
	bool tls = s->tls.certificate != NULL;
	char pin[HTTP_PIN_LEN] = "";

	if (serve->hello)
		fprintf(stderr, "tanu: %s\n", serve->hello);
	fprintf(stderr, "tanu: listening at http%s://%s\n", tls ? "s" : "", s->address);
	if (tls && http_pin(pin, s->tls.certificate, NULL) == TANU_OK)
		fprintf(stderr, "tanu: pin of the certificate: %s\n", pin);
	fprintf(stderr, "tanu: sandbox: system calls %s, files %s\n",
		s->report.seccomp ? "limited" : "NOT limited (the kernel refused)",
		s->report.landlock ? "limited to its folders"
				   : "NOT limited (no Landlock in this kernel)");
}

static void reload(struct serving *s)
{
	tanu_error err = {0};
	tanu_status st = TANU_OK;

	if (args_has(&s->run->args, "tls") && (st = read_certificate(s, &err)) == TANU_OK)
		st = http_reload(s->server, &s->tls, &err);
	if (st < 0)
		fprintf(stderr, "tanu: the old certificate stays: %s: %s\n", err.place,
			err.message);
}

static void serve_until_told(struct serving *s, const sigset_t *set)
{
	const struct timespec second = {.tv_sec = 1};

	os_notify_say(&s->notify, "READY=1");
	for (;;) {
		int number = sigtimedwait(set, NULL, &second);

		if (number == SIGTERM || number == SIGINT)
			break;
		if (number == SIGHUP)
			reload(s);
		os_notify_say(&s->notify, "WATCHDOG=1");
	}
	os_notify_say(&s->notify, "STOPPING=1");
}

static void answer(struct serving *s)
{
	say(s->run, "Answered %llu requests.\n", (unsigned long long)s->requests);
	jw_text(&s->run->jw, "address", s->address);
	jw_int(&s->run->jw, "requests", (int64_t)s->requests);
	jw_int(&s->run->jw, "failed", (int64_t)s->failed);
}

tanu_status serve_run(struct run *run, struct serve *serve, tanu_error *err)
{
	struct serving s = {.run = run, .serve = serve};
	sigset_t set;
	tanu_status st;

	if ((st = open_sockets(&s, serve->standard, err)) < 0 ||
	    (st = make_tls_folder(&s, err)) < 0 || (st = read_certificate(&s, err)) < 0)
		goto out;
	block_signals(&set);
	os_notify_open(&s.notify);
	if ((st = shut_in(&s, serve, err)) < 0 || (st = start(&s, serve, err)) < 0)
		goto out;
	say_start(&s, serve);
	serve_until_told(&s, &set);
	http_stop(&s.server, STOP_WAIT_MS);
	answer(&s);
out:
	for (size_t i = 0; i < s.sockets_len; i++)
		close(s.sockets[i]);
	os_notify_close(&s.notify);
	buf_free(&s.certificate);
	buf_wipe(&s.key);
	return st;
}
