package dev.rig.credentials.linux;

import com.kenai.jffi.LastError;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import jnr.constants.platform.Errno;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;

/**
 * Functions of the C library that the JDK does not offer, under their own names; sections 2 and 3
 * of the manual describe them. All constants are those of asm-generic, which amd64 and arm64 share.
 */
public final class LibC {
  public static final int AF_UNIX = 1;
  static final int CLOCK_MONOTONIC = 1;
  static final int EFD_CLOEXEC = 0x80000;
  static final int EFD_NONBLOCK = 0x800;
  static final int EPOLL_CLOEXEC = 0x80000;
  public static final int FD_CLOEXEC = 1;
  public static final int F_GETFL = 3;
  public static final int F_SETFD = 2;
  public static final int F_SETFL = 4;
  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int M_MMAP_THRESHOLD = -3;
  public static final int O_NONBLOCK = 0x800;
  public static final short POLLIN = 1;
  public static final short POLLOUT = 4;
  static final int PR_SET_CHILD_SUBREAPER = 36;
  public static final int PR_SET_DUMPABLE = 4;
  private static final int RLIMIT_NOFILE = 7;
  private static final int RLIMIT_SIZE = 2 * Long.BYTES;
  public static final int SHUT_RDWR = 2;
  public static final int SHUT_WR = 1;
  public static final int SOCK_CLOEXEC = 0x80000;
  static final int SOCK_DGRAM = 2;
  public static final int SOCK_NONBLOCK = 0x800;
  public static final int SOCK_STREAM = 1;
  public static final int SOL_SOCKET = 1;
  public static final int SO_ACCEPTCONN = 30;
  static final int SO_PEERCRED = 17;
  static final int SO_PEERGROUPS = 59;
  public static final int SO_TYPE = 3;
  private static final int STATFS_SIZE = 256;
  private static final int STATVFS_FLAG = 9 * Long.BYTES;
  private static final int STATVFS_SIZE = 256;
  private static final int ST_RDONLY = 1;
  static final int WNOHANG = 1;

  private static final NativeFunction ACCEPT4 = new NativeFunction("accept4", "iippi");
  private static final NativeFunction BIND = new NativeFunction("bind", "iipi");
  private static final NativeFunction CLOCK_GETTIME = new NativeFunction("clock_gettime", "iip");
  private static final NativeFunction CLOSE = new NativeFunction("close", "ii");
  private static final NativeFunction EPOLL_CREATE1 = new NativeFunction("epoll_create1", "ii");
  private static final NativeFunction EPOLL_CTL = new NativeFunction("epoll_ctl", "iiiip");
  private static final NativeFunction EPOLL_WAIT = new NativeFunction("epoll_wait", "iipii");
  private static final NativeFunction EVENTFD = new NativeFunction("eventfd", "iii");
  private static final NativeFunction FCHMOD = new NativeFunction("fchmod", "iii");
  private static final NativeFunction FCNTL = new NativeFunction("fcntl", "iiii");
  private static final NativeFunction FLOCK = new NativeFunction("flock", "iii");
  private static final NativeFunction GETEGID = new NativeFunction("getegid", "i");
  private static final NativeFunction GETEUID = new NativeFunction("geteuid", "i");
  private static final NativeFunction GETGRGID_R = new NativeFunction("getgrgid_r", "iipplp");
  private static final NativeFunction GETGRNAM_R = new NativeFunction("getgrnam_r", "ippplp");
  private static final NativeFunction GETGROUPLIST = new NativeFunction("getgrouplist", "ipipp");
  private static final NativeFunction GETPWNAM_R = new NativeFunction("getpwnam_r", "ippplp");
  private static final NativeFunction GETPWUID_R = new NativeFunction("getpwuid_r", "iipplp");
  private static final NativeFunction GETRLIMIT = new NativeFunction("getrlimit", "iip");
  private static final NativeFunction GETSOCKNAME = new NativeFunction("getsockname", "iipp");
  private static final NativeFunction GETSOCKOPT = new NativeFunction("getsockopt", "iiiipp");
  private static final NativeFunction KILL = new NativeFunction("kill", "iii");
  private static final NativeFunction LGETXATTR = new NativeFunction("lgetxattr", "lpppl");
  private static final NativeFunction LISTEN = new NativeFunction("listen", "iii");
  private static final NativeFunction MALLOPT = new NativeFunction("mallopt", "iii");
  private static final NativeFunction OPEN = new NativeFunction("open", "ipii");
  private static final NativeFunction POLL = new NativeFunction("poll", "ipli");
  private static final NativeFunction PRCTL = new NativeFunction("prctl", "iillll");
  private static final NativeFunction READ = new NativeFunction("read", "lipl");
  private static final NativeFunction RECV = new NativeFunction("recv", "lipli");
  private static final NativeFunction SEND = new NativeFunction("send", "lipli");
  private static final NativeFunction SENDTO = new NativeFunction("sendto", "liplipi");
  private static final NativeFunction SETSOCKOPT = new NativeFunction("setsockopt", "iiiipi");
  private static final NativeFunction SHUTDOWN = new NativeFunction("shutdown", "iii");
  private static final NativeFunction SOCKET = new NativeFunction("socket", "iiii");
  private static final NativeFunction STATFS = new NativeFunction("statfs", "ipp");
  private static final NativeFunction STATVFS = new NativeFunction("statvfs", "ipp");
  private static final NativeFunction UMASK = new NativeFunction("umask", "ii");
  private static final NativeFunction WAITPID = new NativeFunction("waitpid", "iipi");
  private static final NativeFunction WRITE = new NativeFunction("write", "lipl");

