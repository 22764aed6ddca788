/* SPDX-License-Identifier: Apache-2.0 */
/* A model file taken apart into nodes and weights. */
#include "tensor/onnx.h"

#include <stdlib.h>

/* A model with more is left as it is: finding a name takes time in proportion. */
#define PARTS_MAX 4096

static bool only_element(struct wire_field *out, struct span message, uint32_t number)
{
	struct wire_field f;
	struct rd r;
	size_t found = 0;

	rd_init(&r, message.p, message.len);
	while (wire_next(&f, &r)) {
		if (f.number == number && f.type == WIRE_BYTES) {
			*out = f;
			found++;
		}
	}
	return rd_ok(&r) && found == 1;
}

/* The floats that the dims promise, or nothing. */
static void check_data(struct onnx_tensor *t)
{
	size_t len = sizeof(float);

	for (size_t i = 0; i < t->rank; i++) {
		if (t->dims[i] < 1 || (uint64_t)t->dims[i] > t->data.len / len) {
			t->data = (struct span){0};
			return;
		}
		len *= (size_t)t->dims[i];
	}
	if (len != t->data.len)
		t->data = (struct span){0};
}

static bool read_tensor(struct onnx_tensor *t, struct span message)
{
	struct wire_field f;
	bool known = true, is_float = false;
	struct rd r;

	t->message = message;
	rd_init(&r, message.p, message.len);
	while (wire_next(&f, &r)) {
		if (f.number == TENSOR_DIM && f.type == WIRE_VARINT && t->rank < ONNX_RANK_MAX)
			t->dims[t->rank++] = (int64_t)f.varint;
		else if (f.number == TENSOR_TYPE && f.type == WIRE_VARINT)
			is_float = f.varint == TENSOR_TYPE_FLOAT;
		else if (f.number == TENSOR_NAME && f.type == WIRE_BYTES)
			t->name = f.bytes;
		else if (f.number == TENSOR_RAW && f.type == WIRE_BYTES)
			t->data = f.bytes;
		else
			known = false;
	}
	if (!known || !is_float)
		t->data = (struct span){0};
	check_data(t);
	return rd_ok(&r);
}

static bool read_attribute(struct onnx_node *n, struct span message)
{
	struct wire_field f;
	struct span name = {0};
	int64_t number = 0;
	struct rd r;

	rd_init(&r, message.p, message.len);
	while (wire_next(&f, &r)) {
		if (f.number == ATTRIBUTE_GRAPH || f.number == ATTRIBUTE_GRAPHS)
			return false;
		if (f.number == ATTRIBUTE_NAME && f.type == WIRE_BYTES)
			name = f.bytes;
		if (f.number == ATTRIBUTE_INT && f.type == WIRE_VARINT)
			number = (int64_t)f.varint;
	}
	if (span_is(name, "group"))
		n->group = number;
	return rd_ok(&r);
}

static bool use_name(struct onnx_graph *g, struct span name)
{
	struct span *grown;

	/* Room is made in steps that are powers of two. */
	if ((g->useds & (g->useds + 1)) == 0) {
		grown = realloc(g->used, 2 * (g->useds + 1) * sizeof(*grown));
		if (!grown)
			return false;
		g->used = grown;
	}
	g->used[g->useds++] = name;
	return g->useds <= 4 * PARTS_MAX;
}

static bool read_node_field(struct onnx_graph *g, struct onnx_node *n, const struct wire_field *f)
{
	if (f->type != WIRE_BYTES)
		return true;
	switch (f->number) {
	case NODE_INPUT:
		if (n->ins < ONNX_INPUTS_MAX)
			n->in[n->ins] = f->bytes;
		n->ins++;
		return use_name(g, f->bytes);
	case NODE_OUTPUT:
		if (n->outs++ == 0)
			n->out = f->bytes;
		return true;
	case NODE_OP:
		n->op = f->bytes;
		return true;
	case NODE_ATTRIBUTE:
		return read_attribute(n, f->bytes);
	default:
		return true;
	}
}

