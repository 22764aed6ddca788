/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to devices: serial ports, and serial ports behind a network. */
#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

static const struct {
	uint32_t baud;
	speed_t speed;
} speeds[] = {
    {9600, B9600},   {19200, B19200},	{38400, B38400},
    {57600, B57600}, {115200, B115200}, {230400, B230400},
};

static tanu_status find_speed(speed_t *out, uint32_t baud, tanu_error *err)
{
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
		if (speeds[i].baud == baud) {
			*out = speeds[i].speed;
			return TANU_OK;
		}
	}
	return tanu_fail(err, TANU_ERR_SETTING, "baud",
			 "a line runs at 9600, 19200, 38400, 57600, 115200 or 230400");
}

/* Eight bits, no parity, one stop bit; no signals, no editing, no flow control. */
static int make_raw(int fd, speed_t speed)
{
	struct termios t;

	if (tcgetattr(fd, &t) < 0)
		return errno;
	cfmakeraw(&t);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
	t.c_cc[VMIN] = 0;
	t.c_cc[VTIME] = 0;
	if (cfsetispeed(&t, speed) < 0 || cfsetospeed(&t, speed) < 0)
		return errno;
	return tcsetattr(fd, TCSANOW, &t) < 0 || tcflush(fd, TCIOFLUSH) < 0 ? errno : 0;
}

static int drive_by_rts(int fd)
{
	struct serial_rs485 rs485 = {.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND};

	return ioctl(fd, TIOCSRS485, &rs485) < 0 ? errno : 0;
}

tanu_status os_serial_open(int *fd, const char *path, uint32_t baud, bool rs485, tanu_error *err)
{
	speed_t speed = B9600;
	tanu_status st;
	int port, errnum;

	if ((st = find_speed(&speed, baud, err)) < 0)
		return st;
	port = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (port < 0)
		return os_fail(err, path, "open the serial line", errno);
	errnum = make_raw(port, speed);
	if (!errnum && ioctl(port, TIOCEXCL) < 0)
		errnum = errno;
	if (!errnum && rs485)
		errnum = drive_by_rts(port);
	if (errnum) {
		close(port);
		return os_fail(err, path, "set up the serial line", errnum);
	}
	*fd = port;
	return TANU_OK;
}

/* "192.0.2.1:4001" or "[2001:db8::1]:4001" into two strings. */
static bool split_address(char host[64], char port[8], const char *address)
{
	const char *colon = strrchr(address, ':');
	size_t len = colon ? (size_t)(colon - address) : 0;

	if (len == 0 || strlen(colon + 1) == 0 || strlen(colon + 1) >= 8)
		return false;
	if (address[0] == '[' && address[len - 1] == ']') {
		address++;
		len -= 2;
	}
	if (len >= 64)
		return false;
	memcpy(host, address, len);
	host[len] = '\0';
	strcpy(port, colon + 1);
	return true;
}

/* No names: a door does not wait for a name server. */
static tanu_status find_address(struct addrinfo **out, const char *address, tanu_error *err)
{
	const struct addrinfo numeric = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
					 .ai_socktype = SOCK_STREAM};
	char host[64], port[8];

	if (split_address(host, port, address) && getaddrinfo(host, port, &numeric, out) == 0)
		return TANU_OK;
	return tanu_fail(err, TANU_ERR_SETTING, address,
			 "write a number and a port, as 192.0.2.1:4001 or [2001:db8::1]:4001");
}

tanu_status os_tcp_open(int *fd, const char *address, tanu_error *err)
{
	struct addrinfo *info = NULL;
	const int on = 1;
	tanu_status st;
	int s;

	if ((st = find_address(&info, address, err)) < 0)
		return st;
	s = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (s < 0 || setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
	    setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)) < 0 ||
	    (connect(s, info->ai_addr, info->ai_addrlen) < 0 && errno != EINPROGRESS)) {
		st = os_fail(err, address, "connect", errno);
		if (s >= 0)
			close(s);
		goto out;
	}
	*fd = s;
out:
	freeaddrinfo(info);
	return st;
}

void os_line_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool not_now(int errnum)
{
	return errnum == EAGAIN || errnum == EINTR || errnum == EINPROGRESS || errnum == ENOTCONN;
}

tanu_status os_line_read(int fd, void *out, size_t len, size_t *got, tanu_error *err)
{
	ssize_t n = read(fd, out, len);

	*got = n > 0 ? (size_t)n : 0;
	if (n > 0 || (n < 0 && not_now(errno)))
		return TANU_OK;
	/* A serial port with VMIN 0 says 0 for "nothing yet". */
	if (n == 0 && isatty(fd))
		return TANU_OK;
	return os_fail(err, "line", "read", n == 0 ? ECONNRESET : errno);
}

tanu_status os_line_write(int fd, const void *bytes, size_t len, size_t *put, tanu_error *err)
{
	ssize_t n = write(fd, bytes, len);

	*put = n > 0 ? (size_t)n : 0;
	if (n >= 0 || not_now(errno))
		return TANU_OK;
	return os_fail(err, "line", "write", errno);
}

tanu_status os_together(int *fd, const int *fds, size_t fds_len, tanu_error *err)
{
	int all = epoll_create1(EPOLL_CLOEXEC);

	if (all < 0)
		return os_fail(err, "epoll", "make", errno);
	for (size_t i = 0; i < fds_len; i++) {
		struct epoll_event event = {.events = EPOLLIN};

		if (epoll_ctl(all, EPOLL_CTL_ADD, fds[i], &event) < 0) {
			int errnum = errno;

			close(all);
			return os_fail(err, "epoll", "add to", errnum);
		}
	}
	*fd = all;
	return TANU_OK;
}

tanu_status os_line_pipe(int *read_fd, int *write_fd, tanu_error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return os_fail(err, "pipe", "make", errno);
	*read_fd = ends[0];
	*write_fd = ends[1];
	return TANU_OK;
}
