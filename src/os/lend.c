/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lending a locked folder. Its owner listens on a socket in it; who asks, and has the same user,
 * gets the very lock, and gives it back by ending the connection, which also happens when it dies.
 */
#include "os/os.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME	"tanud.sock"
#define WAIT_NS ((int64_t)120 * 1000000000) /* for what the owner has under way */

static const char ask_word[] = "borrow";

/* By way of the open folder: its path may be longer than a socket's address. */
static int address_of(struct sockaddr_un *out, const char *folder)
{
	int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);

	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (dir >= 0)
		snprintf(out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d/" NAME, dir);
	return dir;
}

tanu_status os_lend_listen(int *fd, const char *folder, tanu_error *err)
{
	struct sockaddr_un address;
	int dir = address_of(&address, folder), made;
	mode_t mask;
	int rc;

	if (dir < 0)
		return os_fail(err, folder, "open the folder", errno);
	unlinkat(dir, NAME, 0); /* of one that died: the lock is ours */
	made = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	mask = umask(0177);
	rc = made < 0 ? -1 : bind(made, (struct sockaddr *)&address, sizeof(address));
	umask(mask);
	if (rc == 0)
		rc = listen(made, 4);
	close(dir);
	if (rc < 0) {
		tanu_status st = os_fail(err, folder, "listen in the folder", errno);

		if (made >= 0)
			close(made);
		return st;
	}
	*fd = made;
	return TANU_OK;
}

static bool is_own_user(int fd)
{
	struct ucred who = {0};
	socklen_t len = sizeof(who);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0 && who.uid == geteuid();
}

int os_lend_accept(int listening, int stop)
{
	struct pollfd p[] = {{.fd = listening, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
	char word[16] = "";
	size_t len = 0;
	int fd;

	if (poll(p, 2, -1) <= 0 || p[1].revents)
		return -1;
	fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return -1;
	if (is_own_user(fd) &&
	    os_packet_take(fd, word, sizeof(word), &len, NULL,
			   os_monotonic_ns() + (int64_t)2000000000, NULL) == TANU_OK &&
	    len == sizeof(ask_word) && !memcmp(word, ask_word, len))
		return fd;
	close(fd);
	return -1;
}

bool os_lend_wait(int borrower, int stop)
{
	struct pollfd p[] = {{.fd = borrower, .events = POLLIN}, {.fd = stop, .events = POLLIN}};

	while (poll(p, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !p[1].revents;
}

tanu_status os_lock_borrow(struct os_lock *lock, const char *folder, tanu_error *err)
{
	struct sockaddr_un address;
	int dir = address_of(&address, folder), line, came = -1;
	char word[16];
	size_t len = 0;
	tanu_status st = TANU_BUSY;

	if (dir < 0)
		return os_fail(err, folder, "open the folder", errno);
	line = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (line >= 0 && connect(line, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    (st = os_packet_send(line, ask_word, sizeof(ask_word), -1, NULL)) == TANU_OK)
		st = os_packet_take(line, word, sizeof(word), &len, &came,
				    os_monotonic_ns() + WAIT_NS, NULL);
	close(dir);
	if (st == TANU_OK && came >= 0) {
		*lock = (struct os_lock){.fd = came, .line = line};
		return TANU_OK;
	}
	if (came >= 0)
		close(came);
	if (line >= 0)
		close(line);
	return tanu_fail(err, TANU_ERR_FOLDER_BUSY, folder,
			 "another process has the data folder open, and does not lend it: close "
			 "it, or use another folder");
}
