package dev.rig.credentials.linux;

import com.kenai.jffi.LastError;
import com.kenai.jffi.Type;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import jnr.constants.platform.Errno;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * The Linux calls that jnr-unixsocket has not, or has only with an allocation and a copy each,
 * under their own names. All constants are those of asm-generic, which amd64 and arm64 share.
 */
public final class LibC {
  static final int EPOLL_CLOEXEC = 0x80000;
  static final int EFD_CLOEXEC = 0x80000;
  static final int EFD_NONBLOCK = 0x800;
  public static final int SOCK_CLOEXEC = 0x80000;
  public static final int SOCK_NONBLOCK = 0x800;
  public static final int MSG_DONTWAIT = 0x40;
  public static final int MSG_NOSIGNAL = 0x4000;
  public static final int SHUT_WR = 1;
  public static final int SHUT_RDWR = 2;
  public static final short POLLIN = 1;
  public static final short POLLOUT = 4;
  public static final int F_SETFD = 2;
  public static final int F_GETFL = 3;
  public static final int F_SETFL = 4;
  public static final int O_NONBLOCK = 0x800;
  public static final int AF_UNIX = 1;
  public static final int SOL_SOCKET = 1;
  public static final int SO_TYPE = 3;
  static final int SO_PEERCRED = 17;
  public static final int SO_ACCEPTCONN = 30;
  static final int SO_PEERGROUPS = 59;
  public static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int CLOCK_MONOTONIC = 1;
  public static final int FD_CLOEXEC = 1;
  public static final int LOCK_EX = 2;
  public static final int LOCK_NB = 4;
  static final int PR_SET_DUMPABLE = 4;

  private static final LibC INSTANCE = new LibC();

  private final NativeFunction epollCreate1 =
      new NativeFunction("epoll_create1", Type.SINT, Type.SINT);
  private final NativeFunction epollCtl =
      new NativeFunction("epoll_ctl", Type.SINT, Type.SINT, Type.SINT, Type.SINT, Type.POINTER);
  private final NativeFunction epollWait =
      new NativeFunction("epoll_wait", Type.SINT, Type.SINT, Type.POINTER, Type.SINT, Type.SINT);
  private final NativeFunction eventfd =
      new NativeFunction("eventfd", Type.SINT, Type.SINT, Type.SINT);
  private final NativeFunction accept4 =
      new NativeFunction("accept4", Type.SINT, Type.SINT, Type.POINTER, Type.POINTER, Type.SINT);
  private final NativeFunction recv =
      new NativeFunction("recv", Type.SLONG, Type.SINT, Type.POINTER, Type.SLONG, Type.SINT);
  private final NativeFunction send =
      new NativeFunction("send", Type.SLONG, Type.SINT, Type.POINTER, Type.SLONG, Type.SINT);
  private final NativeFunction socket =
      new NativeFunction("socket", Type.SINT, Type.SINT, Type.SINT, Type.SINT);
  private final NativeFunction sendto =
      new NativeFunction(
          "sendto",
          Type.SLONG,
          Type.SINT,
          Type.POINTER,
          Type.SLONG,
          Type.SINT,
          Type.POINTER,
          Type.SINT);
  private final NativeFunction read =
      new NativeFunction("read", Type.SLONG, Type.SINT, Type.POINTER, Type.SLONG);
  private final NativeFunction write =
      new NativeFunction("write", Type.SLONG, Type.SINT, Type.POINTER, Type.SLONG);
  private final NativeFunction shutdown =
      new NativeFunction("shutdown", Type.SINT, Type.SINT, Type.SINT);
  private final NativeFunction poll =
      new NativeFunction("poll", Type.SINT, Type.POINTER, Type.SLONG, Type.SINT);
  private final NativeFunction getsockname =
      new NativeFunction("getsockname", Type.SINT, Type.SINT, Type.POINTER, Type.POINTER);
  private final NativeFunction getsockopt =
      new NativeFunction(
          "getsockopt", Type.SINT, Type.SINT, Type.SINT, Type.SINT, Type.POINTER, Type.POINTER);
  private final NativeFunction close = new NativeFunction("close", Type.SINT, Type.SINT);
  private final NativeFunction open =
      new NativeFunction("open", Type.SINT, Type.POINTER, Type.SINT, Type.SINT);
  private final NativeFunction fcntl =
      new NativeFunction("fcntl", Type.SINT, Type.SINT, Type.SINT, Type.SINT);
  private final NativeFunction flock = new NativeFunction("flock", Type.SINT, Type.SINT, Type.SINT);
  private final NativeFunction fchmod =
      new NativeFunction("fchmod", Type.SINT, Type.SINT, Type.SINT);
  private final NativeFunction umask = new NativeFunction("umask", Type.SINT, Type.SINT);
  private final NativeFunction geteuid = new NativeFunction("geteuid", Type.SINT);
  private final NativeFunction getpwnamR =
      new NativeFunction(
          "getpwnam_r",
          Type.SINT,
          Type.POINTER,
          Type.POINTER,
          Type.POINTER,
          Type.SLONG,
          Type.POINTER);
  private final NativeFunction getpwuidR =
      new NativeFunction(
          "getpwuid_r", Type.SINT, Type.SINT, Type.POINTER, Type.POINTER, Type.SLONG, Type.POINTER);
  private final NativeFunction getgrnamR =
      new NativeFunction(
          "getgrnam_r",
          Type.SINT,
          Type.POINTER,
          Type.POINTER,
          Type.POINTER,
          Type.SLONG,
          Type.POINTER);
  private final NativeFunction getgrouplist =
      new NativeFunction(
          "getgrouplist", Type.SINT, Type.POINTER, Type.SINT, Type.POINTER, Type.POINTER);
  private final NativeFunction prctl =
      new NativeFunction(
          "prctl", Type.SINT, Type.SINT, Type.SLONG, Type.SLONG, Type.SLONG, Type.SLONG);
  private final NativeFunction clockGettime =
      new NativeFunction("clock_gettime", Type.SINT, Type.SINT, Type.POINTER);