  private static final Set<Long> KERNEL_FILE_SYSTEMS = Set.of(0x9fa0L, 0x64626720L, 0x74726163L);

  private LibC() {}

  /** Returns zeroed memory outside the heap, freed with the object. */
  public static Pointer memory(int bytes) {
    return Memory.allocateDirect(Runtime.getSystemRuntime(), bytes, true);
  }

  /** Returns the error of this thread's last call. */
  public static Errno lastError() {
    return Errno.valueOf(LastError.getInstance().get());
  }

  /** Accepts a connection without reading the peer's address. */
  public static int accept4(int fd, int flags) {
    return (int) ACCEPT4.call(fd, 0, 0, flags);
  }

  public static int bind(int fd, Pointer address, int length) {
    return (int) BIND.call(fd, address, length);
  }

  static int clock_gettime(int clock, Pointer time) {
    return (int) CLOCK_GETTIME.call(clock, time);
  }

  public static int close(int fd) {
    return (int) CLOSE.call(fd);
  }

  static int epoll_create1(int flags) {
    return (int) EPOLL_CREATE1.call(flags);
  }

  static int epoll_ctl(int epoll, int operation, int fd, Pointer event) {
    return (int) EPOLL_CTL.call(epoll, operation, fd, event);
  }

  static int epoll_wait(int epoll, Pointer events, int most, int timeout) {
    return (int) EPOLL_WAIT.call(epoll, events, most, timeout);
  }

  static int eventfd(int initial, int flags) {
    return (int) EVENTFD.call(initial, flags);
  }

  public static int fchmod(int fd, int mode) {
    return (int) FCHMOD.call(fd, mode);
  }

  public static int fcntl(int fd, int command, int argument) {
    return (int) FCNTL.call(fd, command, argument);
  }

  public static int flock(int fd, int operation) {
    return (int) FLOCK.call(fd, operation);
  }

  public static int getegid() {
    return (int) GETEGID.call();
  }

  public static int geteuid() {
    return (int) GETEUID.call();
  }

  static int getgrgid_r(int gid, Pointer struct, Pointer buffer, long size, Pointer result) {
    return (int) GETGRGID_R.call(gid, struct, buffer, size, result);
  }

  static int getgrnam_r(String name, Pointer struct, Pointer buffer, long size, Pointer result) {
    return (int) GETGRNAM_R.call(text(name), struct, buffer, size, result);
  }

  static int getgrouplist(String user, int group, Pointer groups, Pointer count) {
    return (int) GETGROUPLIST.call(text(user), group, groups, count);
  }

  static int getpwnam_r(String name, Pointer struct, Pointer buffer, long size, Pointer result) {
    return (int) GETPWNAM_R.call(text(name), struct, buffer, size, result);
  }

