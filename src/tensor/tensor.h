/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tensor.h - model manifests, and the one wrapper of the inference runtime. Sole user of the ONNX
 * Runtime header; the library itself is loaded at run time, so that commands without a face start
 * without it. Inputs and outputs are bound once; a run allocates nothing of ours.
 */
#ifndef TENSOR_TENSOR_H
#define TENSOR_TENSOR_H

#include "codec/codec.h"
#include "crypto/crypto.h"
#include "os/os.h"

#include <tanu/match.h>

/* What a model is for; X(NAME, "word"). */
#define MODEL_TASK_LIST(X)      \
	X(DETECT, "detect")     \
	X(LANDMARK, "landmark") \
	X(EMBED, "embed")       \
	X(LIVENESS, "liveness") \
	X(EYE, "eye")

enum model_task {
#define X(name, word) MODEL_##name,
	MODEL_TASK_LIST(X)
#undef X
	    MODEL_TASK_COUNT
};

/* One file of models/: everything a model needs besides its weights. docs/models.md describes it.
 */
#define MODEL_OUTPUTS_MAX  2
#define MANIFEST_MAX_BYTES (64 * 1024)
struct model_manifest {
	char name[64];
	enum model_task task;
	bool is_default; /* used for its task; at most one a task in a folder */
	char file[128];	 /* beside the manifest, or in a folder of weights; no slash */
	uint8_t sha256[DIGEST_LEN];
	char licence[256];
	char origin[256];
	char input_name[64];
	int32_t width, height; /* px */
	int channels;	       /* 1 or 3 */
	bool bgr;
	float mean, scale; /* value = (byte - mean) * scale */
	int outputs;	   /* 1..MODEL_OUTPUTS_MAX, fixed by the task */
	char output_name[MODEL_OUTPUTS_MAX][64];
	float crop_scale;  /* side of the crop: landmark, liveness by the box, eye by its width
			    */
	float align[5][2]; /* embedder: left eye, right eye, nose, mouth corners in the input, px */
	int32_t features;  /* embedder: length of the output, at most TANU_FEATURES */
	/* embedder: norm of the output over many photographs; deviation 0: it says nothing */
	float norm_mean, norm_deviation;
	int live_class;		      /* liveness, eye: index of the class asked for: live, open */
	tanu_calibration calibration; /* embedder; count 0: not measured, so nothing matches */
};

/*
 * Parse and check one manifest; unknown keys, absent keys and values out of range are TANU_INPUT
 * (json, model-format) with the key as place, after `name` (a file name).
 */
tanu_status manifest_parse(struct model_manifest *out, const void *text, size_t text_len,
			   const char *name, tanu_error *err);
const char *model_task_name(enum model_task task);

/*
 * A calibration as JSON: {"population": TEXT, "points": [{"fmr", "score", "fnmr", "interval",
 * "extrapolated"}]}; "fnmr" is left out where it is unknown. Reading is as strict as that of a
 * manifest. Writing appends, `indent` being what stands before the line of its closing brace; a
 * score keeps four decimals.
 */
tanu_status calibration_read(tanu_calibration *out, json_value object, tanu_error *err);
void calibration_write(struct buf *out, const tanu_calibration *cal, const char *indent);
/*
 * Put a calibration into the manifest at `path`; the rest of its text stays as it is. `model`: the
 * digest of the weights it was measured with, TANU_REFUSED (model-mismatch) if they are others.
 */
tanu_status manifest_calibrate(const char *path, const tanu_calibration *cal,
			       const uint8_t model[DIGEST_LEN], tanu_error *err);
/* Its text with the calibration exchanged or added, appended. `text` must be a manifest. */
void manifest_recalibrate(struct buf *out, const char *text, const tanu_calibration *cal);

/* All *.json of a folder; one manifest per task is used: the one with "default": true. */
struct model_set {
	char dir[512];
	size_t count;
	struct model_manifest *manifest;		   /* owned */
	const struct model_manifest *of[MODEL_TASK_COUNT]; /* NULL: none */
};
/* dir NULL: $TANU_MODELS, beside the program, the installed place, the source tree it was built in.
 */
tanu_status model_set_open(struct model_set *out, const char *dir, tanu_error *err);
void model_set_close(struct model_set *set);
/*
 * Read the weights, from beside the manifest or from a folder of weights, and check their SHA-256
 * against the manifest. Plan for: TANU_NOT_FOUND (model-missing), TANU_DAMAGED (model-digest).
 */
tanu_status model_read(struct buf *weights, const struct model_set *set,
		       const struct model_manifest *manifest, tanu_error *err);

/*
 * Add a model: parse the manifest, check the weights' digest, load them and run them once, and only
 * then copy both files into `dir`, the manifest last. A manifest or weights file of that name with
 * other content is TANU_USAGE (conflict); so is a second default for one task.
 */
tanu_status model_add(const char *dir, const char *manifest_path, const char *weights_path,
		      tanu_error *err);

struct tensor_runtime; /* the loaded library and its environment; shared by threads */
struct tensor_model;   /* weights, shared by threads */
struct tensor_run;     /* one thread's bound inputs and outputs */

/*
 * Load ONNX Runtime: $TANU_ONNXRUNTIME, ../lib/tanu beside the program, the folder that set-up
 * filled, then the system's. TANU_UNSUPPORTED (runtime-missing) when there is none.
 */
tanu_status tensor_runtime_open(struct tensor_runtime **out, tanu_error *err);
void tensor_runtime_close(struct tensor_runtime **runtime);
const char *tensor_runtime_version(const struct tensor_runtime *runtime);

/*
 * Read, check and load one model. The weights' inputs and outputs must have the shapes that the
 * manifest and its task ask for: TANU_INPUT (model-format) otherwise. `runtime` and `manifest` must
 * outlive the model.
 */
tanu_status tensor_model_open(struct tensor_model **out, struct tensor_runtime *runtime,
			      const struct model_set *set, const struct model_manifest *manifest,
			      tanu_error *err);
void tensor_model_close(struct tensor_model **model);
const struct model_manifest *tensor_model_manifest(const struct tensor_model *model);

tanu_status tensor_run_open(struct tensor_run **out, struct tensor_model *model, tanu_error *err);
void tensor_run_close(struct tensor_run **run);		  /* wipes */
void tensor_run_wipe(struct tensor_run *run);		  /* zero the bound buffers, keep the run */
float *tensor_input(struct tensor_run *run, size_t *len); /* write here */
const float *tensor_output(const struct tensor_run *run, int which, size_t *len);
/* A result that is not finite is TANU_SYSTEM (inference). */
tanu_status tensor_run_go(struct tensor_run *run, tanu_error *err);
/* CPU time spent inside the runtime by this run since it was opened. */
int64_t tensor_run_ns(const struct tensor_run *run);

#endif
