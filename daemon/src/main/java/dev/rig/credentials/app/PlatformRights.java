package dev.rig.credentials.app;

import dev.rig.credentials.http.PlatformAccess;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.socket.Access;
import dev.rig.credentials.socket.Peer;
import dev.rig.credentials.socket.Permission;

/** The access rules' action {@code platform}. */
record PlatformRights(Access access) implements PlatformAccess {
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
