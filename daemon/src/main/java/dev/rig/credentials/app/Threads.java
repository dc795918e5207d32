package dev.rig.credentials.app;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The threads of the daemon's background work. */
final class Threads {
  private Threads() {}

  /** One thread that does not keep the process alive. */
  static ExecutorService one(String name) {
    return Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).daemon(true).factory());
  }
}
