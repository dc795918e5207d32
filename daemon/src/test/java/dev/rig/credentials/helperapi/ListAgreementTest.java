package dev.rig.credentials.helperapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.testing.FakeSource;
import dev.rig.credentials.testing.Json;
import dev.rig.credentials.testing.daemon.BrokerFixture;
import dev.rig.credentials.testing.daemon.LoginsFixture;
import dev.rig.credentials.wire.Action;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code list} and {@code get} agree in both directions (C4, C5), for any configuration. The
 * expected pairs are derived from the configuration, by the rules of the manual and not by the
 * daemon's code.
 */
class ListAgreementTest {
  private static final int CONFIGURATIONS = 300;
  private static final String HUB_KEY = "https://index.docker.io/v1/";
  private static final Peer PEER = new Peer(1, 1000, 1000);
  private static final List<String> HOSTS =
      List.of("a.org", "b.org:5000", "docker.io", "nas", "*.glob.org", "1.glob.org");
  private static final List<String> PATHS = List.of("", "team", "team/app", "v2/x");
  private static final List<String> GLOB_HOSTS = List.of("1.glob.org", "2.glob.org");

  @TempDir private Path folder;

  private record Configured(
      String host,
      String path,
      String username,
      FakeSource source,
      boolean isDefault,
      boolean fails,
      boolean tokenOnly,
      @Nullable String alias) {}

  /** One random configuration with its history. */
  private static final class Model {
    final Random random;
    final BrokerFixture fixture = new BrokerFixture();
    final List<Configured> entries = new ArrayList<>();
    final Map<String, String> logins = new TreeMap<>();
    final Set<String> globsAsked = new HashSet<>();
    final HelperApi api;

    Model(long seed, Path folder) {
      random = new Random(seed);
      api =
          new HelperApi(
              fixture.broker(),
              LoginsFixture.in(folder, fixture.time()),
              "1",
              List::of,
              new ScriptSurroundings("", "", 0),
              List::of,
              Runnable::run,
              fixture.time().time());
    }

    void configure() {
      for (var host : HOSTS) {
        boolean hasDefault = false;
        for (var path : PATHS) {
          if (random.nextInt(3) == 0) {
            boolean isDefault = !hasDefault && random.nextInt(3) == 0;
            hasDefault |= isDefault;
            add(host, path, isDefault);
          }
        }
      }
      for (var key : new String[] {"own.org", "https://a.org/team/app/deep", "c.org:1/x"}) {
        if (random.nextBoolean()) {
          store(key);
        }
      }
    }

    private void add(String host, String path, boolean isDefault) {
      var username = "user-" + entries.size();
      boolean isStatic = random.nextBoolean();
      var source =
          isStatic
              ? FakeSource.fixed(fixture.time(), username, "s")
              : FakeSource.script(fixture.time(), username, "s", Duration.ofMinutes(10));
      boolean fails = !isStatic && random.nextInt(4) == 0;
      if (fails) {
        source.failing("script exited with status 1");
      }
      boolean tokenOnly = !isStatic && !isDefault && random.nextInt(6) == 0;
      var alias = !tokenOnly && random.nextInt(3) == 0 ? "alias" + entries.size() : null;
      var key = (host.equals("nas") ? "https://nas" : host) + (path.isEmpty() ? "" : "/" + path);
      if (tokenOnly) {
        fixture.entry(key, source, ServiceAccountUse.REQUIRED);
      } else {
        fixture.entry(key, source, alias, isDefault);
      }
      var normal = host.equals("docker.io") ? "index.docker.io" : host;
      entries.add(
          new Configured(normal, path, username, source, isDefault, fails, tokenOnly, alias));
    }

    private void store(String key) {
      ask(
          Action.STORE,
          "",
          "{\"ServerURL\":\"%s\",\"Username\":\"own of %s\",\"Secret\":\"s\"}".formatted(key, key));
      logins.put(key, "own of " + key);
    }

    /** Sends gets, with passing time and reloads in between. */
    void live() {
      for (int i = random.nextInt(6); i > 0; i--) {
        if (random.nextInt(4) == 0) {
          fixture.changeAll();
        }
        if (random.nextBoolean()) {
          fixture.time().advance(Duration.ofMinutes(random.nextInt(30)));
        }
        var host =
            random.nextBoolean() ? "a.org" : GLOB_HOSTS.get(random.nextInt(GLOB_HOSTS.size()));
        var path = PATHS.get(random.nextInt(PATHS.size()));
        var key = path.isEmpty() ? host : host + "/" + path;
        var answering = answering(host, path);
        if (answering != null && answering.host().startsWith("*") && works(answering)) {
          globsAsked.add(host + (answering.path().isEmpty() ? "" : "/" + answering.path()));
          if (answering.isDefault()) {
            globsAsked.add(host);
          }
        }
        get("", key);
      }
    }

