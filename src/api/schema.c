/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks by the schemas of openapi.yaml: type, enum, required, additionalProperties: false,
 * minimum, maximum, minLength, maxLength (in characters), pattern (a POSIX extended expression,
 * compiled once), items, minItems, maxItems, uniqueItems, $ref. What else stands there describes.
 */
#include "api/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- references and patterns ---- */

json_value spec_resolve(const struct spec *spec, json_value value)
{
	char part[128];

	for (int hops = 0; hops < 8 && json_get(value, "$ref"); hops++) {
		const char *at = json_text_of(json_get(value, "$ref"));

		value = json_root(spec->doc);
		at += *at == '#';
		while (*at == '/') {
			size_t len = strcspn(++at, "/");

			snprintf(part, sizeof(part), "%.*s", (int)len, at);
			value = json_get(value, part);
			at += len;
		}
	}
	return value;
}

/* Compiled once, at the start; kept by the text's place in the document. */
static tanu_status pattern_add(struct spec *spec, const char *text, tanu_error *err)
{
	if (spec->patterns_len == SPEC_PATTERNS_MAX)
		return tanu_fail(err, TANU_ERR_FORMAT, "openapi.yaml", "too many patterns");
	if (regcomp(&spec->patterns[spec->patterns_len].compiled, text, REG_EXTENDED | REG_NOSUB))
		return tanu_fail(err, TANU_ERR_FORMAT, "openapi.yaml", "the pattern %s is wrong",
				 text);
	spec->patterns[spec->patterns_len++].text = text;
	return TANU_OK;
}

struct pending {
	json_value value[SCHEMA_PENDING_MAX];
	size_t len;
};

static void pending_add(struct pending *p, json_value value)
{
	if (value && p->len < SCHEMA_PENDING_MAX)
		p->value[p->len++] = value;
}

tanu_status spec_compile_patterns(struct spec *spec, tanu_error *err)
{
	struct pending p = {.len = 0};
	tanu_status st = TANU_OK;

	pending_add(&p, json_root(spec->doc));
	while (p.len && st == TANU_OK) {
		json_value v = p.value[--p.len];

		for (const char *k = json_next_key(v, NULL); k && st == TANU_OK;
		     k = json_next_key(v, k)) {
			json_value member = json_get(v, k);

			if (!strcmp(k, "pattern") && json_kind_of(member) == JSON_KIND_TEXT)
				st = pattern_add(spec, json_text_of(member), err);
			else
				pending_add(&p, member);
		}
		for (size_t i = 0; i < json_len(v); i++)
			pending_add(&p, json_at(v, i));
		if (p.len == SCHEMA_PENDING_MAX)
			st = tanu_fail(err, TANU_ERR_FORMAT, "openapi.yaml", "too large");
	}
	return st;
}

static bool pattern_fits(const struct spec *spec, const char *pattern, const char *text)
{
	for (size_t i = 0; i < spec->patterns_len; i++)
		if (spec->patterns[i].text == pattern)
			return regexec(&spec->patterns[i].compiled, text, 0, NULL, 0) == 0;
	return false;
}

/* ---- one value ---- */

struct todo {
	json_value value, schema;
	char place[SCHEMA_PLACE_LEN];
};
struct todos {
	struct todo v[SCHEMA_TODO_MAX];
	size_t len;
};

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static tanu_status wrong(const struct todo *t, const char *must, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_JSON, t->place, "%s", must);
}

static bool has_number(json_value schema, const char *key, double *out)
{
	json_value v = json_get(schema, key);

	*out = json_number_of(v);
	return v != NULL;
}

static tanu_status check_text(const struct spec *spec, const struct todo *t, tanu_error *err)
{
	const char *text = json_text_of(t->value);
	json_value pattern = json_get(t->schema, "pattern");
	double bound;

	if (has_number(t->schema, "minLength", &bound) && (double)characters(text) < bound)
		return wrong(t, bound > 1 ? "this is too short" : "this must not be empty", err);
	if (has_number(t->schema, "maxLength", &bound) && (double)characters(text) > bound)
		return wrong(t, "this is too long", err);
	if (pattern && !pattern_fits(spec, json_text_of(pattern), text))
		return tanu_fail(err, TANU_ERR_JSON, t->place, "this must have the form %s",
				 json_text_of(pattern));
	return TANU_OK;
}

