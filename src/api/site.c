/* SPDX-License-Identifier: Apache-2.0 */
/* The site itself: notices, settings, thresholds, counts, log. */
#include "api/operations.h"
#include "service/gates.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- notices ---- */

static tanu_status put_notice(void *self, const struct notice_view *v, tanu_error *err)
{
	struct json_w *w = self;

	(void)err;
	jw_object(w, NULL);
	put_clean(w, "version", v->version);
	put_clean(w, "language", v->language);
	put_sha256(w, "sha256", v->sha256);
	jw_int(w, "added_ms", v->added_ms);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_notices_list(struct call *c, tanu_error *err)
{
	tanu_status st;

	jw_object(&c->w, NULL);
	jw_array(&c->w, "items");
	st = service_notice_each(c->api->service, put_notice, &c->w, err);
	jw_end_array(&c->w);
	jw_end_object(&c->w);
	return st;
}

tanu_status op_notice_get(struct call *c, tanu_error *err)
{
	struct notice_view view;

	put_plain(c, "text/plain; charset=utf-8");
	return service_notice_get(c->api->service, &view, &c->out, call_param(c, "version"),
				  call_param(c, "language"), err);
}

tanu_status op_notice_add(struct call *c, tanu_error *err)
{
	struct notice notice = {.text = c->request->body, .text_len = c->request->body_len};
	struct notice_view view = {.added_ms = 0};
	struct buf text = {0};
	tanu_status st;

	snprintf(notice.version, sizeof(notice.version), "%s", call_param(c, "version"));
	snprintf(notice.language, sizeof(notice.language), "%s", call_param(c, "language"));
	buf_put(&text, c->request->body, c->request->body_len);
	if ((st = buf_check(&text, err)) == TANU_OK &&
	    (st = service_notice_prepare(c->api->service, &notice, &text, false, err)) == TANU_OK &&
	    (st = service_notice_add(c->api->service, &view, &notice, err)) == TANU_OK)
		st = put_notice(&c->w, &view, err);
	buf_free(&text);
	return st;
}

/* ---- settings ---- */

static void put_setting(struct json_w *w, const struct settings *s, size_t i)
{
	static const char *const kinds[] = {"int", "float", "bool", "text"};
	const struct setting_row *row = &s->rows[i];

	jw_object(w, NULL);
	jw_text(w, "name", row->name);
	if (*row->unit)
		put_clean(w, "unit", row->unit);
	jw_text(w, "kind", kinds[row->kind]);
	put_clean(w, "value", s->values[i]);
	put_clean(w, "default", row->value);
	if (row->kind == SETTING_INT || row->kind == SETTING_FLOAT) {
		jw_real(w, "min", row->min);
		jw_real(w, "max", row->max);
	}
	put_clean(w, "help", row->help);
	if (!row->reloadable)
		jw_bool(w, "restart", true);
	jw_end_object(w);
}

static void put_settings(struct json_w *w, const struct settings *s)
{
	jw_object(w, NULL);
	jw_array(w, "items");
	for (size_t i = 0; i < s->count; i++)
		put_setting(w, s, i);
	jw_end_array(w);
	jw_end_object(w);
}

tanu_status op_settings_list(struct call *c, tanu_error *err)
{
	(void)err;
	put_settings(&c->w, service_settings_written(c->api->service));
	(void)call_etag(c, c->out.data, c->out.len);
	return TANU_OK;
}

/* The tag of the list as it stands is the one that If-Match has to name. */
static tanu_status unchanged_since(const struct call *c, tanu_error *err)
{
	const char *match = http_header(c->request, "If-Match");
	struct call now = {.request = c->request};
	struct buf text = {0};
	struct json_w w;
	bool same;

	if (!match || !strcmp(match, "*"))
		return TANU_OK;
	jw_init(&w, &text);
	put_settings(&w, service_settings_written(c->api->service));
	(void)call_etag(&now, text.data, text.len);
	same = !strcmp(now.etag, match);
	buf_free(&text);
	if (same)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_CONFLICT, "If-Match",
			 "somebody else has changed a setting meanwhile: look again");
}

tanu_status op_setting_set(struct call *c, tanu_error *err)
{
	const struct settings *s;
	const char *name = call_param(c, "name");
	tanu_status st;

	if ((st = unchanged_since(c, err)) < 0 ||
	    (st = service_setting_set(c->api->service, name, call_text(c, "value"), err)) < 0)
		return st;
	s = service_settings_written(c->api->service);
	for (size_t i = 0; i < s->count; i++)
		if (!strcmp(s->rows[i].name, name))
			put_setting(&c->w, s, i);
	return TANU_OK;
}

