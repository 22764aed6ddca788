/* SPDX-License-Identifier: Apache-2.0 */
/* tanu: everything on one machine, from the command line. */
#include "cli/cli.h"
#include "os/os.h"

int main(int argc, char **argv)
{
	os_harden_process();
	return cli_main(argc, argv);
}
