/* SPDX-License-Identifier: Apache-2.0 */
/*
 * openapi.yaml as JSON: the part of YAML 1.2's core schema that it uses. Anchors, tags and several
 * documents are refused; a plain true, false, null or number is one, all else is text.
 */
#include "api/inside.h"

#include <ctype.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 30
#define KEY_MAX	  128

struct level {
	bool mapping, has_key;
	char key[KEY_MAX];
};

struct conversion {
	struct json_w w;
	struct level level[DEPTH_MAX];
	size_t depth;
	const char *fault;
};

/* The key that the next value stands under; NULL in a list. */
static const char *key_take(struct conversion *c)
{
	struct level *l = c->depth ? &c->level[c->depth - 1] : NULL;

	if (!l || !l->mapping)
		return NULL;
	l->has_key = false;
	return l->key;
}

static bool is_number(const char *text)
{
	size_t digits = 0, dots = 0;

	text += *text == '-';
	for (; *text; text++) {
		digits += isdigit((unsigned char)*text) != 0;
		dots += *text == '.';
		if (!isdigit((unsigned char)*text) && *text != '.')
			return false;
	}
	return digits > 0 && dots == 0;
}

static void put_scalar(struct conversion *c, const char *text, bool plain)
{
	const char *key = key_take(c);

	if (plain && (!strcmp(text, "true") || !strcmp(text, "false")))
		jw_bool(&c->w, key, *text == 't');
	else if (plain && (!strcmp(text, "null") || !*text))
		jw_null(&c->w, key);
	else if (plain && is_number(text))
		jw_int(&c->w, key, strtoll(text, NULL, 10));
	else
		jw_text(&c->w, key, text);
}

static void take_scalar(struct conversion *c, const yaml_event_t *e)
{
	const char *text = (const char *)e->data.scalar.value;
	struct level *l = c->depth ? &c->level[c->depth - 1] : NULL;

	if (e->data.scalar.anchor || e->data.scalar.tag) {
		c->fault = "anchors and tags are not understood";
	} else if (l && l->mapping && !l->has_key) {
		if (strlen(text) >= sizeof(l->key))
			c->fault = "a key is too long";
		else
			memcpy(l->key, text, strlen(text) + 1);
		l->has_key = true;
	} else {
		put_scalar(c, text, e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
	}
}

static void begin(struct conversion *c, bool mapping)
{
	const char *key = key_take(c);

	if (c->depth == DEPTH_MAX) {
		c->fault = "nested too deeply";
		return;
	}
	if (mapping)
		jw_object(&c->w, key);
	else
		jw_array(&c->w, key);
	c->level[c->depth++] = (struct level){.mapping = mapping};
}

static void take_event(struct conversion *c, const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		take_scalar(c, e);
		break;
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		begin(c, e->type == YAML_MAPPING_START_EVENT);
		break;
	case YAML_MAPPING_END_EVENT:
		c->depth--;
		jw_end_object(&c->w);
		break;
	case YAML_SEQUENCE_END_EVENT:
		c->depth--;
		jw_end_array(&c->w);
		break;
	case YAML_ALIAS_EVENT:
		c->fault = "aliases are not understood";
		break;
	default:
		break;
	}
}

tanu_status yaml_to_json(struct buf *out, const char *yaml, size_t yaml_len, tanu_error *err)
{
	struct conversion c = {.depth = 0};
	yaml_parser_t parser;
	yaml_event_type_t last = YAML_NO_EVENT;

	if (!yaml_parser_initialize(&parser))
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "openapi.yaml", "not enough memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, yaml_len);
	jw_init(&c.w, out);
	while (!c.fault && last != YAML_STREAM_END_EVENT) {
		yaml_event_t event;

		if (!yaml_parser_parse(&parser, &event)) {
			c.fault = parser.problem ? parser.problem : "this is not YAML";
			break;
		}
		last = event.type;
		take_event(&c, &event);
		yaml_event_delete(&event);
	}
	if (c.fault)
		tanu_fail(err, TANU_ERR_FORMAT, "openapi.yaml", "line %zu: %s",
			  parser.mark.line + 1, c.fault);
	yaml_parser_delete(&parser);
	return c.fault ? TANU_INPUT : buf_check(out, err);
}
