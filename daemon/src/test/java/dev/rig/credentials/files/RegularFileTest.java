package dev.rig.credentials.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** F39: a blocked test is abandoned on a separate thread. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
public class RegularFileTest {
  @TempDir private Path folder;

  /** Creates a FIFO that no other process has opened. */
  public static Path fifo(Path path) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
    return path;
  }

  private static String reason(Path file) {
    return assertThrows(FileSystemException.class, () -> RegularFile.read(file, 10)).getReason();
  }

  @Test
  void fileIsReadUpToItsBound() throws IOException {
    var file = Files.write(folder.resolve("file"), new byte[10]);
    assertArrayEquals(new byte[10], RegularFile.read(file, 10));
    assertEquals(
        "it is larger than 9 bytes",
        assertThrows(FileSystemException.class, () -> RegularFile.read(file, 9)).getReason());
    assertArrayEquals(new byte[9], RegularFile.readAtMost(file, 9));
  }

  @Test
  void linkToAFileIsFollowed() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "text");
    assertEquals("text", RegularFile.text(Files.createSymbolicLink(folder.resolve("link"), file)));
  }

  /** The path by which a shell names a file that a program inherits. */
  @Test
  void openFileIsReadByItsNameInProc() throws Exception {
    var file = Files.writeString(folder.resolve("file"), "text");
    var reader = new ProcessBuilder("sleep", "20").redirectInput(file.toFile()).start();
    try {
      assertEquals("text", RegularFile.text(Path.of("/proc/" + reader.pid() + "/fd/0")));
    } finally {
      reader.destroyForcibly();
    }
  }

  @Test
  void missingFileIsReported() {
    assertThrows(NoSuchFileException.class, () -> RegularFile.read(folder.resolve("none"), 10));
  }

  @Test
  void f39_anythingElseIsRefusedWithoutWaiting() throws Exception {
    var fifo = fifo(folder.resolve("fifo"));
    assertEquals("it is a FIFO, not a regular file", reason(fifo));
    assertEquals(
        "it is a FIFO, not a regular file",
        reason(Files.createSymbolicLink(folder.resolve("link"), fifo)));
    assertEquals("it is a folder, not a regular file", reason(folder));
    assertEquals("it is a special file, not a regular file", reason(Path.of("/dev/zero")));
    for (var ofKernel :
        new String[] {"/proc/self/environ", "/proc/sys/kernel/ostype", "/proc/kmsg"}) {
      var path = Path.of(ofKernel);
      if (Files.isRegularFile(path)) { // containers mount a device over /proc/kmsg
        assertEquals("it is a file of the kernel, not a regular file", reason(path));
        var link = Files.createSymbolicLink(folder.resolve("link" + path.getFileName()), path);
        assertEquals("it is a file of the kernel, not a regular file", reason(link));
      }
    }
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      var path = Path.of("/tmp/rig-" + ProcessHandle.current().pid() + ".sock");
      try {
        socket.bind(UnixDomainSocketAddress.of(path));
        assertEquals("it is a socket, not a regular file", reason(path));
      } finally {
        Files.deleteIfExists(path);
      }
    }
  }
}
