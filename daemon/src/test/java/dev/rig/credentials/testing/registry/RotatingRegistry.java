package dev.rig.credentials.testing.registry;

import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * A registry whose credentials expire: each minute has its own user, who may pull until the end of
 * the next minute.
 */
public final class RotatingRegistry implements AutoCloseable {
  /** A user who may always push. */
  public static final String PUSHER = "push:gldt-example";

  /** A script that prints the credential of this minute. */
  public static final String SCRIPT = "echo \"u$(($(date +%s) / 60)):gldt-example\"";

  /** The shortest life of a credential. */
  public static final Duration LIFE = Duration.ofMinutes(1);

  private static final String PASSWORD = "gldt-example";

  private final RegistryServer server;
  private final Thread rotation;

  /**
   * Starts a registry.
   *
   * @param folder for its data
   */
  public RotatingRegistry(Reaper reaper, Path folder) {
    long first = minute();
    this.server = RegistryServer.start(reaper, folder, users(first));
    this.rotation = Thread.ofVirtual().start(() -> rotate(first));
    reaper.own(this);
  }

  private static long minute() {
    return System.currentTimeMillis() / LIFE.toMillis();
  }

  /** The next minute's user exists before that minute. */
  private static Map<String, String> users(long minute) {
    var users = new HashMap<String, String>();
    users.put(PUSHER.substring(0, PUSHER.indexOf(':')), PASSWORD);
    for (long one = minute - 1; one <= minute + 1; one++) {
      users.put("u" + one, PASSWORD);
    }
    return users;
  }

  private void rotate(long first) {
    long permitted = first;
    try {
      while (true) {
        Thread.sleep(Duration.ofMillis(200));
        if (permitted != minute()) {
          permitted = minute();
          server.permit(users(permitted));
        }
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /** Returns the registry itself. */
  public RegistryServer server() {
    return server;
  }

  @Override
  public void close() {
    rotation.interrupt();
  }
}
