/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - the command line of tanu: one file per verb. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Runs `tanu ARGV...`; returns the exit code (tanu_exit). */
int cli_main(int argc, char **argv);

#endif
