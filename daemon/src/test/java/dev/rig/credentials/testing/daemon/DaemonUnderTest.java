package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.client.FailingEntry;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.wire.Action;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assertions;

/** The built daemon with a folder of its own for configuration, socket and state. */
public final class DaemonUnderTest {
  private static final Duration START = Duration.ofSeconds(20);
  private static final Duration STOP = Duration.ofSeconds(8);

  private final Reaper reaper;
  private final Path folder;
  private final List<Path> configuration = new ArrayList<>();
  private final List<Object> wrapper = new ArrayList<>();
  private final Map<String, Object> environment = new TreeMap<>();
  private String admin = "off";
  private String logLevel = "trace";

  /**
   * Creates a daemon that is not started.
   *
   * @param folder its path must be short enough for a socket in it
   */
  public DaemonUnderTest(Reaper reaper, Path folder) {
    this.reaper = reaper;
    this.folder = PrivateFile.folder(folder);
    PrivateFile.folder(socket().getParent());
    reaper.<AutoCloseable>own(() -> client().remove());
  }

  /** Adds a configuration file, which overrides earlier ones. */
  public DaemonUnderTest configured(String name, String yaml) {
    configuration.add(PrivateFile.write(folder.resolve(name), yaml));
    return this;
  }

  /** Adds a file or folder that the test owns. */
  public DaemonUnderTest configuredFrom(Path fileOrFolder) {
    configuration.add(fileOrFolder);
    return this;
  }

  /**
   * Opens an admin port at this address; without this call there is none. An empty address means
   * the default.
   */
  public DaemonUnderTest admin(String address) {
    admin = address;
    return this;
  }

  /** Sets the log level; the default here logs everything, for tests that examine the log. */
  public DaemonUnderTest logging(String level) {
    logLevel = level;
    return this;
  }

  /**
   * Starts the daemon by another program, such as one that changes limits and ends with {@code
   * exec}.
   */
  public DaemonUnderTest startedBy(Object... words) {
    wrapper.addAll(List.of(words));
    return this;
  }

  /** Adds a variable of its environment. */
  public DaemonUnderTest with(String name, Object value) {
    environment.put(name, value);
    return this;
  }

  /** Returns the folder of all its files. */
  public Path folder() {
    return folder;
  }

  /** Returns a configuration file by its name. */
  public Path file(String name) {
    return folder.resolve(name);
  }

  public Path socket() {
    return folder.resolve("run").resolve("credentials.sock");
  }

  public Path stateFolder() {
    return folder.resolve("state");
  }

  /** Returns the built client, with this daemon's socket. */
  public NativeClient client() {
    return new NativeClient(folder.resolve("bin"), socket());
  }

  /** Starts the daemon and waits until it answers. */
  public Running start() {
    var running = launch();
    Eventually.within(
        START,
        () -> {
          Assertions.assertTrue(running.isAlive(), () -> "it ended: " + running.stderr());
          return answers() && acceptsAtItsAdminPort();
        },
        () -> "the daemon answers; it said: " + running.stderr());
    return running;
  }

  /** Starts the daemon without waiting. */
  public Running launch() {
    return reaper.own(serve().start());
  }

  /** Returns the command line that serves. */
  public Command serve() {
    var words = new ArrayList<Object>(wrapper);
    words.addAll(List.of(Distribution.daemon(), "serve"));
    for (var file : configuration) {
      words.add("--config");
      words.add(file);
    }
    words.addAll(List.of("--socket", socket(), "--state-dir", stateFolder()));
    if (!admin.isEmpty()) {
      words.addAll(List.of("--admin", admin));
    }
    words.addAll(List.of("--log-level", logLevel));
    var command = Command.of(words.toArray()).with("HOME", folder);
    for (var variable : environment.entrySet()) {
      command = command.with(variable.getKey(), variable.getValue());
    }
    return command;
  }

  /** Runs another command of {@code rig-credentials} with this daemon. */
  public ProgramResult commandLine(Object... arguments) {
    var words = new ArrayList<Object>(List.of(Distribution.daemon()));
    words.addAll(List.of(arguments));
    return Command.of(words.toArray())
        .with("HOME", folder)
        .with("RIG_CREDENTIALS_SOCKET", socket())
        .run();
  }

  /** Ends the daemon with SIGTERM; fails the test unless it ends in time with status 0. */
  public static ProgramResult stop(Running daemon) {
    daemon.terminate();
    return daemon.finish(STOP).succeeded();
  }

  /**
   * Returns what {@code status --output json} prints; the daemon must answer. Queried from this
   * process, because tests repeat it, and a process of the command takes half a second of processor
   * time.
   */
  public String status() {
    return JsonWriter.text(JsonForm.INDENTED, askForStatus());
  }

  /** Returns whether {@code status} would exit with 0; false also if no daemon answers. */
  public boolean isHealthy() {
    try {
      var status = askForStatus();
      return FailingEntry.of(status, Instant.now()).stream().noneMatch(FailingEntry::breaksPulls)
          && status.objects("health").stream().allMatch(part -> part.isTrue("healthy"));
    } catch (CommandException e) {
      return false;
    }
  }

  private JsonObject askForStatus() {
    return new DaemonClient(socket()).askForJson(Action.STATUS, "");
  }

  /** The admin port is opened last; true if this test has none. */
  private boolean acceptsAtItsAdminPort() {
    int port = Integer.parseInt("0" + admin.replaceFirst("^\\D*$|.*:", ""));
    if (port == 0) {
      return true;
    }
    var host = admin.startsWith("[::1]") ? "::1" : "127.0.0.1";
    try (var _ = new Socket(InetAddress.ofLiteral(host), port)) {
      return true;
    } catch (IOException e) {
      return false; // not yet
    }
  }

  /** Returns whether a daemon answers on the socket. */
  public boolean answers() {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket()));
      channel.write(ByteBuffer.wrap("version\n".getBytes(StandardCharsets.US_ASCII)));
      channel.shutdownOutput();
      var first = ByteBuffer.allocate(2);
      while (first.hasRemaining() && channel.read(first) >= 0) {}
      return first.get(0) == '0' && first.get(1) == '\n';
    } catch (IOException e) {
      return false; // no socket yet, or no listener
    }
  }
}
