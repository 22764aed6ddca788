/* SPDX-License-Identifier: Apache-2.0 */
/* What all findings share: shares, intervals, warnings, and what they were made with. */
#include "eval/report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WARNING_MAX_BYTES 512

const char *share_text(char out[SHARE_TEXT_LEN], double share)
{
	double percent = 100 * share;

	if (!isfinite(share))
		snprintf(out, SHARE_TEXT_LEN, "-");
	else if (percent >= 9.95 && percent < 90)
		snprintf(out, SHARE_TEXT_LEN, "%.1f%%", percent);
	else if (percent >= 0.0995 || !(percent > 0))
		snprintf(out, SHARE_TEXT_LEN, "%.2f%%", percent);
	else
		snprintf(out, SHARE_TEXT_LEN, "%.2g%%", percent);
	return out;
}

const char *count_text(char out[SHARE_TEXT_LEN], uint64_t count)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count), at = 0;

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

const char *interval_text(char out[SHARE_TEXT_LEN], struct interval ci)
{
	char low[SHARE_TEXT_LEN], high[SHARE_TEXT_LEN];

	if (!isfinite(ci.low) || !isfinite(ci.high))
		snprintf(out, SHARE_TEXT_LEN, "-");
	else
		snprintf(out, SHARE_TEXT_LEN, "%.20s to %.20s", share_text(low, ci.low),
			 share_text(high, ci.high));
	return out;
}

void report_interval(struct json_w *w, const char *key, struct interval ci)
{
	jw_array(w, key);
	jw_real(w, NULL, ci.low);
	jw_real(w, NULL, ci.high);
	jw_end_array(w);
}

const char *target_text(char out[TARGET_TEXT_LEN], double target)
{
	snprintf(out, TARGET_TEXT_LEN, "1e%d", (int)lround(log10(target)));
	return out;
}

void report_clean(struct json_w *w, const char *key, const char *raw)
{
	struct buf text = {0};

	utf8_put_clean(&text, raw);
	jw_text(w, key, buf_cstr(&text));
	if (text.failed)
		w->out->failed = true;
	buf_free(&text);
}

void report_warning(struct report *r, const char *fmt, ...)
{
	char text[WARNING_MAX_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	sheet_warning(&r->sheet, "%s", text);
	utf8_put_clean(&r->warnings, text);
	buf_u8(&r->warnings, '\0');
}

void report_none_seen(struct report *r, uint64_t errors, uint64_t of, const char *what)
{
	char high[SHARE_TEXT_LEN];

	if (errors > 0 || of == 0)
		return;
	report_warning(r, "0 of %llu %s: the true rate may be up to %s", (unsigned long long)of,
		       what, share_text(high, clopper_pearson(0, of, 0.95).high));
}

void report_end_warnings(struct report *r)
{
	const char *text = (const char *)r->warnings.data;

	jw_array(r->json, "warnings");
	if (r->warnings.failed)
		r->json->out->failed = true;
	else
		for (size_t at = 0; at < r->warnings.len; at += strlen(text + at) + 1)
			jw_text(r->json, NULL, text + at);
	jw_end_array(r->json);
	buf_free(&r->warnings);
}

void report_environment(struct report *r, const struct report_environment *e)
{
	struct json_w *w = r->json;
	char at[TIME_TEXT_LEN];

	time_text(at, e->at_ms);
	sheet_note(&r->sheet, "Made with tanu %s, ONNX Runtime %s, matching kernel %s, on %.10s.",
		   e->version, e->runtime, e->kernel, at);
	sheet_note(&r->sheet, "Embedder (SHA-256): %s", e->model);
	jw_object(w, "environment");
	jw_text(w, "version", e->version);
	jw_text(w, "model", e->model);
	jw_text(w, "runtime", e->runtime);
	jw_text(w, "kernel", e->kernel);
	jw_int(w, "at_ms", e->at_ms);
	jw_end_object(w);
}
