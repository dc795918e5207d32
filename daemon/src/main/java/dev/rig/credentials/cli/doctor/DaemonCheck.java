package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.client.FailingEntry;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Version;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.wire.Action;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Checks the socket, its permissions, and the daemon's health. */
final class DaemonCheck {
  private static final String SOCKET = "socket";
  private static final String PERMISSIONS = "permissions";
  private static final String DAEMON = "daemon";

  /** The component that has a message while another user could replace the state folder. */
  private static final String STATE_FOLDER = "stateFolder";

  /** Listeners that no pull needs; if unhealthy, another daemon may use their default address. */
  private static final Set<String> DEFAULT_LISTENERS = Set.of("adminPort", "platformSocket");

  private static final String START =
      "start it: run \"systemctl enable --now rig-credentials\" for the machine, \"systemctl --user"
          + " enable --now rig-credentials\" for you, or \"rig-credentials serve\"";

  private final DaemonClient client;
  private final InstantSource clock;

  DaemonCheck(DaemonClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Adds findings, and returns the daemon's answer to {@code status}; empty if it does not answer.
   */
  JsonObject look(List<Finding> findings) {
    var path = client.socket();
    try {
      var file = Files.readAttributes(path, PosixFileAttributes.class);
      if (!file.isOther()) {
        findings.add(
            Finding.fail(
                SOCKET, path + " is not a socket", "remove it, or name the socket with --socket"));
        return JsonObject.EMPTY;
      }
      permissions(path, file, findings);
      if (Files.isWritable(path)) {
        return ask(path, findings);
      }
    } catch (NoSuchFileException e) {
      findings.add(Finding.fail(SOCKET, "there is no socket at " + path, START));
    } catch (IOException e) {
      findings.add(
          Finding.fail(
              PERMISSIONS,
              "access denied to the folder of " + path,
              "join the folder's group: run \"usermod -aG rig-credentials NAME\", then log in"
                  + " again"));
    }
    return JsonObject.EMPTY;
  }

  private static void permissions(Path path, PosixFileAttributes file, List<Finding> findings)
      throws IOException {
    var folder = path.toAbsolutePath().resolveSibling("");
    var above = Files.getPosixFilePermissions(folder);
    var mode = PosixFilePermissions.toString(file.permissions());
    var who = "%s %s:%s".formatted(mode, file.owner().getName(), file.group().getName());
    if (above.contains(PosixFilePermission.OTHERS_WRITE)) {
      findings.add(
          Finding.fail(
              PERMISSIONS,
              "everyone can write to " + folder + " and could replace the socket",
              "chmod o-w " + folder));
    } else if (!Files.isWritable(path)) {
      boolean byGroup = file.permissions().contains(PosixFilePermission.GROUP_WRITE);
      findings.add(
          Finding.fail(
              PERMISSIONS,
              "access denied to the socket " + path + " (" + who + ")",
              byGroup
                  ? "run \"usermod -aG " + file.group().getName() + " NAME\", then log in again"
                  : "run the daemon as yourself, or permit a group with serve --socket-group"));
    } else if (file.permissions().contains(PosixFilePermission.OTHERS_WRITE)
        && above.contains(PosixFilePermission.OTHERS_EXECUTE)) {
      findings.add(
          Finding.warn(
              PERMISSIONS,
              "everyone on this machine can connect to " + path + " (" + who + ")",
              "restrict it with socketMode and socketGroup"));
    } else {
      findings.add(Finding.ok(PERMISSIONS, "you may connect; the socket is " + who));
    }
  }

  private JsonObject ask(Path path, List<Finding> findings) {
    try {
      client.ask(Action.VERSION, "");
    } catch (CommandException e) {
      findings.add(Finding.fail(SOCKET, "no daemon answers at " + path, START));
      return JsonObject.EMPTY;
    }
    try {
      var answer = client.askFor(Action.VERSION, "").strip();
      var version = answer.substring(answer.lastIndexOf(' ') + 1);
      findings.add(
          version.equals(Version.text())
              ? Finding.ok(SOCKET, "a daemon answers at " + path + ", version " + version)
              : Finding.warn(
                  SOCKET,
                  "the daemon at %s is version %s, this is %s"
                      .formatted(path, version, Version.text()),
                  "restart the daemon: run \"systemctl restart rig-credentials\""));
      var status = client.askForJson(Action.STATUS, "");
      status(status, clock.instant(), findings);
      return status;
    } catch (CommandException e) {
      findings.add(
          Finding.fail(
              SOCKET,
              "the daemon at %s refused the request: %s".formatted(path, e.getMessage()),
              "permit it in daemon.access, or run doctor as a user who has access"));
      return JsonObject.EMPTY;
    }
  }

  private static void status(JsonObject status, Instant now, List<Finding> findings) {
    int before = findings.size();
    for (var part : status.objects("health")) {
      if (!part.isTrue("healthy")) {
        var message =
            part.display("part") + " is unhealthy: " + String.join("; ", part.texts("messages"));
        var advice = "run \"rig-credentials status\", and look into the daemon's log";
        findings.add(
            DEFAULT_LISTENERS.contains(part.display("part"))
                ? Finding.warn(DAEMON, message, advice)
                : Finding.fail(DAEMON, message, advice));
      } else if (part.display("part").equals(STATE_FOLDER)) {
        for (var message : part.texts("messages")) {
          findings.add(
              Finding.warn(
                  DAEMON,
                  message,
                  "run the command at the end of the message: that user could put older logins and"
                      + " leases there"));
        }
      }
    }
    for (var failing : FailingEntry.of(status, now)) {
      var message = failing.name() + ": " + failing.reason();
      var advice = "run \"rig-credentials explain " + failing.name() + "\"";
      findings.add(
          failing.breaksPulls()
              ? Finding.fail(DAEMON, message, advice)
              : Finding.warn(DAEMON, message, advice));
    }
    int entries = status.objects("entries").size();
    if (entries == 0) {
      findings.add(
          Finding.warn(DAEMON, "no registry is configured", "add one to rig.dockerRegistries"));
    } else if (findings.size() == before) {
      findings.add(Finding.ok(DAEMON, Finding.registries(entries) + ", none with an error"));
    }
  }
}
