package dev.rig.credentials.app;

import dev.rig.credentials.access.AccessControl;
import dev.rig.credentials.access.AccessRule;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.config.ConfiguredAccessRule;
import dev.rig.credentials.config.DaemonSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** Enforces the access rules of a configuration. */
final class AccessPolicyLoader {
  private final AccessControl access;
  private final int ownUid;
  private final int socketGid;

  /**
   * Creates a loader for the rules of one socket.
   *
   * @param ownUid the daemon's user id
   * @param socket the socket's file
   */
  AccessPolicyLoader(AccessControl access, int ownUid, Path socket) {
    this.access = access;
    this.ownUid = ownUid;
    try {
      this.socketGid = (int) Files.getAttribute(socket, "unix:gid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Enforces the rules of this configuration, or the standard rules if it has none. */
  void enforce(DaemonSettings settings) {
    var rules = settings.get(DaemonSettings.ACCESS);
    if (rules == null) {
      access.enforceStandard(ownUid, socketGid);
    } else {
      access.enforce(rules.stream().map(AccessPolicyLoader::grant).toList());
    }
  }

  private static AccessRule grant(ConfiguredAccessRule rule) {
    return new AccessRule(
        rule.users(),
        rule.groups(),
        rule.actions().stream().map(AccessPolicyLoader::permission).collect(Collectors.toSet()),
        rule.registries());
  }

  private static Permission permission(ConfiguredAccessRule.AccessAction action) {
    return switch (action) {
      case GET -> Permission.GET;
      case STORE -> Permission.STORE;
      case ERASE -> Permission.ERASE;
      case LIST -> Permission.LIST;
      case VERSION -> Permission.VERSION;
      case KUBELET -> Permission.KUBELET;
      case PLATFORM -> Permission.PLATFORM;
    };
  }
}