  private LibC() {}

  /** The C library of this process. */
  public static LibC instance() {
    return INSTANCE;
  }

  /** What memory is allocated with. */
  public static Runtime runtime() {
    return Runtime.getSystemRuntime();
  }

  /** What the last call on this thread failed with. */
  public static Errno lastError() {
    return Errno.valueOf(LastError.getInstance().get());
  }

  int epoll_create1(int flags) {
    return (int) epollCreate1.call(flags);
  }

  int epoll_ctl(int epoll, int operation, int fd, Pointer event) {
    try {
      return (int) epollCtl.call(epoll, operation, fd, event.address());
    } finally {
      Reference.reachabilityFence(event);
    }
  }

  int epoll_wait(int epoll, Pointer events, int most, int timeout) {
    try {
      return (int) epollWait.call(epoll, events.address(), most, timeout);
    } finally {
      Reference.reachabilityFence(events);
    }
  }

  int eventfd(int initial, int flags) {
    return (int) eventfd.call(initial, flags);
  }

  public int accept4(int fd, @Nullable Pointer address, @Nullable Pointer length, int flags) {
    try {
      return (int) accept4.call(fd, address(address), address(length), flags);
    } finally {
      Reference.reachabilityFence(address);
      Reference.reachabilityFence(length);
    }
  }

