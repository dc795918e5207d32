package dev.rig.credentials.it;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.BareMachine;
import dev.rig.credentials.testing.Canary;
import dev.rig.credentials.testing.Command;
import dev.rig.credentials.testing.DaemonUnderTest;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.PrivateFile;
import dev.rig.credentials.testing.ProcFiles;
import dev.rig.credentials.testing.RawClient;
import dev.rig.credentials.testing.Reaper;
import dev.rig.credentials.testing.Running;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * T11 of {@code faults.md} on the built daemon: a canary in every place that holds a secret, every
 * fault that has to do with one, the finest log level, and then a look everywhere.
 */
class SecretLeakIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** What scripts print, by the fault: SECRET is each one's own canary. */
  private static final Map<String, String> SCRIPTS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("good", "echo 'u:SECRET'"),
              Map.entry("f1-hangs", "echo 'u:SECRET'; sleep 300"),
              Map.entry("f2-floods", "while :; do echo 'u:SECRET'; done"),
              Map.entry("f3-talks", "seq 1 20000 >&2; echo 'u:SECRET'"),
              Map.entry("f4-leaves", "sleep 300 & echo 'u:SECRET'"),
              Map.entry("f6-lines", "echo 'u:SECRET'; echo 'u:SECRET'"),
              Map.entry("f6-colon", "echo 'SECRET'"),
              Map.entry("f6-name", "echo ':SECRET'"),
              Map.entry("f7-nul", "printf '%s\\0\\n' 'u:SECRET'"),
              Map.entry("f7-bytes", "printf '%s\\377\\n' 'u:SECRET'"),
              Map.entry("f8-fails", "echo 'u:SECRET'; exit 3"),
              Map.entry("traced", "set -x; echo 'u:SECRET'"),
              Map.entry("traced-fails", "set -x; echo 'u:SECRET'; exit 1"),
              Map.entry("syntax", "echo 'u:SECRET'; if"),
              Map.entry("missing", "no-such-program 'SECRET'; exit 1")));

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final Map<String, Canary> canaries = new TreeMap<>();

  /** What was seen, by where. */
  private final Map<String, String> seen = new TreeMap<>();

  private DaemonUnderTest daemon;

  @BeforeEach
  void configure() {
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    SCRIPTS.forEach((name, script) -> {
      var text = script.replace("SECRET", secret(name)).replace("\n", " ");
      yaml.append("    %s.example.org:\n      timeout: 2s\n".formatted(name));
      yaml.append("      script: |\n        %s\n".formatted(text));
    });
    yaml.append(
        "    static.example.org: {username: u, password: '%s'}\n".formatted(secret("file")));
    yaml.append("    env.example.org:\n      env: {TOKEN: '%s'}\n".formatted(secret("env")));
    yaml.append("      script: env >&2; echo \"u:$TOKEN\"\n");
    yaml.append("    pods.example.org:\n      serviceAccount: optional\n");
    yaml.append("      script: cat \"$RIG_SERVICE_ACCOUNT_TOKEN_FILE\" >&2; echo 'u:p4ssword'\n");
    daemon =
        BareMachine.with(
            new DaemonUnderTest(reaper, folder.resolve("d"))
                .configured("values.yaml", yaml.toString()));
  }

  /** A secret of that name, with what the encodings change. */
  private String secret(String name) {
    var canary = new Canary("c4nary+of/" + name + "=<\"quoted\">&é");
    canaries.put(name, canary);
    return canary.secret();
  }

  private static String json(String text) {
    return "\"" + text.replace("\"", "\\\"") + "\"";
  }

  @Test
  void t11_noSecretIsFoundAnywhereAfterEveryFault() throws Exception {
    var running = daemon.start();
    try (var _ = new Watch(running)) {
      askForEverything();
      login();
      askAsAKubelet();
      sendGarbage();
      refuseAReload(running);
    }
    seen.put("files of /tmp", String.join("\n", BareMachine.temporaryFiles(running.pid())));
    assertEquals("", seen.get("files of /tmp"));
    finish("first", running);
    readFiles("first");
    assertTrue(seen.containsKey("first " + sealed()));
    Files.writeString(sealed(), "torn"); // F12
    PrivateFile.write(daemon.file("values.yaml"), good());
    var second = daemon.start();
    daemon.client().get("good.example.org");
    crash(second);
    readFiles("second");
    look();
  }

  /** A configuration that the second daemon can use again. */
  private String good() {
    return """
    rig:
      dockerRegistries:
        good.example.org: {script: "echo 'u:%s'"}
    """
        .formatted(secret("again").replace("\"", "\\\""));
  }

  private void askForEverything() {
    var hosts = new ArrayList<>(SCRIPTS.keySet());
    hosts.addAll(List.of("static", "env", "pods", "unknown"));
    for (var host : hosts) {
      var outcome = daemon.client().get(host + ".example.org");
      if (outcome.status() != 0) { // else it is the one place for it
        seen.put("get " + host, outcome.output());
      }
      seen.put("get's stderr " + host, outcome.stderr());
      var explained = daemon.commandLine("explain", host + ".example.org/app");
      seen.put("explain " + host, explained.output());
    }
    assertTrue(seen.containsKey("get f2-floods") && !seen.containsKey("get good"), seen::toString);
    for (var command : List.of("status", "list")) {
      seen.put(command, daemon.commandLine(command, "--output", "json").output());
    }
    seen.put("list of the client", daemon.client().ask("list", "unused").output());
    seen.put("check", daemon.commandLine("check", "--config", daemon.file("values.yaml")).output());
  }

  private void login() {
    var login =
        "{\"ServerURL\":\"login.example.org\",\"Username\":\"u\",\"Secret\":%s}"
            .formatted(json(secret("login")));
    seen.put("store", daemon.client().ask("store", login).output());
    seen.put("store half", daemon.client().ask("store", login.replace("\"}", "")).output());
    seen.put("store an array", daemon.client().ask("store", "[" + login + "]").output());
    var managed = login.replace("login.example.org", "good.example.org");
    seen.put("store a managed one", daemon.client().ask("store", managed).output());
    seen.put("erase", daemon.client().ask("erase", "good.example.org").output());
    seen.put("list after store", daemon.commandLine("list", "--output", "json").output());
  }

  private void askAsAKubelet() {
    var claims =
        """
        {"exp":9999999999,"sub":"system:serviceaccount:team:a","kubernetes.io":\
        {"namespace":"team","serviceaccount":{"name":"a","uid":"1"}}}\
        """
            .getBytes(StandardCharsets.UTF_8);
    var encoder = Base64.getUrlEncoder().withoutPadding();
    var signature = secret("token").getBytes(StandardCharsets.UTF_8);
    var token = "e30." + encoder.encodeToString(claims) + "." + encoder.encodeToString(signature);
    canaries.put("whole token", new Canary(token));
    for (var sent : List.of(token, token + ".x", secret("bad-token"))) {
      var request =
          """
          {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
          "image":"pods.example.org/app","serviceAccountToken":%s,\
          "serviceAccountAnnotations":{"example.org/role":"puller"}}\
          """
              .formatted(json(sent));
      var outcome = daemon.client().ask("kubelet", request);
      seen.put("kubelet " + outcome.status() + " " + sent.length(), outcome.output());
      seen.put(
          "kubelet half " + sent.length(), daemon.client().ask("kubelet", request + "{").output());
    }
    assertTrue(seen.values().stream().anyMatch(text -> text.contains("\"username\":\"u\"")));
  }

  /** The frames themselves, whole and broken. */
  private void sendGarbage() {
    var secret = secret("garbage");
    for (var request :
        List.of(
            secret,
            "get " + secret + "\nexample.org",
            "get\n" + secret,
            "store\n" + secret,
            "erase\n" + secret,
            "kubelet\n" + secret,
            secret + "\n" + secret.repeat(10_000))) {
      try (var client = RawClient.connect(daemon.socket())) {
        seen.put("frame " + request.length(), client.send(request).endOfRequest().rest());
      }
    }
  }

  /** F14, with everything wrong that a value can be part of. */
  private void refuseAReload(Running running) throws IOException {
    var text = Files.readString(daemon.file("values.yaml"));
    var secret = json(secret("reload"));
    for (var wrong :
        List.of(
            "    static.example.org: {username: u, pasword: %s}\n",
            "    a.example.org: {username: u, password: %s, expire: %s}\n",
            "    b.example.org: {script: [%s]}\n",
            "    %s: {username: u, password: p}\n",
            "    c.example.org: {username: u, password: %s\n")) {
      PrivateFile.write(daemon.file("values.yaml"), text + wrong.replace("%s", secret));
      int before = count(running);
      Eventually.within(LIMIT, () -> count(running) > before, running::stderr);
      seen.put(
          "check " + wrong,
          daemon.commandLine("check", "--config", daemon.file("values.yaml")).output());
    }
    seen.put("status after", daemon.commandLine("status", "--output", "json").output());
  }

  private static int count(Running running) {
    return running.stderr().split("was refused", -1).length;
  }

  private void crash(Running running) {
    Command.of("kill", "-SEGV", running.pid()).run().succeeded();
    var ended = running.finish(LIMIT);
    seen.put("second stdout", ended.stdout());
    seen.put("second stderr", ended.stderr());
  }

  private void finish(String name, Running running) {
    var ended = DaemonUnderTest.stop(running);
    seen.put(name + " stdout", ended.stdout());
    seen.put(name + " stderr", ended.stderr());
    assertTrue(ended.stderr().contains("f8-fails.example.org"), "the faults are told");
  }

  private Path sealed() {
    return daemon.stateFolder().resolve("leases.sealed");
  }

  /** Reads every file that a daemon has left. */
  private void readFiles(String name) throws IOException {
    var configured = daemon.file("values.yaml");
    try (var files = Files.walk(daemon.folder())) {
      for (var file : files.filter(file -> Files.isRegularFile(file, NOFOLLOW_LINKS)).toList()) {
        if (!file.equals(configured)) {
          seen.put(name + " " + file, Files.readString(file, StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  /** Looks through all that. */
  private void look() {
    var found = new ArrayList<String>();
    seen.forEach((place, text) ->
        canaries.forEach((name, canary) -> {
          for (var form : canary.foundIn(text)) {
            found.add(place + " has " + name + " as " + form + ": " + text);
          }
        }));
    assertAll(
        () -> assertEquals(List.of(), found),
        () -> assertTrue(canaries.size() > 20 && seen.size() > 50, () -> "seen " + seen.keySet()));
  }

  /** Looks at all the daemon's processes as long as it is open. */
  private final class Watch implements AutoCloseable {
    private final AtomicBoolean ended = new AtomicBoolean();
    private final StringBuilder arguments = new StringBuilder();
    private final StringBuilder environments = new StringBuilder();
    private final Thread thread;

    Watch(Running running) {
      thread = Thread.ofPlatform().start(() -> watch(running));
    }

    private void watch(Running running) {
      var known = new HashSet<String>();
      while (!ended.get()) {
        running
            .pids()
            .forEach(pid -> {
              var text = ProcFiles.arguments(pid);
              if (known.add(text)) {
                arguments.append(text).append('\n');
              }
              // What an entry gives its script in env stands in the script's environment.
              var own = ProcFiles.environment(pid).replaceAll("(?m)^TOKEN=.*$", "");
              if (known.add(own)) {
                environments.append(own).append('\n');
              }
            });
      }
    }

    @Override
    public void close() {
      ended.set(true);
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      seen.put("arguments", arguments.toString());
      seen.put("environments", environments.toString());
      assertTrue(arguments.toString().contains("sleep"), "scripts were seen");
      assertTrue(environments.toString().contains("RIG_REGISTRY="), "and their variables");
    }
  }
}
