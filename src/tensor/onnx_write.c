/* SPDX-License-Identifier: Apache-2.0 */
/* A reworked graph as a model file again. */
#include "tensor/onnx.h"

#include <stdio.h>
#include <string.h>

static void put_tensor(struct buf *out, const struct onnx_tensor *t, struct span name)
{
	struct span floats = onnx_floats(t);
	struct buf message = {.failed = t->grown.failed};

	for (size_t i = 0; i < t->rank; i++)
		wire_put_varint(&message, TENSOR_DIM, (uint64_t)t->dims[i]);
	wire_put_varint(&message, TENSOR_TYPE, TENSOR_TYPE_FLOAT);
	wire_put_bytes(&message, TENSOR_NAME, name.p, name.len);
	wire_put_bytes(&message, TENSOR_RAW, floats.p, floats.len);
	wire_put_message(out, GRAPH_INITIALIZER, &message);
	buf_free(&message);
}

static void put_group(struct buf *node, int64_t group)
{
	struct buf message = {0};

	wire_put_text(&message, ATTRIBUTE_NAME, "group");
	wire_put_varint(&message, ATTRIBUTE_INT, (uint64_t)group);
	wire_put_varint(&message, ATTRIBUTE_TYPE, ATTRIBUTE_TYPE_INT);
	wire_put_message(node, NODE_ATTRIBUTE, &message);
	buf_free(&message);
}

static bool is_group(const struct wire_field *f)
{
	struct wire_field part;
	bool hit = false;
	struct rd r;

	if (f->number != NODE_ATTRIBUTE)
		return false;
	rd_init(&r, f->bytes.p, f->bytes.len);
	while (wire_next(&part, &r))
		hit = hit || (part.number == ATTRIBUTE_NAME && span_is(part.bytes, "group"));
	return hit;
}

static void put_regrouped(struct buf *out, const struct onnx_node *n)
{
	struct buf message = {0};
	struct wire_field f;
	struct rd r;

	rd_init(&r, n->message.p, n->message.len);
	while (wire_next(&f, &r))
		if (!is_group(&f))
			buf_put(&message, f.whole.p, f.whole.len);
	put_group(&message, n->group);
	wire_put_message(out, GRAPH_NODE, &message);
	buf_free(&message);
}

static struct span span_of(const char *text)
{
	return (struct span){(const uint8_t *)text, strlen(text)};
}

/* group 0: not a Conv. */
static void put_node(struct buf *out, const char *op, struct span a, struct span b,
		     struct span result, int64_t group)
{
	struct buf message = {0};

	wire_put_bytes(&message, NODE_INPUT, a.p, a.len);
	if (b.len)
		wire_put_bytes(&message, NODE_INPUT, b.p, b.len);
	wire_put_bytes(&message, NODE_OUTPUT, result.p, result.len);
	wire_put_text(&message, NODE_OP, op);
	if (group)
		put_group(&message, group);
	wire_put_message(out, GRAPH_NODE, &message);
	buf_free(&message);
}

/* Names of the values that a split PRelu adds, made from the name of its own result. */
enum split_name { SLOPE, REST, BENT, STRAIGHT, MIDDLE, SPLIT_NAMES };
struct split_names {
	char text[SPLIT_NAMES][ONNX_NAME_MAX + 32];
};

static void name_split(struct split_names *names, const struct onnx_node *n)
{
	static const char *const words[SPLIT_NAMES] = {"slope", "rest", "bent", "straight",
						       "middle"};

	for (size_t i = 0; i < SPLIT_NAMES; i++)
		snprintf(names->text[i], sizeof(names->text[i]), "tanu.%s.%.*s", words[i],
			 (int)n->out.len, (const char *)n->out.p);
}

/* Slopes of at most 1 everywhere? */
static bool is_convex(const struct onnx_tensor *slope)
{
	struct span floats = onnx_floats(slope);
	bool convex = true;
	struct rd r;

	rd_init(&r, floats.p, floats.len);
	while (rd_left(&r))
		convex = rd_f32le(&r) <= 1 && convex;
	return convex;
}

