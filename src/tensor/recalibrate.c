/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest with a new calibration, the rest of its text as its author wrote it. */
#include "tensor/tensor.h"

#include <string.h>

#define KEY "\"calibration\""

/* All texts here have passed json_parse, so that braces and quotes match. */

static size_t skip_space(const char *text, size_t at)
{
	return at + strspn(text + at, " \t\r\n");
}

/* Behind the string that begins at `at`. */
static size_t skip_string(const char *text, size_t at)
{
	for (at++; text[at] && text[at] != '"'; at++)
		if (text[at] == '\\' && text[at + 1])
			at++;
	return text[at] ? at + 1 : at;
}

/* Behind the object that begins at `at`. */
static size_t skip_object(const char *text, size_t at)
{
	size_t depth = 0;

	while (text[at]) {
		if (text[at] == '"') {
			at = skip_string(text, at);
			continue;
		}
		depth += text[at] == '{';
		depth -= text[at] == '}';
		at++;
		if (depth == 0)
			break;
	}
	return at;
}

/* Where the value of the top-level member "calibration" begins; 0: there is none. */
static size_t find_calibration(const char *text)
{
	size_t at = skip_space(text, 0) + 1; /* behind the first brace */

	while (text[at]) {
		if (text[at] == '{') {
			at = skip_object(text, at);
		} else if (text[at] != '"') {
			at++;
		} else {
			bool hit = strncmp(text + at, KEY, strlen(KEY)) == 0;
			size_t after = skip_space(text, skip_string(text, at));

			if (hit && text[after] == ':')
				return skip_space(text, after + 1);
			at = after;
		}
	}
	return 0;
}

void manifest_recalibrate(struct buf *out, const char *text, const tanu_calibration *cal)
{
	size_t at = find_calibration(text);
	const char *last = strrchr(text, '}');

	if (at) {
		buf_put(out, text, at);
		calibration_write(out, cal, "\t");
		buf_str(out, text + skip_object(text, at));
		return;
	}
	while (last > text && strchr(" \t\r\n", last[-1]))
		last--;
	buf_put(out, text, (size_t)(last - text));
	buf_str(out, ",\n\t" KEY ": ");
	calibration_write(out, cal, "\t");
	buf_str(out, "\n}\n");
}

static tanu_status check_model(const struct model_manifest *m, const char *path,
			       const uint8_t model[DIGEST_LEN], tanu_error *err)
{
	if (m->task != MODEL_EMBED)
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, path,
				 "only the manifest of an embedder has a calibration");
	if (memcmp(m->sha256, model, DIGEST_LEN) != 0)
		return tanu_fail(err, TANU_ERR_MODEL_MISMATCH, path,
				 "this manifest is of another model than the one measured");
	return TANU_OK;
}

tanu_status manifest_calibrate(const char *path, const tanu_calibration *cal,
			       const uint8_t model[DIGEST_LEN], tanu_error *err)
{
	struct buf text = {0}, fresh = {0};
	struct model_manifest m;
	tanu_status st;

	if ((st = os_read_file(&text, path, MANIFEST_MAX_BYTES, err)) < 0 ||
	    (st = manifest_parse(&m, text.data, text.len, path, err)) < 0 ||
	    (st = check_model(&m, path, model, err)) < 0)
		goto out;
	manifest_recalibrate(&fresh, buf_cstr(&text), cal);
	if ((st = buf_check(&fresh, err)) < 0 ||
	    (st = manifest_parse(&m, fresh.data, fresh.len, path, err)) < 0)
		goto out;
	st = os_replace_file(path, fresh.data, fresh.len, 0644, err);
out:
	buf_free(&text);
	buf_free(&fresh);
	return st;
}
