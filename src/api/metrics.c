/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figures for Prometheus: requests by route and status, times, load, and the counts that are public
 * anyway. No person, no address, no name. /metrics is for this machine, or for who has a key with
 * site:read.
 */
#include "api/operations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SERIES_MAX 512

static const double bounds_s[] = {0.001, 0.005, 0.025, 0.1, 0.5, 2.5};

struct series {
	const char *method, *pattern; /* of the route: they live as long as it */
	int status;
	uint64_t count;
};
struct metrics {
	pthread_mutex_t lock;
	struct series series[SERIES_MAX];
	size_t series_len;
	uint64_t lost; /* did not fit */
	uint64_t hooks_lost;
	uint64_t bucket[ARRAY_LEN(bounds_s)], requests;
	double seconds;
	struct http_load load;
};

tanu_status metrics_open(struct metrics **out, tanu_error *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	pthread_mutex_init(&(*out)->lock, NULL);
	return TANU_OK;
}

void metrics_hook_lost(struct metrics *metrics)
{
	pthread_mutex_lock(&metrics->lock);
	metrics->hooks_lost++;
	pthread_mutex_unlock(&metrics->lock);
}

void metrics_close(struct metrics **metrics)
{
	if (!*metrics)
		return;
	pthread_mutex_destroy(&(*metrics)->lock);
	free(*metrics);
	*metrics = NULL;
}

static void count_series(struct metrics *m, const struct http_note *note)
{
	for (size_t i = 0; i < m->series_len; i++) {
		struct series *s = &m->series[i];

		if (s->status == note->status && !strcmp(s->pattern, note->pattern) &&
		    !strcmp(s->method, note->method)) {
			s->count++;
			return;
		}
	}
	if (m->series_len == SERIES_MAX) {
		m->lost++;
		return;
	}
	m->series[m->series_len++] = (struct series){note->method, note->pattern, note->status, 1};
}

void api_note(void *self, const struct http_note *note)
{
	struct api *api = self;
	struct metrics *m = api->metrics;
	double seconds = (double)note->ns / 1e9;

	pthread_mutex_lock(&m->lock);
	count_series(m, note);
	m->requests++;
	m->seconds += seconds;
	for (size_t i = 0; i < ARRAY_LEN(bounds_s); i++)
		m->bucket[i] += seconds <= bounds_s[i];
	pthread_mutex_unlock(&m->lock);
}

void api_load(struct api *api, const struct http_load *load)
{
	pthread_mutex_lock(&api->metrics->lock);
	api->metrics->load = *load;
	pthread_mutex_unlock(&api->metrics->lock);
}

static void put_requests(struct buf *out, const struct metrics *m)
{
	buf_str(out, "# HELP tanu_http_requests_total Answers by route and status.\n"
		     "# TYPE tanu_http_requests_total counter\n");
	for (size_t i = 0; i < m->series_len; i++)
		buf_printf(out,
			   "tanu_http_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"} "
			   "%llu\n",
			   m->series[i].method, m->series[i].pattern, m->series[i].status,
			   (unsigned long long)m->series[i].count);
	buf_str(out, "# HELP tanu_http_request_seconds Time from request to answer.\n"
		     "# TYPE tanu_http_request_seconds histogram\n");
	for (size_t i = 0; i < ARRAY_LEN(bounds_s); i++)
		buf_printf(out, "tanu_http_request_seconds_bucket{le=\"%g\"} %llu\n", bounds_s[i],
			   (unsigned long long)m->bucket[i]);
	buf_printf(out,
		   "tanu_http_request_seconds_bucket{le=\"+Inf\"} %llu\n"
		   "tanu_http_request_seconds_sum %g\ntanu_http_request_seconds_count %llu\n",
		   (unsigned long long)m->requests, m->seconds, (unsigned long long)m->requests);
	buf_printf(out,
		   "# TYPE tanu_http_connections gauge\ntanu_http_connections %u\n"
		   "# TYPE tanu_http_streams gauge\ntanu_http_streams %u\n"
		   "# TYPE tanu_webhook_lost_total counter\ntanu_webhook_lost_total %llu\n",
		   m->load.connections, m->load.streams, (unsigned long long)m->hooks_lost);
}

static void put_site(struct buf *out, const struct service_report *r)
{
	buf_printf(out,
		   "# TYPE tanu_embeddings_total counter\ntanu_embeddings_total %llu\n"
		   "# TYPE tanu_permits_total counter\ntanu_permits_total %llu\n"
		   "# TYPE tanu_people gauge\ntanu_people %zu\n"
		   "# TYPE tanu_references gauge\ntanu_references %zu\n"
		   "# TYPE tanu_log_size gauge\ntanu_log_size %llu\n"
		   "# TYPE tanu_log_stopped gauge\ntanu_log_stopped %d\n"
		   "# TYPE tanu_erasures_late gauge\ntanu_erasures_late %zu\n",
		   (unsigned long long)r->embeddings, (unsigned long long)r->permits, r->subjects,
		   r->references, (unsigned long long)r->log_size,
		   r->log_stopped.code != TANU_ERR_NONE, r->erased_late);
}

static bool may_read(struct api *api, const struct http_request *request)
{
	const char *bearer = http_header(request, "Authorization");
	struct session_view who = {0};

	if (bearer)
		return !strncasecmp(bearer, "Bearer ", 7) &&
		       auth_key(api->auth, &who, bearer + 7, NULL) == TANU_OK &&
		       (who.scopes & SCOPE_SITE_READ);
	return !http_header(request, "X-Forwarded-For") &&
	       (!strcmp(request->peer, "127.0.0.1") || !strcmp(request->peer, "::1"));
}

void metrics_handle(void *self, const struct http_request *request, struct http_answer *answer)
{
	struct api *api = self;
	struct service_report report = {.subjects = 0};
	struct buf out = {0};
	bool there = false;

	if (!may_read(api, request)) {
		tanu_error e = {0};

		tanu_fail(&e, TANU_ERR_ROLE, NULL,
			  "ask from this machine, or with a key that has site:read");
		problem_answer(answer, &e, 0);
		return;
	}
	api_enter(api);
	if (api_there(api, NULL) == TANU_OK)
		there = service_report(api->service, &report, NULL) == TANU_OK;
	api_leave(api);
	pthread_mutex_lock(&api->metrics->lock);
	put_requests(&out, api->metrics);
	pthread_mutex_unlock(&api->metrics->lock);
	if (there)
		put_site(&out, &report);
	buf_printf(&out, "# TYPE tanu_site_open gauge\ntanu_site_open %d\n", there);
	http_body(answer, 200, "text/plain; version=0.0.4; charset=utf-8", &out);
}

/* Is it there and does it answer: no more is said to strangers. */
void health_handle(void *self, const struct http_request *request, struct http_answer *answer)
{
	struct api *api = self;
	bool open;

	(void)request;
	api_enter(api);
	open = api_there(api, NULL) == TANU_OK;
	api_leave(api);
	http_text(answer, open ? 200 : 503, "application/json",
		  open ? "{\"status\":\"ok\"}" : "{\"status\":\"lent\"}");
}
