/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reworking the default models when they are loaded is worth: each as its file has it and
 * reworked, in turns, with how far the answers are apart. CPU time of the thread. --json.
 */
#include "codec/codec.h"
#include "tensor/ort.h"

#include "photo.h"

#include <math.h>

#define ROUNDS	100
#define WARM_UP 5

struct side {
	struct buf weights;
	struct tensor_model *model;
	struct tensor_run *run;
	int64_t ns[ROUNDS];
};

static tanu_status open_side(struct side *s, struct tensor_runtime *runtime,
			     const struct model_manifest *m, tanu_error *err)
{
	size_t len;
	float *in;
	tanu_status st;

	if ((st = tensor_model_load(&s->model, runtime, &s->weights, m, err)) < 0 ||
	    (st = tensor_run_open(&s->run, s->model, err)) < 0)
		return st;
	in = tensor_input(s->run, &len);
	for (size_t i = 0; i < len; i++)
		in[i] = (127 + 100 * sinf((float)i * 0.05F) - m->mean) * m->scale;
	return TANU_OK;
}

static tanu_status time_sides(struct side side[2], tanu_error *err)
{
	for (size_t i = 0; i < ROUNDS + WARM_UP; i++) {
		for (size_t k = 0; k < 2; k++) {
			int64_t start = os_thread_ns();
			tanu_status st = tensor_run_go(side[k].run, err);

			if (st < 0)
				return st;
			side[k].ns[i < WARM_UP ? 0 : i - WARM_UP] = os_thread_ns() - start;
		}
	}
	return TANU_OK;
}

/* The largest difference of the first output, against its largest value. */
static double apart(const struct side side[2])
{
	double difference = 0, largest = 0;
	const float *a, *b;
	size_t len;

	a = tensor_output(side[0].run, 0, &len);
	b = tensor_output(side[1].run, 0, NULL);
	for (size_t i = 0; i < len; i++) {
		difference = fmax(difference, fabs((double)a[i] - (double)b[i]));
		largest = fmax(largest, fabs((double)a[i]));
	}
	return difference / largest;
}

/* json NULL: as a line of text. */
static void report(struct json_w *json, const char *name, struct side side[2])
{
	double as_is = median_ms(side[0].ns, ROUNDS), reworked = median_ms(side[1].ns, ROUNDS);

	if (!json) {
		printf("%-12s as it is %7.3f ms, reworked %7.3f ms: %.2f; answers %.0e apart\n",
		       name, as_is, reworked, reworked / as_is, apart(side));
		return;
	}
	jw_object(json, name);
	jw_real(json, "as_is_ms", as_is);
	jw_real(json, "ms", reworked);
	jw_real(json, "ratio", reworked / as_is);
	jw_real(json, "apart", apart(side));
	jw_end_object(json);
}

static tanu_status bench_model(struct json_w *json, struct tensor_runtime *runtime,
			       const struct model_set *set, const struct model_manifest *m,
			       tanu_error *err)
{
	struct side *side = calloc(2, sizeof(*side));
	tanu_status st;

	if (!side)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, m->name, "not enough memory");
	for (size_t k = 0; k < 2; k++) {
		if ((st = model_read(&side[k].weights, set, m, err)) < 0 ||
		    (k == 1 && (st = onnx_rework(&side[k].weights, err)) < 0) ||
		    (st = open_side(&side[k], runtime, m, err)) < 0)
			goto out;
	}
	if ((st = time_sides(side, err)) < 0)
		goto out;
	report(json, m->name, side);
out:
	for (size_t k = 0; k < 2; k++) {
		tensor_run_close(&side[k].run);
		tensor_model_close(&side[k].model);
		buf_free(&side[k].weights);
	}
	free(side);
	return st;
}

int main(int argc, char **argv)
{
	bool json = argc > 1 && strcmp(argv[1], "--json") == 0;
	struct tensor_runtime *runtime = NULL;
	struct model_set set = {0};
	struct buf text = {0};
	struct json_w w;
	tanu_error err = {0};
	tanu_status st;

	jw_init(&w, &text);
	jw_object(&w, NULL);
	if ((st = tensor_runtime_open(&runtime, &err)) == TANU_OK)
		st = model_set_open(&set, NULL, &err);
	for (size_t i = 0; i < MODEL_TASK_COUNT && st == TANU_OK; i++)
		if (set.of[i])
			st = bench_model(json ? &w : NULL, runtime, &set, set.of[i], &err);
	jw_end_object(&w);
	if (json && st == TANU_OK)
		printf("%s\n", buf_cstr(&text));
	buf_free(&text);
	model_set_close(&set);
	tensor_runtime_close(&runtime);
	return st < 0 ? bench_fail(&err) : 0;
}