  static int getpwuid_r(int uid, Pointer struct, Pointer buffer, long size, Pointer result) {
    return (int) GETPWUID_R.call(uid, struct, buffer, size, result);
  }

  /** Returns how many descriptors this process may have: getrlimit(2). */
  static long descriptorLimit() {
    var answer = memory(RLIMIT_SIZE);
    long limit = GETRLIMIT.call(RLIMIT_NOFILE, answer) == 0 ? answer.getLongLong(0) : -1;
    return limit < 0 ? Long.MAX_VALUE : limit; // as RLIM_INFINITY
  }

  public static int getsockname(int fd, Pointer address, Pointer length) {
    return (int) GETSOCKNAME.call(fd, address, length);
  }

  public static int getsockopt(int fd, int level, int name, Pointer value, Pointer length) {
    return (int) GETSOCKOPT.call(fd, level, name, value, length);
  }

  /**
   * Returns whether a file has an extended attribute; true if the system does not report it:
   * lgetxattr(2).
   */
  public static boolean hasAttribute(String path, String name) {
    return LGETXATTR.call(text(path), text(name), 0, 0) >= 0
        || !Set.of(Errno.ENODATA, Errno.EOPNOTSUPP).contains(lastError());
  }

  /** Returns whether the path is on a read-only mount: statvfs(3). */
  public static boolean isReadOnly(String path) {
    var answer = memory(STATVFS_SIZE);
    return STATVFS.call(text(path), answer) == 0
        && (answer.getLongLong(STATVFS_FLAG) & ST_RDONLY) != 0;
  }

  /**
   * Returns whether the kernel makes up the content of a file, and may wait for it: procfs, debugfs
   * and tracefs ({@code linux/magic.h}). Follows symbolic links.
   */
  public static boolean isKernelFile(String path) {
    var answer = memory(STATFS_SIZE);
    return STATFS.call(text(path), answer) == 0
        && KERNEL_FILE_SYSTEMS.contains(answer.getLongLong(0));
  }

  static int kill(int pid, int signal) {
    return (int) KILL.call(pid, signal);
  }

  public static int listen(int fd, int backlog) {
    return (int) LISTEN.call(fd, backlog);
  }

  public static int mallopt(int parameter, int value) {
    return (int) MALLOPT.call(parameter, value);
  }

  public static int open(String path, int flags, int mode) {
    return (int) OPEN.call(text(path), flags, mode);
  }

  public static int poll(Pointer descriptors, long count, int timeout) {
    return (int) POLL.call(descriptors, count, timeout);
  }

  public static int prctl(int option, long second) {
    return (int) PRCTL.call(option, second, 0, 0, 0);
  }

  static long read(int fd, Pointer buffer, long size) {
    return READ.call(fd, buffer, size);
  }

  public static long recv(int fd, Pointer buffer, long size, int flags) {
    return RECV.call(fd, buffer, size, flags);
  }

  public static long send(int fd, Pointer buffer, long size, int flags) {
    return SEND.call(fd, buffer, size, flags);
  }

  static long sendto(int fd, Pointer buffer, long size, int flags, Pointer address, int length) {
    return SENDTO.call(fd, buffer, size, flags, address, length);
  }

  public static int setsockopt(int fd, int level, int name, Pointer value, int length) {
    return (int) SETSOCKOPT.call(fd, level, name, value, length);
  }

  public static int shutdown(int fd, int how) {
    return (int) SHUTDOWN.call(fd, how);
  }

  public static int socket(int family, int type, int protocol) {
    return (int) SOCKET.call(family, type, protocol);
  }

  public static int umask(int mask) {
    return (int) UMASK.call(mask);
  }

  /** Waits without reading the status. */
  static int waitpid(int pid, int options) {
    return (int) WAITPID.call(pid, 0, options);
  }

  static long write(int fd, Pointer buffer, long size) {
    return WRITE.call(fd, buffer, size);
  }

  /** Returns a C string, in UTF-8. */
  private static Pointer text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var memory = memory(bytes.length + 1);
    memory.put(0, bytes, 0, bytes.length);
    return memory;
  }
}
