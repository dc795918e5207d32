package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.testing.FakeTime;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.wire.Reply;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import jnr.ffi.LibraryLoader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The peers that get access, and their identity. */
@Timeout(120)
final class SocketAccessTest {
  private static final int NOBODY = 65534;

  /** Linux changes these ids only for the calling thread: setfsuid(2). */
  public interface ThreadIds {
    int setfsuid(int uid);

    int setfsgid(int gid);
  }

  @TempDir private Path folder;

  private final FakeTime time = new FakeTime();
  private final Answers answers = new Answers();
  private Path path;

  @BeforeEach
  void permitEveryUser() throws Exception {
    path = folder.resolve("s");
    Files.setAttribute(folder, "unix:mode", 0711);
  }

  private SocketServer open(int mode) {
    return SocketServer.open(SocketOptions.at(path).withAccess(mode, null), answers, time.time());
  }

  @Test
  void peerIsTheProcessThatConnected() {
    try (var _ = open(0600)) {
      Client.settle(path);
      assertEquals((int) ProcessHandle.current().pid(), answers.lastPeer().pid());
      assertEquals(LibC.geteuid(), answers.lastPeer().uid());
    }
  }

  /** T6: the folder is open to all, so only the socket's own mode denies access. */
  @Test
  void t6_userNobodyGetsNoAnswerThroughAThousandStarts() throws Exception {
    Tool.needRoot("connecting as another user");
    var attempts = new AtomicInteger();
    var connected = new AtomicInteger();
    var done = new AtomicBoolean();
    // Loads the classes that the thread uses: another user may not be able to read them.
    try (var _ = open(0600)) {
      Client.settle(path);
    }
    var nobody = Thread.ofPlatform().start(() -> knock(attempts, connected, done));
    for (int i = 0; i < 1000; i++) {
      int before = attempts.get();
      try (var server = open(0600)) {
        if (i % 10 == 0) {
          Client.until(() -> attempts.get() > before + 1);
        }
        assertEquals(0, server.counts().accepted());
      }
    }
    assertEquals(0, connected.get(), "of " + attempts);
    // The same attempts succeed if access is permitted, so the test can fail.
    try (var _ = open(0666)) {
      Client.until(() -> connected.get() > 0);
    }
    done.set(true);
    nobody.join();
  }

  private void knock(AtomicInteger attempts, AtomicInteger connected, AtomicBoolean done) {
    var ids = LibraryLoader.create(ThreadIds.class).load("c");
    ids.setfsgid(NOBODY);
    ids.setfsuid(NOBODY);
    while (!done.get()) {
      attempts.incrementAndGet();
      try (var _ = Client.connect(path)) {
        connected.incrementAndGet();
      } catch (UncheckedIOException refused) {
        LockSupport.parkNanos(1000);
      }
    }
  }

  /** T7: a child of the connected process sends the request when its parent's pid may be reused. */
  @Test
  void t7_forkedChildHasTheIdentityOfTheConnectionAndGetsNothingOfRoots() throws Exception {
    Tool.needRoot("connecting as another user");
    var asked = new CompletableFuture<Peer>();
    RequestHandler rootOnly =
        (_, peer) -> {
          asked.complete(peer);
          return CompletableFuture.completedFuture(
              peer.uid() == 0 ? Reply.text(0, "granted") : Reply.text(1, "denied"));
        };
    var script =
        """
        use Socket;
        socket(my $s, PF_UNIX, SOCK_STREAM, 0) or die; connect($s, sockaddr_un($ARGV[0])) or die;
        my $parent = $$;
        if (fork) { exit 0 }
        while (getppid() == $parent) { select(undef, undef, undef, 0.01) }
        syswrite($s, "get\\nx"); shutdown($s, 1);
        local $/; print scalar <$s>;
        """;
    try (var _ =
        SocketServer.open(SocketOptions.at(path).withAccess(0666, null), rootOnly, time.time())) {
      var process =
          new ProcessBuilder(
                  Tool.SETPRIV.path().toString(),
                  "--reuid=65534",
                  "--regid=65534",
                  "--clear-groups",
                  Tool.PERL.path().toString(),
                  "-e",
                  script,
                  path.toString())
              .redirectErrorStream(true)
              .start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals("1\ndenied\n", output);
      var peer = asked.join();
      assertEquals(NOBODY, peer.uid());
      assertEquals(NOBODY, peer.gid());
      assertEquals((int) process.pid(), peer.pid());
      assertTrue(process.waitFor() == 0);
    }
  }
}
