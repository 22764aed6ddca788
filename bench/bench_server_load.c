/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tanud under load, over TLS 1.3 with connections that stay: what a person's profile costs (key
 * checked, opened with her key, ETag), and /healthz, next to nginx with a file of as many bytes,
 * taking turns on the same cores under the same certificate; and what many who only watch cost in
 * memory. bench_server_load [--json] [SECONDS]. Without nginx (Debian: nginx-light) it says so, and
 * measures tanud alone.
 */
#include "memory.h"
#include "served.h"

#include <curl/curl.h>
#include <pthread.h>

#define CLIENTS	     8
#define ROUNDS	     5
#define READS_MAX    ((size_t)400000) /* of one client */
#define VIEWERS	     500
#define VIEWERS_EACH 50 /* of one address: the server has a bound for each */
#define NGINX	     "/usr/sbin/nginx"

/* ---- one kind of read ---- */

struct target {
	const char *name;
	char url[192];
	const char *key; /* NULL: none is sent */
	int64_t until_ns;
	uint32_t *ns[CLIENTS]; /* of each read */
	size_t len[CLIENTS];
	double reads, seconds;
};
struct client {
	struct target *target;
	size_t which;
};

static size_t count_bytes(char *bytes, size_t one, size_t n, void *self)
{
	(void)bytes;
	*(size_t *)self += one * n;
	return one * n;
}

static CURL *dial(const char *url, const char *key, struct curl_slist **headers)
{
	CURL *curl = curl_easy_init();
	char line[128];

	if (key) {
		snprintf(line, sizeof(line), "Authorization: Bearer %s", key);
		*headers = curl_slist_append(*headers, line);
		curl_easy_setopt(curl, CURLOPT_HTTPHEADER, *headers);
	}
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_3);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); /* the site's own certificate */
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_bytes);
	return curl;
}

static void *client_loop(void *self)
{
	const struct client *client = self;
	struct target *t = client->target;
	struct curl_slist *headers = NULL;
	CURL *curl = dial(t->url, t->key, &headers);
	size_t bytes = 0, *len = &t->len[client->which];

	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &bytes);
	while (os_monotonic_ns() < t->until_ns && *len < READS_MAX) {
		const int64_t from_ns = os_monotonic_ns();
		long status = 0;

		if (curl_easy_perform(curl) != CURLE_OK ||
		    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
		    status != 200) {
			fprintf(stderr, "%s: %ld\n", t->url, status);
			exit(1);
		}
		t->ns[client->which][(*len)++] = (uint32_t)(os_monotonic_ns() - from_ns);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return NULL;
}

static void round_of(struct target *t, double seconds)
{
	pthread_t thread[CLIENTS];
	struct client client[CLIENTS];
	const int64_t from_ns = os_monotonic_ns();
	size_t before = 0, after = 0;

	t->until_ns = from_ns + (int64_t)(seconds * 1e9);
	for (size_t i = 0; i < CLIENTS; i++) {
		before += t->len[i];
		client[i] = (struct client){t, i};
		pthread_create(&thread[i], NULL, client_loop, &client[i]);
	}
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(thread[i], NULL);
	for (size_t i = 0; i < CLIENTS; i++)
		after += t->len[i];
	t->reads += (double)(after - before);
	t->seconds += (double)(os_monotonic_ns() - from_ns) / 1e9;
}

static int by_size(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

struct found {
	double a_second, p50_ms, p99_ms;
};

static struct found found_of(const struct target *t)
{
	struct found found = {.a_second = t->reads / t->seconds};
	size_t len = 0;
	uint32_t *all;

	for (size_t i = 0; i < CLIENTS; i++)
		len += t->len[i];
	all = malloc(len * sizeof(*all));
	if (!all || len == 0)
		exit(1);
	len = 0;
	for (size_t i = 0; i < CLIENTS; i++) {
		memcpy(all + len, t->ns[i], t->len[i] * sizeof(*all));
		len += t->len[i];
	}
	qsort(all, len, sizeof(*all), by_size);
	found.p50_ms = all[len / 2] / 1e6;
	found.p99_ms = all[len - 1 - len / 100] / 1e6;
	free(all);
	return found;
}

static struct target target_of(const char *name, const char *key)
{
	struct target t = {.name = name, .key = key};

	for (size_t i = 0; i < CLIENTS; i++)
		if (!(t.ns[i] = malloc(READS_MAX * sizeof(*t.ns[i]))))
			exit(1);
	return t;
}

static void target_free(struct target *t)
{
	for (size_t i = 0; i < CLIENTS; i++)
		free(t->ns[i]);
}

/* ---- nginx beside it ---- */

static size_t answer_len(const char *url, const char *key)
{
	struct curl_slist *headers = NULL;
	CURL *curl = dial(url, key, &headers);
	size_t bytes = 0;

	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &bytes);
	if (curl_easy_perform(curl) != CURLE_OK || bytes == 0) {
		fprintf(stderr, "%s: no answer\n", url);
		exit(1);
	}
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	return bytes;
}

static void write_bytes(const char *path, size_t len)
{
	FILE *out = fopen(path, "w");

	for (size_t i = 0; out && i < len; i++)
		fputc('x', out);
	if (!out || fclose(out) != 0)
		exit(1);
}

