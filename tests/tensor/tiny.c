/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/tiny.h"

#include "tensor/onnx.h"

#include <string.h>

enum { ATTRIBUTE_INTS = 8, ATTRIBUTE_TYPE_INTS = 7 };

static void put_ints(struct buf *node, const char *name, int64_t value, size_t count)
{
	struct buf a = {0};

	wire_put_text(&a, ATTRIBUTE_NAME, name);
	for (size_t i = 0; i < count; i++)
		wire_put_varint(&a, ATTRIBUTE_INTS, (uint64_t)value);
	wire_put_varint(&a, ATTRIBUTE_TYPE, ATTRIBUTE_TYPE_INTS);
	wire_put_message(node, NODE_ATTRIBUTE, &a);
	buf_free(&a);
}

static void put_int(struct buf *node, const char *name, int64_t value)
{
	struct buf a = {0};

	wire_put_text(&a, ATTRIBUTE_NAME, name);
	wire_put_varint(&a, ATTRIBUTE_INT, (uint64_t)value);
	wire_put_varint(&a, ATTRIBUTE_TYPE, ATTRIBUTE_TYPE_INT);
	wire_put_message(node, NODE_ATTRIBUTE, &a);
	buf_free(&a);
}

static void begin_node(struct buf *node, const char *op, const char *const in[3], const char *out)
{
	for (size_t i = 0; i < 3 && in[i]; i++)
		wire_put_text(node, NODE_INPUT, in[i]);
	wire_put_text(node, NODE_OUTPUT, out);
	wire_put_text(node, NODE_OP, op);
}

static void put_conv(struct buf *graph, const char *const in[3], const char *out, int64_t side,
		     int64_t pad, int64_t group)
{
	struct buf node = {0};

	begin_node(&node, "Conv", in, out);
	put_ints(&node, "kernel_shape", side, 2);
	put_ints(&node, "pads", pad, 4);
	put_int(&node, "group", group);
	wire_put_message(graph, GRAPH_NODE, &node);
	buf_free(&node);
}

static void put_prelu(struct buf *graph, const char *in, const char *slope, const char *out)
{
	struct buf node = {0};

	begin_node(&node, "PRelu", (const char *const[3]){in, slope}, out);
	wire_put_message(graph, GRAPH_NODE, &node);
	buf_free(&node);
}

/* Numbers between -1 and 1 that look random and are not. */
static float made_up(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return (float)(*seed >> 8) / 8388608.0F - 1;
}

static void put_weights(struct buf *graph, const char *name, const int64_t *dims, size_t rank,
			float first)
{
	struct buf message = {0}, floats = {0};
	uint32_t seed = (uint32_t)strlen(name) * 977 + (uint32_t)name[0];
	int64_t len = 1;

	for (size_t i = 0; i < rank; i++) {
		wire_put_varint(&message, TENSOR_DIM, (uint64_t)dims[i]);
		len *= dims[i];
	}
	for (int64_t i = 0; i < len; i++)
		buf_f32le(&floats, i == 0 && first != 0 ? first : 0.5F * made_up(&seed));
	wire_put_varint(&message, TENSOR_TYPE, TENSOR_TYPE_FLOAT);
	wire_put_text(&message, TENSOR_NAME, name);
	wire_put_message(&message, TENSOR_RAW, &floats);
	wire_put_message(graph, GRAPH_INITIALIZER, &message);
	buf_free(&message);
	buf_free(&floats);
}

static void put_value(struct buf *graph, uint32_t number, const char *name, const int64_t dims[4])
{
	struct buf value = {0}, type = {0}, tensor = {0}, shape = {0};

	for (size_t i = 0; i < 4; i++) {
		struct buf dim = {0};

		wire_put_varint(&dim, 1, (uint64_t)dims[i]);
		wire_put_message(&shape, 1, &dim);
		buf_free(&dim);
	}
	wire_put_varint(&tensor, 1, TENSOR_TYPE_FLOAT);
	wire_put_message(&tensor, 2, &shape);
	wire_put_message(&type, 1, &tensor);
	wire_put_text(&value, VALUE_NAME, name);
	wire_put_message(&value, 2, &type);
	wire_put_message(graph, number, &value);
	buf_free(&value);
	buf_free(&type);
	buf_free(&tensor);
	buf_free(&shape);
}

static void put_nodes(struct buf *graph, const struct tiny_options *o)
{
	const char *const wide[3] = {"in", "wide.w", o->no_bias ? NULL : "wide.b"};
	const char *const deep[3] = {"bent", "deep.w", o->no_bias ? NULL : "deep.b"};

	put_conv(graph, wide, "wide", 1, 0, 1);
	put_prelu(graph, "wide", "slope", "bent");
	put_conv(graph, deep, "deep", 3, 1, TINY_CHANNELS);
	put_prelu(graph, "deep", o->one_slope ? "slope" : "slope.2", "bent.2");
	put_conv(graph, (const char *const[3]){"bent.2", "narrow.w"}, "out", TINY_SIDE, 0, 1);
}

static void put_all_weights(struct buf *graph, const struct tiny_options *o)
{
	const int64_t c = TINY_CHANNELS;

	put_weights(graph, "wide.w", (const int64_t[]){c, 3, 1, 1}, 4, 0);
	put_weights(graph, "wide.b", (const int64_t[]){c}, 1, 0);
	put_weights(graph, "slope", (const int64_t[]){c, 1, 1}, 3,
		    o->slope != 0 ? o->slope : 0.25F);
	put_weights(graph, "deep.w", (const int64_t[]){c, 1, 3, 3}, 4, 0);
	put_weights(graph, "deep.b", (const int64_t[]){c}, 1, 0);
	if (!o->one_slope)
		put_weights(graph, "slope.2", (const int64_t[]){c, 1, 1}, 3, 0);
	put_weights(graph, "narrow.w", (const int64_t[]){2, c, TINY_SIDE, TINY_SIDE}, 4, 0);
}

void tiny_model(struct buf *out, const struct tiny_options *options)
{
	const int64_t in[4] = {1, 3, TINY_SIDE, TINY_SIDE}, result[4] = {1, 2, 1, 1};
	const int64_t middle[4] = {1, TINY_CHANNELS, TINY_SIDE, TINY_SIDE};
	struct buf graph = {0}, opset = {0};

	put_nodes(&graph, options);
	wire_put_text(&graph, 2, "tiny");
	put_all_weights(&graph, options);
	put_value(&graph, GRAPH_INPUT, "in", in);
	if (options->second_input)
		put_value(&graph, GRAPH_INPUT, "more", in);
	put_value(&graph, GRAPH_OUTPUT, "out", result);
	if (options->middle_is_result)
		put_value(&graph, GRAPH_OUTPUT, "bent", middle);
	put_value(&graph, GRAPH_VALUE, "wide", middle);
	wire_put_varint(out, 1, 7); /* version of the format */
	wire_put_message(out, MODEL_GRAPH, &graph);
	wire_put_varint(&opset, 2, 9);
	wire_put_message(out, 8, &opset);
	buf_free(&graph);
	buf_free(&opset);
}

struct model_manifest tiny_manifest(void)
{
	return (struct model_manifest){
	    .name = "tiny",
	    .task = MODEL_LIVENESS,
	    .input_name = "in",
	    .width = TINY_SIDE,
	    .height = TINY_SIDE,
	    .channels = 3,
	    .scale = 1,
	    .outputs = 1,
	    .output_name = {"out"},
	};
}
