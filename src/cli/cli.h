/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli.h - the command line of tanu. Each verb is one file with one table row that names its
 * options, operands and JSON fields; parser, --help, man pages, docs/cli.md and shell completion
 * are all drawn from these rows (verb.h).
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Runs `tanu ARGV...`; returns the exit code (tanu_exit). */
int cli_main(int argc, char **argv);

#endif
