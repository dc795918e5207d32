package dev.rig.credentials.time;

/** Monotonic time, independent of the wall clock. */
@FunctionalInterface
public interface Ticker {
  /** Returns nanoseconds since an arbitrary origin; only differences are meaningful. */
  long nanos();

  /** Returns the system's monotonic clock. */
  static Ticker system() {
    return System::nanoTime;
  }
}