static bool read_node(struct onnx_graph *g, struct onnx_node *n, struct span message)
{
	bool foreign = false;
	struct wire_field f;
	struct rd r;

	n->message = message;
	n->group = 1;
	rd_init(&r, message.p, message.len);
	while (wire_next(&f, &r)) {
		foreign = foreign || (f.number == NODE_DOMAIN && f.bytes.len > 0);
		if (!read_node_field(g, n, &f))
			return false;
	}
	if (foreign)
		n->op = (struct span){0};
	return rd_ok(&r);
}

static bool read_graph_field(struct onnx_graph *g, size_t *inputs, const struct wire_field *f)
{
	struct wire_field name;

	switch (f->number) {
	case GRAPH_NODE:
		return read_node(g, &g->node[g->nodes++], f->bytes);
	case GRAPH_INITIALIZER:
		return read_tensor(&g->tensor[g->tensors++], f->bytes);
	case GRAPH_INPUT:
		return ++*inputs == 1;
	case GRAPH_OUTPUT:
		return only_element(&name, f->bytes, VALUE_NAME) && use_name(g, name.bytes);
	default:
		return true;
	}
}

static bool count_parts(size_t *nodes, size_t *tensors, struct span graph)
{
	struct wire_field f;
	struct rd r;

	rd_init(&r, graph.p, graph.len);
	while (wire_next(&f, &r)) {
		if (f.type != WIRE_BYTES)
			return false;
		*nodes += f.number == GRAPH_NODE;
		*tensors += f.number == GRAPH_INITIALIZER;
	}
	return rd_ok(&r) && *nodes > 0 && *nodes <= PARTS_MAX && *tensors <= PARTS_MAX;
}

static bool read_graph(struct onnx_graph *g, struct span graph)
{
	size_t nodes = 0, tensors = 0, inputs = 0;
	struct wire_field f;
	struct rd r;

	if (!count_parts(&nodes, &tensors, graph))
		return false;
	g->node = calloc(nodes, sizeof(*g->node));
	g->tensor = calloc(tensors + 1, sizeof(*g->tensor));
	if (!g->node || !g->tensor)
		return false;
	rd_init(&r, graph.p, graph.len);
	while (wire_next(&f, &r))
		if (!read_graph_field(g, &inputs, &f))
			return false;
	return rd_ok(&r);
}

bool onnx_read(struct onnx_graph *out, const void *model, size_t model_len)
{
	struct onnx_graph g = {.model = {model, model_len}};
	struct wire_field graph;

	if (!only_element(&graph, g.model, MODEL_GRAPH) || !read_graph(&g, graph.bytes)) {
		onnx_close(&g);
		return false;
	}
	*out = g;
	return true;
}

void onnx_close(struct onnx_graph *graph)
{
	for (size_t i = 0; i < graph->tensors; i++)
		buf_free(&graph->tensor[i].grown);
	free(graph->node);
	free(graph->tensor);
	free(graph->used);
	*graph = (struct onnx_graph){0};
}

static size_t uses_of(const struct onnx_graph *g, struct span name)
{
	size_t uses = 0;

	for (size_t i = 0; i < g->useds; i++)
		uses += span_equal(g->used[i], name);
	return uses;
}

struct onnx_tensor *onnx_own_weights(const struct onnx_graph *graph, struct span name)
{
	for (size_t i = 0; i < graph->tensors; i++)
		if (span_equal(graph->tensor[i].name, name))
			return onnx_floats(&graph->tensor[i]).len && uses_of(graph, name) == 1
				   ? &graph->tensor[i]
				   : NULL;
	return NULL;
}

struct onnx_node *onnx_maker(const struct onnx_graph *graph, struct span value)
{
	for (size_t i = 0; i < graph->nodes; i++)
		if (span_equal(graph->node[i].out, value))
			return &graph->node[i];
	return NULL;
}

struct onnx_node *onnx_sole_user(const struct onnx_graph *graph, struct span value)
{
	if (uses_of(graph, value) != 1)
		return NULL;
	for (size_t i = 0; i < graph->nodes; i++)
		if (graph->node[i].ins && span_equal(graph->node[i].in[0], value))
			return &graph->node[i];
	return NULL;
}

struct span onnx_floats(const struct onnx_tensor *tensor)
{
	return tensor->grown.len ? (struct span){tensor->grown.data, tensor->grown.len}
				 : tensor->data;
}
