package dev.rig.credentials.http.platform;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.linux.Peer;

/** What the peers of the platform's socket may do; asked for every request. */
public interface PlatformAccess {
  /** Whether there is anything that it may ask. */
  boolean mayAsk(Peer peer);

  /** Whether it may ask about that. */
  boolean mayAskAbout(Peer peer, ImageReference reference);

  /** Whether it may be shown that entry. */
  boolean maySee(Peer peer, RegistryPrefix prefix);
}
