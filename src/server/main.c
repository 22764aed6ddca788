/* SPDX-License-Identifier: Apache-2.0 */
#include "server/inside.h"

#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define STOP_WAIT_MS	    10000
#define UPKEEP_S	    20
#define CONNECTIONS_PROXIED 1024

static const char usage[] =
    "usage: tanud --data DIR [--listen ADDRESS:PORT] [--host NAME]... [--gates ADDRESS:PORT]\n"
    "             [--tablets ADDRESS:PORT] [--plain]\n"
    "\n"
    "Serves the site in DIR: its API, pages and public log, over TLS 1.3.\n"
    "  --data DIR        the data folder ($TANU_DATA)\n"
    "  --listen ADDRESS  default 127.0.0.1:7380; \":443\" is all addresses. Sockets that\n"
    "                    systemd hands over come first\n"
    "  --host NAME       a name or address that the certificate is made for; may be repeated\n"
    "  --gates ADDRESS   answer the gates of the site here, with the same certificate: \":7443\"\n"
    "  --tablets ADDRESS answer tablets at doors here, with the same certificate: \":7444\"\n"
    "  --plain           plain HTTP, for a web server on this machine that does TLS\n"
    "The certificate and its key are DIR/tls/tls.crt and tls.key: put your own there, or one is\n"
    "made. SIGHUP reads them again, SIGTERM stops. docs/server.md has the rest.\n";

/* ---- words ---- */

