/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A request's body against the schemas of openapi.yaml: the first byte says which operation, the
 * rest is what came. What passes has everything that is required.
 */
#include "api/inside.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_body(const struct operation *op, const uint8_t *data, size_t size)
{
	struct json_doc *doc = NULL;
	json_value required;

	if (json_parse(&doc, data, size, op->body_max, "body", NULL) < 0)
		return;
	if (schema_check(op->spec, op->body, json_root(doc), "", NULL) == TANU_OK) {
		required = json_get(spec_resolve(op->spec, op->body), "required");
		for (size_t i = 0; i < json_len(required); i++)
			if (!json_get(json_root(doc), json_text_of(json_at(required, i))))
				abort();
	}
	json_free(&doc);
}

static void try_parameters(const struct operation *op, const uint8_t *data, size_t size)
{
	char text[512];

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; i < op->parameters_len; i++)
		(void)schema_check_text(op->spec, op->parameters[i].schema, text, "parameter",
					NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spec *spec;
	const struct operation *op;

	if (!spec && spec_open(&spec, NULL) < 0)
		abort();
	if (size == 0)
		return 0;
	op = &spec->operations[data[0] % spec->operations_len];
	if (op->body)
		try_body(op, data + 1, size - 1);
	try_parameters(op, data + 1, size - 1);
	return 0;
}
