package dev.rig.credentials.app;

import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.SealingKey;
import dev.rig.credentials.store.StateFolder;
import dev.rig.credentials.store.StoreException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The state folder and its key, as the settings have them; opened when they are first needed. */
final class StateFiles {
  private static final Logger LOG = System.getLogger(StateFiles.class.getName());

  private final EffectiveSettings settings;
  private final Map<String, String> environment;

  private record UnlockedState(StateFolder folder, SealingKey key) {}

  /** The monitor of this guards it. */
  private @Nullable UnlockedState opened;

  StateFiles(EffectiveSettings settings, Map<String, String> environment) {
    this.settings = settings;
    this.environment = environment;
  }

  /** A file in the folder, without opening anything. */
  Path path(String name) {
    return settings.stateDir().resolve(name);
  }

  /** Whether something of an earlier run is there. */
  boolean holds(String name) {
    return Files.exists(path(name));
  }

  /**
   * A sealed file in the folder.
   *
   * @throws StoreException when the folder or the key cannot be had
   */
  SealedFile file(String name, String purpose) {
    var state = open();
    return new SealedFile(state.folder().file(name), state.key(), purpose);
  }

  private synchronized UnlockedState open() {
    if (opened == null) {
      var folder = StateFolder.open(settings.stateDir());
      var credentials = environment.getOrDefault("CREDENTIALS_DIRECTORY", "");
      var key =
          folder.key(
              settings.sealingKeyFile(), credentials.isEmpty() ? null : Path.of(credentials));
      if (key.origin() == SealingKey.KeyOrigin.GENERATED) {
        LOG.log(
            Level.WARNING,
            "leases and logins are sealed with a key that lies beside them; better give one by"
                + " daemon.sealingKeyFile or as systemd''s credential {0}",
            StateFolder.CREDENTIAL);
      }
      opened = new UnlockedState(folder, key);
    }
    return opened;
  }
}
