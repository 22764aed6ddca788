/* SPDX-License-Identifier: Apache-2.0 */
/* tanu: everything on one machine, from the command line. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