/* ---- thresholds ---- */

static void put_curve(struct json_w *w, const tanu_calibration *cal)
{
	jw_array(w, "curve");
	for (size_t i = 0; i < cal->count; i++) {
		const tanu_calibration_point *p = &cal->point[i];

		jw_object(w, NULL);
		jw_float(w, "score", p->score);
		jw_real(w, "fmr", p->fmr);
		if (isfinite(p->fnmr))
			jw_float(w, "fnmr", p->fnmr);
		jw_bool(w, "extrapolated", p->extrapolated);
		jw_end_object(w);
	}
	jw_end_array(w);
}

tanu_status op_thresholds_get(struct call *c, tanu_error *err)
{
	double fmr = settings_float(service_setting_values(c->api->service), "match.fmr");
	tanu_calibration cal = {.count = 0};
	tanu_threshold threshold = {.score = 0};
	tanu_status st;

	if ((st = service_calibration(c->api->service, &cal, err)) < 0 ||
	    (st = tanu_threshold_for_fmr(&threshold, &cal, fmr, err)) < 0)
		return st;
	jw_object(&c->w, NULL);
	jw_real(&c->w, "fmr", fmr);
	jw_float(&c->w, "threshold", threshold.score);
	jw_bool(&c->w, "extrapolated", threshold.extrapolated);
	if (isfinite(threshold.fnmr))
		jw_float(&c->w, "fnmr", threshold.fnmr);
	put_clean(&c->w, "population", cal.population);
	put_curve(&c->w, &cal);
	jw_end_object(&c->w);
	return TANU_OK;
}

/* ---- counts, log, gates ---- */

static void put_protection(struct json_w *w, const struct call *c, const struct service_report *r)
{
	const struct os_sandbox_report *s = &c->api->options.sandbox;

	jw_bool(w, "rolled_back", r->rolled_back);
	jw_bool(w, "rollback_resistant", r->rollback_resistant);
	jw_text(w, "root", r->root);
	jw_bool(w, "clock_behind", r->clock_behind);
	jw_bool(w, "clock_jumped", r->clock_jumped);
	jw_int(w, "erased_late", (int64_t)r->erased_late);
	jw_object(w, "sandbox");
	jw_bool(w, "seccomp", s->seccomp);
	jw_bool(w, "landlock", s->landlock);
	jw_bool(w, "no_new_privs", s->no_new_privs);
	jw_end_object(w);
}

tanu_status op_report_get(struct call *c, tanu_error *err)
{
	struct service_report r = {.subjects = 0};
	struct json_w *w = &c->w;
	tanu_status st = service_report(c->api->service, &r, err);

	if (st < 0)
		return st;
	jw_object(w, NULL);
	put_clean(w, "site", r.site);
	jw_text(w, "program", c->api->options.program);
	jw_text(w, "storage", service_storage_name(service_storage(c->api->service)));
	jw_int(w, "subjects", (int64_t)r.subjects);
	jw_int(w, "consents_live", (int64_t)r.consents_live);
	jw_int(w, "references", (int64_t)r.references);
	jw_int(w, "embeddings", (int64_t)r.embeddings);
	jw_int(w, "permits", (int64_t)r.permits);
	jw_int(w, "log_size", (int64_t)r.log_size);
	jw_bool(w, "log_stopped", r.log_stopped.code != TANU_ERR_NONE);
	put_protection(w, c, &r);
	jw_end_object(w);
	return TANU_OK;
}

tanu_status op_log_get(struct call *c, tanu_error *err)
{
	struct service_report r = {.subjects = 0};
	struct buf policy = {0};
	tanu_status st;

	if ((st = service_report(c->api->service, &r, err)) == TANU_OK &&
	    (st = service_policy(c->api->service, &policy, err)) == TANU_OK) {
		jw_object(&c->w, NULL);
		jw_int(&c->w, "size", (int64_t)r.log_size);
		jw_bool(&c->w, "stopped", r.log_stopped.code != TANU_ERR_NONE);
		put_lines(&c->w, "policy", &policy);
		jw_end_object(&c->w);
	}
	buf_free(&policy);
	return st;
}