/*
 * PRelu(x) = slope x + (1 - slope) max(x, 0). Where no slope is above 1 the factor goes under the
 * max, which the runtime then computes together with the multiplication.
 */
static void put_split(struct buf *out, const struct onnx_graph *g, const struct onnx_node *n)
{
	const struct onnx_tensor *slope = onnx_own_weights(g, n->in[1]);
	int64_t channels = slope->dims[0];
	struct split_names names;
	struct span s[SPLIT_NAMES];

	name_split(&names, n);
	for (size_t i = 0; i < SPLIT_NAMES; i++)
		s[i] = span_of(names.text[i]);
	if (is_convex(slope)) {
		put_node(out, "Conv", n->in[0], s[REST], s[MIDDLE], channels);
		put_node(out, "Relu", s[MIDDLE], (struct span){0}, s[BENT], 0);
	} else {
		put_node(out, "Relu", n->in[0], (struct span){0}, s[MIDDLE], 0);
		put_node(out, "Conv", s[MIDDLE], s[REST], s[BENT], channels);
	}
	put_node(out, "Conv", n->in[0], s[SLOPE], s[STRAIGHT], channels);
	put_node(out, "Add", s[STRAIGHT], s[BENT], n->out, 0);
}

/* The slopes, and what they lack to 1, as weights of convolutions of one pixel. */
static void put_split_weights(struct buf *out, const struct onnx_graph *g,
			      const struct onnx_node *n)
{
	struct span floats = onnx_floats(onnx_own_weights(g, n->in[1]));
	struct onnx_tensor slope = {.rank = 4, .dims = {1, 1, 1, 1}}, rest = slope;
	struct split_names names;
	struct rd r;

	slope.dims[0] = rest.dims[0] = (int64_t)(floats.len / sizeof(float));
	name_split(&names, n);
	rd_init(&r, floats.p, floats.len);
	while (rd_left(&r)) {
		float v = rd_f32le(&r);

		buf_f32le(&slope.grown, v);
		buf_f32le(&rest.grown, 1 - v);
	}
	put_tensor(out, &slope, span_of(names.text[SLOPE]));
	put_tensor(out, &rest, span_of(names.text[REST]));
	buf_free(&slope.grown);
	buf_free(&rest.grown);
}

static void put_graph_field(struct buf *out, const struct onnx_graph *g, const struct wire_field *f,
			    size_t *node, size_t *tensor)
{
	const struct onnx_node *n;
	const struct onnx_tensor *t;

	switch (f->number) {
	case GRAPH_NODE:
		n = &g->node[(*node)++];
		if (n->split)
			put_split(out, g, n);
		else if (n->regrouped)
			put_regrouped(out, n);
		else
			buf_put(out, f->whole.p, f->whole.len);
		break;
	case GRAPH_INITIALIZER:
		t = &g->tensor[(*tensor)++];
		if (t->grown.len || t->grown.failed)
			put_tensor(out, t, t->name);
		else
			buf_put(out, f->whole.p, f->whole.len);
		break;
	case GRAPH_VALUE: /* shapes of values in between, which need not be stated */
		break;
	default:
		buf_put(out, f->whole.p, f->whole.len);
	}
}

static void put_graph(struct buf *out, const struct onnx_graph *g, struct span graph)
{
	size_t node = 0, tensor = 0;
	struct buf message = {0};
	struct wire_field f;
	struct rd r;

	rd_init(&r, graph.p, graph.len);
	while (wire_next(&f, &r))
		put_graph_field(&message, g, &f, &node, &tensor);
	for (size_t i = 0; i < g->nodes; i++)
		if (g->node[i].split)
			put_split_weights(&message, g, &g->node[i]);
	wire_put_message(out, MODEL_GRAPH, &message);
	buf_free(&message);
}

void onnx_write(struct buf *out, const struct onnx_graph *graph)
{
	struct wire_field f;
	struct rd r;

	rd_init(&r, graph->model.p, graph->model.len);
	while (wire_next(&f, &r)) {
		if (f.number == MODEL_GRAPH && f.type == WIRE_BYTES)
			put_graph(out, graph, f.bytes);
		else
			buf_put(out, f.whole.p, f.whole.len);
	}
}
