/* Functions that TeaVM's class library lacks: the environment, argv[0], a socket that never blocks or raises SIGPIPE.
 * The compiler includes this file first, so that its defines affect TeaVM's own runtime. Bytes are "void *": TeaVM
 * passes the data of its arrays as pointers to int, which gcc 14 and clang do not convert to other types. */
#ifndef RIG_MACHINE_H
#define RIG_MACHINE_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* TeaVM's runtime sets the user's locale, which opens files; this program only transports bytes. */
#define setlocale(category, name) setlocale(category, "C")

/* TeaVM's runtime allocates a few tables before main, for each of which musl would need a system call and several new
 * pages. They are allocated here; the C library handles larger and later allocations. */
static _Alignas(16) char rig_tables[48 * 1024];
static size_t rig_tables_used;

static inline int rig_is_table(const void *memory) {
    return (const char *) memory >= rig_tables && (const char *) memory < rig_tables + sizeof rig_tables;
}

static inline void *rig_allocate(size_t size) {
    if (size > sizeof rig_tables - rig_tables_used) return malloc(size);
    void *memory = rig_tables + rig_tables_used;
    rig_tables_used += (size + 15) / 16 * 16;
    return memory;
}

static inline void rig_release(void *memory) {
    if (!rig_is_table(memory)) free(memory);
}

static inline void *rig_reallocate(void *memory, size_t size) {
    if (!rig_is_table(memory)) return realloc(memory, size);
    size_t most = (size_t) (rig_tables + sizeof rig_tables - (char *) memory);
    void *moved = malloc(size);
    return moved == NULL ? NULL : memcpy(moved, memory, size < most ? size : most);
}

#define malloc(size) rig_allocate(size)
#define free(memory) rig_release(memory)
#define realloc(memory, size) rig_reallocate(memory, size)

/* TeaVM's runtime reserves an area for its heap, and three that describe it: 16.4 MiB for a heap of 256 MiB, of
 * which the kernel provides what is used. The three are here, because each would need two system calls. */
static _Alignas(4096) char rig_areas[(16 * 1024 + 400) * 1024];
static size_t rig_areas_used;

static inline int rig_is_area(const void *memory) {
    return (const char *) memory >= rig_areas && (const char *) memory < rig_areas + sizeof rig_areas;
}

/* Without its heap the runtime would end by a signal that explains nothing. Docker shows what a helper prints to stdout,
 * the kubelet logs what a plugin prints to stderr. */
static inline void rig_require_memory(int provided) {
    static const char message[] = "the credential client has too little memory: it reserves 280 MiB (see ulimit -v)\n";
    if (provided) return;
    ssize_t ignored = write(STDOUT_FILENO, message, sizeof message - 1);
    ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void) ignored;
    _exit(1);
}

static inline void *rig_reserve(size_t size) {
    if (size > sizeof rig_areas - rig_areas_used) {
        void *memory = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        rig_require_memory(memory != MAP_FAILED);
        return memory;
    }
    void *memory = rig_areas + rig_areas_used;
    rig_areas_used += (size + 4095) / 4096 * 4096;
    return memory;
}

static inline int rig_protect(void *memory, size_t size, int access) {
    if (!rig_is_area(memory)) rig_require_memory(mprotect(memory, size, access) == 0);
    return 0;
}

#define mmap(address, size, access, flags, fd, offset) rig_reserve(size)
#define mprotect(memory, size, access) rig_protect(memory, size, access)

/* TeaVM's runtime creates a timer for threads that wait. This program has no second thread and pauses by rig_pause. */
#define sigaction(signal, action, old) ((void) 0)
#define sigprocmask(how, signals, old) ((void) 0)
#define timer_create(clock, event, timer) ((void) 0)
#define timer_settime(timer, flags, value, old) abort()

static inline int32_t rig_copy(const char *text, void *into, int32_t room) {
    size_t length = text == NULL ? 0 : strlen(text);
    if (text == NULL || length > (size_t) room) return -1;
    memcpy(into, text, length);
    return (int32_t) length;
}

/* Each copies a text and returns its length; -1 if absent or too long. */
static inline int32_t rig_program(void *into, int32_t room) { return rig_copy(program_invocation_name, into, room); }
static inline int32_t rig_version(void *into, int32_t room) { return rig_copy(RIG_VERSION, into, room); }
static inline int32_t rig_reason(int32_t error, void *into, int32_t room) { return rig_copy(strerror(error), into, room); }

/* Copies the value of a variable, or only the start of one that is too long: no path is as long, so it is reported. */
static inline int32_t rig_variable(const char *name, void *into, int32_t room) {
    const char *value = getenv(name);
    if (value == NULL) return -1;
    size_t length = strnlen(value, (size_t) room);
    memcpy(into, value, length);
    return (int32_t) length;
}

static inline int32_t rig_exists(const char *path) { return access(path, F_OK) == 0; }

/* Each returns the result of the system call, or a negated errno. */
static inline int32_t rig_result(ssize_t result) { return result < 0 ? -errno : (int32_t) result; }

static inline int32_t rig_read(int32_t fd, void *bytes, int32_t at, int32_t count) {
    return rig_result(read(fd, (char *) bytes + at, (size_t) count));
}

static inline int32_t rig_write(int32_t fd, const void *bytes, int32_t at, int32_t count) {
    return rig_result(write(fd, (const char *) bytes + at, (size_t) count));
}

static inline int32_t rig_send(int32_t fd, const void *bytes, int32_t at, int32_t count) {
    return rig_result(send(fd, (const char *) bytes + at, (size_t) count, MSG_NOSIGNAL));
}

static inline int32_t rig_wait(int32_t fd, int32_t writable, int32_t millis) {
    struct pollfd one = {fd, writable ? POLLOUT : POLLIN, 0};
    return rig_result(poll(&one, 1, millis));
}

/* Waits until the other side has closed too, which every poll reports without being asked for it. */
static inline int32_t rig_wait_closed(int32_t fd, int32_t millis) {
    struct pollfd one = {fd, 0, 0};
    return rig_result(poll(&one, 1, millis));
}

static inline int32_t rig_half_close(int32_t fd) { return rig_result(shutdown(fd, SHUT_WR)); }

static inline int32_t rig_close(int32_t fd) { return rig_result(close(fd)); }

static inline int32_t rig_connect(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && fd <= STDERR_FILENO) { /* of a standard stream that is closed: output would go to the daemon */
        int closed = fd;
        fd = fcntl(closed, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        close(closed);
    }
    if (fd < 0) return -errno;
    if (connect(fd, (struct sockaddr *) &address, sizeof address) == 0) return fd;
    int error = errno;
    close(fd);
    return -error;
}

static inline int64_t rig_millis(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static inline void rig_pause(int64_t millis) {
    struct timespec left = {millis / 1000, millis % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}

/* The values of the target machine. */
static inline int32_t rig_error_missing(void) { return ENOENT; }
static inline int32_t rig_error_refused(void) { return ECONNREFUSED; }
static inline int32_t rig_error_again(void) { return EAGAIN; }
static inline int32_t rig_error_denied(void) { return EACCES; }
static inline int32_t rig_error_interrupted(void) { return EINTR; }
static inline int32_t rig_error_pipe(void) { return EPIPE; }
static inline int32_t rig_error_reset(void) { return ECONNRESET; }

#endif
