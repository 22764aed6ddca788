/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/gate.h"
#include "cli/serve.h"
#include "cli/verbs.h"
#include "gateway/gateway.h"

static tanu_status certificate(void *self, const char *pem, tanu_error *err)
{
	return gateway_certificate(self, pem, err);
}

static tanu_status gate_serve(struct run *run, tanu_error *err)
{
	struct gateway_options options = {0};
	struct gateway *gateway = NULL;
	char models[OS_PATH_MAX], program[OS_PATH_MAX];
	struct serve serve = {
	    .standard = ":7443",
	    .sandbox = {.read_write = {run_folder(run)}, .read_only = {models, program}},
	    .ask_certificates = true,
	    .certificate = certificate,
	    .hello = "gates may pair and sync here"};
	tanu_status st;

	if (!args_has(&run->args, "tls"))
		return tanu_fail(err, TANU_ERR_USAGE, "tls",
				 "gates are known by their certificates: name a folder with --tls");
	/* the threshold stands in a manifest; the log names the program by its digest */
	if ((st = run_site(run, err)) < 0 ||
	    (st = service_models_dir(models, sizeof(models), err)) < 0 ||
	    (st = os_program_dir(program, sizeof(program), err)) < 0)
		return st;
	options.service = run->service;
	if ((st = gateway_open(&gateway, &options, err)) < 0)
		return st;
	serve.routes = gateway_routes(gateway);
	serve.routes_len = GATEWAY_ROUTES;
	serve.self = gateway;
	st = serve_run(run, &serve, err);
	gateway_close(&gateway);
	return st;
}

const struct verb verb_gate_serve = {
    .group = "gate",
    .action = "serve",
    .flags = VERB_SITE,
    .brief = "Answer the gates of this site over the network",
    .about =
	"Gates pair with their code, fetch changes of their leases and hand over what they have to "
	"report. A withdrawal is at every gate that is online within seconds. The site is in use "
	"meanwhile: other calls of tanu wait until this one ends.",
    .example = "tanu gate serve --tls tls --listen :7443",
    .options = {OPTION_LISTEN(":7443"), OPTION_TLS, OPTION_HOST},
    .fields = {SERVE_FIELDS},
    .run = gate_serve,
};
