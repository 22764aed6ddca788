/* SPDX-License-Identifier: Apache-2.0 */
/* The server of one site: HTTPS, the API, the pages. docs/server.md. */
#include "server/server.h"

int main(int argc, char **argv)
{
	return server_main(argc, argv);
}
