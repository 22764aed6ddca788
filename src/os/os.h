/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os.h - the one place that knows the operating system: files that survive a crash, locks, locked
 * memory, the sandbox, child processes, threads, processor features.
 */
#ifndef OS_OS_H
#define OS_OS_H

#include "base/base.h"

#include <pthread.h>
#include <sys/types.h>

/* Clock and randomness of the machine. */
struct clock_source os_clock(void);
struct random_source os_random(void);
int64_t os_monotonic_ns(void);
void os_sleep_until(int64_t monotonic_ns);
/* Civil time here, as the machine's time zone (or TZ) has it: date, and minute of the day. */
void os_local_time(tanu_date *date, uint16_t *minute, int64_t unix_ms);
/* Time since the start of the machine, sleep included; no clock that is set moves it. */
int64_t os_boot_ms(void);
/* CPU time of this thread: what else runs on the machine counts little. For measuring. */
int64_t os_thread_ns(void);

#define OS_PATH_MAX 4096 /* bytes of a path, with its final zero */

/*
 * The error of a system call that failed with `errnum` while `doing` ("write", "open the folder")
 * on `path`: a sentence that says what to do. ENOENT is TANU_NOT_FOUND, ENOMEM TANU_MEMORY, the
 * rest TANU_SYSTEM. Never the content of a file.
 */
tanu_status os_fail(tanu_error *err, const char *path, const char *doing, int errnum);

/*
 * Whole file into `out`, which is wiped before; TANU_LIMIT beyond max_bytes. `path` "-" is standard
 * input. The caller wipes or frees `out`.
 */
tanu_status os_read_file(struct buf *out, const char *path, size_t max_bytes, tanu_error *err);

/*
 * Replace a file so that after a crash the old or the new content stands, whole: temporary file
 * "PATH.new" in the same folder, fsync, rename, fsync of the folder. Mode 0600 unless `mode` says
 * otherwise. What a crash left in PATH.new is replaced by the next call. One writer a path.
 */
tanu_status os_replace_file(const char *path, const void *bytes, size_t len, mode_t mode,
			    tanu_error *err);

/*
 * Overwrite with zeros, fsync, unlink, fsync of the folder. A missing file is TANU_OK. A file
 * system that copies on write may keep the old blocks: secrets must not rest on the overwriting
 * alone.
 */
tanu_status os_destroy_file(const char *path, tanu_error *err);

/*
 * A file too large to be held whole, written from end to end: it stands as "PATH.new" until commit
 * puts it in place as os_replace_file does; abort removes it, and is fine after either.
 */
struct os_file {
	int fd;
	char path[OS_PATH_MAX];
};
tanu_status os_file_begin(struct os_file *file, const char *path, mode_t mode, tanu_error *err);
tanu_status os_file_write(struct os_file *file, const void *bytes, size_t len, tanu_error *err);
tanu_status os_file_commit(struct os_file *file, tanu_error *err);
void os_file_abort(struct os_file *file);
/* A regular file, read from end to end. Less than `len` bytes: it ends there. */
tanu_status os_file_open(struct os_file *file, const char *path, uint64_t *size, tanu_error *err);
tanu_status os_file_read(struct os_file *file, void *out, size_t len, size_t *got, tanu_error *err);
void os_file_close(struct os_file *file);

/*
 * A file that grows at its end; made if missing. What append has returned from is on the disk; what
 * it has failed with is cut off again. `*size`: how long it is.
 */
tanu_status os_append_open(struct os_file *file, const char *path, uint64_t *size, tanu_error *err);
tanu_status os_append(struct os_file *file, const void *bytes, size_t len, tanu_error *err);
tanu_status os_append_cut(struct os_file *file, uint64_t size, tanu_error *err);

/* Unlink and fsync of the folder, at one stroke: before it the whole file is there. A missing file
 * is TANU_OK. */
tanu_status os_remove_file(const char *path, tanu_error *err);

