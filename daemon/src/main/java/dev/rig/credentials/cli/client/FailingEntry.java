package dev.rig.credentials.cli.client;

import dev.rig.credentials.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry, or a host of a glob, with a failed last run, as the answer to {@code status} shows it.
 *
 * @param name the prefix, or the host
 * @param reason the reason that the daemon shows to this user
 * @param breaksPulls false if an earlier credential is still served, or if another credential
 *     helper has none and clients get the answer "not found"
 */
public record FailingEntry(String name, String reason, boolean breaksPulls) {
  /** Returns all failing entries of an answer to {@code status}, in its order. */
  public static List<FailingEntry> of(JsonObject status, Instant now) {
    var failing = new ArrayList<FailingEntry>();
    for (var entry : status.objects("entries")) {
      add(failing, entry.display("prefix"), entry, now);
      for (var host : entry.objects("hosts")) {
        add(failing, host.display("registry"), host, now);
      }
    }
    return failing;
  }

  private static void add(List<FailingEntry> failing, String name, JsonObject lease, Instant now) {
    if (lease.has("lastError")) {
      boolean ended =
          lease.has("expiresAt") && !Instant.parse(lease.display("expiresAt")).isAfter(now);
      boolean served = lease.has("issuedAt") && !ended;
      boolean absent = lease.textOrEmpty("lastErrorClass").equals("not_found");
      failing.add(new FailingEntry(name, lease.display("lastError"), !served && !absent));
    }
  }
}
