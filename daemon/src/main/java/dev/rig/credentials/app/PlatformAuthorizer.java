package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.http.platform.PlatformAccess;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.linux.Peer;

/** The access rules' action {@code platform}. */
record PlatformAuthorizer(AccessControl access) implements PlatformAccess {
  @Override
  public boolean mayAsk(Peer peer) {
    return access.of(peer).join().may(Permission.PLATFORM);
  }

  @Override
  public boolean mayAskAbout(Peer peer, ImageReference reference) {
    return access.of(peer).join().may(Permission.PLATFORM, reference);
  }

  @Override
  public boolean maySee(Peer peer, RegistryPrefix prefix) {
    return access.of(peer).join().may(Permission.PLATFORM, prefix);
  }
}
