package dev.rig.credentials.testing.daemon;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.access.AccessRule;
import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.testing.FakeTime;
import java.util.EnumSet;
import java.util.List;

/** Rights as access rules grant them. */
public final class AccessFixture {
  private AccessFixture() {}

  /** Returns rights for everything with one registry. */
  public static PeerRights of(Peer peer, String registry) {
    try (var access = AccessControl.open(new FakeTime().time())) {
      access.enforce(
          List.of(
              new AccessRule(
                  List.of(Integer.toUnsignedString(peer.uid())),
                  List.of(),
                  EnumSet.allOf(Permission.class),
                  List.of(RegistryPrefix.parse(registry)))));
      return access.of(peer).join();
    } catch (InvalidReferenceException e) {
      throw new AssertionError(registry, e);
    }
  }

  /** Returns the right to see the entries of a registry without getting their credentials. */
  public static PeerRights listing(Peer peer, String registry) {
    try (var access = AccessControl.open(new FakeTime().time())) {
      access.enforce(
          List.of(
              new AccessRule(
                  List.of(Integer.toUnsignedString(peer.uid())),
                  List.of(),
                  EnumSet.of(Permission.LIST),
                  List.of(RegistryPrefix.parse(registry)))));
      return access.of(peer).join();
    } catch (InvalidReferenceException e) {
      throw new AssertionError(registry, e);
    }
  }

  /** Returns the rights, without rules, of a peer that is not root, the daemon, or in its group. */
  public static PeerRights ofAStranger() {
    try (var access = AccessControl.open(new FakeTime().time())) {
      access.enforceStandard(1, 1);
      return access.of(new Peer(1, 1_999_999_999, 1_999_999_999)).join();
    }
  }
}
