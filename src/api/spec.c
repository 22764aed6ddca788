/* SPDX-License-Identifier: Apache-2.0 */
/* openapi.yaml, read once: a table of operations that the server is driven by. */
#include "api/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPEC_BYTES_MAX ((size_t)1 << 20)
#define BODY_STANDARD  ((size_t)64 << 10)

static const char openapi_yaml[] = {
#include "api/openapi.inc"
    0};

static const struct {
	const char *lower, *upper;
} methods[] = {{"get", "GET"}, {"post", "POST"}, {"put", "PUT"}, {"delete", "DELETE"}};

static tanu_status fault(const struct operation *op, const char *what, tanu_error *err)
{
	return tanu_fail(err, TANU_ERR_FORMAT, op->id ? op->id : op->pattern, "openapi.yaml: %s",
			 what);
}

static tanu_status take_roles(struct operation *op, tanu_error *err)
{
	json_value roles = json_get(op->node, "x-roles"), scope = json_get(op->node, "x-scope");

	for (size_t i = 0; i < json_len(roles); i++) {
		const char *word = json_text_of(json_at(roles, i));

		if (!strcmp(word, "anyone"))
			op->anyone = true;
		else if (!strcmp(word, "signed-in"))
			op->roles |= ROLES_STAFF | ROLE_PERSON;
		else if (role_of(word))
			op->roles |= role_of(word);
		else
			return fault(op, "x-roles has an unknown word", err);
	}
	if (!op->anyone && !op->roles && !scope)
		return fault(op, "x-roles is missing", err);
	if (scope && !(op->scope = scope_of(json_text_of(scope))))
		return fault(op, "x-scope is an unknown word", err);
	return TANU_OK;
}

static tanu_status take_parameters(const struct spec *spec, struct operation *op, json_value list,
				   tanu_error *err)
{
	for (size_t i = 0; i < json_len(list); i++) {
		json_value p = spec_resolve(spec, json_at(list, i));
		struct parameter *out = &op->parameters[op->parameters_len];
		const char *in = json_text_of(json_get(p, "in"));

		if (op->parameters_len == PARAMETERS_MAX)
			return fault(op, "too many parameters", err);
		out->name = json_text_of(json_get(p, "name"));
		out->where = !strcmp(in, "path")    ? PARAMETER_PATH
			     : !strcmp(in, "query") ? PARAMETER_QUERY
						    : PARAMETER_HEADER;
		out->schema = json_get(p, "schema");
		op->repeatable = op->repeatable || !strcmp(out->name, "Idempotency-Key");
		op->parameters_len++;
	}
	return TANU_OK;
}

static void take_body(const struct spec *spec, struct operation *op)
{
	json_value body = spec_resolve(spec, json_get(op->node, "requestBody"));
	json_value content = json_get(body, "content"), most = json_get(op->node, "x-body");
	json_value json = json_get(content, "application/json");

	if (!body)
		return;
	op->content = content;
	op->body = json_get(json, "schema");
	op->body_max = most ? (size_t)json_number_of(most) : BODY_STANDARD;
}

static tanu_status take_operation(struct spec *spec, const char *path, json_value item,
				  const char *method, json_value node, tanu_error *err)
{
	struct operation *op = &spec->operations[spec->operations_len];
	tanu_status st;

	if (spec->operations_len == OPERATIONS_MAX)
		return tanu_fail(err, TANU_ERR_FORMAT, path, "openapi.yaml: too many operations");
	*op = (struct operation){.spec = spec, .method = method, .node = node};
	snprintf(op->pattern, sizeof(op->pattern), "%s%s", API_PREFIX, path);
	op->id = json_text_of(json_get(node, "operationId"));
	op->look = json_get(node, "x-look") != NULL;
	op->tablet = json_get(node, "x-tablet") != NULL;
	take_body(spec, op);
	if ((st = take_roles(op, err)) < 0 ||
	    (st = take_parameters(spec, op, json_get(item, "parameters"), err)) < 0 ||
	    (st = take_parameters(spec, op, json_get(node, "parameters"), err)) < 0)
		return st;
	spec->operations_len++;
	return TANU_OK;
}

static tanu_status take_paths(struct spec *spec, tanu_error *err)
{
	json_value paths = json_get(json_root(spec->doc), "paths");
	tanu_status st = TANU_OK;

	for (const char *path = json_next_key(paths, NULL); path && st == TANU_OK;
	     path = json_next_key(paths, path)) {
		json_value item = json_get(paths, path);

		for (size_t i = 0; i < ARRAY_LEN(methods) && st == TANU_OK; i++)
			if (json_get(item, methods[i].lower))
				st = take_operation(spec, path, item, methods[i].upper,
						    json_get(item, methods[i].lower), err);
	}
	return st;
}

tanu_status spec_open(struct spec **out, tanu_error *err)
{
	struct spec *spec = calloc(1, sizeof(*spec));
	tanu_status st;

	if (!spec)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, NULL, "not enough memory");
	if ((st = yaml_to_json(&spec->json, openapi_yaml, sizeof(openapi_yaml) - 1, err)) ==
		TANU_OK &&
	    (st = json_parse(&spec->doc, spec->json.data, spec->json.len, SPEC_BYTES_MAX,
			     "openapi.yaml", err)) == TANU_OK &&
	    (st = spec_compile_patterns(spec, err)) == TANU_OK)
		st = take_paths(spec, err);
	if (st < 0)
		spec_close(&spec);
	else
		*out = spec;
	return st;
}

void spec_close(struct spec **spec)
{
	struct spec *s = *spec;

	if (!s)
		return;
	for (size_t i = 0; i < s->patterns_len; i++)
		regfree(&s->patterns[i].compiled);
	json_free(&s->doc);
	buf_free(&s->json);
	free(s);
	*spec = NULL;
}
