/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/run.h"
#include "cli/verbs.h"

static tanu_status model_add(struct run *run, tanu_error *err)
{
	char dir[512];
	tanu_status st;

	if ((st = service_models_dir(dir, sizeof(dir), err)) < 0 ||
	    (st = service_model_add(run->args.operands[0], run->args.operands[1], err)) < 0)
		return st;
	say(run, "The model works and was added to ");
	say_clean(run, dir);
	say(run, ".\nReferences of another embedder are not comparable: whoever is enrolled is "
		 "enrolled again.\n");
	jw_clean(&run->jw, "folder", dir);
	return TANU_OK;
}

const struct verb verb_model_add = {
    .group = "model",
    .action = "add",
    .brief = "Try a model and add it to this machine",
    .about = "Checks the manifest, compares the digest of the weights, loads them and runs them "
	     "once; only then "
	     "both files are copied into the folder of models. docs/models.md describes manifests.",
    .example = "tanu model add mynet.json mynet.onnx",
    .operands = {{"MANIFEST", VALUE_FILE, 1, 1, "The manifest, a JSON file"},
		 {"WEIGHTS", VALUE_FILE, 1, 1, "The weights, an ONNX file"}},
    .fields = {{"folder", "the folder it was added to"}},
    .run = model_add,
};