tanu_status os_sync_dir(const char *path, tanu_error *err);
/* It exists: TANU_OK. On the disk when this returns. */
tanu_status os_make_dir(const char *path, mode_t mode, tanu_error *err);
/* Nobody but its owner reaches what is in it from now on. */
tanu_status os_close_dir(const char *path, tanu_error *err);
bool os_exists(const char *path);
bool os_is_link(const char *path);  /* a symbolic link */
bool os_is_empty(const char *path); /* a folder in which nothing stands */
bool os_is_dir(const char *path);
bool os_is_file(const char *path); /* a regular one */
/* It lies in memory (tmpfs, ramfs): gone when the power goes. */
bool os_is_memory(const char *path);
/* "dir/name"; TANU_LIMIT when it does not fit. */
tanu_status os_path(char *out, size_t out_len, const char *dir, const char *name, tanu_error *err);
/* Folder of the running program, without a final slash. */
tanu_status os_program_dir(char *out, size_t out_len, tanu_error *err);
/* Its bytes, which tell one build from another. */
tanu_status os_read_program(struct buf *out, tanu_error *err);

/*
 * A new folder of mode 0700, "WORD-PID-XXXXXX": below $TMPDIR, else in memory where there is such a
 * place, else below /tmp. Those that killed processes have left under the same word are removed.
 * Removing overwrites every file.
 */
tanu_status os_scratch_make(char *out, size_t out_len, const char *word, tanu_error *err);
tanu_status os_scratch_remove(const char *path, tanu_error *err);

/* Names in a folder, sorted, without "." and ".."; `each` may stop the walk by failing. */
tanu_status os_list_dir(const char *path,
			tanu_status (*each)(void *self, const char *name, tanu_error *err),
			void *self, tanu_error *err);

/*
 * A file that others have named, beneath an open folder, read only: no symbolic link on the way, no
 * "..", nothing hidden, regular files only. Whatever else is TANU_NOT_FOUND. The caller closes it.
 */
struct os_file_facts {
	uint64_t size, changed_ns, inode; /* changed: Unix time of its content */
};
tanu_status os_open_beneath(int *fd, struct os_file_facts *facts, int dir, const char *path,
			    tanu_error *err);
tanu_status os_open_dir(int *fd, const char *path, tanu_error *err);

/*
 * One owner of a folder: flock on the file `path`, made if missing. Second opener: TANU_BUSY. The
 * kernel drops it when the process ends, however it ends. A zeroed lock is not held.
 */
struct os_lock {
	int fd;
	int line; /* to the owner of one that was borrowed */
};
tanu_status os_lock_take(struct os_lock *lock, const char *path, tanu_error *err);
void os_lock_drop(struct os_lock *lock);
/* The same lock again, for handing on; dropped by itself. */
tanu_status os_lock_copy(struct os_lock *out, const struct os_lock *lock, tanu_error *err);
/*
 * Lending: the owner of a folder listens on a socket in it (os_lend_listen, before a sandbox),
 * takes a borrower of the same user (os_lend_accept; -1: none came, or `stop` is readable), closes
 * what it has open there, sends the lock (os_packet_send) and waits until the borrower has ended
 * its connection (os_lend_wait; false: `stop`). Borrowing waits two minutes for what is under way;
 * TANU_BUSY (folder-busy): nobody lends.
 */
tanu_status os_lend_listen(int *fd, const char *folder, tanu_error *err);
int os_lend_accept(int listening, int stop);
bool os_lend_wait(int borrower, int stop);
tanu_status os_lock_borrow(struct os_lock *lock, const char *folder, tanu_error *err);

/*
 * Memory for secrets, in whole pages: zeroed, locked, not in core dumps, zero in a forked child,
 * wiped when freed. NULL when there is none. `len` is the same in both calls.
 */
void *os_secret_alloc(size_t len);
void os_secret_free(void *p, size_t len);
/* False once the kernel has refused to lock one of them (RLIMIT_MEMLOCK): it could be swapped out.
 */
bool os_secrets_locked(void);

/*
 * Memory to be read through from end to end, aligned to a cache line: in large pages from 2 MiB on,
 * where the kernel has them. free() it. NULL when there is none.
 */
