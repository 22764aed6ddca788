/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields.h - (inside tensor/) fields of a JSON object read strictly: each within its bounds, none
 * unknown. What does not hold is TANU_INPUT (json, model-format) with the key as place.
 */
#ifndef TENSOR_FIELDS_H
#define TENSOR_FIELDS_H

#include "tensor/tensor.h"

tanu_status field_refuse(tanu_error *err, const char *key, const char *why);
tanu_status fields_only(json_value object, const char *const *keys, size_t keys_len,
			tanu_error *err);
/* Not empty; with its final zero at most `out_len` bytes. */
tanu_status field_text(char *out, size_t out_len, json_value object, const char *key,
		       tanu_error *err);
tanu_status field_int(int32_t *out, json_value object, const char *key, int32_t min, int32_t max,
		      tanu_error *err);
tanu_status field_real(float *out, json_value object, const char *key, double min, double max,
		       tanu_error *err);

#endif
