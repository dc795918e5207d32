package dev.rig.credentials.socket.bind;

import dev.rig.credentials.linux.LibC;

/**
 * A listener that whoever started this process holds too, and hands to the next daemon: who
 * connects meanwhile waits in its queue (F33). The file is not ours to watch or to remove.
 */
public final class InheritedBinding implements SocketBinding {
  private record Inherited(int descriptor) implements ListeningSocket {
    @Override
    public void close() {
      int _ = LibC.instance().close(descriptor);
    }
  }

  private final ListeningSocket listener;

  public InheritedBinding(InheritedSocket socket) {
    listener = new Inherited(socket.descriptor());
  }

  @Override
  public ListeningSocket bind() {
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
