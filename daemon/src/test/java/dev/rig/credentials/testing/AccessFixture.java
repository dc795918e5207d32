package dev.rig.credentials.testing;

import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.socket.Access;
import dev.rig.credentials.socket.Grant;
import dev.rig.credentials.socket.Peer;
import dev.rig.credentials.socket.Permission;
import dev.rig.credentials.socket.Rights;
import java.util.EnumSet;
import java.util.List;

/** Rights as access rules give them. */
public final class AccessFixture {
  private AccessFixture() {}

  /** Those that a rule gives a peer: to do everything, with one registry. */
  public static Rights of(Peer peer, String registry) {
    try (var access = Access.open(new FakeTime().time())) {
      access.enforce(
          List.of(
              new Grant(
                  List.of(Integer.toUnsignedString(peer.uid())),
                  List.of(),
                  EnumSet.allOf(Permission.class),
                  List.of(RegistryPrefix.parse(registry)))));
      return access.of(peer).join();
    } catch (InvalidReferenceException e) {
      throw new AssertionError(registry, e);
    }
  }

  /** Those that a peer has without rules that is neither root nor the daemon nor in its group. */
  public static Rights ofAStranger() {
    try (var access = Access.open(new FakeTime().time())) {
      access.enforceStandard(1, 1);
      return access.of(new Peer(1, 1_999_999_999, 1_999_999_999)).join();
    }
  }
}
