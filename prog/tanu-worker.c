/* SPDX-License-Identifier: Apache-2.0 */
/* tanu-worker: decodes one untrusted image in a sandbox and exits. Started by tanu, never by hand.
 */
#include "worker/worker.h"

int main(int argc, char **argv)
{
	return worker_main(argc, argv, NULL);
}
