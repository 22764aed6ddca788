/* SPDX-License-Identifier: Apache-2.0 */
#include "tensor/tensor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "os/scratch.h"

/* A shipped manifest as text, so that the tests change one thing at a time. */
static void read_shipped(struct buf *text, const char *name)
{
	char path[1024];

	snprintf(path, sizeof(path), TANU_SOURCE_DIR "/models/%s", name);
	*text = (struct buf){0};
	assert_int_equal(os_read_file(text, path, 1 << 16, NULL), TANU_OK);
	buf_cstr(text);
}

/* Write it into the scratch folder with one piece of text replaced. */
static void put_changed(void **state, const char *name, const char *shipped, const char *from,
			const char *to)
{
	struct buf text, out = {0};
	const char *all, *at;

	read_shipped(&text, shipped);
	all = buf_cstr(&text);
	at = strstr(all, from);
	assert_non_null(at);
	buf_put(&out, all, (size_t)(at - all));
	buf_str(&out, to);
	buf_str(&out, at + strlen(from));
	file_write(scratch_path(state, name), buf_cstr(&out));
	buf_free(&text);
	buf_free(&out);
}

static void put_shipped(void **state, const char *name)
{
	put_changed(state, name, name, "{", "{");
}

static void shipped_models(struct model_set *set)
{
	*set = (struct model_set){0};
	assert_int_equal(model_set_open(set, TANU_SOURCE_DIR "/models", NULL), TANU_OK);
}

/* Path of the weights of a shipped model, found the way the engine finds them. */
static void weights_path(char *out, size_t out_len, const char *file)
{
	snprintf(out, out_len, TANU_SOURCE_DIR "/.deps/models/%s", file);
	assert_true(os_exists(out));
}

static void the_shipped_folder_has_one_default_for_each_task(void **state)
{
	struct model_set set;

	(void)state;
	shipped_models(&set);
	for (size_t i = 0; i < MODEL_TASK_COUNT; i++) {
		assert_non_null(set.of[i]);
		assert_int_equal(set.of[i]->task, i);
	}
	model_set_close(&set);
	assert_null(set.manifest);
}

static void shipped_weights_have_the_digests_of_their_manifests(void **state)
{
	struct model_set set;

	(void)state;
	shipped_models(&set);
	for (size_t i = 0; i < set.count; i++) {
		struct buf weights = {0};

		assert_int_equal(model_read(&weights, &set, &set.manifest[i], NULL), TANU_OK);
		assert_true(weights.len > 0);
		buf_free(&weights);
	}
	model_set_close(&set);
}

static void a_folder_that_is_not_there_is_missing(void **state)
{
	struct model_set set;
	tanu_error err = {0};

	assert_int_equal(model_set_open(&set, scratch_path(state, "none"), &err), TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISSING);
}

static void refuses_two_defaults_for_one_task(void **state)
{
	struct model_set set;
	tanu_error err = {0};

	put_shipped(state, "fr-eye.json");
	put_changed(state, "other.json", "fr-eye.json", "\"fr-eye\"", "\"other\"");
	assert_int_equal(model_set_open(&set, *state, &err), TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_MODEL_FORMAT);
	assert_non_null(strstr(err.message, "other"));
}

static void one_damaged_manifest_refuses_the_folder_by_name(void **state)
{
	struct model_set set;
	tanu_error err = {0};

	put_shipped(state, "fr-eye.json");
	put_changed(state, "bad.json", "fr-eye.json", "\"width\": 24", "\"width\": 0");
	assert_int_equal(model_set_open(&set, *state, &err), TANU_INPUT);
	assert_non_null(strstr(err.place, "bad.json"));
	assert_non_null(strstr(err.place, "width"));
}

static void other_files_of_the_folder_are_left_alone(void **state)
{
	struct model_set set;

	put_shipped(state, "fr-eye.json");
	file_write(scratch_path(state, "README"), "not a manifest");
	file_write(scratch_path(state, ".json"), "nor this");
	assert_int_equal(model_set_open(&set, *state, NULL), TANU_OK);
	assert_int_equal(set.count, 1);
	assert_non_null(set.of[MODEL_EYE]);
	assert_null(set.of[MODEL_DETECT]);
	model_set_close(&set);
}

static void weights_that_are_nowhere_are_missing(void **state)
{
	struct model_set set;
	struct buf weights = {0};
	tanu_error err = {0};

	put_changed(state, "fr-eye.json", "fr-eye.json", "fr_eye.onnx", "nowhere.onnx");
	assert_int_equal(model_set_open(&set, *state, NULL), TANU_OK);
	assert_int_equal(model_read(&weights, &set, set.of[MODEL_EYE], &err), TANU_NOT_FOUND);
	assert_int_equal(err.code, TANU_ERR_MODEL_MISSING);
	model_set_close(&set);
}

static void weights_beside_the_manifest_come_first_and_must_have_its_digest(void **state)
{
	struct model_set set;
	struct buf weights = {0};
	tanu_error err = {0};

	put_shipped(state, "fr-eye.json");
	file_write(scratch_path(state, "fr_eye.onnx"), "not the weights");
	assert_int_equal(model_set_open(&set, *state, NULL), TANU_OK);
	assert_int_equal(model_read(&weights, &set, set.of[MODEL_EYE], &err), TANU_DAMAGED);
	assert_int_equal(err.code, TANU_ERR_MODEL_DIGEST);
	assert_null(weights.data);
	model_set_close(&set);
}