void *os_large_alloc(size_t len);

/*
 * Anonymous files, for bytes that go to another process and back. The first is filled and sealed
 * against any change; the second is zeros of a fixed size that takes memory only where written.
 */
tanu_status os_memfd_sealed(int *fd, const void *head, size_t head_len, const void *body,
			    size_t body_len, tanu_error *err);
tanu_status os_memfd_blank(int *fd, size_t len, tanu_error *err);
/* The first `len` bytes of such a file, shared; NULL when the file is shorter or memory is out. */
void *os_map(int fd, size_t len, bool writable);
/* The same, writable, its pages taken when they are touched first. */
void *os_map_sparse(int fd, size_t len);
void os_unmap(void *p, size_t len);
/* Size of an open file; 0 if it has none. */
size_t os_fd_size(int fd);

/*
 * A child process with the descriptors fds[i] as 0, 1, 2 ... (-1: /dev/null), no other open file,
 * an empty environment and default signals. A zeroed os_child is none.
 */
struct os_child {
	pid_t pid;
	int told; /* of one that a spawner has started */
};
tanu_status os_child_start(struct os_child *child, const char *program, const int *fds,
			   size_t fds_len, tanu_error *err);
/* Kill it if it still runs, and take it off the process table. `how`: its end, in words. */
#define OS_CHILD_HOW_LEN 96
void os_child_end(struct os_child *child, char how[OS_CHILD_HOW_LEN]);
/*
 * For a process that shuts itself in and still needs children: a spawner, forked before the sandbox
 * and before the first thread, starts these programs and no others. While it is used,
 * os_child_start and os_child_end ask it.
 */
#define OS_SPAWNER_PROGRAMS_MAX 4
struct os_spawner {
	pid_t pid; /* 0: none */
	int socket;
	char programs[OS_SPAWNER_PROGRAMS_MAX][OS_PATH_MAX];
	size_t programs_len;
};
tanu_status os_spawner_start(struct os_spawner *out, const char *const *programs,
			     size_t programs_len, tanu_error *err);
void os_spawner_use(struct os_spawner *spawner);
void os_spawner_end(struct os_spawner *spawner); /* when its children have ended */
/* Two ends of a line of packets, which may carry descriptors. Both closed on exec. */
tanu_status os_packet_pair(int *a, int *b, tanu_error *err);
/* `fd` -1: none. Receiving waits until the monotonic time; TANU_TIMEOUT; TANU_SYSTEM (io): gone. */
tanu_status os_packet_send(int socket, const void *bytes, size_t len, int fd, tanu_error *err);
tanu_status os_packet_take(int socket, void *out, size_t max, size_t *len, int *fd,
			   int64_t deadline_ns, tanu_error *err);
/* A regular file that may be executed. */
bool os_is_program(const char *path);
/* Both ends closed on exec. */
tanu_status os_pipe(int *read_fd, int *write_fd, tanu_error *err);
/* Read until `len` bytes, end of file or the monotonic time; false if the time ran out. */
bool os_read_until(int fd, void *out, size_t len, size_t *got, int64_t deadline_ns);

/*
 * Lines to devices, raw and never blocking: a serial port (8 bits, no parity, 1 stop bit, ours
 * alone; `rs485`: the port drives its RTS line while it sends), or a TCP connection to one behind
 * the network, "192.0.2.1:4001", numbers only. The connection need not stand yet when the call
 * returns: until then nothing is read or written. TANU_USAGE (setting): a speed or address that is
 * not understood.
 */
tanu_status os_serial_open(int *fd, const char *path, uint32_t baud, bool rs485, tanu_error *err);
tanu_status os_tcp_open(int *fd, const char *address, tanu_error *err);
void os_line_close(int *fd); /* leaves -1 behind */
/* One descriptor that is readable when any of these is; os_line_close. */
tanu_status os_together(int *fd, const int *fds, size_t fds_len, tanu_error *err);
/* Two ends of a pipe that are read and written as lines are: for telling another thread's news. */
tanu_status os_line_pipe(int *read_fd, int *write_fd, tanu_error *err);
/* What can be moved now, which may be nothing. TANU_SYSTEM (io): the line is gone. */
tanu_status os_line_read(int fd, void *out, size_t len, size_t *got, tanu_error *err);
tanu_status os_line_write(int fd, const void *bytes, size_t len, size_t *put, tanu_error *err);

