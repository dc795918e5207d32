package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.store.StoredLogins;
import dev.rig.credentials.testing.FakeTime;
import java.nio.file.Path;

/** Stored logins that are written immediately. */
public final class LoginsFixture {
  private LoginsFixture() {}

  /** Returns the logins in a folder's file {@code logins.sealed}. */
  public static StoredLogins in(Path folder, FakeTime time) {
    var key = new SealingKey(new byte[SealingKey.SHORTEST], "", SealingKey.KeyOrigin.FILE);
    return new StoredLogins(
        () -> new SealedFile(folder.resolve("logins.sealed"), key, "logins"),
        Runnable::run,
        time.time().clock());
  }
}
