package dev.rig.credentials.client;

import dev.rig.credentials.wire.Utf8;
import dev.rig.credentials.wire.Wire;
import java.util.Arrays;
import org.teavm.interop.Address;

/** The machine through C functions, for TeaVM. */
final class NativeMachine implements Machine {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;

  /**
   * How long to wait for the whole answer before its parts are read: a short one is there sooner, a
   * long one is sent only while it is read.
   */
  private static final int WHOLE_MILLIS = 5;

  /**
   * A buffer for a text from C: longer than any path; a longer variable is cut. It is reused,
   * because each new page of memory costs as much as several system calls.
   */
  private final byte[] text = new byte[4096];

  @Override
  public String program() {
    return orEmpty(text(NativeFunctions.program(Address.ofData(text), text.length)));
  }

  @Override
  public String version() {
    return orEmpty(text(NativeFunctions.version(Address.ofData(text), text.length)));
  }

  @Override
  public String variable(String name) {
    byte[] c = terminated(name);
    return text(NativeFunctions.variable(Address.ofData(c), Address.ofData(text), text.length));
  }

  @Override
  public boolean exists(String path) {
    byte[] c = terminated(path);
    return NativeFunctions.exists(Address.ofData(c)) != 0;
  }

  @Override
  public byte[] input(int limit) throws MachineException {
    var bytes = new ByteAccumulator();
    while (bytes.length() <= limit) {
      byte[] room = bytes.room();
      int count = Math.min(room.length, limit + 1) - bytes.length();
      int read = NativeFunctions.read(STDIN, Address.ofData(room), bytes.length(), count);
      if (read == 0) {
        break;
      }
      if (read > 0) {
        bytes.add(read);
      } else if (read != -NativeFunctions.errorInterrupted()) {
        throw new MachineException("stdin cannot be read: " + reason(-read));
      }
    }
    return bytes.all();
  }

  @Override
  public void output(byte[] bytes) throws MachineException {
    int failure = write(STDOUT, bytes);
    if (failure < 0) {
      throw new MachineException("stdout cannot be written: " + reason(-failure));
    }
  }

  @Override
  public void error(byte[] bytes) {
    int unused = write(STDERR, bytes);
  }

  private static int write(int fd, byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      int written = NativeFunctions.write(fd, Address.ofData(bytes), at, bytes.length - at);
      if (written >= 0) {
        at += written;
      } else if (written != -NativeFunctions.errorInterrupted()) {
        return written;
      }
    }
    return 0;
  }

  @Override
  public long millis() {
    return NativeFunctions.millis();
  }

  @Override
  public void pause(long millis) {
    NativeFunctions.pause(millis);
  }

  @Override
  public Attempt exchange(String path, byte[] request, long millis) {
    long end = millis() + millis;
    byte[] c = terminated(path);
    int fd = NativeFunctions.connect(Address.ofData(c));
    if (fd < 0) {
      return notConnected(-fd);
    }
    Attempt attempt = exchange(fd, request, end);
    if (attempt.outcome() != Attempt.AttemptOutcome.ANSWERED) {
      int unused = NativeFunctions.close(fd);
    } // Otherwise the process ends, which closes it without another system call.
    return attempt;
  }

  private Attempt exchange(int fd, byte[] request, long end) {
    if (!send(fd, request, end)) {
      return Attempt.ended(Attempt.AttemptOutcome.LATE);
    }
    // Has no effect if the daemon has closed; its answer can still be read.
    int unused = NativeFunctions.halfClose(fd);
    long left = Math.min(end - millis(), WHOLE_MILLIS);
    boolean whole = left > 0 && NativeFunctions.awaitClosed(fd, (int) left) > 0;
    return whole || await(fd, 0, end)
        ? receive(fd, whole, end)
        : Attempt.ended(Attempt.AttemptOutcome.LATE);
  }

  /** Sends all, or as much as the daemon reads; returns false when the time is over. */
  private boolean send(int fd, byte[] request, long end) {
    int at = 0;
    while (at < request.length) {
      int sent = NativeFunctions.send(fd, Address.ofData(request), at, request.length - at);
      if (sent >= 0) {
        at += sent;
      } else if (sent == -NativeFunctions.errorAgain()) {
        if (!await(fd, 1, end)) {
          return false;
        }
      } else if (sent != -NativeFunctions.errorInterrupted()) {
        return true;
      }
    }
    return true;
  }

  /**
   * Reads the answer.
   *
   * @param whole whether the daemon has sent all of it and closed; then no read is needed to see
   *     its end
   */
  private Attempt receive(int fd, boolean whole, long end) {
    var bytes = new ByteAccumulator();
    while (true) {
      if (bytes.length() > Wire.ANSWER_LIMIT) {
        return Attempt.ended(Attempt.AttemptOutcome.TOO_LONG);
      }
      byte[] room = bytes.room();
      int count = room.length - bytes.length();
      int read = NativeFunctions.read(fd, Address.ofData(room), bytes.length(), count);
      if (read > 0) {
        bytes.add(read);
        if (whole && read < count && bytes.length() <= Wire.ANSWER_LIMIT) {
          return Attempt.answered(bytes.all());
        }
      } else if (read == -NativeFunctions.errorAgain()) {
        if (!await(fd, 0, end)) {
          return Attempt.ended(Attempt.AttemptOutcome.LATE);
        }
      } else if (read == 0
          || read == -NativeFunctions.errorReset()
          || read == -NativeFunctions.errorPipe()) {
        // A daemon that answers before it has read everything resets the connection after its
        // answer.
        return bytes.length() == 0
            ? Attempt.ended(Attempt.AttemptOutcome.CLOSED)
            : Attempt.answered(bytes.all());
      } else if (read != -NativeFunctions.errorInterrupted()) {
        return Attempt.failed(reason(-read));
      }
    }
  }

  private boolean await(int fd, int writable, long end) {
    long left = end - millis();
    return left > 0 && NativeFunctions.await(fd, writable, (int) left) != 0;
  }

  private Attempt notConnected(int error) {
    if (error == NativeFunctions.errorMissing()) {
      return Attempt.ended(Attempt.AttemptOutcome.MISSING);
    }
    if (error == NativeFunctions.errorRefused()) {
      return Attempt.ended(Attempt.AttemptOutcome.REFUSED);
    }
    if (error == NativeFunctions.errorAgain()) {
      return Attempt.ended(Attempt.AttemptOutcome.BUSY);
    }
    if (error == NativeFunctions.errorDenied()) {
      return Attempt.ended(Attempt.AttemptOutcome.DENIED);
    }
    return Attempt.failed(reason(error));
  }

  private String reason(int error) {
    return orEmpty(text(NativeFunctions.reason(error, Address.ofData(text), text.length)));
  }

  /** Returns the text that C wrote; null if absent. */
  private String text(int length) {
    return length < 0 ? null : Utf8.text(text, length);
  }

  private static String orEmpty(String text) {
    return text == null ? "" : text;
  }

  /** Returns the text as a C string. */
  private static byte[] terminated(String text) {
    byte[] bytes = Utf8.bytes(text);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }
}