/* Characters and lines of the terminal behind this descriptor; 80 x 24 where there is none. */
void os_terminal_size(int fd, int *columns, int *lines);

/*
 * A TCP socket that listens: "127.0.0.1:7380", "[::1]:7380", "localhost:7380"; ":7380" is all
 * addresses, 0 any free port. Not blocking; the caller closes it. TANU_USAGE for what is no such
 * address. The inherited ones are those that systemd hands over (LISTEN_FDS); `*len` is 0 without.
 */
#define OS_ADDRESS_LEN 64
tanu_status os_listen(int *fd, const char *address, tanu_error *err);
tanu_status os_listen_inherited(int *fds, size_t max, size_t *len, tanu_error *err);
void os_socket_address(char out[OS_ADDRESS_LEN], int fd); /* "127.0.0.1:7380" */
bool os_socket_is_loopback(int fd);

/*
 * A socket in the file system, for this machine alone: its owner and group may open it. What a
 * former run left at `path` is replaced. None of these blocks; os_line_read and os_line_write move
 * bytes, os_line_close ends it. Accepting is TANU_OK with *fd -1 while nobody asks.
 */
tanu_status os_unix_listen(int *fd, const char *path, tanu_error *err);
tanu_status os_unix_accept(int *fd, int listening, tanu_error *err);
tanu_status os_unix_connect(int *fd, const char *path, tanu_error *err);
/* A named pipe, to be written; TANU_NOT_FOUND while nobody reads it. */
tanu_status os_fifo_open(int *fd, const char *path, tanu_error *err);

/*
 * systemd's notification socket (sd_notify(3)): "READY=1", "STOPPING=1", "WATCHDOG=1". To be opened
 * before a sandbox; without a service manager it is none, and saying does nothing.
 */
struct os_notify {
	int fd;
};
void os_notify_open(struct os_notify *notify);
void os_notify_say(const struct os_notify *notify, const char *state);
void os_notify_close(struct os_notify *notify);

/*
 * Lets this process have `n` more files open, as far as its hard limit goes. How many its caller
 * may count on: what was got, and a quarter of what was allowed before, which others need too.
 */
size_t os_files_more(size_t n);

/*
 * A lock that nobody waits for long while others come and go: who has waited for a millisecond gets
 * it next, in the order of asking. Until then a thread that runs may take it before one that
 * sleeps, as with a mutex.
 */
struct os_turns {
	pthread_mutex_t lock; /* of what follows */
	pthread_cond_t signs;
	bool taken;
	struct turn *first, *last; /* who waits */
};
void os_turns_init(struct os_turns *turns);
void os_turns_end(struct os_turns *turns); /* nobody has it or waits */
void os_turns_enter(struct os_turns *turns);
void os_turns_leave(struct os_turns *turns);
/* Inside: let the others in until somebody gives a sign, inside too; then wait for a turn again. */
void os_turns_wait(struct os_turns *turns);
void os_turns_sign(struct os_turns *turns);

/* No core dumps, not traceable; called first in every program that sees a face or a key. */
void os_harden_process(void);

/* What the kernel granted, or would grant; printed by `doctor`. */
struct os_sandbox_report {
	bool no_new_privs;
	bool seccomp;
	bool landlock;
	int landlock_abi; /* 0: the kernel has none */
	bool limits;
};

struct os_sandbox_options {
	size_t memory_bytes; /* RLIMIT_AS; not applied under a sanitizer */
	unsigned cpu_seconds;
};

