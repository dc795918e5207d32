package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.cli.output.Version;
import dev.rig.credentials.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Checks that the clock is plausible: tokens and leases expire by it. */
final class ClockCheck {
  private static final String CHECK = "clock";
  private static final Duration TOLERANCE = Duration.ofMinutes(1);
  private static final String ADVICE =
      "\"timedatectl set-ntp true\", or repair the service that keeps the time";

  private final Path root;
  private final InstantSource clock;

  ClockCheck(Path root, InstantSource clock) {
    this.root = root;
    this.clock = clock;
  }

  void look(JsonObject daemon, List<Finding> findings) {
    var now = clock.instant();
    var shown = now.truncatedTo(ChronoUnit.SECONDS);
    if (now.isBefore(Version.built().minus(Duration.ofDays(1)))) {
      findings.add(Finding.fail(CHECK, shown + " is before this program was built", ADVICE));
    } else if (issuedLater(daemon, now)) {
      findings.add(
          Finding.warn(CHECK, "it was set back: a lease was issued after " + shown, ADVICE));
    } else if (Files.isDirectory(root.resolve("run/systemd/timesync"))
        && !Files.exists(root.resolve("run/systemd/timesync/synchronized"))) {
      findings.add(
          Finding.warn(CHECK, "systemd-timesyncd has not synchronised it yet: " + shown, ADVICE));
    } else {
      findings.add(Finding.ok(CHECK, shown + keeper()));
    }
  }

  private static boolean issuedLater(JsonObject daemon, Instant now) {
    return daemon.objects("entries").stream()
        .filter(entry -> entry.has("issuedAt"))
        .anyMatch(entry -> Instant.parse(entry.display("issuedAt")).isAfter(now.plus(TOLERANCE)));
  }

  private String keeper() {
    if (Files.exists(root.resolve("run/systemd/timesync/synchronized"))) {
      return ", kept by systemd-timesyncd";
    }
    for (var pidFile : List.of("run/chrony/chronyd.pid", "run/chronyd.pid")) {
      if (Files.exists(root.resolve(pidFile))) {
        return ", kept by chronyd";
      }
    }
    return "; no time service was found";
  }
}
