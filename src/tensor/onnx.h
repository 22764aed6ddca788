/* SPDX-License-Identifier: Apache-2.0 */
/*
 * onnx.h - inside tensor/ only: a model file as a graph that can be reworked before the runtime
 * gets it. Read is only what the rework looks at; all else is carried over byte by byte. Numbers of
 * fields are those of onnx.proto.
 */
#ifndef TENSOR_ONNX_H
#define TENSOR_ONNX_H

#include "base/base.h"

struct span {
	const uint8_t *p;
	size_t len;
};

bool span_is(struct span s, const char *text);
bool span_equal(struct span a, struct span b);

/* Protobuf: one field of a message. */
enum wire_type { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };
struct wire_field {
	uint32_t number;
	enum wire_type type;
	uint64_t varint;
	struct span bytes; /* WIRE_BYTES: the content */
	struct span whole; /* with its tag and length */
};
/* False at the end of the message and, with r->failed, where it is broken. */
bool wire_next(struct wire_field *out, struct rd *r);
void wire_put_varint(struct buf *out, uint32_t number, uint64_t value);
void wire_put_bytes(struct buf *out, uint32_t number, const void *bytes, size_t len);
void wire_put_text(struct buf *out, uint32_t number, const char *text);
void wire_put_message(struct buf *out, uint32_t number, const struct buf *message);

enum { MODEL_GRAPH = 7 };
enum {
	GRAPH_NODE = 1,
	GRAPH_INITIALIZER = 5,
	GRAPH_INPUT = 11,
	GRAPH_OUTPUT = 12,
	GRAPH_VALUE = 13
};
enum { VALUE_NAME = 1 };
enum { NODE_INPUT = 1, NODE_OUTPUT = 2, NODE_OP = 4, NODE_ATTRIBUTE = 5, NODE_DOMAIN = 7 };
enum {
	ATTRIBUTE_NAME = 1,
	ATTRIBUTE_INT = 3,
	ATTRIBUTE_GRAPH = 6,
	ATTRIBUTE_GRAPHS = 11,
	ATTRIBUTE_TYPE = 20,
	ATTRIBUTE_TYPE_INT = 2
};
enum { TENSOR_DIM = 1, TENSOR_TYPE = 2, TENSOR_NAME = 8, TENSOR_RAW = 9, TENSOR_TYPE_FLOAT = 1 };

/* An initializer. */
#define ONNX_RANK_MAX 4
struct onnx_tensor {
	struct span message, name;
	size_t rank;
	int64_t dims[ONNX_RANK_MAX];
	struct span data; /* float32, little-endian, as the dims say; empty: of another kind */
	struct buf grown; /* not empty: takes the place of data */
};

#define ONNX_INPUTS_MAX 3
#define ONNX_NAME_MAX	200 /* of a value that new names are made from */
struct onnx_node {
	struct span message, op; /* op is empty for an operator that is not ONNX's own */
	struct span in[ONNX_INPUTS_MAX], out; /* of more inputs the first; out: the first output */
	size_t ins, outs;
	int64_t group; /* of a Conv */
	bool regrouped;
	bool split; /* PRelu, to be written as simpler operators */
};

struct onnx_graph {
	struct span model;
	struct onnx_node *node;
	struct onnx_tensor *tensor;
	struct span *used; /* every name that a node takes or that is a result of the graph */
	size_t nodes, tensors, useds;
};

/*
 * False for what is no model, is too large, or has something that the rework would have to
 * understand: graphs in graphs, weights that a caller may exchange. `model` must outlive the graph.
 */
bool onnx_read(struct onnx_graph *out, const void *model, size_t model_len);
void onnx_close(struct onnx_graph *graph);
void onnx_write(struct buf *out, const struct onnx_graph *graph);

/* The weights of that name, if they are floats and nothing else uses them; else NULL. */
struct onnx_tensor *onnx_own_weights(const struct onnx_graph *graph, struct span name);
struct onnx_node *onnx_maker(const struct onnx_graph *graph, struct span value);
/* The node that takes the value, if it is the only one and the value no result; else NULL. */
struct onnx_node *onnx_sole_user(const struct onnx_graph *graph, struct span value);
struct span onnx_floats(const struct onnx_tensor *tensor);

#endif
