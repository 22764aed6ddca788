/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/fields.h"

#include <string.h>

tanu_status field_refuse(tanu_error *err, const char *key, const char *why)
{
	return tanu_fail(err, TANU_ERR_MODEL_FORMAT, key, "%s", why);
}

tanu_status fields_only(json_value object, const char *const *keys, size_t keys_len,
			tanu_error *err)
{
	for (const char *key = json_next_key(object, NULL); key; key = json_next_key(object, key)) {
		size_t i = 0;

		while (i < keys_len && strcmp(key, keys[i]) != 0)
			i++;
		if (i == keys_len)
			return field_refuse(err, key, "this key is not known");
	}
	return TANU_OK;
}

tanu_status field_text(char *out, size_t out_len, json_value object, const char *key,
		       tanu_error *err)
{
	const char *text;
	tanu_status st = json_text(&text, object, key, err);

	if (st < 0)
		return st;
	if (!*text || strlen(text) >= out_len)
		return field_refuse(err, key, "empty or too long");
	memcpy(out, text, strlen(text) + 1);
	return TANU_OK;
}

tanu_status field_int(int32_t *out, json_value object, const char *key, int32_t min, int32_t max,
		      tanu_error *err)
{
	int64_t v;
	tanu_status st = json_int(&v, object, key, err);

	if (st < 0)
		return st;
	if (v < min || v > max)
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, key, "%lld is not within %d to %d",
				 (long long)v, min, max);
	*out = (int32_t)v;
	return TANU_OK;
}

tanu_status field_real(float *out, json_value object, const char *key, double min, double max,
		       tanu_error *err)
{
	double v;
	tanu_status st = json_number(&v, object, key, err);

	if (st < 0)
		return st;
	if (!(v >= min && v <= max))
		return tanu_fail(err, TANU_ERR_MODEL_FORMAT, key, "%g is not within %g to %g", v,
				 min, max);
	*out = (float)v;
	return TANU_OK;
}