    static boolean works(Configured entry) {
      return !entry.fails() && !entry.tokenOnly();
    }

    /** Exact hosts first, then longer paths; for a host without a path its default answers. */
    @Nullable Configured answering(String host, String path) {
      var exact = longest(entries.stream().filter(one -> one.host().equals(host)).toList(), path);
      boolean matches = host.endsWith(".glob.org");
      return exact != null || !matches
          ? exact
          : longest(entries.stream().filter(one -> one.host().startsWith("*")).toList(), path);
    }

    private static @Nullable Configured longest(List<Configured> ofHost, String path) {
      if (path.isEmpty()) {
        var byDefault = ofHost.stream().filter(Configured::isDefault).findFirst();
        if (byDefault.isPresent()) {
          return byDefault.get();
        }
      }
      return ofHost.stream()
          .filter(one -> (path + "/").startsWith(one.path() + "/") || one.path().isEmpty())
          .max(Comparator.comparingInt(one -> one.path().length()))
          .orElse(null);
    }

    /** Returns the configured answer for each key that a client would send after reading it. */
    Map<String, String> expected() {
      var expected = new TreeMap<String, String>();
      var keys = new HashSet<>(globsAsked);
      for (var entry : entries) {
        if (!entry.host().startsWith("*")) {
          keys.add(entry.host() + (entry.path().isEmpty() ? "" : "/" + entry.path()));
          if (entry.isDefault()) {
            keys.add(entry.host());
          }
        }
      }
      for (var key : keys) {
        int slash = key.indexOf('/');
        var answering =
            slash < 0
                ? answering(key, "")
                : answering(key.substring(0, slash), key.substring(slash + 1));
        if (answering != null && works(answering)) {
          expected.put(key.equals("index.docker.io") ? HUB_KEY : key, answering.username());
        }
      }
      for (var login : logins.entrySet()) {
        var bare = login.getKey().replace("https://", "");
        int slash = bare.indexOf('/');
        var path = slash < 0 ? "" : bare.substring(slash + 1);
        var entry = answering(slash < 0 ? bare : bare.substring(0, slash), path);
        if (entry == null || entry.path().length() < path.length()) {
          expected.put(login.getKey(), login.getValue());
        }
      }
      return expected;
    }

    Reply ask(Action action, String alias, String payload) {
      var bytes = payload.getBytes(StandardCharsets.UTF_8);
      return api.answer(new Request(action, alias, bytes), PEER, PeerRights.ALL)
          .toCompletableFuture()
          .join()
          .reply();
    }

    @Nullable String get(String alias, String key) {
      var reply = ask(Action.GET, alias, key);
      return reply.status() == 0 ? String.valueOf(json(reply).get("Username")) : null;
    }

    Map<String, Object> list(String alias) {
      return new TreeMap<>(json(ask(Action.LIST, alias, "unused")));
    }

    private static Map<String, Object> json(Reply reply) {
      return Json.object(reply.body());
    }

    @Override
    public String toString() {
      return entries + " and " + logins + ", asked " + globsAsked;
    }
  }

  static List<Long> seeds() {
    return java.util.stream.LongStream.range(0, CONFIGURATIONS).boxed().toList();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void listHasExactlyWhatGetAnswers(long seed) throws IOException {
    var model = new Model(seed, Files.createDirectory(folder.resolve("s" + seed)));
    model.configure();
    model.live();
    var listed = model.list("");
    assertEquals(model.expected(), listed, model::toString);
    listed.forEach((key, username) -> assertEquals(username, model.get("", key), model::toString));
    for (var entry : model.entries) {
      if (!Model.works(entry) && !entry.host().startsWith("*")) {
        var key = entry.host() + (entry.path().isEmpty() ? "" : "/" + entry.path());
        if (entry.equals(model.answering(entry.host(), entry.path()))) {
          assertNull(model.get("", key), key);
        }
      }
    }
  }

  /** With an alias every key is answered by one entry, so only its own registries may be listed. */
  @ParameterizedTest
  @MethodSource("seeds")
  void listOfAnAliasAgreesWithItsGet(long seed) throws IOException {
    var model = new Model(seed, Files.createDirectory(folder.resolve("s" + seed)));
    model.configure();
    model.live();
    for (var entry : model.entries) {
      var alias = entry.alias();
      if (alias != null) {
        var listed = model.list(alias);
        listed.forEach((key, name) -> assertEquals(name, model.get(alias, key), model::toString));
        boolean hasKey = !entry.host().startsWith("*") && Model.works(entry);
        var key = entry.host() + (entry.path().isEmpty() ? "" : "/" + entry.path());
        assertEquals(
            hasKey,
            listed.containsKey(key.equals("index.docker.io") ? HUB_KEY : key),
            model::toString);
      }
    }
    assertEquals(Map.of(), model.list("no-such-alias"));
  }
}
