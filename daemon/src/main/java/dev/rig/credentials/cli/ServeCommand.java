package dev.rig.credentials.cli;

import dev.rig.credentials.app.Daemon;
import dev.rig.credentials.app.EffectiveSettings;
import dev.rig.credentials.app.SighupHandler;
import dev.rig.credentials.app.logging.Logging;
import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.Version;
import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.files.ConfigWatch;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.socket.bind.SocketBusyException;
import dev.rig.credentials.socket.bind.SocketRefusedException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the daemon until it is asked to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = "Serve the configured registries until SIGTERM or SIGINT.",
    exitCodeList = {
      "0:stopped by SIGTERM or SIGINT",
      "1:a configured socket or admin port cannot be bound",
      "2:the command line is invalid",
      "3:another daemon serves that socket",
      "70:an error of the Java virtual machine",
      "78:the configuration is invalid"
    },
    footerHeading = "%nA daemon of your own:%n",
    footer = {
      "systemctl --user enable --now rig-credentials starts one with your first session, and it"
          + " stops with your last one. For clients without a session, such as cron jobs, root"
          + " runs",
      "loginctl enable-linger USER"
    })
final class ServeCommand implements Callable<Integer> {
  private static final Logger LOG = System.getLogger(ServeCommand.class.getName());

  /** In bytes: below the 32 KiB of the JVM's pieces, above what it keeps. */
  private static final int COMPILERS_PIECE = 16 << 10;

  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--config-if-there",
      paramLabel = "PATH",
      hidden = true,
      description = "The same, last; it may be missing, and is read when it appears.")
  private @Nullable Path dispensable;

  @Mixin private ServeOptions options = new ServeOptions();

  private final Console console;

  ServeCommand(Console console) {
    this.console = console;
  }

  /**
   * Runs all steps of a start that open nothing, so that the AOT cache, which is recorded from a
   * demo, contains them.
   *
   * @param arguments those of a command line
   */
  static void rehearse(Console console, String... arguments) {
    var parsed = Main.commandLine(console, arguments).parseArgs(arguments);
    if (parsed.subcommand().commandSpec().userObject() instanceof ServeCommand serve) {
      mapCompilersMemory();
      var _ = serve.settings(serve.config.load(console));
      serve.heedSignals(new CompletableFuture<>());
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    forbidReading(); // before any secret is read
    mapCompilersMemory();
    var watched = watched();
    var warnings = new ArrayList<Problem>();
    var access = access();
    var configuration =
        ConfigLoader.load(watched.present(), new PasswordFiles(access), access, warnings::add);
    var settings = settings(configuration); // which the log needs
    warnings.forEach(warning -> LOG.log(Level.WARNING, warning.toString()));
    // Before the socket answers: from then on a signal must not end the process by itself.
    var started = new CompletableFuture<Daemon>();
    heedSignals(started);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("rig-stop").unstarted(() -> stop(started)));
    try {
      started.complete(start(configuration, watched, settings));
    } finally {
      started.cancel(false);
    }
    new CountDownLatch(1).await();
    return ExitStatus.OK;
  }

  /**
   * Prevents other processes of the same user from reading this one's memory, environment or
   * descriptors and from attaching to it, and prevents core dumps (T10); prctl(2), {@code
   * PR_SET_DUMPABLE}. Child processes are readable again after execve(2).
   */
  private static void forbidReading() {
    if (LibC.prctl(LibC.PR_SET_DUMPABLE, 0) != 0) {
      LOG.log(
          Level.WARNING,
          "the system does not protect this process: other processes of the same user can read its"
              + " memory");
    }
  }

  /**
   * Maps each piece of memory in which the JVM compiles, instead of taking it from between the
   * small ones that it keeps for every compiled method: those would otherwise be alone in their
   * pages when a compilation is over; mallopt(3), {@code M_MMAP_THRESHOLD}.
   */
  private static void mapCompilersMemory() {
    int _ = LibC.mallopt(LibC.M_MMAP_THRESHOLD, COMPILERS_PIECE);
  }

  private WriteAccess access() {
    return WriteAccess.ofThisProcess(console.environment());
  }

  private ConfigWatch watched() {
    var paths = new ArrayList<>(config.paths(console));
    if (dispensable == null) {
      return new ConfigWatch(paths);
    }
    paths.add(dispensable);
    return new ConfigWatch(paths, Set.of(dispensable));
  }

  private EffectiveSettings settings(Configuration configuration) {
    var settings =
        EffectiveSettings.resolve(
            configuration.daemon(), options.settings(), console.environment(), console.root());
    var _ = ConfigOptions.shell(configuration.daemon().overriddenBy(options.settings()), console);
    Logging.configure(settings.logLevel(), settings.logFormat(), console.err());
    return settings;
  }

  private void heedSignals(CompletableFuture<Daemon> started) {
    SighupHandler.handle(() -> {
      var _ = started.thenAccept(Daemon::reload);
    });
  }

  private Daemon start(
      Configuration configuration, ConfigWatch watched, EffectiveSettings settings) {
    try {
      return Daemon.start(configuration, watched, settings, console.environment(), Version.text());
    } catch (SocketBusyException busy) {
      throw new CommandException(ExitStatus.BUSY, busy.problem().toString());
    } catch (SocketRefusedException refused) {
      throw new CommandException(ExitStatus.FAILED, refused.problem().toString());
    } catch (UncheckedIOException e) {
      throw new CommandException(ExitStatus.FAILED, String.valueOf(e.getMessage()));
    } catch (Error e) { // as when no thread can be started: the supervisor tries again
      throw new CommandException(UncaughtErrors.STATUS, "cannot start: " + e);
    }
  }

  /**
   * Handles a signal: it ends a JVM with status 128 + its number, but a daemon that was asked to
   * stop has not failed.
   */
  private static void stop(CompletableFuture<Daemon> started) {
    Daemon daemon;
    try {
      daemon = started.join();
    } catch (CancellationException failedToStart) {
      return;
    }
    daemon.close();
    Runtime.getRuntime().halt(ExitStatus.OK);
  }
}
