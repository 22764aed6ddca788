/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tiny.h - a model made up for tests: a picture "in" of 3 x 8 x 8, Conv to TINY_CHANNELS, PRelu,
 * depthwise Conv, PRelu, Conv to two logits "out".
 */
#ifndef TESTS_TENSOR_TINY_H
#define TESTS_TENSOR_TINY_H

#include "tensor/tensor.h"

#define TINY_SIDE     8
#define TINY_CHANNELS 5

struct tiny_options {
	float slope;	       /* of the first PRelu's first channel; 0: 0.25 */
	bool one_slope;	       /* the second PRelu takes the slopes of the first */
	bool middle_is_result; /* what the first PRelu makes is an output of the graph too */
	bool second_input;
	bool no_bias;
};

void tiny_model(struct buf *out, const struct tiny_options *options);
struct model_manifest tiny_manifest(void);

#endif