/* Logs off, as many workers as cores, connections that stay for as long as ours do. */
static pid_t nginx_start(const struct served *s, char url[static 192], size_t body_len)
{
	char folder[64], path[96];
	const int port = 20000 + getpid() % 12000;
	FILE *out;
	pid_t pid;

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(s->dir, '/') - s->dir), s->dir);
	snprintf(path, sizeof(path), "%s/file", folder);
	write_bytes(path, body_len);
	snprintf(path, sizeof(path), "%s/nginx.conf", folder);
	out = fopen(path, "w");
	if (!out)
		exit(1);
	fprintf(out,
		"daemon off; user root; worker_processes auto; pid %s/pid; error_log /dev/null;\n"
		"events { worker_connections 1024; }\n"
		"http { access_log off; sendfile on; keepalive_requests 1000000000;\n"
		"open_file_cache max=16; default_type application/json;\n"
		"server { listen 127.0.0.1:%d ssl; root %s; ssl_protocols TLSv1.3;\n"
		"ssl_certificate %s/tls/tls.crt; ssl_certificate_key %s/tls/tls.key; } }\n",
		folder, port, folder, s->dir, s->dir);
	fclose(out);
	pid = fork();
	if (pid == 0) {
		execl(NGINX, "nginx", "-c", path, (char *)NULL);
		_exit(127);
	}
	usleep(500000);
	snprintf(url, 192, "https://127.0.0.1:%d/file", port);
	return pid;
}

/* ---- who only watches ---- */

struct watched {
	long before_kb, after_kb;
	size_t open;
};

static bool is_open(CURL *viewer)
{
	long status = 0;

	return curl_easy_getinfo(viewer, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK &&
	       status == 200;
}

static struct watched watch(const struct served *s)
{
	static CURL *viewer[VIEWERS];
	static struct curl_slist *headers[VIEWERS];
	static size_t bytes[VIEWERS];
	struct watched w = {.before_kb = resident_kb(s->pid)};
	CURLM *all = curl_multi_init();
	const int64_t end_ns = os_monotonic_ns() + 30000000000;
	char url[192], address[32];
	int running = 0;

	snprintf(url, sizeof(url), "%s/api/v1/events", s->url);
	for (size_t i = 0; i < VIEWERS; i++) {
		viewer[i] = dial(url, s->key, &headers[i]);
		snprintf(address, sizeof(address), "host!127.0.0.%zu", 2 + i / VIEWERS_EACH);
		curl_easy_setopt(viewer[i], CURLOPT_INTERFACE, address);
		curl_easy_setopt(viewer[i], CURLOPT_WRITEDATA, &bytes[i]);
		curl_multi_add_handle(all, viewer[i]);
	}
	/* Until each has been told something: a stream that is silent says so every 15 seconds. */
	while (w.open < VIEWERS && os_monotonic_ns() < end_ns) {
		curl_multi_perform(all, &running);
		curl_multi_poll(all, NULL, 0, 100, NULL);
		w.open = 0;
		for (size_t i = 0; i < VIEWERS; i++)
			w.open += bytes[i] > 0 && is_open(viewer[i]);
	}
	w.after_kb = resident_kb(s->pid);
	for (size_t i = 0; i < VIEWERS; i++) {
		curl_multi_remove_handle(all, viewer[i]);
		curl_easy_cleanup(viewer[i]);
		curl_slist_free_all(headers[i]);
	}
	curl_multi_cleanup(all);
	return w;
}

/* ---- all of it ---- */

static void tell(const struct target *t, bool json)
{
	const struct found found = found_of(t);

	if (json)
		printf("\"%s\":{\"a_second\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f},", t->name,
		       found.a_second, found.p50_ms, found.p99_ms);
	else
		printf("%-8s %8.0f a second, p50 %.3f ms, p99 %.3f ms\n", t->name, found.a_second,
		       found.p50_ms, found.p99_ms);
}

int main(int argc, char **argv)
{
	const bool json = argc > 1 && !strcmp(argv[1], "--json");
	const double seconds = argc > 1 + json ? atof(argv[1 + json]) : 1;
	static struct served served;
	struct target person, health, nginx;
	struct watched watched;
	size_t body_len;
	pid_t pid = 0;

	if (seconds <= 0) {
		fprintf(stderr, "usage: bench_server_load [--json] [SECONDS]\n");
		return 2;
	}
	curl_global_init(CURL_GLOBAL_ALL);
	served_start(&served, "people:read,site:read");
	person = target_of("person", served.key);
	health = target_of("healthz", NULL);
	nginx = target_of("nginx", NULL);
	snprintf(health.url, sizeof(health.url), "%s/healthz", served.url);
	snprintf(person.url, sizeof(person.url), "%s/api/v1/subjects/%s", served.url,
		 served.subject);
	body_len = answer_len(person.url, served.key);
	if (access(NGINX, X_OK) == 0)
		pid = nginx_start(&served, nginx.url, body_len);
	else
		fprintf(stderr, "nginx is not here (apt-get install nginx-light): not compared\n");
	for (int i = 0; i < ROUNDS; i++) {
		round_of(&person, seconds);
		round_of(&health, seconds);
		if (pid)
			round_of(&nginx, seconds);
	}
	watched = watch(&served);
	printf("%s", json ? "{" : "");
	if (!json)
		printf("%zu bytes of JSON, %d clients on the same cores\n", body_len, CLIENTS);
	tell(&person, json);
	tell(&health, json);
	if (pid) {
		tell(&nginx, json);
		printf(json ? "\"ratio\":%.3f," : "of nginx %7.1f %%\n",
		       (json ? 1 : 100) * found_of(&person).a_second / found_of(&nginx).a_second);
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
	printf(json ? "\"viewers\":%zu,\"viewers_mb\":%.1f,\"before_mb\":%.1f}"
		    : "%zu viewers: tanud holds %.1f MB, %.1f before\n",
	       watched.open, (double)watched.after_kb / 1024, (double)watched.before_kb / 1024);
	target_free(&person);
	target_free(&health);
	target_free(&nginx);
	served_stop();
	return watched.open == VIEWERS ? 0 : 1;
}
