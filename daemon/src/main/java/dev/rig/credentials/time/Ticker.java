package dev.rig.credentials.time;

/** Time that only ever goes forward, whatever happens to the wall clock. */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since an arbitrary origin; only differences mean something. */
  long nanos();

  /** The system's monotonic clock. */
  static Ticker system() {
    return System::nanoTime;
  }
}
