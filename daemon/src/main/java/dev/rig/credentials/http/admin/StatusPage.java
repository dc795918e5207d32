package dev.rig.credentials.http.admin;

import static dev.rig.credentials.http.admin.Html.escape;

import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.broker.EntryLeaseReading;
import dev.rig.credentials.broker.EntryState;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.metrics.LeaseReading.State;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.time.HumanDuration;
import dev.rig.credentials.time.Time;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The page for people: entries, leases, failures and callers. One document without scripts; all
 * text from outside this program is escaped.
 */
final class StatusPage {
  private static final int MOST_ENTRIES = 500;

  /** The limit of hosts shown for one glob. */
  private static final int MOST_HOSTS = 50;

  private final String version;
  private final Broker broker;
  private final Supplier<List<ComponentHealth>> parts;
  private final RecentActivity activity;
  private final Time time;
  private final Instant since;

  StatusPage(
      String version,
      Broker broker,
      Supplier<List<ComponentHealth>> parts,
      RecentActivity activity,
      Time time) {
    this.version = version;
    this.broker = broker;
    this.parts = parts;
    this.activity = activity;
    this.time = time;
    this.since = time.now();
  }

  String html() {
    var now = time.now();
    var health = parts.get();
    var entries = broker.states();
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="refresh" content="5">
    <title>%s · Rig Credentials</title>
    <link rel="icon" href="/icon.svg">
    <link rel="stylesheet" href="/style.css">
    </head>
    <body>
    """
            .formatted(verdict(health, entries, now).title())
        + header(health, entries, now)
        + "<main>\n"
        + problems(health)
        + registries(entries, now)
        + failures(entries, now)
        + callers(now)
        + "</main>\n"
        + footer(now)
        + "</body>\n</html>\n";
  }

  private record PageVerdict(String style, String title, String text) {}

  private static PageVerdict verdict(
      List<ComponentHealth> health, List<EntryState> entries, Instant now) {
    var sick = health.stream().filter(part -> !part.healthy()).map(ComponentHealth::part).toList();
    if (!sick.isEmpty()) {
      return new PageVerdict("bad", "Unhealthy", "Needs attention: " + String.join(", ", sick));
    }
    long failing = entries.stream().filter(entry -> isFailing(entry, now)).count();
    return failing > 0
        ? new PageVerdict(
            "warn",
            failing + " failing",
            failing + (failing == 1 ? " registry fails" : " registries fail"))
        : new PageVerdict("good", "All healthy", "All healthy");
  }

  private static boolean isFailing(EntryState entry, Instant now) {
    var state = EntryLeaseReading.of(entry, now).state();
    return state == State.FAILED || state == State.STALE;
  }

  private String header(List<ComponentHealth> health, List<EntryState> entries, Instant now) {
    var verdict = verdict(health, entries, now);
    long live =
        entries.stream()
            .filter(entry -> EntryLeaseReading.of(entry, now).state() == State.LIVE)
            .count();
    return """
    <header>
    <div class="title"><img src="/icon.svg" alt="" width="32" height="32"><h1>Rig Credentials</h1></div>
    <p class="verdict %s"><span class="dot"></span>%s</p>
    <dl>
    <div><dt>Registries</dt><dd>%d</dd></div>
    <div><dt>Live leases</dt><dd>%d</dd></div>
    <div><dt>Up</dt><dd>%s</dd></div>
    <div><dt>Version</dt><dd>%s</dd></div>
    </dl>
    </header>
    """
        .formatted(
            verdict.style(),
            escape(verdict.text()),
            entries.size(),
            live,
            age(since, now),
            escape(version));
  }

  private static String problems(List<ComponentHealth> health) {
    var html = new StringBuilder();
    for (var part : health) {
      if (!part.healthy()) {
        html.append("<section class=\"alert\" role=\"alert\">\n<h2>")
            .append(escape(part.part()))
            .append(" is unhealthy</h2>\n<ul>\n");
        part.messages().forEach(one -> html.append("<li>").append(escape(one)).append("</li>\n"));
        html.append("</ul>\n</section>\n");
      }
    }
    return html.toString();
  }

  private static String registries(List<EntryState> entries, Instant now) {
    if (entries.isEmpty()) {
      return section("Registries", "<p class=\"none\">No registry is configured.</p>\n");
    }
    var rows = new StringBuilder();
    for (var entry : entries.subList(0, Math.min(MOST_ENTRIES, entries.size()))) {
      row(rows, entry, now);
      entry.hosts().stream().limit(MOST_HOSTS).forEach(host -> row(rows, host, now));
      int more = entry.hosts().size() - MOST_HOSTS;
      if (more > 0) {
        rows.append("<tr><td colspan=\"7\">and ").append(more).append(" more hosts</td></tr>\n");
      }
    }
    var rest =
        entries.size() > MOST_ENTRIES
            ? "<p class=\"none\">and %d more</p>\n".formatted(entries.size() - MOST_ENTRIES)
            : "";
    return section(
        "Registries",
        table(rows, "Registry", "Source", "Lease", "State", "#Hits", "#Runs", "Last run") + rest);
  }

  private static void row(StringBuilder rows, EntryState entry, Instant now) {
    var state = entry.state();
    var reading = EntryLeaseReading.of(entry, now);
    var word = reading.state().name().toLowerCase(Locale.ROOT);
    boolean runs = !entry.entry().isStatic();
    boolean isHost =
        entry.entry().prefix().isGlob()
            && !entry.entry().registry().equals(entry.entry().prefix().toString());
    rows.append("<tr class=\"").append(word).append("\">");
    rows.append("<th scope=\"row\">").append(isHost ? "↳ <code>" : "<code>");
    rows.append(escape(entry.entry().registry())).append("</code>");
    var alias = entry.entry().alias();
    if (alias != null) {
      rows.append(" <span class=\"tag\">").append(escape(alias)).append("</span>");
    }
    if (entry.entry().isDefault()) {
      rows.append(" <span class=\"tag\">default</span>");
    }
    rows.append("<small>")
        .append(escape(entry.entry().origin().toString()))
        .append("</small></th>");
    cell(rows, "Source", "", escape(entry.entry().source().kind()));
    cell(rows, "Lease", "lease", lease(entry, now));
    cell(rows, "State", "", "<span class=\"state\">" + label(entry, reading.state()) + "</span>");
    cell(rows, "Hits", "number", Long.toString(entry.hits()));
    boolean asked = state != null || !entry.hosts().isEmpty();
    cell(rows, "Runs", "number", !runs || !asked ? "–" : Long.toString(entry.runs()));
    cell(
        rows,
        "Last run",
        "",
        !runs || state == null || state.lastLoad() == null
            ? "–"
            : age(state.lastLoad(), now) + " ago" + took(state.lastLoadTook()));
    rows.append("</tr>\n");
    var failureClass = entry.failureClass();
    if (state != null && state.failure() != null && failureClass != null) {
      rows.append("<tr class=\"reason\"><td colspan=\"7\">")
          .append(escape(failureClass.text()))
          .append("; <code>rig-credentials status</code> shows the reason <small>next attempt in ")
          .append(age(now, state.failure().nextAttempt()))
          .append("</small></td></tr>\n");
    }
  }

  private static String label(EntryState entry, State word) {
    var state = entry.state();
    if (state != null && state.loading()) {
      return "running";
    }
    if (!entry.hosts().isEmpty()) {
      return entry.hosts().size() + (entry.hosts().size() == 1 ? " host" : " hosts");
    }
    return word == State.NONE ? "not asked yet" : word.name().toLowerCase(Locale.ROOT);
  }

  private static String took(@Nullable Duration took) {
    return took == null ? "" : " <small>%d ms</small>".formatted(took.toMillis());
  }

  /** Returns a lease as a bar whose length is the remaining share of its life. */
  private static String lease(EntryState entry, Instant now) {
    var state = entry.state();
    var lease = state == null ? null : state.value();
    if (lease == null) {
      return entry.entry().isStatic()
          ? bar(100) + "<span>no end</span>"
          : bar(0) + "<span>–</span>";
    }
    return lease.expires()
        ? bar(share(lease, now)) + "<span>" + age(now, lease.expiresAt()) + " left</span>"
        : bar(100) + "<span>no end</span>";
  }

  private static int share(Lease lease, Instant now) {
    double life = Duration.between(lease.issuedAt(), lease.expiresAt()).toMillis();
    double left = Duration.between(now, lease.expiresAt()).toMillis();
    return life <= 0 ? 0 : Math.clamp(Math.round(100 * left / life), 0, 100);
  }

  private static String bar(int percent) {
    return """
    <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label="%d %%">\
    <rect class="track" width="100" height="6"/><rect class="%s" width="%d" height="6"/></svg>\
    """
        .formatted(percent, percent <= 10 ? "fill low" : "fill", percent);
  }

  /**
   * Returns the failed runs that the table of registries shows, then the latest failed requests.
   */
  private String failures(List<EntryState> entries, Instant now) {
    var failing =
        entries.stream()
            .flatMap(entry -> Stream.concat(Stream.of(entry), entry.hosts().stream()))
            .filter(entry -> entry.state() != null && entry.state().failure() != null)
            .toList();
    var failures = activity.failures();
    if (failing.isEmpty() && failures.isEmpty()) {
      return section("Recent errors", "<p class=\"none\">None since the start.</p>\n");
    }
    var rows = new StringBuilder();
    for (var entry : failing.subList(0, Math.min(MOST_ENTRIES, failing.size()))) {
      var begun = Objects.requireNonNull(entry.state()).lastLoad();
      failure(
          rows,
          begun == null ? "–" : age(begun, now) + " ago",
          "run",
          entry.entry().registry(),
          "failed",
          "this daemon");
    }
    for (var one : failures) {
      failure(
          rows,
          age(one.at(), now) + " ago",
          one.action(),
          one.prefix(),
          one.outcome(),
          peer(one.peer()));
    }
    return section("Recent errors", table(rows, "When", "Action", "Registry", "Outcome", "Caller"));
  }

  private static void failure(
      StringBuilder rows,
      String when,
      String action,
      @Nullable String registry,
      String outcome,
      String caller) {
    rows.append("<tr>");
    cell(rows, "When", "", when);
    cell(rows, "Action", "", escape(action));
    cell(rows, "Registry", "", registry == null ? "–" : "<code>" + escape(registry) + "</code>");
    cell(rows, "Outcome", "bad", escape(outcome));
    cell(rows, "Caller", "", caller);
    rows.append("</tr>\n");
  }

  private String callers(Instant now) {
    var callers = activity.callers();
    if (callers.isEmpty()) {
      return section("Callers", "<p class=\"none\">No requests yet.</p>\n");
    }
    var rows = new StringBuilder();
    for (var caller : callers) {
      rows.append("<tr>");
      cell(rows, "User and last process", "", peer(caller.last()));
      cell(rows, "Last action", "", escape(caller.action()));
      cell(rows, "When", "", age(caller.at(), now) + " ago");
      cell(rows, "Requests", "number", Long.toString(caller.requests()));
      rows.append("</tr>\n");
    }
    return section(
        "Callers", table(rows, "User and last process", "Last action", "When", "#Requests"));
  }

  private static String peer(Peer peer) {
    return "uid %s <small>gid %s, pid %d</small>"
        .formatted(
            Integer.toUnsignedString(peer.uid()), Integer.toUnsignedString(peer.gid()), peer.pid());
  }

  private static String footer(Instant now) {
    return """
    <footer>
    <p>As of %s. This page reloads itself every 5 s.</p>
    <nav><a href="/metrics">Metrics</a> <a href="/health/live">Live</a> <a href="/health/ready">Ready</a>\
     <a href="/health/started">Started</a></nav>
    </footer>
    """
        .formatted(now.truncatedTo(ChronoUnit.SECONDS));
  }

  private static String section(String title, String content) {
    return "<section>\n<h2>" + title + "</h2>\n" + content + "</section>\n";
  }

  /** Returns a table; a heading that starts with # marks a column of numbers. */
  private static String table(CharSequence rows, String... headings) {
    var html = new StringBuilder("<div class=\"scroll\"><table>\n<thead><tr>");
    for (var heading : headings) {
      html.append(
              heading.startsWith("#")
                  ? "<th scope=\"col\" class=\"number\">"
                  : "<th scope=\"col\">")
          .append(heading.startsWith("#") ? heading.substring(1) : heading)
          .append("</th>");
    }
    return html.append("</tr></thead>\n<tbody>\n")
        .append(rows)
        .append("</tbody>\n</table></div>\n")
        .toString();
  }

  /** Appends a cell; on a narrow screen, where there is no row of headings, it shows its own. */
  private static void cell(StringBuilder rows, String heading, String style, String html) {
    rows.append("<td data-label=\"").append(heading).append('"');
    if (!style.isEmpty()) {
      rows.append(" class=\"").append(style).append('"');
    }
    rows.append('>').append(html).append("</td>");
  }

  private static String age(Instant from, Instant to) {
    return HumanDuration.text(Duration.between(from, to));
  }
}