static tanu_status check_number(const struct todo *t, tanu_error *err)
{
	double bound, number = json_number_of(t->value);

	if (has_number(t->schema, "minimum", &bound) && number < bound)
		return tanu_fail(err, TANU_ERR_JSON, t->place, "at least %.0f", bound);
	if (has_number(t->schema, "maximum", &bound) && number > bound)
		return tanu_fail(err, TANU_ERR_JSON, t->place, "at most %.0f", bound);
	return TANU_OK;
}

static tanu_status later(struct todos *todos, json_value value, json_value schema,
			 const char *place, tanu_error *err)
{
	struct todo *next;

	if (todos->len == SCHEMA_TODO_MAX)
		return tanu_fail(err, TANU_ERR_JSON, place, "more than is taken at once");
	next = &todos->v[todos->len++];
	next->value = value;
	next->schema = schema;
	snprintf(next->place, sizeof(next->place), "%.*s", (int)sizeof(next->place) - 1, place);
	return TANU_OK;
}

static tanu_status check_array(struct todos *todos, const struct todo *t, tanu_error *err)
{
	json_value items = json_get(t->schema, "items"),
		   unique = json_get(t->schema, "uniqueItems");
	size_t len = json_len(t->value);
	char place[SCHEMA_PLACE_LEN + 24];
	double bound;
	tanu_status st = TANU_OK;

	if (has_number(t->schema, "minItems", &bound) && (double)len < bound)
		return wrong(t, "this list is too short", err);
	if (has_number(t->schema, "maxItems", &bound) && (double)len > bound)
		return wrong(t, "this list is too long", err);
	for (size_t i = 0; unique && i < len; i++)
		for (size_t k = 0; k < i; k++)
			if (json_equal_values(json_at(t->value, i), json_at(t->value, k)))
				return wrong(t, "nothing may stand in this list twice", err);
	for (size_t i = 0; items && i < len && st == TANU_OK; i++) {
		snprintf(place, sizeof(place), "%s[%zu]", t->place, i);
		st = later(todos, json_at(t->value, i), items, place, err);
	}
	return st;
}

static void member_place(char out[2 * SCHEMA_PLACE_LEN], const struct todo *t, const char *key)
{
	snprintf(out, 2 * SCHEMA_PLACE_LEN, "%s%s%.64s", t->place, *t->place ? "." : "", key);
}

static tanu_status check_object(struct todos *todos, const struct todo *t, tanu_error *err)
{
	json_value properties = json_get(t->schema, "properties");
	json_value required = json_get(t->schema, "required");
	json_value further = json_get(t->schema, "additionalProperties");
	bool closed = json_kind_of(further) == JSON_KIND_BOOL;
	char place[2 * SCHEMA_PLACE_LEN];
	tanu_status st = TANU_OK;

	for (size_t i = 0; i < json_len(required); i++) {
		const char *key = json_text_of(json_at(required, i));

		member_place(place, t, key);
		if (!json_get(t->value, key))
			return tanu_fail(err, TANU_ERR_JSON, place, "is missing");
	}
	for (const char *k = json_next_key(t->value, NULL); k && st == TANU_OK;
	     k = json_next_key(t->value, k)) {
		json_value schema = json_get(properties, k);

		member_place(place, t, k);
		if (schema)
			st = later(todos, json_get(t->value, k), schema, place, err);
		else if (closed)
			st = tanu_fail(err, TANU_ERR_JSON, place, "there is no such member");
	}
	return st;
}

static bool in_enum(json_value list, json_value value)
{
	for (size_t i = 0; i < json_len(list); i++)
		if (json_equal_values(json_at(list, i), value))
			return true;
	return false;
}

static bool type_fits(const char *type, enum json_kind kind)
{
	static const struct {
		const char *word;
		enum json_kind kind;
	} types[] = {{"string", JSON_KIND_TEXT},   {"integer", JSON_KIND_INT},
		     {"number", JSON_KIND_REAL},   {"number", JSON_KIND_INT},
		     {"boolean", JSON_KIND_BOOL},  {"array", JSON_KIND_ARRAY},
		     {"object", JSON_KIND_OBJECT}, {"null", JSON_KIND_NULL}};

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (!strcmp(types[i].word, type) && types[i].kind == kind)
			return true;
	return false;
}

