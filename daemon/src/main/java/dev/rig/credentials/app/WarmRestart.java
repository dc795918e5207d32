package dev.rig.credentials.app;

import dev.rig.credentials.broker.LeaseArchive;
import dev.rig.credentials.broker.LeaseKey;
import dev.rig.credentials.cache.ExpiringCache;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.store.SealedFile;
import dev.rig.credentials.store.StoreException;
import dev.rig.credentials.time.Time;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens the archive of leases as the settings have it. */
final class WarmRestart {
  private static final Logger LOG = System.getLogger(WarmRestart.class.getName());
  private static final String FILE = "leases.sealed";
  private static final String PURPOSE = "leases";

  private WarmRestart() {}

  /**
   * The archive; empty where it is switched off or cannot be had. Without it the daemon serves all
   * the same, and only its restart is cold.
   */
  static Optional<LeaseArchive> open(
      EffectiveSettings settings,
      StateFiles state,
      ExpiringCache<LeaseKey, Lease> leases,
      Time time,
      ComponentHealthChecks health) {
    try {
      if (!settings.warmRestart()) {
        SealedFile.remove(state.path(FILE));
        return Optional.empty();
      }
      var archive =
          new LeaseArchive(
              state.file(FILE, PURPOSE), leases, time, BackgroundThreads.one("rig-archive"));
      health.add(archive::health);
      return Optional.of(archive);
    } catch (StoreException e) {
      var message = "no leases are kept for a restart: " + e.getMessage();
      LOG.log(Level.WARNING, message);
      health.add(() -> new ComponentHealth("leases", false, List.of(message), Map.of()));
      return Optional.empty();
    }
  }
}
