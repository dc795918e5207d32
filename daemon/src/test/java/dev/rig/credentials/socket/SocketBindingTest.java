package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.wire.Reply;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import jnr.unixsocket.UnixSocketAddress;
import jnr.unixsocket.UnixSocketChannel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class SocketBindingTest {
  @TempDir private Path folder;

  private final FakeTime time = new FakeTime();
  private final Answers answers = new Answers();
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("s");
  }

  private SocketServer open() {
    return SocketServer.open(SocketOptions.at(path), answers, time.time());
  }

  private String refusal() {
    var problem = assertThrows(SocketRefusedException.class, this::open).problem();
    assertNotNull(problem.hint());
    return problem.message();
  }

  private static int mode(Path file) throws Exception {
    return (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
  }

  /** T8. */
  @Test
  void t8_symbolicLinkIsRefusedAndItsTargetUnchanged() throws Exception {
    Path target = Files.writeString(folder.resolve("target"), "precious");
    Files.createSymbolicLink(path, target);
    assertEquals("is a symbolic link, not a socket", refusal());
    assertTrue(Files.isSymbolicLink(path));
    assertEquals("precious", Files.readString(target));
  }

  /** T8. */
  @Test
  void t8_regularFileIsRefusedAndUnchanged() throws Exception {
    Files.writeString(path, "precious");
    assertEquals("is a regular file, not a socket", refusal());
    assertEquals("precious", Files.readString(path));
  }

  /** T8. */
  @Test
  void t8_folderIsRefusedAndUnchanged() throws Exception {
    Files.createDirectory(path);
    assertEquals("is a folder, not a socket", refusal());
    assertTrue(Files.isDirectory(path));
  }

  /** T8: the socket is alive, although its owner does not use our lock. */
  @Test
  void t8_liveSocketOfAnotherProgramIsBusyAndUnchanged() throws Exception {
    try (var other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(path));
      Object before = Files.getAttribute(path, "unix:ino");
      assertThrows(SocketBusyException.class, this::open);
      assertEquals(before, Files.getAttribute(path, "unix:ino"));
      other.accept().close();
      try (var client = Client.connect(path)) {
        assertTrue(client.isOpen());
      }
    }
  }

  /** T8: a link in place of the lock is not followed either. */
  @Test
  void t8_symbolicLinkInPlaceOfTheLockIsRefusedAndItsTargetUnchanged() throws Exception {
    Path target = folder.resolve("target");
    Files.createSymbolicLink(folder.resolve("s.lock"), target);
    assertEquals("is a symbolic link, not a regular file", refusal());
    assertTrue(Files.notExists(target));
  }

  /** F24. */
  @Test
  void secondDaemonIsTurnedAwayAndTheFirstLosesNothing() {
    try (var first = open();
        var asking = Client.connect(path)) {
      asking.send("get\n");
      for (int i = 0; i < 20; i++) {
        long start = System.nanoTime();
        assertThrows(SocketBusyException.class, this::open);
        assertTrue(System.nanoTime() - start < 1_000_000_000L);
        assertEquals(0, Client.ask(path, "get\nx").status());
      }
      assertEquals(0, asking.end().reply().status());
      assertTrue(first.health().healthy());
    }
  }

  /** F24: also while its socket's file is missing, because the lock is held until the end. */
  @Test
  void secondDaemonIsTurnedAwayWhileTheFirstHasLostItsFile() throws Exception {
    try (var first = open()) {
      Files.delete(path);
      assertThrows(SocketBusyException.class, this::open);
      time.advance(Duration.ofSeconds(1));
      Client.until(() -> Client.answers(path));
      assertTrue(first.health().healthy());
    }
  }

  /** F25: the files after kill -9: a socket without a listener and an unlocked lock file. */
  @Test
  void staleSocketIsReplaced() throws Exception {
    try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(path));
    }
    Files.createFile(folder.resolve("s.lock"));
    assertTrue(Files.exists(path));
    try (var _ = open()) {
      assertEquals(0, Client.ask(path, "get\nx").status());
    }
  }

  /** F25; the file is removed at an orderly end. */
  @Test
  void socketCanBeOpenedAgainAfterItsEnd() {
    for (int i = 0; i < 20; i++) {
      try (var _ = open()) {
        assertEquals(0, Client.ask(path, "get\nx").status());
      }
      assertTrue(Files.notExists(path));
    }
  }

  /** F23. */
  @Test
  void deletedSocketIsBoundAgainAndOpenConnectionsLive() throws Exception {
    try (var server = open();
        var asking = Client.connect(path)) {
      asking.send("kubelet\n").end();
      Client.until(() -> answers.waiting() == 1);
      Files.delete(path);
      time.advance(Duration.ofSeconds(1));
      Client.until(() -> Client.answers(path));
      Client.until(() -> server.health().healthy());
      assertEquals(0, Client.ask(path, "get\nx").status());
      answers.release(Reply.text(0, "still"));
      assertEquals(0, asking.reply().status());
      assertEquals(0600, mode(path));
    }
  }

  /** F23: replaced by a socket without a listener. */
  @Test
  void replacedSocketIsBoundAgain() throws Exception {
    try (var _ = open()) {
      Files.delete(path);
      try (var other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        other.bind(UnixDomainSocketAddress.of(path));
      }
      assertThrows(UncheckedIOException.class, () -> Client.connect(path));
      time.advance(Duration.ofSeconds(1));
      Client.until(this::isServed);
      assertEquals(0, Client.ask(path, "get\nx").status());
    }
  }

  private boolean isServed() {
    try (var _ = Client.connect(path)) {
      return true;
    } catch (UncheckedIOException refused) {
      return false;
    }
  }

  private Object inode() {
    try {
      return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    } catch (java.io.IOException away) {
      return "none";
    }
  }

  /** F23: anything but a dead socket is not removed; health has the reason until it is gone. */
  @Test
  void socketReplacedByAFileIsReportedUntilTheFileIsGone() throws Exception {
    try (var server = open()) {
      Files.delete(path);
      Files.writeString(path, "another's");
      time.advance(Duration.ofSeconds(1));
      Client.until(() -> !server.health().healthy());
      assertTrue(server.health().messages().getFirst().contains("is a regular file, not a socket"));
      assertEquals("another's", Files.readString(path));
      Files.delete(path);
      time.advance(Duration.ofSeconds(1));
      Client.until(() -> server.health().healthy());
      assertEquals(0, Client.ask(path, "get\nx").status());
    }
  }

  /** F23: with its folder, and therefore its lock. */
  @Test
  void deletedFolderIsCreatedAgain() throws Exception {
    path = folder.resolve("run").resolve("s");
    try (var _ = open()) {
      Files.delete(path);
      Files.delete(path.resolveSibling("s.lock"));
      Files.delete(folder.resolve("run"));
      time.advance(Duration.ofSeconds(1));
      Client.until(() -> Client.answers(path));
      assertThrows(SocketBusyException.class, this::open);
      assertEquals(0, Client.ask(path, "get\nx").status());
    }
  }

  /** F23: only the lock; the socket stays the same. */
  @Test
  void deletedLockIsAcquiredAgain() throws Exception {
    try (var _ = open()) {
      Object before = inode();
      Files.delete(folder.resolve("s.lock"));
      time.advance(Duration.ofSeconds(1));
      Client.until(() -> Files.exists(folder.resolve("s.lock")));
      assertThrows(SocketBusyException.class, this::open);
      assertEquals(before, inode());
    }
  }

  @Test
  void missingFolderIsCreatedForTheOwnerAlone() throws Exception {
    path = folder.resolve("a/b/s");
    try (var _ = open()) {
      assertEquals(0700, mode(folder.resolve("a")));
      assertEquals(0700, mode(folder.resolve("a/b")));
      assertEquals(0600, mode(path));
      assertEquals(0600, mode(folder.resolve("a/b/s.lock")));
    }
  }

  @Test
  void modeAndGroupAreGivenToTheSocketAndAWayThroughItsNewFolder() throws Exception {
    Tool.needRoot("giving files to other groups");
    path = folder.resolve("a/s");
    var options = SocketOptions.at(path).withAccess(0660, "65534");
    try (var _ = SocketServer.open(options, answers, time.time())) {
      assertEquals(0660, mode(path));
      assertEquals(65534, Files.getAttribute(path, "unix:gid"));
      assertEquals(0710, mode(folder.resolve("a")));
      assertEquals(65534, Files.getAttribute(folder.resolve("a"), "unix:gid"));
    }
  }

  @Test
  void unknownGroupIsRefusedAndLeavesNothingBound() {
    var options = SocketOptions.at(path).withAccess(0660, "no-such-group-here");
    assertThrows(
        SocketRefusedException.class, () -> SocketServer.open(options, answers, time.time()));
    assertTrue(Files.notExists(path));
    open().close();
  }

  @Test
  void folderWritableForAllIsRejectedUnlessSticky() throws Exception {
    Files.setAttribute(folder, "unix:mode", 0777);
    assertTrue(refusal().startsWith("everyone can write"));
    Files.setAttribute(folder, "unix:mode", 01777);
    open().close();
  }

  @Test
  void folderOfAnotherUserIsRefused() throws Exception {
    Tool.needRoot("giving folders away");
    Files.setAttribute(folder, "unix:uid", 65534);
    assertTrue(refusal().startsWith("belongs to another user"));
    Files.setAttribute(folder, "unix:uid", 0);
  }

  @Test
  void pathThatNoSocketCanHaveIsRefusedWithItsLength() {
    path = folder.resolve("x".repeat(108));
    assertTrue(refusal().contains("at most 107"));
    path = folder.resolve("sökt");
    assertEquals("the path is not plain ASCII", refusal());
  }

  @Test
  void longestPathWorks() throws Exception {
    path = folder.resolve("x".repeat(107 - folder.toString().length() - 1));
    assertEquals(107, path.toString().length());
    try (var _ = open()) {
      // The JDK's own sockets stop one byte earlier.
      try (var client = UnixSocketChannel.open(new UnixSocketAddress(path.toString()))) {
        assertTrue(client.isConnected());
      }
    }
  }

  @Test
  void umaskIsAsBefore() {
    int before = LibC.umask(0027);
    try (var _ = open()) {
      assertEquals(0027, LibC.umask(0027));
    } finally {
      LibC.umask(before);
    }
    assertFalse(Files.exists(path));
  }
}
