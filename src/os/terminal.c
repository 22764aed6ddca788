/* SPDX-License-Identifier: Apache-2.0 */
#include "os/os.h"

#include <sys/ioctl.h>

void os_terminal_size(int fd, int *columns, int *lines)
{
	struct winsize size;

	*columns = 80;
	*lines = 24;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
		*columns = size.ws_col;
		*lines = size.ws_row;
	}
}
