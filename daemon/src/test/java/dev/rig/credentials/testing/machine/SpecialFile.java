package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that are not regular files. */
public enum SpecialFile {
  FIFO("a FIFO"),
  FOLDER("a folder"),
  SOCKET("a socket"),
  /** An endless device; needs root. */
  DEVICE("a special file");

  private final String words;

  SpecialFile(String words) {
    this.words = words;
  }

  /** Returns the kind in the daemon's words. */
  public String words() {
    return words;
  }

  /** Creates one with that name, which must be free. */
  public Path make(Path path) throws IOException {
    switch (this) {
      case FIFO -> Command.of("/usr/bin/mkfifo", path).run().succeeded();
      case FOLDER -> Files.createDirectory(path);
      case SOCKET -> {
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
          socket.bind(UnixDomainSocketAddress.of(path)); // its file stays
        }
      }
      case DEVICE -> {
        Tool.needRoot("a device");
        Command.of("/usr/bin/mknod", path, "c", "1", "5").run().succeeded();
      }
    }
    return path;
  }
}
