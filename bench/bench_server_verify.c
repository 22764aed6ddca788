/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is lost between the face engine and a client: verifications a second over TLS through the
 * whole server, next to what the engine alone does with the same picture on the same cores: decode,
 * measure, features. Usage: bench_server_verify PHOTO [SECONDS].
 */
#include "engine/engine.h"
#include "served.h"
#include "worker/worker.h"

#include <curl/curl.h>
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CLIENTS_MAX 16

struct bench {
	struct served served;
	struct buf photo;
	int64_t until_ns;
	size_t workers;
	atomic_ulong done;
};

/* ---- the engine alone, in as many processes ---- */

static void *engine_loop(void *self)
{
	struct bench *b = self;
	tanu_image_limits limits = {0};
	tanu_session_options options;
	struct face_engine *engine = NULL;
	tanu_error err = {0};

	memset(&options, 0, sizeof(options));
	tanu_quality_bounds_door(&options.bounds);
	must(engine_local_open(&engine, NULL, &err), &err, "engine");
	while (os_monotonic_ns() < b->until_ns) {
		struct face_look *look = NULL;
		tanu_embedding features;
		tanu_image *image = NULL;
		tanu_pixels pixels;

		must(tanu_image_decode(&image, b->photo.data, b->photo.len, "photo", &limits, &err),
		     &err, "decode");
		pixels = tanu_image_pixels(image);
		must(engine->calls->look(engine, &look, &pixels, &options, &err), &err, "look");
		must(engine->calls->embed(engine, look, &features, &err), &err, "embed");
		engine->calls->end(engine, &look);
		tanu_image_free(&image);
		atomic_fetch_add(&b->done, 1);
	}
	engine_close(&engine);
	return NULL;
}

/* ---- through the server ---- */

static size_t take(char *bytes, size_t one, size_t n, void *self)
{
	buf_put(self, bytes, one * n);
	return one * n;
}

static long post(CURL *curl, const struct bench *b, const char *path, const char *type,
		 const void *body, size_t len, struct buf *out)
{
	struct curl_slist *headers = NULL;
	char url[256], line[128];
	long status = 0;

	snprintf(url, sizeof(url), "%s/api/v1%s", b->served.url, path);
	snprintf(line, sizeof(line), "Authorization: Bearer %s", b->served.key);
	headers = curl_slist_append(headers, line);
	snprintf(line, sizeof(line), "Content-Type: %s", type);
	headers = curl_slist_append(headers, line);
	out->len = 0;
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)len);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); /* its own certificate, here */
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
	if (curl_easy_perform(curl) == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	return status;
}

static void fail(const char *what, long status, struct buf *out)
{
	fprintf(stderr, "%s: %ld %s\n", what, status, buf_cstr(out));
	exit(1);
}

static void one_use(CURL *curl, struct bench *b, const char *use, struct buf *out)
{
	char body[128], path[96], capture[ID_HEX_LEN];
	const char *at;
	long status;

	snprintf(body, sizeof(body), "{\"subject\":\"%s\",\"use\":\"%s\"}", b->served.subject, use);
	status = post(curl, b, "/captures", "application/json", body, strlen(body), out);
	at = strstr(buf_cstr(out), "\"capture\":\"");
	if (status != 201 || !at)
		fail("capture", status, out);
	snprintf(capture, sizeof(capture), "%s", at + 11);
	snprintf(path, sizeof(path), "/captures/%s/frames?guide=false", capture);
	status = post(curl, b, path, "image/jpeg", b->photo.data, b->photo.len, out);
	if (status != 200)
		fail("frame", status, out);
	snprintf(path, sizeof(path), "/captures/%s/%s", capture, use);
	status = post(curl, b, path, "application/json", "{\"frames\":[1]}", 14, out);
	if (status != 200)
		fail(use, status, out);
}

static void *client_loop(void *self)
{
	struct bench *b = self;
	CURL *curl = curl_easy_init();
	struct buf out = {0};

	while (os_monotonic_ns() < b->until_ns) {
		one_use(curl, b, "verify", &out);
		atomic_fetch_add(&b->done, 1);
	}
	curl_easy_cleanup(curl);
	buf_free(&out);
	return NULL;
}

/* ---- processor time: what counts where other people's work runs beside this ---- */

