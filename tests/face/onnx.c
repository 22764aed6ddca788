/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Field numbers are those of onnx.proto3: a field is its number and wire type in one byte, then a
 * varint (type 0) or a length and bytes (type 2).
 */
#include "face/onnx.h"

static void put_varint(struct buf *b, unsigned value)
{
	for (; value > 127; value >>= 7)
		buf_u8(b, (uint8_t)(value | 128));
	buf_u8(b, (uint8_t)value);
}

static void put_int(struct buf *b, unsigned field, unsigned value)
{
	put_varint(b, field << 3);
	put_varint(b, value);
}

static void put_text(struct buf *b, unsigned field, const char *text)
{
	size_t len = 0;

	while (text[len])
		len++;
	put_varint(b, field << 3 | 2);
	put_varint(b, (unsigned)len);
	buf_put(b, text, len);
}

/* Takes the inner message and empties it. */
static void put_message(struct buf *b, unsigned field, struct buf *inner)
{
	put_varint(b, field << 3 | 2);
	put_varint(b, (unsigned)inner->len);
	buf_put(b, inner->data, inner->len);
	buf_free(inner);
}

/* ValueInfoProto: a float tensor of these dimensions. */
static void put_value(struct buf *graph, unsigned field, const char *name, const unsigned *dims,
		      size_t dims_len)
{
	struct buf value = {0}, type = {0}, tensor = {0}, shape = {0};

	for (size_t i = 0; i < dims_len; i++) {
		struct buf dim = {0};

		put_int(&dim, 1, dims[i]); /* dim_value */
		put_message(&shape, 1, &dim);
	}
	put_int(&tensor, 1, 1); /* elem_type: float */
	put_message(&tensor, 2, &shape);
	put_message(&type, 1, &tensor); /* tensor_type */
	put_text(&value, 1, name);
	put_message(&value, 2, &type);
	put_message(graph, field, &value);
}

void onnx_flatten(struct buf *out, unsigned side)
{
	const unsigned in[] = {1, 3, side, side}, flat[] = {1, 3 * side * side};
	struct buf node = {0}, graph = {0}, opset = {0};

	put_text(&node, 1, "in");
	put_text(&node, 2, "out");
	put_text(&node, 4, "Flatten");
	put_message(&graph, 1, &node);
	put_text(&graph, 2, "flatten");
	put_value(&graph, 11, "in", in, ARRAY_LEN(in));
	put_value(&graph, 12, "out", flat, ARRAY_LEN(flat));
	put_int(&opset, 2, 13);
	put_int(out, 1, 7); /* ir_version */
	put_message(out, 7, &graph);
	put_message(out, 8, &opset);
}
