package dev.rig.credentials.config.reader;

import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.yaml.Located;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entry while the layers that name it are laid on each other. */
final class EntryDraft {
  /** The key in the layer that gave the script or the user name; the first one until then. */
  SourcePosition origin;

  /** Whether a problem of one of its fields is known, so that others may only follow from it. */
  boolean broken;

  @Nullable Located<String> username;
  @Nullable Located<String> password;
  @Nullable Located<String> script;
  @Nullable Located<Duration> expire;
  @Nullable Located<Duration> timeout;
  @Nullable Located<String> alias;
  @Nullable Located<Boolean> isDefault;
  @Nullable Located<ServiceAccountUse> serviceAccount;
  final Map<String, Located<String>> env = new HashMap<>();

  EntryDraft(SourcePosition origin) {
    this.origin = origin;
  }
}