/* Of a process and of its children that have ended, ms; `parent` too. */
static double cpu_ms(pid_t pid, pid_t *parent)
{
	unsigned long u = 0, s = 0;
	long cu = 0, cs = 0;
	char path[64], text[1024] = "";
	const char *at;
	int mother = 0;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	in = fopen(path, "r");
	if (in) {
		(void)!fread(text, 1, sizeof(text) - 1, in);
		fclose(in);
	}
	at = strrchr(text, ')');
	if (!at || sscanf(at + 2, "%*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %ld %ld",
			  &mother, &u, &s, &cu, &cs) != 5)
		return 0;
	*parent = (pid_t)mother;
	return 1000.0 * (double)(u + s + (unsigned long)(cu + cs)) / (double)sysconf(_SC_CLK_TCK);
}

/* Of tanud, its spawner and the processes that measure. */
static double served_ms(pid_t tanud)
{
	pid_t family[64] = {tanud}, parent = 0;
	size_t n = 1;
	double sum = cpu_ms(tanud, &parent);
	DIR *proc;

	for (int generation = 0; generation < 2; generation++) {
		struct dirent *entry;
		size_t known = n;

		proc = opendir("/proc");
		while (proc && (entry = readdir(proc))) {
			pid_t pid = (pid_t)atoi(entry->d_name);
			double ms = pid > 0 ? cpu_ms(pid, &parent) : 0;
			bool seen = pid <= 0;

			for (size_t i = 0; i < n; i++)
				seen = seen || family[i] == pid;
			for (size_t i = 0; i < known && !seen && n < 64; i++)
				if (parent == family[i]) {
					family[n++] = pid;
					sum += ms;
					seen = true;
				}
		}
		closedir(proc);
	}
	return sum;
}

static double own_ms(void)
{
	struct rusage mine, children;

	getrusage(RUSAGE_SELF, &mine);
	getrusage(RUSAGE_CHILDREN, &children);
#define MS(t) (1000.0 * (double)(t).tv_sec + (double)(t).tv_usec / 1000.0)
	return MS(mine.ru_utime) + MS(mine.ru_stime) + MS(children.ru_utime) +
	       MS(children.ru_stime);
}

static double run(struct bench *b, void *(*loop)(void *), size_t threads, int seconds)
{
	pthread_t thread[CLIENTS_MAX];

	atomic_store(&b->done, 0);
	b->until_ns = os_monotonic_ns() + (int64_t)seconds * 1000000000;
	for (size_t i = 0; i < threads; i++)
		pthread_create(&thread[i], NULL, loop, b);
	for (size_t i = 0; i < threads; i++)
		pthread_join(thread[i], NULL);
	return (double)atomic_load(&b->done) / seconds;
}

int main(int argc, char **argv)
{
	int seconds = argc > 2 ? atoi(argv[2]) : 5;
	static struct bench b;
	struct buf out = {0};
	tanu_error err = {0};
	double bare, served, bare_ms, service_ms;
	CURL *curl;

	if (argc < 2) {
		fprintf(stderr, "usage: bench_server_verify PHOTO [SECONDS]\n");
		return 2;
	}
	b.workers = (size_t)os_cpu_count();
	must(os_read_file(&b.photo, argv[1], (size_t)8 << 20, &err), &err, "photo");
	served_start(&b.served, "faces:use");
	curl_global_init(CURL_GLOBAL_ALL);
	curl = curl_easy_init();
	one_use(curl, &b, "enrol", &out);
	one_use(curl, &b, "verify", &out); /* models are loaded */
	run(&b, client_loop, 2 * b.workers, 1);
	bare_ms = own_ms();
	bare = run(&b, engine_loop, b.workers, seconds);
	bare_ms = (own_ms() - bare_ms) / (bare * seconds);
	service_ms = served_ms(b.served.pid);
	served = run(&b, client_loop, 2 * b.workers, seconds);
	service_ms = (served_ms(b.served.pid) - service_ms) / (served * seconds);
	printf("engine alone  %7.1f a second (%zu threads: decode, measure, features)\n", bare,
	       b.workers);
	printf("over TLS      %7.1f a second (%zu clients: capture, frame, verify, kept)\n", served,
	       2 * b.workers);
	printf("ratio         %6.1f %%\n", 100 * served / bare);
	printf("processor     %6.1f ms alone, %.1f ms served: %.1f %%\n", bare_ms, service_ms,
	       100 * bare_ms / service_ms);
	curl_easy_cleanup(curl);
	buf_free(&out);
	buf_free(&b.photo);
	served_stop();
	return 0;
}
