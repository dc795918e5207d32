package dev.rig.credentials.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Leaks;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.HttpOverTcp;
import dev.rig.credentials.testing.daemon.HttpOverUnix;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.BareMachine;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.machine.Signal;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.HostileRegistry.Asked;
import dev.rig.credentials.wire.Action;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * T11 of {@code docs/security.md} on the built daemon: a canary in every place that contains a
 * secret, every fault that involves one, the finest log level, and then a search everywhere.
 */
class SecretLeakIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** The output of scripts, by fault; SECRET is replaced by a canary for each. */
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
  private final Leaks leaks = new Leaks();
  private final int port = FreePort.next();
  private final HttpOverTcp admin =
      new HttpOverTcp(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  private HostileRegistry registry;
  private DaemonUnderTest daemon;

  @BeforeEach
  void configure() {
    registry = reaper.own(HostileRegistry.start(SecretLeakIT::echo));
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
    yaml.append(
        "    '%s': {username: u, password: '%s'}\n".formatted(registry.host(), secret("echoed")));
    yaml.append("    pods.example.org:\n      serviceAccount: optional\n");
    yaml.append("      script: cat \"$RIG_SERVICE_ACCOUNT_TOKEN_FILE\" >&2; echo 'u:p4ssword'\n");
    daemon =
        BareMachine.with(
            new DaemonUnderTest(reaper, folder.resolve("d"))
                .admin("127.0.0.1:" + port)
                .configured("values.yaml", yaml.toString()));
  }

  private String secret(String name) {
    return leaks.secret(name);
  }

  /** A registry that repeats the credential in every part of an answer. */
  private static void echo(Asked asked, OutputStream out) throws IOException {
    var sent = asked.header("authorization");
    var error =
        "{\"code\":\"" + sent + "\",\"message\":\"" + sent + "\",\"detail\":\"" + sent + "\"}";
    int status = !asked.isAuthorised() ? 401 : asked.target().contains("/tags/") ? 500 : 400;
    HostileRegistry.reply(
        out,
        status,
        "{\"errors\":[" + error + "]}",
        "WWW-Authenticate: Basic realm=\"private " + sent + "\"",
        "Location: /" + sent,
        "Warning: 299 - \"" + sent + "\"");
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
      browse("after the faults");
      askAsThePlatform();
      askAsAKubelet();
      sendGarbage();
      refuseAReload(running);
      browse("after reloads");
    }
    leaks.see("files of /tmp", String.join("\n", BareMachine.temporaryFiles(running.pid())));
    assertEquals("", leaks.seen("files of /tmp"));
    finish("first", running);
    readFiles("first");
    assertTrue(leaks.hasSeen("first " + sealed()));
    Files.writeString(sealed(), "torn"); // F12
    PrivateFile.write(daemon.file("values.yaml"), good());
    var second = daemon.start();
    daemon.client().get("good.example.org");
    crash(second);
    readFiles("second");
    leaks.assertNone(20, 100);
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
      if (outcome.status() != 0) { // otherwise it is the only place with it
        leaks.see("get " + host, outcome.output());
      }
      leaks.see("get's stderr " + host, outcome.stderr());
      // Checked for each entry; only one process of the command is started.
      var explained =
          new DaemonClient(daemon.socket()).ask(Action.EXPLAIN, host + ".example.org/app");
      leaks.see("explain " + host, new String(explained.body(), UTF_8));
    }
    var explained = daemon.commandLine("explain", "f8-fails.example.org/app");
    assertTrue(explained.stdout().contains("f8-fails.example.org"), explained::toString);
    leaks.see("explain of the command", explained.output());
    assertTrue(leaks.hasSeen("get f2-floods") && !leaks.hasSeen("get good"));
    for (var command : List.of("status", "list")) {
      leaks.see(command, daemon.commandLine(command, "--output", "json").output());
    }
    leaks.see("list of the client", daemon.client().ask("list", "unused").output());
    leaks.see(
        "check", daemon.commandLine("check", "--config", daemon.file("values.yaml")).output());
  }

  private void login() {
    var login =
        "{\"ServerURL\":\"login.example.org\",\"Username\":\"u\",\"Secret\":%s}"
            .formatted(json(secret("login")));
    leaks.see("store", daemon.client().ask("store", login).output());
    leaks.see("store half", daemon.client().ask("store", login.replace("\"}", "")).output());
    leaks.see("store an array", daemon.client().ask("store", "[" + login + "]").output());
    var managed = login.replace("login.example.org", "good.example.org");
    leaks.see("store a managed one", daemon.client().ask("store", managed).output());
    leaks.see("erase", daemon.client().ask("erase", "good.example.org").output());
    leaks.see("list after store", daemon.commandLine("list", "--output", "json").output());
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
    leaks.add("whole token", token);
    for (var sent : List.of(token, token + ".x", secret("bad-token"))) {
      var request =
          """
          {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
          "image":"pods.example.org/app","serviceAccountToken":%s,\
          "serviceAccountAnnotations":{"example.org/role":"puller"}}\
          """
              .formatted(json(sent));
      var outcome = daemon.client().ask("kubelet", request);
      leaks.see("kubelet " + outcome.status() + " " + sent.length(), outcome.output());
      leaks.see(
          "kubelet half " + sent.length(), daemon.client().ask("kubelet", request + "{").output());
    }
    assertTrue(leaks.anywhere("\"username\":\"u\""));
  }

  /** Sends frames, complete and truncated. */
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
        leaks.see("frame " + request.length(), client.send(request).endOfRequest().rest());
      }
    }
  }

  /** F14, with errors of every kind that a value can be part of. */
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
      leaks.see(
          "check " + wrong,
          daemon.commandLine("check", "--config", daemon.file("values.yaml")).output());
    }
    leaks.see("status after", daemon.commandLine("status", "--output", "json").output());
  }

  private static int count(Running running) {
    return running.stderr().split("the new configuration is invalid", -1).length;
  }

  private void crash(Running running) {
    Signal.SEGV.to(running.pid());
    var ended = running.finish(LIMIT);
    leaks.see("second stdout", ended.stdout());
    leaks.see("second stderr", ended.stderr());
  }

  private void finish(String name, Running running) {
    var ended = DaemonUnderTest.stop(running);
    leaks.see(name + " stdout", ended.stdout());
    leaks.see(name + " stderr", ended.stderr());
    assertTrue(ended.stderr().contains("f8-fails.example.org"), "the faults are told");
  }

  private Path sealed() {
    return daemon.stateFolder().resolve("leases.sealed");
  }

  /** Reads every file that a daemon has left. */
  private void readFiles(String name) {
    leaks.seeFiles(name, daemon.folder(), daemon.file("values.yaml"));
  }

  /** Requests every page of the admin port. */
  private void browse(String when) {
    for (var page :
        List.of(
            "/",
            "/metrics",
            "/health",
            "/health/live",
            "/health/ready",
            "/health/started",
            "/style.css",
            "/icon.svg",
            "/nowhere")) {
      leaks.see(page + " " + when, admin.get(page).toString());
    }
    assertTrue(leaks.seen("/ " + when).contains("f8-fails.example.org"), "the page has entries");
    assertTrue(leaks.seen("/metrics " + when).contains("script_failures_total"));
    assertTrue(leaks.seen("/health/ready " + when).contains("status=200"));
  }

  /** Sends all requests to the platform's socket except the one that gets a credential. */
  private void askAsThePlatform() {
    var http = HttpOverUnix.listening(daemon.socket().resolveSibling("platform.sock"));
    var statuses = new TreeSet<Integer>();
    var targets = new ArrayList<>(List.of("/v1/registries", "/openapi.json", "/nowhere"));
    for (var host : SCRIPTS.keySet()) {
      targets.add("/v1/credentials?image=" + host + ".example.org/app");
    }
    targets.add("/v1/credentials?image=unknown.org/app");
    targets.add("/v1/images?image=" + registry.host() + "/acme/app:1");
    targets.add("/v1/tags?repository=" + registry.host() + "/acme/app");
    for (var target : targets) {
      var reply = http.get(target);
      statuses.add(reply.status());
      if (reply.status() != 200 || !target.startsWith("/v1/credentials")) {
        leaks.see("platform " + target, reply.toString());
      }
      leaks.see("platform without the header " + target, http.get(target, "").toString());
    }
    var secret = secret("reject");
    for (var body :
        List.of(secret, "{\"image\":" + json(secret), "{\"image\":" + json(secret) + "}")) {
      var reply = http.post("/v1/credentials/reject", "application/json", body);
      statuses.add(reply.status());
      leaks.see("reject " + body.length(), reply.toString());
    }
    assertTrue(statuses.containsAll(List.of(200, 400, 404, 503)), statuses::toString);
    assertTrue(registry.asked().stream().anyMatch(Asked::isAuthorised), "the echo had something");
    leaks.see("resolve", daemon.commandLine("resolve", registry.host() + "/acme/app:1").output());
    leaks.see("tags", daemon.commandLine("tags", registry.host() + "/acme/app").output());
  }

  /**
   * T21: a token that an earlier run printed, and that is still served, is on the stderr of a later
   * run, in every form that programs give to texts; so is a value of the daemon's own environment.
   */
  @Test
  void t21_servedSecretOnStderrIsFoundNowhere() throws Exception {
    var served = secret("served");
    var own = secret("own environment");
    var files = PrivateFile.folder(daemon.folder().resolve("files"));
    PrivateFile.write(files.resolve("line"), "u:" + served + "\n");
    var forms = new ArrayList<>(forms(served));
    forms.addAll(forms(own));
    var yaml = new StringBuilder("rig:\n  dockerRegistries:\n");
    for (int i = 0; i < forms.size(); i++) {
      PrivateFile.write(files.resolve("f" + i), "refused: " + forms.get(i) + "\n");
      yaml.append(
          """
              f%d.example.org:
                expire: 10s
                script: |
                  cd %s
                  if mkdir once%d 2> /dev/null; then cat line; else cat f%d >&2; exit 1; fi
          """
              .formatted(i, files, i, i));
    }
    var running =
        daemon.configured("values.yaml", yaml.toString()).with("DEPLOY_NOTE", own).start();
    for (int i = 0; i < forms.size(); i++) {
      daemon.client().get("f" + i + ".example.org").succeeded();
    }
    Eventually.within(
        LIMIT.multipliedBy(2),
        () -> running.stderr().split("failed: script", -1).length > forms.size(),
        running::stderr);
    for (var form : List.of("table", "json")) {
      leaks.see("status " + form, daemon.commandLine("status", "--output", form).output());
    }
    leaks.see("explain", daemon.commandLine("explain", "f0.example.org/a").output());
    var page = admin.get("/").toString();
    leaks.see("page", page);
    leaks.see("metrics", admin.get("/metrics").toString());
    leaks.see("ready", admin.get("/health/ready").toString());
    var ended = DaemonUnderTest.stop(running);
    leaks.see("log", ended.output());
    leaks.assertNone(2, 7);
    assertTrue(leaks.seen("status table").contains("; stderr: refused: [redacted]"));
    assertTrue(page.contains("its program failed") && !page.contains("refused"), page);
  }

  private static List<String> forms(String secret) {
    var bytes = secret.getBytes(StandardCharsets.UTF_8);
    var percent = URLEncoder.encode(secret, StandardCharsets.UTF_8);
    var json = secret.replace("\\", "\\\\").replace("\"", "\\\"");
    var ascii = json.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
    var line = ("u:" + secret + "\n").getBytes(StandardCharsets.UTF_8);
    var newline = new byte[] {'\n'};
    return List.of(
        secret,
        percent,
        percent.replace("%C3%A9", "%c3%a9").replace("%3C", "%3c"),
        json,
        ascii,
        ascii.replace("\u00e9", "\\u00E9"),
        HexFormat.of().formatHex(bytes),
        HexFormat.of().withUpperCase().formatHex(bytes),
        Base64.getEncoder().encodeToString(bytes),
        Base64.getUrlEncoder().encodeToString(line),
        URLEncoder.encode(percent, StandardCharsets.UTF_8),
        ascii.replace("\\u0026", "&amp;").replace("\\u003c", "&lt;").replace("\\u003e", "&#x3e;"),
        HexFormat.ofDelimiter(":").formatHex(bytes),
        Base64.getEncoder().encodeToString(("{\"u\":\"" + ascii + "\"}").getBytes(UTF_8)),
        Base64.getEncoder().encodeToString(Base64.getEncoder().encode(line)),
        Base64.getMimeEncoder(64, newline).encodeToString(line),
        Base64.getMimeEncoder(76, newline).encodeToString(line));
  }

  /** F11: neither sealed data nor messages about a failed write contain a secret. */
  @Test
  void t11_f11_noSecretIsFoundAfterTheDiskWasFull() throws Exception {
    var state = PrivateFile.folder(daemon.stateFolder());
    var running =
        daemon
            .startedBy(
                "sh",
                "-c",
                "mount -t tmpfs -o size=128k,mode=0700 none \"$0\" && exec \"$@\"",
                state)
            .start();
    var inside = Path.of("/proc/" + running.pid() + "/root" + state);
    daemon.client().get("good.example.org").succeeded();
    daemon.client().ask("store", stored("before.org", "before")).succeeded();
    assertTrue(Files.exists(inside.resolve("logins.sealed")));
    try (var out = Files.newOutputStream(inside.resolve("fill"))) {
      for (var page = new byte[4096]; ; ) {
        out.write(page);
      }
    } catch (IOException full) {
      assertTrue(full.toString().contains("No space"), full::toString);
    }
    var login = daemon.client().ask("store", stored("after.org", "after"));
    assertTrue(login.stdout().contains("No space left"), login::toString);
    leaks.see("store", login.output());
    leaks.see("explain", daemon.commandLine("explain", "before.org/app").output());
    assertTrue(leaks.seen("explain").contains("login of uid 0"));
    askForEverything();
    browse("on a full disk");
    assertTrue(leaks.seen("/ on a full disk").contains("No space left"));
    askAsThePlatform();
    leaks.seeFiles("full disk", inside, inside.resolve("fill"));
    assertTrue(leaks.hasSeen("full disk " + inside.resolve("logins.sealed")));
    finish("full disk", running);
    readFiles("full disk");
    leaks.assertNone(20, 60);
  }

  private String stored(String server, String name) {
    return "{\"ServerURL\":\"%s\",\"Username\":\"u\",\"Secret\":%s}"
        .formatted(server, json(secret(name)));
  }

  /** Examines all processes of the daemon while it is open. */
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
              // The entry's env is in the script's environment.
              var own = ProcFiles.environment(pid).replaceAll("(?m)^TOKEN=.*$", "");
              if (known.add(own)) {
                environments.append(own).append('\n');
              }
            });
        LockSupport.parkNanos(
            Duration.ofMillis(2).toNanos()); // the watched processes need the processor
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
      leaks.see("arguments", arguments.toString());
      leaks.see("environments", environments.toString());
      assertTrue(arguments.toString().contains("sleep"), "scripts were seen");
      assertTrue(environments.toString().contains("RIG_REGISTRY="), "and their variables");
    }
  }
}
