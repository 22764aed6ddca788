/* SPDX-License-Identifier: Apache-2.0 */
/* The real tanud on a real folder: lent, killed, stopped, and its helpers looked into. */
#include "http/site.h"

#include "api/inside.h"
#include "net/net.h"
#include "auth/inside.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MUST(call)                                                                       \
	do {                                                                             \
		tanu_error must_err = {0};                                               \
		tanu_error *err = &must_err;                                             \
                                                                                         \
		(void)err;                                                               \
		if ((call) != TANU_OK)                                                   \
			fail_msg("%s: %s: %s", #call, must_err.place, must_err.message); \
	} while (0)

enum how { PLAINLY, OVER_TLS, BY_SOCKET };

struct house {
	struct site site; /* only its port is used */
	char root[64], dir[96], program[OS_PATH_MAX], tanu[OS_PATH_MAX];
	pid_t pid;
	char secret[SESSION_TEXT_LEN], token[SESSION_TEXT_LEN];
	char subject[ID_HEX_LEN];
};

/* ---- before tanud has the folder ---- */

static void consent(struct service *s, const tanu_id *id)
{
	static const char text[] = "We keep numbers made from your face.\n";
	struct consent_order order = {
	    .subject = *id,
	    .purposes = TANU_PURPOSE_ACCESS,
	    .giver = TANU_GIVER_SELF,
	    .until = {2030, 6, 30},
	    .notice = {
		.text = text, .text_len = sizeof(text) - 1, .language = "en", .version = "1"}};

	MUST(service_consent_give(s, &order, err));
}

static void account(struct house *h, struct service *s)
{
	struct account account = {.roles = ROLES_STAFF, .created_ms = 1, .name = "everything"};
	struct auth_options options = {.store = service_store(s)};
	struct session_view session;
	struct secret key;
	struct auth *auth = NULL;

	MUST(service_server_key(s, key.b, err));
	options.key = &key;
	MUST(auth_open(&auth, &options, err));
	auth_id_new(auth, &account.id);
	MUST(store_begin(auth, err));
	MUST(account_create(auth, &account, err));
	MUST(session_start(auth, h->secret, &session, &account, "127.0.0.1", NULL, err));
	MUST(store_end(auth, TANU_OK, err));
	memcpy(h->token, session.token, sizeof(h->token));
	auth_close(&auth);
}

static void folder_fill(struct house *h)
{
	struct service_options options = {.data_dir = h->dir};
	struct service *s = NULL;
	struct person person;
	tanu_id id;

	MUST(service_create(&options, "School 5", err));
	MUST(service_open(&s, &options, err));
	/* single photographs, and not of a tablet */
	MUST(service_setting_set(s, "match.pad", "frame", err));
	MUST(service_setting_set(s, "kiosk.paired", "no", err));
	MUST(service_person_set(&person, "Test One", "1990-01-01", err));
	MUST(service_subject_add(s, &id, &person, err));
	id_hex(h->subject, &id);
	consent(s, &id);
	account(h, s);
	service_close(&s);
}

/* ---- tanud ---- */

/* In the child: with a socket of the service manager's (sd_listen_fds), or with its own. */
static void become(const struct house *h, enum how how, int inherited)
{
	char pid[16];

	if (how == BY_SOCKET) {
		snprintf(pid, sizeof(pid), "%d", (int)getpid());
		dup2(inherited, 3);
		setenv("LISTEN_PID", pid, 1);
		setenv("LISTEN_FDS", "1", 1);
		execl(h->program, "tanud", "--data", h->dir, "--plain", (char *)NULL);
	} else if (how == OVER_TLS) {
		execl(h->program, "tanud", "--data", h->dir, "--listen", "127.0.0.1:0",
		      (char *)NULL);
	} else {
		execl(h->program, "tanud", "--data", h->dir, "--listen", "127.0.0.1:0", "--plain",
		      (char *)NULL);
	}
	_exit(127);
}

static void start_as(struct house *h, enum how how, int inherited)
{
	char line[512] = "";
	int said[2];
	FILE *in;

	assert_int_equal(pipe2(said, O_CLOEXEC), 0);
	h->pid = fork();
	assert_true(h->pid >= 0);
	if (h->pid == 0) {
		dup2(said[1], 2);
		become(h, how, inherited);
	}
	close(said[1]);
	in = fdopen(said[0], "r");
	assert_non_null(in);
	h->site.port = 0;
	while (!h->site.port && fgets(line, sizeof(line), in)) {
		char *at = strstr(line, "listening at http");

		if (at && (at = strstr(at, "://127.0.0.1:")))
			h->site.port = atoi(at + strlen("://127.0.0.1:"));
		else
			print_message("%s", line);
	}
	assert_true(h->site.port > 0);
	/* The rest of what it says goes nowhere, but must not block it. */
	if (fork() == 0) {
		while (fgets(line, sizeof(line), in))
			;
		_exit(0);
	}
	fclose(in);
}

static void start(struct house *h)
{
	start_as(h, PLAINLY, -1);
}

static int end(struct house *h, int number)
{
	int status = 0;

	kill(h->pid, number);
	assert_int_equal(waitpid(h->pid, &status, 0), h->pid);
	h->pid = 0;
	return status;
}

static int setup(void **state)
{
	struct house *h = calloc(1, sizeof(*h));
	const char *tanu = getenv("TANU_PROGRAM");
	char *slash;

	assert_non_null(h);
	assert_int_equal(crypto_init(NULL), TANU_OK);
	if (!tanu) {
		free(h);
		return -1;
	}
	snprintf(h->tanu, sizeof(h->tanu), "%s", tanu);
	snprintf(h->program, sizeof(h->program), "%s", tanu);
	slash = strrchr(h->program, '/');
	assert_non_null(slash);
	snprintf(slash, sizeof(h->program) - (size_t)(slash - h->program), "/tanud");
	snprintf(h->root, sizeof(h->root), "/dev/shm/tanu-tanud-XXXXXX");
	assert_non_null(mkdtemp(h->root));
	snprintf(h->dir, sizeof(h->dir), "%s/data", h->root);
	folder_fill(h);
	start(h);
	*state = h;
	return 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)info;
	(void)type;
	(void)walk;
	return remove(path);
}

