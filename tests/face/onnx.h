/* SPDX-License-Identifier: Apache-2.0 */
/* onnx.h - the smallest model files there are, written byte by byte for tests. */
#ifndef TESTS_FACE_ONNX_H
#define TESTS_FACE_ONNX_H

#include "base/base.h"

/*
 * A model of one node, Flatten: input "in" 1 x 3 x side x side, output "out" 1 x (3 * side * side),
 * the same numbers in the same order.
 */
void onnx_flatten(struct buf *out, unsigned side);

#endif
