package dev.rig.credentials.socket;

/**
 * A listener that whoever started this process holds too, and hands to the next daemon: who
 * connects meanwhile waits in its queue (F33). The file is not ours to watch or to remove.
 */
final class InheritedBinding implements Binding {
  private record Inherited(int descriptor) implements Listener {
    @Override
    public void close() {
      int _ = LibC.instance().close(descriptor);
    }
  }

  private final Listener listener;

  InheritedBinding(InheritedSocket socket) {
    listener = new Inherited(socket.descriptor());
  }

  @Override
  public Listener bind() {
    LibC libc = LibC.instance();
    int fd = listener.descriptor();
    int flags = libc.fcntl(fd, LibC.F_GETFL, 0);
    libc.fcntl(fd, LibC.F_SETFL, flags | LibC.O_NONBLOCK);
    libc.fcntl(fd, LibC.F_SETFD, LibC.FD_CLOEXEC);
    return listener;
  }

  @Override
  public boolean isIntact() {
    return true;
  }

  @Override
  public void release() {
    // The name stays for the next daemon.
  }
}
