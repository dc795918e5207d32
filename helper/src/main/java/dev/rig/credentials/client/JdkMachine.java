package dev.rig.credentials.client;

import dev.rig.credentials.wire.Wire;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;

/** The machine through the JDK; 17 or later, for its Unix sockets. */
final class JdkMachine implements Machine {
  /**
   * The system property with the name that the program was called by, which a JVM does not know.
   */
  static final String PROGRAM = "rig.program";

  private final InputStream stdin = new FileInputStream(FileDescriptor.in);
  private final OutputStream stdout = new FileOutputStream(FileDescriptor.out);
  private final OutputStream stderr = new FileOutputStream(FileDescriptor.err);

  @Override
  public String program() {
    return System.getProperty(PROGRAM, Invocation.DOCKER);
  }

  @Override
  public String version() {
    String version = JdkMachine.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "unpackaged");
  }

  @Override
  public String variable(String name) {
    return System.getenv(name);
  }

  @Override
  public boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public byte[] input(int limit) throws MachineException {
    try {
      return stdin.readNBytes(limit + 1);
    } catch (IOException e) {
      throw new MachineException("stdin cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void output(byte[] bytes) throws MachineException {
    try {
      stdout.write(bytes);
    } catch (IOException e) {
      throw new MachineException("stdout cannot be written: " + e.getMessage());
    }
  }

  @Override
  public void error(byte[] bytes) {
    try {
      stderr.write(bytes);
    } catch (IOException e) {
      // No stream is left for the error.
    }
  }

  @Override
  public long millis() {
    return JdkExchange.millis();
  }

  @Override
  public void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      // The only thread is never interrupted; if it were, the next attempt would be early.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Attempt exchange(String path, byte[] request, long millis) {
    return JdkExchange.exchange(path, request, Wire.ANSWER_LIMIT, millis);
  }
}