static tanu_status check_one(const struct spec *spec, struct todos *todos, const struct todo *t,
			     tanu_error *err)
{
	json_value type = json_get(t->schema, "type"), list = json_get(t->schema, "enum");
	enum json_kind kind = json_kind_of(t->value);

	if (type && !type_fits(json_text_of(type), kind))
		return tanu_fail(err, TANU_ERR_JSON, t->place, "must be of type %s",
				 json_text_of(type));
	if (list && !in_enum(list, t->value))
		return wrong(t, "this is none of the words that are understood here", err);
	switch (kind) {
	case JSON_KIND_TEXT:
		return check_text(spec, t, err);
	case JSON_KIND_INT:
	case JSON_KIND_REAL:
		return check_number(t, err);
	case JSON_KIND_ARRAY:
		return check_array(todos, t, err);
	case JSON_KIND_OBJECT:
		return check_object(todos, t, err);
	default:
		return TANU_OK;
	}
}

tanu_status schema_check(const struct spec *spec, json_value schema, json_value value,
			 const char *place, tanu_error *err)
{
	struct todos *todos = calloc(1, sizeof(*todos));
	tanu_status st;

	if (!todos)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	st = later(todos, value, schema, place, err);
	while (todos->len && st == TANU_OK) {
		struct todo t = todos->v[--todos->len];

		t.schema = spec_resolve(spec, t.schema);
		st = check_one(spec, todos, &t, err);
	}
	free(todos);
	return st;
}

/* ---- parameters: texts of a path, a query, a header ---- */

static tanu_status check_word(const struct spec *spec, json_value schema, const char *text,
			      const char *place, tanu_error *err)
{
	json_value list = json_get(schema, "enum");
	struct todo t = {.value = NULL, .schema = schema};
	json_value pattern = json_get(schema, "pattern");
	bool found = !list;
	double bound;

	snprintf(t.place, sizeof(t.place), "%s", place);
	for (size_t i = 0; i < json_len(list); i++)
		found = found || !strcmp(json_text_of(json_at(list, i)), text);
	if (!found)
		return wrong(&t, "this is none of the words that are understood here", err);
	if (has_number(schema, "minLength", &bound) && (double)characters(text) < bound)
		return wrong(&t, "this is too short", err);
	if (has_number(schema, "maxLength", &bound) && (double)characters(text) > bound)
		return wrong(&t, "this is too long", err);
	if (pattern && !pattern_fits(spec, json_text_of(pattern), text))
		return tanu_fail(err, TANU_ERR_JSON, place, "this must have the form %s",
				 json_text_of(pattern));
	return TANU_OK;
}

static tanu_status check_digits(json_value schema, const char *text, const char *place,
				tanu_error *err)
{
	char *end = NULL;
	double bound;
	long long number = strtoll(text, &end, 10);

	if (!*text || strlen(text) > 15 || *end || *text == '+' || *text == ' ')
		return tanu_fail(err, TANU_ERR_JSON, place, "must be a whole number");
	if (has_number(schema, "minimum", &bound) && (double)number < bound)
		return tanu_fail(err, TANU_ERR_JSON, place, "at least %.0f", bound);
	if (has_number(schema, "maximum", &bound) && (double)number > bound)
		return tanu_fail(err, TANU_ERR_JSON, place, "at most %.0f", bound);
	return TANU_OK;
}

tanu_status schema_check_text(const struct spec *spec, json_value schema, const char *text,
			      const char *place, tanu_error *err)
{
	const char *type;

	schema = spec_resolve(spec, schema);
	type = json_text_of(json_get(schema, "type"));
	if (!strcmp(type, "integer"))
		return check_digits(schema, text, place, err);
	if (!strcmp(type, "boolean") && strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return tanu_fail(err, TANU_ERR_JSON, place, "must be true or false");
	return check_word(spec, schema, text, place, err);
}
