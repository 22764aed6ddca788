/* SPDX-License-Identifier: Apache-2.0 */
#include "codec/codec.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct json_doc {
	json_t *root;
};

/* jansson counts references in the value, so its calls want it mutable; reading changes nothing. */
static json_t *node(json_value v)
{
	return (json_t *)(uintptr_t)v;
}

static json_value value(const json_t *j)
{
	return (json_value)(const void *)j;
}

/* jansson's own text quotes the input near the fault; an error of ours never holds personal data.
 */
static const char *syntax_reason(const json_error_t *e)
{
	switch (json_error_code(e)) {
	case json_error_premature_end_of_input:
		return "the JSON text ends too early";
	case json_error_end_of_input_expected:
		return "text follows the JSON value";
	case json_error_invalid_utf8:
		return "the JSON text is not UTF-8";
	case json_error_duplicate_key:
		return "a key stands twice in the same JSON object";
	case json_error_numeric_overflow:
		return "a number is too large";
	case json_error_stack_overflow:
		return "the JSON text is nested too deeply";
	case json_error_null_character:
	case json_error_null_byte_in_key:
		return "a NUL character stands in a JSON string";
	case json_error_out_of_memory:
		return "not enough memory to read the JSON text";
	default:
		return "not valid JSON";
	}
}

/* What the grammar allows and we refuse; NULL when the value and all below it are fine. */
static const char *refusal(json_t *j, unsigned depth)
{
	const char *reason = NULL;

	if (depth > JSON_DEPTH_MAX)
		return "the JSON text is nested too deeply";
	if (json_is_string(j) && !utf8_plain(json_string_value(j), json_string_length(j)))
		return "a JSON string holds a control character";
	if (json_is_integer(j) &&
	    (json_integer_value(j) >= JSON_INT_END || json_integer_value(j) <= -JSON_INT_END))
		return "an integer is 2^53 or more and can't be read exactly everywhere";
	for (size_t i = 0; json_is_array(j) && i < json_array_size(j) && !reason; i++)
		reason = refusal(json_array_get(j, i), depth + 1);
	for (void *it = json_is_object(j) ? json_object_iter(j) : NULL; it && !reason;
	     it = json_object_iter_next(j, it)) {
		for (const char *k = json_object_iter_key(it); *k; k++)
			if (*k < 0x20 || *k > 0x7E)
				return "a JSON key holds other than printable ASCII";
		reason = refusal(json_object_iter_value(it), depth + 1);
	}
	return reason;
}

static tanu_status parse_text(json_t **out, const void *text, size_t text_len, const char *name,
			      tanu_error *err)
{
	json_error_t e;
	json_t *root = json_loadb(text_len ? text : "", text_len, JSON_REJECT_DUPLICATES, &e);
	const char *reason;

	if (!root) {
		char line[32];

		snprintf(line, sizeof(line), "line %d", e.line > 0 ? e.line : 1);
		tanu_fail(err, TANU_ERR_JSON, line, "%s", syntax_reason(&e));
		error_prefix_place(err, name);
		return TANU_INPUT;
	}
	reason = refusal(root, 1);
	if (reason) {
		json_decref(root);
		return tanu_fail(err, TANU_ERR_JSON, name, "%s", reason);
	}
	*out = root;
	return TANU_OK;
}

tanu_status json_parse(struct json_doc **out, const void *text, size_t text_len, size_t max_bytes,
		       const char *name, tanu_error *err)
{
	struct json_doc *doc;
	json_t *root = NULL;
	tanu_status st;

	if (text_len > max_bytes)
		return tanu_fail(err, TANU_ERR_FILE_TOO_LARGE, name,
				 "%zu bytes of JSON where at most %zu are allowed", text_len,
				 max_bytes);
	if ((st = parse_text(&root, text, text_len, name, err)) < 0)
		return st;
	doc = malloc(sizeof(*doc));
	if (!doc) {
		json_decref(root);
		return tanu_fail(err, TANU_ERR_NO_MEMORY, name, "not enough memory");
	}
	doc->root = root;
	*out = doc;
	return TANU_OK;
}

void json_free(struct json_doc **doc)
{
	if (!*doc)
		return;
	json_decref((*doc)->root);
	free(*doc);
	*doc = NULL;
}

json_value json_root(const struct json_doc *doc)
{
	return value(doc->root);
}

json_value json_get(json_value object, const char *key)
{
	return value(json_object_get(node(object), key));
}

size_t json_len(json_value array)
{
	return json_array_size(node(array));
}

json_value json_at(json_value array, size_t index)
{
	return value(json_array_get(node(array), index));
}

