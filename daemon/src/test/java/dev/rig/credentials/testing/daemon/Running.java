package dev.rig.credentials.testing.daemon;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** A running program with its output so far. Closing ends it and its children. */
public final class Running implements AutoCloseable {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration POLL = Duration.ofMillis(10);

  private static final int MOST_BYTES = 1 << 20;
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration LAST_BYTES = Duration.ofSeconds(10);

  private final String name;
  private final Process process;

  /**
   * For signals. {@link Process#destroy} also closes the streams, while others read them: a reader
   * that is about to call read(2) would then read from the descriptor's next owner, such as the
   * standard input of another test's program.
   */
  private final ProcessHandle handle;

  private final Capture stdout;
  private final Capture stderr;

  Running(String name, Process process) {
    this.name = name;
    this.process = process;
    this.handle = process.toHandle();
    this.stdout = new Capture(process.getInputStream());
    this.stderr = new Capture(process.getErrorStream());
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String stdout() {
    return stdout.text();
  }

  public String stderr() {
    return stderr.text();
  }

  /**
   * Returns whether its standard error contains a text, or soon does: text that was written before
   * a visible action may be read slightly later.
   */
  public boolean says(String text) {
    long end = System.nanoTime() + SOON.toNanos();
    while (!stderr().contains(text)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }

  /** Returns this process and all its current descendants. */
  public Stream<Long> pids() {
    return Stream.concat(Stream.of(handle), process.descendants()).map(ProcessHandle::pid);
  }

  /** Sends SIGTERM. */
  public void terminate() {
    handle.destroy();
  }

  /** Sends a signal by its name, such as {@code STOP}. */
  public void signal(String name) {
    Command.of("/bin/kill", "-" + name, process.pid()).run().succeeded();
  }

  /** Sends SIGKILL to this process only. */
  public void kill() {
    handle.destroyForcibly();
  }

  /**
   * Waits for its end and for the end of its output. A program that does not end within the limit
   * is killed and fails the test; so does one whose output does not end within 10 s after it, which
   * would otherwise be taken for shorter than it was.
   */
  public ProgramResult finish(Duration limit) {
    if (!ended(limit)) {
      close();
      Assertions.fail(
          "%s did not end within %d ms%nstdout: %s%nstderr: %s"
              .formatted(name, limit.toMillis(), stdout(), stderr()));
    }
    if (!stdout.ended(LAST_BYTES) || !stderr.ended(LAST_BYTES)) {
      Assertions.fail(
          "%s ended, but its output was not read to its end within %d ms%nstdout: %s%nstderr: %s"
              .formatted(name, LAST_BYTES.toMillis(), stdout(), stderr()));
    }
    return new ProgramResult(process.exitValue(), stdout(), stderr());
  }

  /** Ends the program with SIGTERM, after 10 s with SIGKILL, and kills what it leaves. */
  @Override
  public void close() {
    var children = new ArrayList<>(process.descendants().toList());
    handle.destroy();
    if (!ended(GRACE)) {
      process.descendants().forEach(children::add);
      handle.destroyForcibly();
      ended(GRACE);
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private boolean ended(Duration limit) {
    try {
      return process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Reads a pipe to its end, so that the program never waits, and keeps the first MiB. */
  private static final class Capture {
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final Thread reader;

    Capture(InputStream from) {
      this.reader = Thread.ofVirtual().start(() -> drain(from));
    }

    private void drain(InputStream from) {
      var buffer = new byte[8192];
      try (from) {
        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
          synchronized (kept) {
            kept.write(buffer, 0, Math.min(n, MOST_BYTES - kept.size()));
          }
        }
      } catch (IOException e) {
        // The pipe was closed because the process was ended.
      }
    }

    String text() {
      synchronized (kept) {
        return kept.toString(StandardCharsets.UTF_8);
      }
    }

    boolean ended(Duration limit) {
      try {
        return reader.join(limit);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
  }
}
