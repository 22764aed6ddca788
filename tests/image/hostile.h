/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile.h - files that were made to break a decoder: cut, bits flipped, sizes blown up, parts
 * swapped or doubled, another kind under the same signature, noise. The same for the same number.
 */
#ifndef TESTS_IMAGE_HOSTILE_H
#define TESTS_IMAGE_HOSTILE_H

#include "image/image.h"

void make_hostile(struct buf *out, enum image_kind kind, size_t number);

#endif