  public long recv(int fd, Pointer buffer, long size, int flags) {
    try {
      return recv.call(fd, buffer.address(), size, flags);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  public long send(int fd, Pointer buffer, long size, int flags) {
    try {
      return send.call(fd, buffer.address(), size, flags);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  int socket(int family, int type, int protocol) {
    return (int) socket.call(family, type, protocol);
  }

  long sendto(int fd, Pointer buffer, long size, int flags, Pointer address, int length) {
    try {
      return sendto.call(fd, buffer.address(), size, flags, address.address(), length);
    } finally {
      Reference.reachabilityFence(buffer);
      Reference.reachabilityFence(address);
    }
  }

  long read(int fd, Pointer buffer, long size) {
    try {
      return read.call(fd, buffer.address(), size);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  long write(int fd, Pointer buffer, long size) {
    try {
      return write.call(fd, buffer.address(), size);
    } finally {
      Reference.reachabilityFence(buffer);
    }
  }

  public int shutdown(int fd, int how) {
    return (int) shutdown.call(fd, how);
  }

  public int poll(Pointer descriptors, long count, int timeout) {
    try {
      return (int) poll.call(descriptors.address(), count, timeout);
    } finally {
      Reference.reachabilityFence(descriptors);
    }
  }

  public int getsockname(int fd, Pointer address, Pointer length) {
    try {
      return (int) getsockname.call(fd, address.address(), length.address());
    } finally {
      Reference.reachabilityFence(address);
      Reference.reachabilityFence(length);
    }
  }

  public int getsockopt(int fd, int level, int name, Pointer value, Pointer length) {
    try {
      return (int) getsockopt.call(fd, level, name, value.address(), length.address());
    } finally {
      Reference.reachabilityFence(value);
      Reference.reachabilityFence(length);
    }
  }

  public int close(int fd) {
    return (int) close.call(fd);
  }

  public int open(String path, int flags, int mode) {
    var text = text(path);
    try {
      return (int) open.call(text.address(), flags, mode);
    } finally {
      Reference.reachabilityFence(text);
    }
  }

  public int fcntl(int fd, int command, int argument) {
    return (int) fcntl.call(fd, command, argument);
  }

  public int flock(int fd, int operation) {
    return (int) flock.call(fd, operation);
  }

  public int fchmod(int fd, int mode) {
    return (int) fchmod.call(fd, mode);
  }

  public int umask(int mask) {
    return (int) umask.call(mask);
  }

  public int geteuid() {
    return (int) geteuid.call();
  }

  int getpwnam_r(String name, Pointer struct, Pointer buffer, long size, Pointer result) {
    var text = text(name);
    try {
      return (int)
          getpwnamR.call(
              text.address(), struct.address(), buffer.address(), size, result.address());
    } finally {
      Reference.reachabilityFence(text);
      Reference.reachabilityFence(struct);
      Reference.reachabilityFence(buffer);
      Reference.reachabilityFence(result);
    }
  }

  int getpwuid_r(int uid, Pointer struct, Pointer buffer, long size, Pointer result) {
    try {
      return (int) getpwuidR.call(uid, struct.address(), buffer.address(), size, result.address());
    } finally {
      Reference.reachabilityFence(struct);
      Reference.reachabilityFence(buffer);
      Reference.reachabilityFence(result);
    }
  }

  int getgrnam_r(String name, Pointer struct, Pointer buffer, long size, Pointer result) {
    var text = text(name);
    try {
      return (int)
          getgrnamR.call(
              text.address(), struct.address(), buffer.address(), size, result.address());
    } finally {
      Reference.reachabilityFence(text);
      Reference.reachabilityFence(struct);
      Reference.reachabilityFence(buffer);
      Reference.reachabilityFence(result);
    }
  }

  int getgrouplist(String user, int group, Pointer groups, Pointer count) {
    var text = text(user);
    try {
      return (int) getgrouplist.call(text.address(), group, groups.address(), count.address());
    } finally {
      Reference.reachabilityFence(text);
      Reference.reachabilityFence(groups);
      Reference.reachabilityFence(count);
    }
  }

  int prctl(int option, long second, long third, long fourth, long fifth) {
    return (int) prctl.call(option, second, third, fourth, fifth);
  }

  int clock_gettime(int clock, Pointer time) {
    try {
      return (int) clockGettime.call(clock, time.address());
    } finally {
      Reference.reachabilityFence(time);
    }
  }

  private static long address(@Nullable Pointer pointer) {
    return pointer == null ? 0 : pointer.address();
  }

  /** A C string, in UTF-8. */
  private static Pointer text(String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var memory = Memory.allocateDirect(runtime(), bytes.length + 1, true);
    memory.put(0, bytes, 0, bytes.length);
    return memory;
  }
}