/*
 * Shut this process in for good: no files, no network, no new processes, bounded memory and time;
 * only reading, writing and mapping of what is open already. It dies with its parent, and at once
 * by any other system call. Fails closed if seccomp is refused; Landlock is used where the kernel
 * has it. To be called with one thread. `report` may be NULL.
 */
tanu_status os_sandbox_decoder(const struct os_sandbox_options *options,
			       struct os_sandbox_report *report, tanu_error *err);
/*
 * The same for a process that measures faces: what a decoder may, packets over sockets that are
 * open, and threads of its own; no memory bound. `report` may be NULL.
 */
tanu_status os_sandbox_engine(struct os_sandbox_report *report, tanu_error *err);
/*
 * Give up, for good, what a server does not need once its sockets are open: new programs, tracing,
 * mounts, new listening sockets, files outside the folders named (kernel with Landlock), outgoing
 * connections unless asked for, memory that is code. Threads stay possible, children do not. To be
 * called with one thread, before the threads. A forbidden call fails with EPERM; starting a program
 * or tracing kills. Where the kernel refuses a part, the rest still holds and `report` says so;
 * TANU_SYSTEM is for folders that cannot be named.
 */
#define OS_SANDBOX_FOLDERS_MAX 12
struct os_sandbox_server {
	const char *read_write[OS_SANDBOX_FOLDERS_MAX]; /* up to a NULL */
	const char *read_only[OS_SANDBOX_FOLDERS_MAX];	/* likewise */
	bool outgoing;					/* connections to other machines */
};
tanu_status os_sandbox_server(const struct os_sandbox_server *options,
			      struct os_sandbox_report *report, tanu_error *err);
/*
 * Shut in a process that takes a stream apart for as long as it runs, before it reads the first
 * byte of it: nothing is opened but what is named here, no programs, no threads, no listening,
 * memory that is code never. It dies with its parent. A forbidden call fails with EPERM, since a
 * library of others that asks for a comfort it can do without must not die of it; starting a
 * program or tracing kills. Fails closed if seccomp is refused. To be called with one thread.
 */
struct os_sandbox_stream {
	int folder;	 /* files beneath this open folder may be opened for reading; -1: none */
	bool connecting; /* sockets may be opened until os_sandbox_stream_connected */
	bool device;	 /* what is open may be a camera of the kernel: its ioctls */
	size_t memory_bytes; /* RLIMIT_AS; not applied under a sanitizer */
};
tanu_status os_sandbox_stream(const struct os_sandbox_stream *options,
			      struct os_sandbox_report *report, tanu_error *err);
/* The stream stands: from here on no socket is opened or connected. */
tanu_status os_sandbox_stream_connected(tanu_error *err);
/*
 * The same for a box at a door, which opens devices and sockets as long as it runs, and whose
 * helpers come from a spawner: what a server may with outgoing connections, serial lines and wires,
 * and its own socket in the file system. Nothing can be loaded that is code. `devices`: a folder of
 * devices that are opened again and told things ("/dev"); NULL: none. Missing folders are left out.
 */
struct os_sandbox_box {
	const char *read_write[OS_SANDBOX_FOLDERS_MAX]; /* up to a NULL */
	const char *read_only[OS_SANDBOX_FOLDERS_MAX];
	const char *devices;
};
tanu_status os_sandbox_box(const struct os_sandbox_box *options, struct os_sandbox_report *report,
			   tanu_error *err);
/* What this kernel would grant, without entering it. */
struct os_sandbox_report os_sandbox_probe(void);

/* Processor features for picking kernels. */
struct os_cpu {
	bool avx2, fma, avx512f, avx512bw, avx512vnni, avx512vl, neon, dotprod;
};
struct os_cpu os_cpu_features(void);
int os_cpu_count(void);

/*
 * fn(self, worker, item) for `count` items on `workers` threads (0: one a core); worker is 0 up to
 * workers - 1. Stops at the first failure and tells the one with the lowest item.
 */
tanu_status os_parallel(size_t workers, size_t count,
			tanu_status (*fn)(void *self, size_t worker, size_t item, tanu_error *err),
			void *self, tanu_error *err);

#endif