static tanu_status words_read(struct server *s, int argc, char **argv, tanu_error *err)
{
	static const struct option options[] = {{"data", required_argument, NULL, 'd'},
						{"listen", required_argument, NULL, 'l'},
						{"host", required_argument, NULL, 'n'},
						{"gates", required_argument, NULL, 'g'},
						{"tablets", required_argument, NULL, 't'},
						{"plain", no_argument, NULL, 'p'},
						{"help", no_argument, NULL, 'h'},
						{"version", no_argument, NULL, 'v'},
						{NULL, 0, NULL, 0}};
	int got;

	s->data = getenv("TANU_DATA");
	s->listen = "127.0.0.1:7380";
	while ((got = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (got == 'd')
			s->data = optarg;
		else if (got == 'l')
			s->listen = optarg;
		else if (got == 'n' && s->hosts_len < HOSTS_MAX)
			s->hosts[s->hosts_len++] = optarg;
		else if (got == 'g')
			s->gates = optarg;
		else if (got == 't')
			s->tablets = optarg;
		else if (got == 'p')
			s->plain = true;
		else if (got == 'h' || got == 'v')
			s->only_tell = got;
		else
			return tanu_fail(err, TANU_ERR_USAGE, NULL, "see tanud --help");
	}
	if (optind != argc || (!s->only_tell && (!s->data || !*s->data)))
		return tanu_fail(err, TANU_ERR_USAGE, NULL,
				 "name the data folder: tanud --data DIR");
	if (s->hosts_len == 0)
		s->hosts[s->hosts_len++] = "localhost";
	return TANU_OK;
}

/* ---- before the doors are shut ---- */

static tanu_status sockets_open(struct server *s, tanu_error *err)
{
	tanu_status st =
	    os_listen_inherited(s->sockets, ARRAY_LEN(s->sockets), &s->sockets_len, err);

	if (st == TANU_OK && s->sockets_len == 0) {
		st = os_listen(&s->sockets[0], s->listen, err);
		s->sockets_len = st == TANU_OK;
	}
	if (st == TANU_OK)
		os_socket_address(s->address, s->sockets[0]);
	return st;
}

static tanu_status certificate_read(struct server *s, tanu_error *err)
{
	struct clock_source clock = os_clock();
	tanu_status st;

	if (s->plain)
		return TANU_OK;
	buf_free(&s->certificate);
	buf_wipe(&s->key);
	st = http_certificate(&s->certificate, &s->key, NULL, s->tls_dir, s->hosts, s->hosts_len,
			      clock_now(&clock), err);
	s->tls.certificate = buf_cstr(&s->certificate);
	s->tls.key = buf_cstr(&s->key);
	return st;
}

/* Before the API is there nobody waits. */
static void let_others(void *self)
{
	struct server *s = self;

	if (s->api)
		api_pause(s->api);
}

static void go_on(void *self)
{
	struct server *s = self;

	if (s->api)
		api_resume(s->api);
}

tanu_status folder_open(struct server *s, struct os_lock *lock, tanu_error *err)
{
	struct service_options options = {.data_dir = s->data,
					  .models_dir = s->models_dir,
					  .program = SERVER_PROGRAM,
					  .lock = lock,
					  .engine = s->engine,
					  .pause = let_others,
					  .resume = go_on,
					  .pause_self = s};

	return service_open(&s->service, &options, err);
}

static tanu_status tls_folder(struct server *s, tanu_error *err)
{
	tanu_status st;

	if (s->plain)
		return TANU_OK;
	if ((st = os_path(s->tls_dir, sizeof(s->tls_dir), s->data, "tls", err)) < 0)
		return st;
	return os_make_dir(s->tls_dir, 0700, err);
}

static void signals_block(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	pthread_sigmask(SIG_BLOCK, set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static tanu_status serve(struct server *s, tanu_error *err)
{
	struct api_options options = {.service = s->service, .program = SERVER_PROGRAM};
	struct http_options http = {.sockets = s->sockets,
				    .sockets_len = s->sockets_len,
				    .tls = s->plain ? NULL : &s->tls,
				    .refuse = api_refuse,
				    .note = api_note};
	tanu_status st;

	/* all connections are those of the web server in front, which has bounds of its own */
	http.limits.per_address = s->plain ? CONNECTIONS_PROXIED : 0;
	options.sandbox = s->report;
	options.judge = judge_of_server();
	options.outbox = s->outbox;
	if ((st = os_path(s->outbox, sizeof(s->outbox), s->data, "outbox", err)) < 0 ||
	    (st = os_make_dir(s->outbox, 0700, err)) < 0 ||
	    (st = api_open(&s->api, &options, err)) < 0)
		return st;
	http.routes = api_routes(s->api, &http.routes_len);
	http.self = s->api;
	if ((st = http_start(&s->http, &http, err)) == TANU_OK)
		s->sockets_len = 0; /* the server's now */
	if (st < 0 || (st = tablets_start(s, err)) < 0)
		return st;
	return gates_start(s, err);
}

static void say_start(const struct server *s)
{
	char pin[HTTP_PIN_LEN] = "";

	fprintf(stderr, "tanud: listening at http%s://%s\n", s->plain ? "" : "s", s->address);
	if (s->gates_http)
		fprintf(stderr, "tanud: gates are answered at https://%s\n", s->gates_address);
	if (s->tablets_http)
		fprintf(stderr, "tanud: tablets are answered at https://%s\n", s->tablets_address);
	if (!s->plain && http_pin(pin, s->tls.certificate, NULL) == TANU_OK)
		fprintf(stderr, "tanud: pin of the certificate: %s\n", pin);
	fprintf(stderr, "tanud: sandbox: system calls %s, files %s\n",
		s->report.seccomp ? "limited" : "NOT limited (the kernel refused)",
		s->report.landlock ? "limited to the data folder"
				   : "NOT limited (no Landlock in this kernel)");
	fprintf(stderr, "tanud: images are decoded, and faces measured, in processes that have "
			"neither files nor network\n");
	if (!os_secrets_locked())
		fprintf(stderr, "tanud: memory for keys could NOT be locked (RLIMIT_MEMLOCK)\n");
}

/* ---- while it serves ---- */

static void reload(struct server *s)
{
	tanu_error err = {0};
	tanu_status st = TANU_OK;

	if (!s->plain && (st = certificate_read(s, &err)) == TANU_OK)
		st = http_reload(s->http, &s->tls, &err);
	if (st == TANU_OK && (st = tablets_reload(s, &err)) == TANU_OK)
		st = gates_reload(s, &err);
	if (st < 0)
		fprintf(stderr, "tanud: the old certificate stays: %s: %s\n", err.place,
			err.message);
}

static void upkeep(struct server *s)
{
	struct http_load load = http_load(s->http);
	tanu_error err = {0};

	api_load(s->api, &load);
	if (api_upkeep(s->api, &err) < 0)
		fprintf(stderr, "tanud: %s%s%s\n", err.place, *err.place ? ": " : "", err.message);
}

static void serve_until_told(struct server *s, const sigset_t *set)
{
	const struct timespec second = {.tv_sec = 1};
	unsigned seconds = 0;

	os_notify_say(&s->notify, "READY=1");
	for (;;) {
		int number = sigtimedwait(set, NULL, &second);

		if (number == SIGTERM || number == SIGINT)
			break;
		if (number == SIGHUP)
			reload(s);
		if (number < 0 && ++seconds % UPKEEP_S == 0)
			upkeep(s);
		os_notify_say(&s->notify, "WATCHDOG=1");
	}
	os_notify_say(&s->notify, "STOPPING=1");
}

static void stop(struct server *s)
{
	if (s->http)
		http_stop(&s->http, STOP_WAIT_MS);
	tablets_stop(s, STOP_WAIT_MS);
	gates_stop(s, STOP_WAIT_MS);
	lend_stop(s);
	if (s->service)
		service_publish(s->service, NULL);
	api_close(&s->api);
	service_close(&s->service);
	engine_close(&s->engine);
	os_spawner_end(&s->spawner);
	for (size_t i = 0; i < s->sockets_len; i++)
		close(s->sockets[i]);
	os_notify_close(&s->notify);
	buf_free(&s->certificate);
	buf_wipe(&s->key);
}

/* In this order: helpers before any secret, sockets and keys before the sandbox, threads after. */
static tanu_status run(struct server *s, tanu_error *err)
{
	sigset_t set;
	tanu_status st;

	if ((st = helpers_start(s, err)) < 0 || (st = folder_open(s, NULL, err)) < 0 ||
	    (st = tls_folder(s, err)) < 0 || (st = sockets_open(s, err)) < 0 ||
	    (st = gates_prepare(s, err)) < 0 || (st = tablets_prepare(s, err)) < 0 ||
	    (st = certificate_read(s, err)) < 0 || (st = lend_prepare(s, err)) < 0 ||
	    (st = service_notices_begin(s->service, err)) < 0)
		return st;
	signals_block(&set);
	os_notify_open(&s->notify);
	if ((st = shut_in(s, err)) < 0 || (st = serve(s, err)) < 0 || (st = lend_start(s, err)) < 0)
		return st;
	say_start(s);
	serve_until_told(s, &set);
	return TANU_OK;
}

int server_main(int argc, char **argv)
{
	struct server s = {
	    .lending = -1, .lend_stop = {-1, -1}, .gates_socket = -1, .tablets_socket = -1};
	tanu_error err = {0};
	tanu_status st;

	os_harden_process();
	if ((st = words_read(&s, argc, argv, &err)) == TANU_OK && s.only_tell) {
		fputs(s.only_tell == 'h' ? usage : SERVER_PROGRAM "\n", stdout);
		return 0;
	}
	if (st == TANU_OK)
		st = run(&s, &err);
	stop(&s);
	if (st < 0)
		fprintf(stderr, "tanud: %s%s%s\n", err.place, *err.place ? ": " : "", err.message);
	return (int)tanu_exit_for(st);
}