static int teardown(void **state)
{
	struct house *h = *state;

	if (h->pid)
		end(h, SIGKILL);
	nftw(h->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(h);
	return 0;
}

/* ---- asking ---- */

static const char *call(struct house *h, const char *method, const char *path, const char *headers,
			const void *body, size_t len)
{
	struct buf request = {0};
	const char *answer;
	int fd = dial(&h->site);

	assert_true(fd >= 0);
	buf_printf(&request,
		   "%s /api/v1%s HTTP/1.1\r\nHost: x\r\nCookie: __Host-tanu=%s\r\nX-Tanu-Token: "
		   "%s\r\n%s",
		   method, path, h->secret, h->token, headers ? headers : "");
	if (body)
		buf_printf(&request, "Content-Length: %zu\r\n", len);
	buf_str(&request, "\r\n");
	buf_put(&request, body, len);
	say_bytes(fd, request.data, request.len);
	answer = hear(fd);
	close(fd);
	buf_free(&request);
	return answer;
}

static const char *post(struct house *h, const char *path, const char *headers, const char *json)
{
	char all[512];

	snprintf(all, sizeof(all), "Content-Type: application/json\r\n%s", headers ? headers : "");
	return call(h, "POST", path, all, json, strlen(json));
}

static bool comes_back(struct house *h)
{
	for (int i = 0; i < 100; i++) {
		if (status_of(call(h, "GET", "/report", NULL, NULL, 0)) == 200)
			return true;
		usleep(100000);
	}
	return false;
}

static size_t people(struct house *h)
{
	const char *at = call(h, "GET", "/subjects", NULL, NULL, 0);
	size_t n = 0;

	while ((at = strstr(at, "\"created_ms\""))) {
		at++;
		n++;
	}
	return n;
}

/* ---- lending ---- */

static void the_folder_is_lent_and_taken_back(void **state)
{
	struct house *h = *state;
	struct os_lock lock = {0};
	const char *answer;

	assert_status(call(h, "GET", "/report", NULL, NULL, 0), 200);
	MUST(os_lock_borrow(&lock, h->dir, err));
	answer = call(h, "GET", "/report", NULL, NULL, 0);
	assert_status(answer, 503);
	assert_has(answer, "Retry-After:");
	assert_has(answer, "folder-busy");
	assert_has(get(&h->site, "/healthz"), "lent");
	os_lock_drop(&lock);
	assert_true(comes_back(h));
}

static void a_borrower_that_is_killed_gives_it_back(void **state)
{
	struct house *h = *state;
	int ready[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		struct service_options options = {.data_dir = h->dir, .borrow = true};
		struct service *s = NULL;
		bool open = service_open(&s, &options, NULL) == TANU_OK;

		(void)!write(ready[1], open ? "y" : "n", 1);
		pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 'y');
	assert_status(call(h, "GET", "/report", NULL, NULL, 0), 503);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(comes_back(h));
	close(ready[0]);
	close(ready[1]);
}

static void every_verb_works_while_it_is_served(void **state)
{
	struct house *h = *state;
	char command[2 * OS_PATH_MAX];

	for (int i = 0; i < 5; i++) {
		snprintf(command, sizeof(command),
			 "'%s' subject add --name 'By Verb %d' --born 1999-01-01 --data '%s' "
			 ">/dev/null 2>&1",
			 h->tanu, i, h->dir);
		assert_int_equal(system(command), 0);
	}
	assert_true(comes_back(h));
	assert_int_equal(people(h), 6);
}

static void a_second_server_is_refused(void **state)
{
	struct house *h = *state;
	char command[2 * OS_PATH_MAX];

	snprintf(command, sizeof(command),
		 "'%s' --data '%s' --listen 127.0.0.1:0 --plain >/dev/null 2>&1", h->program,
		 h->dir);
	assert_int_equal(WEXITSTATUS(system(command)), 5);
	assert_true(comes_back(h));
}

/* ---- killed and stopped ---- */

static void a_retry_after_a_kill_doubles_nothing(void **state)
{
	struct house *h = *state;
	char first[512], key[64];

	for (int i = 0; i < 4; i++) {
		snprintf(key, sizeof(key), "Idempotency-Key: 0123456789-%d\r\n", i);
		snprintf(first, sizeof(first), "%s",
			 body_of(post(h, "/subjects", key,
				      "{\"name\":\"Once\",\"born\":\"2001-01-01\"}")));
		assert_has(first, "\"id\"");
		end(h, SIGKILL);
		start(h);
		assert_string_equal(body_of(post(h, "/subjects", key,
						 "{\"name\":\"Once\",\"born\":\"2001-01-01\"}")),
				    first);
		assert_int_equal(people(h), 2 + (size_t)i);
	}
}

static void it_stops_when_it_is_told(void **state)
{
	struct house *h = *state;
	int status = end(h, SIGTERM);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Who connects while it is started, or started anew, waits and is answered. */
static void a_socket_of_the_service_manager_is_taken(void **state)
{
	struct house *h = *state;
	char address[OS_ADDRESS_LEN];
	int listening = -1, waiting;

	end(h, SIGTERM);
	MUST(os_listen(&listening, "127.0.0.1:0", err));
	os_socket_address(address, listening);
	h->site.port = atoi(strrchr(address, ':') + 1);
	for (int round = 0; round < 2; round++) {
		waiting = dial(&h->site);
		assert_true(waiting >= 0);
		say_bytes(waiting, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", 35);
		start_as(h, BY_SOCKET, listening);
		assert_has(hear(waiting), "200 OK");
		close(waiting);
		assert_status(call(h, "GET", "/report", NULL, NULL, 0), 200);
		assert_int_equal(WEXITSTATUS(end(h, SIGTERM)), 0);
	}
	close(listening);
}

/* ---- certificates ---- */

static tanu_status ask_pinned(const struct house *h, const char *pin)
{
	struct net_options options = {.pin = pin, .total_ms = 5000};
	struct net_response response = {0};
	struct net_request request = {.url = NULL};
	struct net *net = NULL;
	char url[64];
	tanu_status st;

	snprintf(url, sizeof(url), "https://127.0.0.1:%d/healthz", h->site.port);
	request.url = url;
	if ((st = net_open(&net, &options, NULL)) == TANU_OK)
		st = net_send(net, &response, &request, NULL);
	net_response_free(&response);
	net_close(&net);
	return st;
}

static void pin_of_file(char pin[HTTP_PIN_LEN], const char *dir)
{
	char path[OS_PATH_MAX];
	struct buf pem = {0};

	snprintf(path, sizeof(path), "%s/tls.crt", dir);
	MUST(os_read_file(&pem, path, 1 << 16, err));
	MUST(http_pin(pin, buf_cstr(&pem), err));
	buf_free(&pem);
}

static void a_new_certificate_is_taken_without_a_restart(void **state)
{
	static const char *const names[] = {"localhost"}, *const files[] = {"tls.crt", "tls.key"};
	struct house *h = *state;
	struct clock_source clock = os_clock();
	struct buf certificate = {0}, key = {0};
	char dir[128], other[128], from[160], to[160], before[HTTP_PIN_LEN], after[HTTP_PIN_LEN];
	bool taken = false;

	end(h, SIGTERM);
	start_as(h, OVER_TLS, -1);
	snprintf(dir, sizeof(dir), "%s/tls", h->dir);
	snprintf(other, sizeof(other), "%s/renewed", h->root);
	pin_of_file(before, dir);
	assert_int_equal(ask_pinned(h, before), TANU_OK);
	MUST(os_make_dir(other, 0700, err));
	MUST(http_certificate(&certificate, &key, NULL, other, names, 1, clock_now(&clock), err));
	pin_of_file(after, other);
	assert_true(ask_pinned(h, after) < 0);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		snprintf(from, sizeof(from), "%s/%s", other, files[i]);
		snprintf(to, sizeof(to), "%s/%s", dir, files[i]);
		assert_int_equal(rename(from, to), 0);
	}
	kill(h->pid, SIGHUP);
	for (int i = 0; i < 50 && !taken; i++) {
		taken = ask_pinned(h, after) == TANU_OK;
		usleep(100000);
	}
	assert_true(taken);
	assert_true(ask_pinned(h, before) < 0);
	/* one that is damaged changes nothing */
	snprintf(to, sizeof(to), "%s/tls.crt", dir);
	MUST(os_replace_file(to, "no certificate", 14, 0600, err));
	kill(h->pid, SIGHUP);
	usleep(500000);
	assert_int_equal(ask_pinned(h, after), TANU_OK);
	buf_free(&certificate);
	buf_wipe(&key);
}

/* ---- faces ---- */

static bool photo(struct buf *out, int number)
{
	const char *data = getenv("TANU_TEST_DATA");
	char path[OS_PATH_MAX];

	snprintf(path, sizeof(path), "%s/lfw-dev/images/Ricardo_Lagos/Ricardo_Lagos_%04d.jpg",
		 data ? data : TANU_SOURCE_DIR "/../shared/data", number);
	if (!os_exists(path))
		snprintf(path, sizeof(path), "%s/lfw-dev/images/Ricardo_Lagos_%04d.jpg",
			 data ? data : TANU_SOURCE_DIR "/../shared/data", number);
	return os_exists(path) && os_read_file(out, path, 1 << 20, NULL) == TANU_OK;
}

static void capture_begin(struct house *h, const char *use, char id[ID_HEX_LEN])
{
	char body[128];
	const char *at;

	snprintf(body, sizeof(body), "{\"subject\":\"%s\",\"use\":\"%s\"}", h->subject, use);
	at = strstr(post(h, "/captures", NULL, body), "\"capture\":\"");
	assert_non_null(at);
	snprintf(id, ID_HEX_LEN, "%s", at + strlen("\"capture\":\""));
}

static const char *frame(struct house *h, const char *capture, const void *bytes, size_t len)
{
	char path[96];

	snprintf(path, sizeof(path), "/captures/%s/frames", capture);
	return call(h, "POST", path, "Content-Type: image/jpeg\r\n", bytes, len);
}

static const char *use_frames(struct house *h, const char *capture, const char *use,
			      const char *frames)
{
	char path[96], body[64];

	snprintf(path, sizeof(path), "/captures/%s/%s", capture, use);
	snprintf(body, sizeof(body), "{\"frames\":%s}", frames);
	return post(h, path, NULL, body);
}

/* The number of a process by the name of its program; 0: none. */
static pid_t process_named(const char *name, const char *root)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	(void)root;
	while (proc && (entry = readdir(proc))) {
		char path[300], program[OS_PATH_MAX] = "";
		pid_t pid = (pid_t)atoi(entry->d_name);

		snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
		if (pid > 0 && readlink(path, program, sizeof(program) - 1) > 0 &&
		    strstr(program, name))
			found = pid;
	}
	closedir(proc);
	return found;
}

/* Only a line to tanud and where errors go: no file of the site, no key, no socket to others. */
static void look_into(pid_t pid)
{
	char path[300], target[OS_PATH_MAX], line[256], status[4096] = "";
	struct dirent *entry;
	size_t open = 0;
	FILE *in;
	DIR *fds;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	fds = opendir(path);
	assert_non_null(fds);
	while ((entry = readdir(fds))) {
		ssize_t n;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/proc/%d/fd/%s", (int)pid, entry->d_name);
		n = readlink(path, target, sizeof(target) - 1);
		assert_true(n > 0);
		target[n] = '\0';
		open++;
		if (strncmp(target, "socket:", 7) != 0 && strncmp(target, "pipe:", 5) != 0 &&
		    strcmp(target, "/dev/null") != 0)
			fail_msg("the engine has %s open", target);
	}
	closedir(fds);
	assert_true(open <= 3);
	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	in = fopen(path, "r");
	assert_non_null(in);
	while (fgets(line, sizeof(line), in))
		if (!strncmp(line, "Seccomp:", 8) || !strncmp(line, "NoNewPrivs:", 11))
			strcat(status, line);
	fclose(in);
	assert_has(status, "Seccomp:\t2");
	assert_has(status, "NoNewPrivs:\t1");
}

static void faces_are_measured_by_a_process_that_has_nothing(void **state)
{
	struct house *h = *state;
	char capture[ID_HEX_LEN];
	struct buf one = {0}, two = {0};
	const char *answer;
	pid_t pid;

	if (!photo(&one, 1) || !photo(&two, 2)) {
		print_message("lfw-dev is not here (TANU_TEST_DATA): skipped\n");
		buf_free(&one);
		skip();
	}
	capture_begin(h, "enrol", capture);
	answer = frame(h, capture, one.data, one.len);
	assert_has(answer, "\"usable\":true");
	pid = process_named("tanu-worker-face", h->root);
	assert_true(pid > 0);
	look_into(pid);
	assert_has(frame(h, capture, two.data, two.len), "\"frame\":2");
	assert_has(use_frames(h, capture, "enrol", "[1,2]"), "\"used\":2");
	/* A picture that is none costs itself. */
	capture_begin(h, "verify", capture);
	assert_status(frame(h, capture, "\xFF\xD8\xFF\xE0 no picture", 14), 400);
	assert_has(frame(h, capture, one.data, one.len), "\"frame\":1");
	/* The engine dies: the next picture is measured by another one. */
	kill(pid, SIGKILL);
	answer = use_frames(h, capture, "verify", "[1]");
	if (status_of(answer) != 200)
		assert_status(answer, 500);
	capture_begin(h, "verify", capture);
	assert_has(frame(h, capture, one.data, one.len), "\"frame\":1");
	answer = use_frames(h, capture, "verify", "[1]");
	assert_has(answer, "\"match\":true");
	assert_has(answer, "\"pad\":\"frame\"");
	assert_null(strstr(answer, "score"));
	/* She locks her face: nothing compares with it from then on. */
	{
		char path[96], body[128];

		snprintf(path, sizeof(path), "/subjects/%s/lock", h->subject);
		assert_status(call(h, "PUT", path, NULL, NULL, 0), 204);
		snprintf(body, sizeof(body), "{\"subject\":\"%s\",\"use\":\"verify\"}", h->subject);
		answer = post(h, "/captures", NULL, body);
		assert_status(answer, 409);
		assert_has(answer, "held");
	}
	answer = call(h, "GET", "/report", NULL, NULL, 0);
	{
		const char *e = strstr(answer, "\"embeddings\":"),
			   *p = strstr(answer, "\"permits\":");

		assert_true(e && p);
		assert_int_equal(atoi(e + 13), atoi(p + 10));
	}
	buf_free(&one);
	buf_free(&two);
}

/* A decoder that dies as long as there is a file "hostile": the picture that kills it is not to be
 * had, what it does to the server is the same. The others are as they are. */
static void decoder_put(const struct house *h, char path[OS_PATH_MAX])
{
	const char *real = getenv("TANU_WORKER");
	char text[3 * OS_PATH_MAX], other[OS_PATH_MAX + 8], from[OS_PATH_MAX + 8];

	assert_non_null(real);
	snprintf(path, OS_PATH_MAX, "%s/decoder", h->root);
	snprintf(text, sizeof(text),
		 "#!/bin/sh\n[ -e '%s/hostile' ] && kill -SEGV $$\nexec '%s' \"$@\"\n", h->root,
		 real);
	MUST(os_replace_file(path, text, strlen(text), 0700, err));
	for (int i = 0; i < 2; i++) {
		static const char *const kinds[] = {"-qr", "-face"};

		snprintf(other, sizeof(other), "%s%s", path, kinds[i]);
		snprintf(from, sizeof(from), "%s%s", real, kinds[i]);
		assert_int_equal(symlink(from, other), 0);
	}
}

static void a_picture_that_kills_its_decoder_costs_itself(void **state)
{
	static const char bytes[] = "\xFF\xD8\xFF\xE0 no picture";
	struct house *h = *state;
	char decoder[OS_PATH_MAX], hostile[96], capture[ID_HEX_LEN], real[OS_PATH_MAX];
	const char *answer;
	pid_t pid;

	snprintf(real, sizeof(real), "%s", getenv("TANU_WORKER"));
	decoder_put(h, decoder);
	end(h, SIGTERM);
	setenv("TANU_WORKER", decoder, 1);
	start(h);
	setenv("TANU_WORKER", real, 1);
	pid = h->pid;
	capture_begin(h, "enrol", capture);
	answer = frame(h, capture, bytes, sizeof(bytes) - 1);
	assert_status(answer, 400);
	assert_has(answer, "image-");
	snprintf(hostile, sizeof(hostile), "%s/hostile", h->root);
	MUST(os_replace_file(hostile, "", 0, 0600, err));
	for (int i = 0; i < 3; i++) {
		answer = frame(h, capture, bytes, sizeof(bytes) - 1);
		assert_status(answer, 422);
		assert_has(answer, "child-died");
		assert_status(call(h, "GET", "/subjects", NULL, NULL, 0), 200);
	}
	MUST(os_remove_file(hostile, err));
	answer = frame(h, capture, bytes, sizeof(bytes) - 1); /* the capture lives on */
	assert_status(answer, 400);
	assert_has(answer, "image-");
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    HOUSE_TEST(the_folder_is_lent_and_taken_back),
	    HOUSE_TEST(a_borrower_that_is_killed_gives_it_back),
	    HOUSE_TEST(every_verb_works_while_it_is_served),
	    HOUSE_TEST(a_second_server_is_refused),
	    HOUSE_TEST(a_retry_after_a_kill_doubles_nothing),
	    HOUSE_TEST(it_stops_when_it_is_told),
	    HOUSE_TEST(a_socket_of_the_service_manager_is_taken),
	    HOUSE_TEST(a_new_certificate_is_taken_without_a_restart),
	    HOUSE_TEST(faces_are_measured_by_a_process_that_has_nothing),
	    HOUSE_TEST(a_picture_that_kills_its_decoder_costs_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