static void adds_a_model_that_works(void **state)
{
	char weights[1024], manifest[1024];
	struct model_set set;
	tanu_error err = {0};

	weights_path(weights, sizeof(weights), "fr_eye.onnx");
	snprintf(manifest, sizeof(manifest), TANU_SOURCE_DIR "/models/fr-eye.json");
	if (model_add(*state, manifest, weights, &err) != TANU_OK)
		fail_msg("%s: %s", err.place, err.message);
	assert_true(os_exists(scratch_path(state, "fr_eye.onnx")));
	assert_int_equal(model_set_open(&set, *state, NULL), TANU_OK);
	assert_non_null(set.of[MODEL_EYE]);
	model_set_close(&set);
	/* The same once more: a second default for the task. */
	assert_int_equal(model_add(*state, manifest, weights, &err), TANU_USAGE);
	assert_int_equal(err.code, TANU_ERR_CONFLICT);
}

/* A manifest of the scratch folder "in" is refused; nothing reaches the folder of models. */
static void refuses_to_add(void **state, const char *from, const char *to, tanu_status status,
			   tanu_error_code code)
{
	char weights[1024], dir[1024], manifest[1024];
	tanu_error err = {0};

	weights_path(weights, sizeof(weights), "fr_eye.onnx");
	snprintf(dir, sizeof(dir), "%s", scratch_path(state, "models"));
	snprintf(manifest, sizeof(manifest), "%s", scratch_path(state, "fr-eye.json"));
	assert_int_equal(os_make_dir(dir, 0700, NULL), TANU_OK);
	put_changed(state, "fr-eye.json", "fr-eye.json", from, to);
	assert_int_equal(model_add(dir, manifest, weights, &err), status);
	if (err.code != code)
		fail_msg("%s: %s", err.place, err.message);
	assert_int_equal(file_count(dir), 0);
}

static void refuses_to_add_weights_of_another_digest(void **state)
{
	refuses_to_add(state, "\"sha256\": \"1", "\"sha256\": \"2", TANU_DAMAGED,
		       TANU_ERR_MODEL_DIGEST);
}

static void refuses_to_add_weights_of_another_input_shape(void **state)
{
	refuses_to_add(state, "\"width\": 24", "\"width\": 32", TANU_INPUT, TANU_ERR_MODEL_FORMAT);
}

static void refuses_to_add_weights_without_the_named_tensor(void **state)
{
	refuses_to_add(state, "\"logits\": \"output\"", "\"logits\": \"other\"", TANU_INPUT,
		       TANU_ERR_MODEL_FORMAT);
	refuses_to_add(state, "\"name\": \"input\"", "\"name\": \"other\"", TANU_INPUT,
		       TANU_ERR_MODEL_FORMAT);
}

static void refuses_to_add_a_class_that_the_weights_do_not_have(void **state)
{
	refuses_to_add(state, "\"class\": 1", "\"class\": 2", TANU_INPUT, TANU_ERR_MODEL_FORMAT);
}

static void refuses_to_add_weights_that_are_no_model(void **state)
{
	static const char junk[] = "these bytes are no model";
	char from[65], to[65], weights[1024];
	uint8_t digest[DIGEST_LEN];
	tanu_error err = {0};

	sha256(digest, junk, strlen(junk));
	hex_encode(to, digest, sizeof(digest));
	memcpy(from, "1afcea006abc1ccac3c517022abde0aa092bed74ff3c9fe6878483ef9e6e38de", 65);
	put_changed(state, "fr-eye.json", "fr-eye.json", from, to);
	snprintf(weights, sizeof(weights), "%s", scratch_path(state, "junk.onnx"));
	file_write(weights, junk);
	assert_int_equal(os_make_dir(scratch_path(state, "models"), 0700, NULL), TANU_OK);
	assert_int_equal(model_add(scratch_path(state, "models"),
				   scratch_path(state, "fr-eye.json"), weights, &err),
			 TANU_INPUT);
	assert_int_equal(err.code, TANU_ERR_MODEL_FORMAT);
	assert_int_equal(file_count(scratch_path(state, "models")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_shipped_folder_has_one_default_for_each_task),
	    cmocka_unit_test(shipped_weights_have_the_digests_of_their_manifests),
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)
	    T(a_folder_that_is_not_there_is_missing),
	    T(refuses_two_defaults_for_one_task),
	    T(one_damaged_manifest_refuses_the_folder_by_name),
	    T(other_files_of_the_folder_are_left_alone),
	    T(weights_that_are_nowhere_are_missing),
	    T(weights_beside_the_manifest_come_first_and_must_have_its_digest),
	    T(adds_a_model_that_works),
	    T(refuses_to_add_weights_of_another_digest),
	    T(refuses_to_add_weights_of_another_input_shape),
	    T(refuses_to_add_weights_without_the_named_tensor),
	    T(refuses_to_add_a_class_that_the_weights_do_not_have),
	    T(refuses_to_add_weights_that_are_no_model),
#undef T
	};

	return cmocka_run_group_tests_name("tensor/models", tests, NULL, NULL);
}