const char *json_next_key(json_value object, const char *prev)
{
	json_t *o = node(object);
	void *it;

	if (!json_is_object(o))
		return NULL;
	it = prev ? json_object_iter_next(o, json_object_iter_at(o, prev)) : json_object_iter(o);
	return it ? json_object_iter_key(it) : NULL;
}

static tanu_status wrong_type(json_t *j, const char *key, const char *wanted, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_JSON, key, j ? "must be %s" : "is missing; must be %s",
			 wanted);
}

tanu_status json_text(const char **out, json_value object, const char *key, tanu_error *err)
{
	json_t *j = json_object_get(node(object), key);

	if (!json_is_string(j))
		return wrong_type(j, key, "a string", err);
	*out = json_string_value(j);
	return TANU_OK;
}

tanu_status json_int(int64_t *out, json_value object, const char *key, tanu_error *err)
{
	json_t *j = json_object_get(node(object), key);

	if (!json_is_integer(j))
		return wrong_type(j, key, "a whole number", err);
	*out = json_integer_value(j);
	return TANU_OK;
}

tanu_status json_number(double *out, json_value object, const char *key, tanu_error *err)
{
	json_t *j = json_object_get(node(object), key);

	if (!json_is_number(j))
		return wrong_type(j, key, "a number", err);
	*out = json_number_value(j);
	return TANU_OK;
}

tanu_status json_bool(bool *out, json_value object, const char *key, tanu_error *err)
{
	json_t *j = json_object_get(node(object), key);

	if (!json_is_boolean(j))
		return wrong_type(j, key, "true or false", err);
	*out = json_is_true(j);
	return TANU_OK;
}

tanu_status json_text_at(const char **out, json_value array, size_t index, tanu_error *err)
{
	json_t *j = json_array_get(node(array), index);
	char place[32];

	if (!json_is_string(j)) {
		snprintf(place, sizeof(place), "element %zu", index);
		return wrong_type(j, place, "a text", err);
	}
	*out = json_string_value(j);
	return TANU_OK;
}

tanu_status json_number_at(double *out, json_value array, size_t index, tanu_error *err)
{
	json_t *j = json_array_get(node(array), index);
	char place[32];

	if (!json_is_number(j)) {
		snprintf(place, sizeof(place), "element %zu", index);
		return wrong_type(j, place, "a number", err);
	}
	*out = json_number_value(j);
	return TANU_OK;
}

tanu_status json_list(json_value *out, json_value object, const char *key, tanu_error *err)
{
	json_t *j = json_object_get(node(object), key);

	if (!json_is_array(j))
		return wrong_type(j, key, "an array", err);
	*out = value(j);
	return TANU_OK;
}

tanu_status json_member(json_value *out, json_value object, const char *key, tanu_error *err)
{
	json_t *j = json_object_get(node(object), key);

	if (!json_is_object(j))
		return wrong_type(j, key, "an object", err);
	*out = value(j);
	return TANU_OK;
}

enum json_kind json_kind_of(json_value v)
{
	json_t *j = node(v);

	if (!j)
		return JSON_KIND_NONE;
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_TEXT;
	case JSON_INTEGER:
		return JSON_KIND_INT;
	case JSON_REAL:
		return JSON_KIND_REAL;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_KIND_BOOL;
	default:
		return JSON_KIND_NULL;
	}
}

const char *json_text_of(json_value v)
{
	const char *text = json_string_value(node(v));

	return text ? text : "";
}

double json_number_of(json_value v)
{
	return json_is_number(node(v)) ? json_number_value(node(v)) : 0;
}

bool json_equal_values(json_value a, json_value b)
{
	return json_equal(node(a), node(b)) != 0;
}

static bool has_fraction(json_t *j)
{
	bool found = json_is_real(j);

	for (size_t i = 0; json_is_array(j) && i < json_array_size(j) && !found; i++)
		found = has_fraction(json_array_get(j, i));
	for (void *it = json_is_object(j) ? json_object_iter(j) : NULL; it && !found;
	     it = json_object_iter_next(j, it))
		found = has_fraction(json_object_iter_value(it));
	return found;
}

bool json_is_canonical(const struct json_doc *doc, const void *text, size_t text_len)
{
	char *again;
	bool same;

	if (has_fraction(doc->root))
		return false;
	again = json_dumps(doc->root, JSON_COMPACT | JSON_SORT_KEYS);
	same = again && strlen(again) == text_len && memcmp(again, text, text_len) == 0;
	if (again)
		mem_wipe(again, strlen(again));
	free(again);
	return same;
}
