package dev.rig.credentials.client;

import org.teavm.interop.Address;
import org.teavm.interop.Import;

/**
 * The functions of {@code rig-machine.h}; for TeaVM only. On failure a function returns a negated
 * {@code errno}.
 */
final class NativeFunctions {
  private NativeFunctions() {}

  @Import(name = "rig_program")
  static native int program(Address into, int room);

  @Import(name = "rig_version")
  static native int version(Address into, int room);

  @Import(name = "rig_variable")
  static native int variable(Address name, Address into, int room);

  @Import(name = "rig_reason")
  static native int reason(int error, Address into, int room);

  @Import(name = "rig_exists")
  static native int exists(Address path);

  @Import(name = "rig_read")
  static native int read(int fd, Address bytes, int at, int count);

  @Import(name = "rig_write")
  static native int write(int fd, Address bytes, int at, int count);

  @Import(name = "rig_send")
  static native int send(int fd, Address bytes, int at, int count);

  /** Waits until the descriptor is writable or readable; returns 0 when the time is over. */
  @Import(name = "rig_wait")
  static native int await(int fd, int writable, int millis);

  /**
   * Waits until both sides have closed; returns 0 when the time is over. The other side's last
   * bytes can then be read.
   */
  @Import(name = "rig_wait_closed")
  static native int awaitClosed(int fd, int millis);

  @Import(name = "rig_half_close")
  static native int halfClose(int fd);

  @Import(name = "rig_close")
  static native int close(int fd);

  /** Returns a connected, non-blocking descriptor. */
  @Import(name = "rig_connect")
  static native int connect(Address path);

  @Import(name = "rig_millis")
  static native long millis();

  @Import(name = "rig_pause")
  static native void pause(long millis);

  @Import(name = "exit")
  static native void exit(int status);

  @Import(name = "rig_error_missing")
  static native int errorMissing();

  @Import(name = "rig_error_refused")
  static native int errorRefused();

  @Import(name = "rig_error_again")
  static native int errorAgain();

  @Import(name = "rig_error_denied")
  static native int errorDenied();

  @Import(name = "rig_error_interrupted")
  static native int errorInterrupted();

  @Import(name = "rig_error_pipe")
  static native int errorPipe();

  @Import(name = "rig_error_reset")
  static native int errorReset();
}
