/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and loading ONNX Runtime. */
#include "tensor/ort.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SONAME "libonnxruntime.so.1"

tanu_status ort_check(const OrtApi *api, OrtStatus *status, const char *place, tanu_error *err)
{
	tanu_status st;

	if (!status)
		return TANU_OK;
	st = tanu_fail(err, TANU_ERR_INFERENCE, place, "ONNX Runtime: %s",
		       api->GetErrorMessage(status));
	api->ReleaseStatus(status);
	return st;
}

/*
 * Builds of ONNX Runtime 1.29 report to their publisher: at CreateEnv they read the machine's id,
 * keep a database in the user's cache folder, leave an empty log in the temporary folder and start
 * a thread that sends. The variable is read before any of that; DisableTelemetryEvents alone comes
 * too late. It is set once, before the library is loaded, so before it has threads of its own.
 */
static tanu_status forbid_telemetry(tanu_error *err)
{
	if (setenv("ORT_DISABLE_TELEMETRY", "1", 1) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_NO_MEMORY, "runtime", "not enough memory");
}

/* The library stays loaded until the program ends: it does not survive being unloaded. */
static void *load_library(void)
{
	const char *set = secure_getenv("TANU_ONNXRUNTIME");
	char program[512], beside[640];
	void *library = NULL;

	if (set && *set)
		return dlopen(set, RTLD_NOW | RTLD_LOCAL);
	if (os_program_dir(program, sizeof(program), NULL) == TANU_OK) {
		snprintf(beside, sizeof(beside), "%s/../lib/tanu/" SONAME, program);
		library = dlopen(beside, RTLD_NOW | RTLD_LOCAL);
	}
	if (!library)
		library = dlopen(TANU_RUNTIME_DIR "/" SONAME, RTLD_NOW | RTLD_LOCAL);
	return library ? library : dlopen(SONAME, RTLD_NOW | RTLD_LOCAL);
}

static tanu_status load_api(struct tensor_runtime *r, tanu_error *err)
{
	void *library = load_library();
	const OrtApiBase *(*get_base)(void);
	const OrtApiBase *base;

	if (!library)
		return tanu_fail(err, TANU_ERR_RUNTIME_MISSING, SONAME,
				 "ONNX Runtime is not installed; run `make setup` or set "
				 "TANU_ONNXRUNTIME to the library");
	*(void **)&get_base = dlsym(library, "OrtGetApiBase");
	base = get_base ? get_base() : NULL;
	r->api = base ? base->GetApi(ORT_ABI) : NULL;
	if (!r->api)
		return tanu_fail(err, TANU_ERR_RUNTIME_MISSING, SONAME,
				 "this ONNX Runtime is older than 1.%d", ORT_ABI);
	snprintf(r->version, sizeof(r->version), "%s", base->GetVersionString());
	return TANU_OK;
}

/* One thread a run; several sessions run side by side instead. */
static tanu_status make_options(struct tensor_runtime *r, tanu_error *err)
{
	const OrtApi *api = r->api;
	tanu_status st;

	if ((st = ort_check(api, api->CreateSessionOptions(&r->options), SONAME, err)) < 0 ||
	    (st = ort_check(api, api->SetIntraOpNumThreads(r->options, 1), SONAME, err)) < 0)
		return st;
	return ort_check(api, api->SetInterOpNumThreads(r->options, 1), SONAME, err);
}

tanu_status tensor_runtime_open(struct tensor_runtime **out, tanu_error *err)
{
	struct tensor_runtime *r = calloc(1, sizeof(*r));
	tanu_status st;

	if (!r)
		return tanu_fail(err, TANU_ERR_NO_MEMORY, "runtime", "not enough memory");
	if ((st = forbid_telemetry(err)) < 0 || (st = load_api(r, err)) < 0 ||
	    (st = ort_check(r->api, r->api->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "tanu", &r->env),
			    SONAME, err)) < 0 ||
	    (st = ort_check(r->api, r->api->DisableTelemetryEvents(r->env), SONAME, err)) < 0 ||
	    (st = make_options(r, err)) < 0 ||
	    (st = ort_check(
		 r->api,
		 r->api->CreateCpuMemoryInfo(OrtDeviceAllocator, OrtMemTypeDefault, &r->memory),
		 SONAME, err)) < 0) {
		tensor_runtime_close(&r);
		return st;
	}
	*out = r;
	return TANU_OK;
}

void tensor_runtime_close(struct tensor_runtime **runtime)
{
	struct tensor_runtime *r = *runtime;

	if (!r)
		return;
	if (r->api) {
		if (r->memory)
			r->api->ReleaseMemoryInfo(r->memory);
		if (r->options)
			r->api->ReleaseSessionOptions(r->options);
		if (r->env)
			r->api->ReleaseEnv(r->env);
	}
	free(r);
	*runtime = NULL;
}

const char *tensor_runtime_version(const struct tensor_runtime *runtime)
{
	return runtime->version;
}
