package dev.rig.credentials.http.admin;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.metrics.GaugeReadings;
import dev.rig.credentials.metrics.Metrics;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.LogRecords;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.time.Time;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Health, metrics and the status page over a real port. */
class AdminPortTest {
  private static final String SECRET = "s3cret-of-the-registry";

  private final BrokerFixture fixture = new BrokerFixture();
  private final SystemScheduler scheduler = new SystemScheduler();
  private final Time time = new Time(fixture.time()::now, System::nanoTime, scheduler);
  private final List<ComponentHealth> parts = new ArrayList<>();
  private final RecentActivity activity = new RecentActivity(fixture.time()::now);
  private AdminPort port;
  private HttpOverTcp http;

  @BeforeEach
  void open() throws IOException {
    fixture.fixed("static.org", "bot", SECRET);
    fixture.entry(
        "script.org/team", FakeSource.script(fixture.time(), "oauth", SECRET, Duration.ofHours(1)));
    part("socket", true);
    port =
        AdminPort.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), pages(), time);
    http = new HttpOverTcp(port.address());
  }

  private AdminPages pages() {
    return new AdminPages(
        "1.2.3",
        fixture.broker(),
        () -> parts,
        Set.of("socket", "platformSocket"),
        activity,
        new Metrics("1.2.3", GaugeReadings.NONE),
        time);
  }

  private void part(String name, boolean healthy, String... messages) {
    parts.add(new ComponentHealth(name, healthy, List.of(messages), Map.of()));
  }

  @AfterEach
  void close() {
    port.close();
    scheduler.close();
  }

  @Test
  void probesAreAnsweredUp() {
    for (var probe : List.of("live", "ready", "started")) {
      var reply = http.get("/health/" + probe);
      assertEquals(200, reply.status(), reply::toString);
      assertEquals("UP", reply.json().get("status"));
    }
  }

  /** F14: the last valid configuration is served; health reports the rejected one. */
  @Test
  void rejectedReloadKeepsItReadyAndIsReported() {
    part("configuration", false, "values.yaml:3:1: unknown key");
    var reply = http.get("/health/ready");
    assertEquals(200, reply.status());
    assertTrue(reply.body().contains("values.yaml:3:1: unknown key"), reply::toString);
    assertTrue(http.get("/").body().contains("configuration is unhealthy"), "the page says it");
  }

  @Test
  void lostSocketIsNotReadyButLive() {
    parts.clear();
    part("socket", false, "the socket is gone");
    assertEquals(503, http.get("/health/ready").status());
    assertEquals("DOWN", http.get("/health/ready").json().get("status"));
    assertEquals(200, http.get("/health/live").status());
  }

  @Test
  void metricsAreInPrometheusText() {
    var reply = http.get("/metrics");
    assertEquals(200, reply.status());
    assertTrue(reply.header("content-type").startsWith("text/plain"), reply::toString);
    assertTrue(
        reply.body().contains("rig_credentials_build_info{version=\"1.2.3\"} 1"), reply::toString);
  }

  @Test
  void pageShowsLeasesErrorsAndCallersButNoSecret() throws Exception {
    fixture.broker().lookup(BrokerFixture.image("script.org/team/x")).get();
    fixture.time().advance(Duration.ofMinutes(15));
    activity.note("get", "script.org/team", "found", false, new Peer(42, 1000, 1000, Set.of()));
    activity.note("list", null, "denied", true, new Peer(43, 1001, 1001, Set.of()));
    var reply = http.get("/");
    var page = reply.body();
    assertAll(
        () -> assertTrue(page.contains("45m 0s left"), page),
        () -> assertTrue(page.contains("class=\"fill\" width=\"75\""), page),
        () -> assertTrue(page.contains("uid 1001 <small>gid 1001, pid 43"), page),
        () -> assertTrue(page.contains(">denied<"), page),
        () -> assertTrue(page.contains("http-equiv=\"refresh\""), page),
        () -> assertFalse(page.contains("<script"), page),
        () -> assertEquals(List.of(), new Canary(SECRET).foundIn(page)),
        () ->
            assertTrue(
                reply.header("content-security-policy").startsWith("default-src 'none'"),
                reply::toString));
  }

  /** T21: every user of the machine can read the page, so it contains no text of a script. */
  @Test
  void pageShowsOnlyTheClassOfAReason() {
    fixture.entry(
        "broken.org",
        FakeSource.script(fixture.time(), "u", "p", Duration.ofHours(1))
            .failing("script exited with status 3; stderr: words of the script"));
    fixture.broker().lookup(BrokerFixture.image("broken.org/x")).join();
    for (var path : List.of("/", "/metrics", "/health/ready")) {
      assertFalse(http.get(path).body().contains("words"), path);
    }
    var page = http.get("/").body();
    assertTrue(page.contains("its program failed; <code>rig-credentials status</code>"), page);
  }

  /** C45. */
  @Test
  void pageCountsHitsOfStaticEntriesAndShowsTheHostsOfAGlob() {
    fixture.entry(
        "*.glob.org", FakeSource.script(fixture.time(), "u", SECRET, Duration.ofHours(1)));
    for (var image : new String[] {"static.org/x", "1.glob.org/x", "1.glob.org/x"}) {
      fixture.broker().lookup(BrokerFixture.image(image)).join();
    }
    var page = http.get("/").body();
    var rows = List.of(page.split("<tr class=", -1));
    assertAll(
        () -> assertTrue(row(rows, "<code>static.org<").contains(" class=\"number\">1<"), page),
        () -> assertTrue(row(rows, "<code>*.glob.org<").contains(">1 host<"), page),
        () -> assertTrue(row(rows, "<code>*.glob.org<").contains(" class=\"number\">1<"), page),
        () -> assertTrue(row(rows, "<code>1.glob.org<").contains("1h 0m left"), page),
        () -> assertTrue(row(rows, "<code>1.glob.org<").contains(" class=\"number\">1<"), page),
        () -> assertFalse(page.contains(SECRET), page));
  }

  /** C43: a run that failed without a request is in both tables. */
  @Test
  void c43_recentErrorsAgreeWithTheTableOfRegistries() {
    assertTrue(http.get("/").body().contains("None since the start."));
    fixture.entry(
        "broken.org",
        FakeSource.script(fixture.time(), "u", "p", Duration.ofHours(1)).failing("reason"));
    fixture.broker().lookup(BrokerFixture.image("broken.org/x")).join();
    fixture.time().advance(Duration.ofSeconds(1));
    var page = http.get("/").body();
    var errors = page.substring(page.indexOf("<h2>Recent errors"), page.indexOf("<h2>Callers"));
    assertAll(
        () -> assertTrue(page.contains("1 registry fails"), page),
        () -> assertFalse(errors.contains("None since the start"), errors),
        () -> assertTrue(errors.contains("<code>broken.org</code>"), errors),
        () -> assertTrue(errors.contains(">failed<"), errors));
  }

  /** C43: at 400 px nothing is wider than the screen, and every value has its heading. */
  @Test
  void c43_pageFitsANarrowScreen() {
    fixture.broker().lookup(BrokerFixture.image("script.org/team/x")).join();
    activity.note("get", "script.org/team", "failed", true, new Peer(42, 1000, 1000, Set.of()));
    var page = http.get("/").body();
    var style = http.get("/style.css").body();
    var narrow = style.substring(style.indexOf("@media (max-width: 45rem)"));
    assertAll(
        () -> assertTrue(page.contains("name=\"viewport\" content=\"width=device-width"), page),
        () ->
            assertEquals(
                -1, page.replaceAll("<td (data-label=|colspan=)", "").indexOf("<td"), page),
        () -> assertTrue(narrow.contains("td { display: block; }"), narrow),
        () -> assertTrue(narrow.contains("white-space: normal; overflow-wrap: anywhere"), narrow),
        () -> assertFalse(style.matches("(?s).*[^-]width: *[0-9]{3,}px.*"), style));
  }

  private static String row(List<String> rows, String content) {
    return rows.stream().filter(row -> row.contains(content)).findFirst().orElse("");
  }

  @Test
  void textFromOutsideIsEscaped() {
    var bad = "<img src=x onerror=alert(1)>\"'&";
    fixture.entry(
        "broken.org",
        FakeSource.script(fixture.time(), "u", "p", Duration.ofHours(1)).failing(bad));
    fixture.broker().lookup(BrokerFixture.image("broken.org/x")).join();
    part("configuration", false, bad);
    activity.note(bad, bad, bad, true, new Peer(1, 2, 3, Set.of()));
    var page = http.get("/").body();
    assertFalse(page.contains("<img src=x"), page);
    assertTrue(page.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;"), page);
  }

  @Test
  void errorsAndCallersAreBounded() {
    for (int i = 0; i < 1000; i++) {
      activity.note("get", null, "failed", true, new Peer(i, i, i, Set.of()));
    }
    assertEquals(20, activity.failures().size());
    assertEquals(32, activity.callers().size());
    assertEquals(999, activity.callers().getFirst().last().uid());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:9465",
        "127.0.0.1.evil.example",
        "localhost.",
        "",
        "[::2]",
        "1270.0.0.1"
      })
  void requestForAnotherHostNameIsRejectedOnLoopback(String host) {
    int status = http.get("/", host).status();
    assertTrue(status == 421 || status == 400, () -> host + " got " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:1",
        "LOCALHOST:9465",
        "127.0.0.1",
        "127.1.2.3:80",
        "[::1]:9465"
      })
  void namesOfThisMachineAreAccepted(String host) {
    assertEquals(200, http.get("/health/live", host).status());
  }

  @Test
  void onlyGetIsAnswered() {
    for (var method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
      var reply = http.ask(method + " / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      assertEquals(405, reply.status(), reply::toString);
    }
    assertEquals(404, http.get("/v1/credentials?image=static.org/x").status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G(T / HTTP/1.1\r\n\r\n",
        "GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "G\u0001T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "G\u00c9T / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "\r\n\r\n",
        " / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/1.1\nHost: localhost\n\n",
        "GET / HTTP/1.1\r\nHost: localhost\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n\n",
        "GET /\u0001 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/x\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nA\u0001: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nA: b\u0001\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1, 2\r\n\r\nab",
        "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n : x\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      })
  void malformedRequestIsABadRequestAndNoFailure(String request) {
    try (var log = LogRecords.of("io.helidon");
        var own = LogRecords.of("dev.rig.credentials.http")) {
      assertEquals(400, http.ask(request).status());
      assertEquals(List.of(), log.warnings());
      assertEquals(List.of(), own.warnings());
    }
  }

  @Test
  void malformedRequestIsOneLineInTheLog() {
    try (var log = LogRecords.of("dev.rig.credentials.http")) {
      var reply = http.ask("G(T / HTTP/1.1\r\n\r\n");
      assertEquals("the method is not a token", reply.json().get("detail"));
      assertEquals(
          "the admin port rejected a request: 400 Bad Request: the method is not a token; others in"
              + " the next minute are logged only for debugging",
          log.text());
    }
  }

  @Test
  void takenPortIsAnError() {
    assertThrows(IOException.class, () -> AdminPort.open(port.address(), pages(), time));
  }
}
