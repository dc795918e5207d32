package dev.rig.credentials.socket;

import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.Variadic;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;

/**
 * The Linux calls that jnr-unixsocket has not, or has only with an allocation and a copy each. All
 * constants are those of asm-generic, which amd64 and arm64 share.
 *
 * <p>Public because the class with which jnr-ffi implements it lies in another class loader; not
 * for use outside this package.
 */
public interface LibC {
  int EPOLL_CLOEXEC = 0x80000;
  int EFD_CLOEXEC = 0x80000;
  int EFD_NONBLOCK = 0x800;
  int SOCK_CLOEXEC = 0x80000;
  int SOCK_NONBLOCK = 0x800;
  int MSG_DONTWAIT = 0x40;
  int MSG_NOSIGNAL = 0x4000;
  int SHUT_WR = 1;
  int SHUT_RDWR = 2;
  short POLLIN = 1;
  short POLLOUT = 4;
  int F_SETFD = 2;
  int F_GETFL = 3;
  int F_SETFL = 4;
  int O_NONBLOCK = 0x800;
  int AF_UNIX = 1;
  int SOL_SOCKET = 1;
  int SO_TYPE = 3;
  int SO_ACCEPTCONN = 30;
  int SO_PEERGROUPS = 59;
  int SOCK_STREAM = 1;
  int SOCK_DGRAM = 2;
  int CLOCK_MONOTONIC = 1;
  int FD_CLOEXEC = 1;
  int LOCK_EX = 2;
  int LOCK_NB = 4;
  int PR_SET_DUMPABLE = 4;

  /** epoll_create1(2). */
  int epoll_create1(int flags);

  int epoll_ctl(int epoll, int operation, int fd, @In Pointer event);

  int epoll_wait(int epoll, @Out Pointer events, int most, int timeout);

  int eventfd(int initial, int flags);

  int accept4(int fd, @Nullable Pointer address, @Nullable Pointer length, int flags);

  @ssize_t
  long recv(int fd, @Out Pointer buffer, @size_t long size, int flags);

  @ssize_t
  long send(int fd, @In Pointer buffer, @size_t long size, int flags);

  int socket(int family, int type, int protocol);

  @ssize_t
  long sendto(
      int fd, @In Pointer buffer, @size_t long size, int flags, @In Pointer address, int length);

  @ssize_t
  long read(int fd, @Out Pointer buffer, @size_t long size);

  @ssize_t
  long write(int fd, @In Pointer buffer, @size_t long size);

  int shutdown(int fd, int how);

  int poll(@In @Out Pointer descriptors, long count, int timeout);

  int getsockname(int fd, @Out Pointer address, Pointer length);

  int getsockopt(int fd, int level, int name, @Out Pointer value, Pointer length);

  int close(int fd);

  @Variadic(fixedCount = 2)
  int open(String path, int flags, int mode);

  @Variadic(fixedCount = 2)
  int fcntl(int fd, int command, int argument);

  int flock(int fd, int operation);

  int fchmod(int fd, int mode);

  int umask(int mask);

  int geteuid();

  int getpwnam_r(
      String name, @Out Pointer struct, Pointer buffer, @size_t long size, @Out Pointer result);

  int getpwuid_r(
      int uid, @Out Pointer struct, Pointer buffer, @size_t long size, @Out Pointer result);

  int getgrnam_r(
      String name, @Out Pointer struct, Pointer buffer, @size_t long size, @Out Pointer result);

  int getgrouplist(String user, int group, @Out Pointer groups, Pointer count);

  @Variadic(fixedCount = 1)
  int prctl(int option, long second, long third, long fourth, long fifth);

  int clock_gettime(int clock, @Out Pointer time);

  /** The C library of this process. */
  static LibC instance() {
    return Holder.INSTANCE;
  }

  static Runtime runtime() {
    return Runtime.getRuntime(Holder.INSTANCE);
  }

  /** What the last call on this thread failed with. */
  static Errno lastError() {
    return Errno.valueOf(LastError.getLastError(runtime()));
  }

  /** Loads the library at its first use. */
  final class Holder {
    private static final LibC INSTANCE = LibraryLoader.create(LibC.class).load("c");

    private Holder() {}
  }
}
