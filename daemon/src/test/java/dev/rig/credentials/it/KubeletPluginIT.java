package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RunCounter;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kubelet's own code ({@code k8s.io/kubernetes/pkg/credentialprovider/plugin}) reads our
 * configuration, calls our program and matches images with our answers.
 *
 * <p>Building it takes minutes, so this runs with {@code -Pkubelet} only. Each test is a separate
 * kubelet with an empty cache, and all use one daemon.
 */
@Tag("kubelet")
class KubeletPluginIT {
  private static final String MISS = "{\"found\":false,\"auth\":[]}";
  private static final Pattern PASSWORD = Pattern.compile("\"password\":\"([^\"]*)\"");

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static DaemonUnderTest daemon;
  private static RunCounter broken;
  private static RunCounter exchanges;

  private RunCounter calls;
  private Path programs;

  @BeforeAll
  static void startDaemonAndInstall() {
    broken = new RunCounter(folder.resolve("broken"));
    exchanges = new RunCounter(folder.resolve("exchanges"));
    daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured(
                "values.yaml",
                """
                rig:
                  dockerRegistries:
                    ghcr.io: {username: host, password: of-the-host}
                    ghcr.io/org: {username: org, password: of-org}
                    quay.io: {username: quay, password: of-quay}
                    docker.io: {username: hub, password: of-the-hub}
                    docker.io/team: {username: team, password: of-the-team}
                    localhost:5000: {username: port, password: of-the-port}
                    "*.dkr.ecr.*.amazonaws.com": {username: AWS, password: of-the-glob}
                    miss.example.org/org: {username: u, password: p}
                    broken.example.org: {script: "%s; exit 1"}
                    token.example.org:
                      serviceAccount: required
                      script: |
                        %s
                        echo "bot:$(cut -d. -f2 "$RIG_SERVICE_ACCOUNT_TOKEN_FILE")"
                    maybe.example.org:
                      serviceAccount: optional
                      script: 'echo "bot:${RIG_SERVICE_ACCOUNT_ANNOTATIONS:-nobody}" | tr -d \\"'
                """
                    .formatted(broken.shell(), exchanges.shell()));
    daemon.start();
    install().succeeded();
  }

  private static ProgramResult install() {
    return daemon.commandLine(
        "kubelet-config",
        "--config",
        folder.resolve("d/values.yaml"),
        "--socket",
        daemon.socket(),
        "--service-account-audience",
        "sts.example.org",
        "--optional-annotation",
        "example.org/role",
        "--install",
        folder.resolve("kubelet"));
  }

  /** Scripts that count their calls run the installed programs. */
  @BeforeEach
  void countCalls(@TempDir Path own) throws IOException {
    calls = new RunCounter(own.resolve("calls"));
    programs = Files.createDirectory(own.resolve("bin"));
    for (var name : List.of("rig-credential-provider", "rig-credential-provider-token")) {
      var script =
          "#!/bin/sh\n" + calls.shell() + "\nexec " + folder.resolve("kubelet/bin/" + name) + "\n";
      var program = Files.writeString(programs.resolve(name), script);
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  /** Returns one kubelet's answers to these requests, in order. */
  private List<String> ask(String... questions) {
    var driver = GoModule.KUBELET_DRIVER.program("kubelet-driver");
    var lines =
        Command.of(driver, folder.resolve("kubelet/credential-provider.yaml"), programs)
            .reading(String.join("\n", questions) + "\n")
            .run()
            .succeeded()
            .stdout()
            .lines()
            .toList();
    assertEquals("{\"ready\":true}", lines.getFirst());
    assertEquals(questions.length + 1, lines.size());
    return lines.subList(1, lines.size());
  }

  private static String image(String image) {
    return "{\"image\":\"%s\"}".formatted(image);
  }

  private static String pod(String image, String pod, String account) {
    return """
    {"image":"%s","namespace":"team","pod":"%s","podUID":"uid-%s","serviceAccount":"%s",\
    "annotations":{"example.org/role":"puller","other":"x"}}\
    """
        .formatted(image, pod, pod, account);
  }

  private static String found(String username, String password) {
    return "{\"found\":true,\"auth\":[{\"username\":\"%s\",\"password\":\"%s\"}]}"
        .formatted(username, password);
  }

  @Test
  void everyImageGetsItsEntrysCredentialAndNoOther() {
    assertEquals(
        List.of(
            found("org", "of-org"),
            found("host", "of-the-host"),
            found("hub", "of-the-hub"),
            found("team", "of-the-team"),
            found("hub", "of-the-hub"),
            found("port", "of-the-port"),
            MISS,
            found("AWS", "of-the-glob"),
            found("host", "of-the-host"),
            MISS),
        ask(
            image("ghcr.io/org/app"),
            image("ghcr.io/organic/app"),
            image("docker.io/library/nginx"),
            image("docker.io/team/app"),
            image("registry-1.docker.io/library/nginx"),
            image("localhost:5000/a"),
            image("localhost:5001/a"),
            image("1.dkr.ecr.eu-west-1.amazonaws.com/app"),
            image("ghcr.io/v2/app"),
            image("example.org/app")));
  }

  /** T18: if the images of a host have different entries, a cached answer is for its image only. */
  @Test
  void t18_neighboursDoNotGetACachedCredential() {
    var answers =
        ask(
            image("ghcr.io/org"),
            image("ghcr.io/organic"),
            image("ghcr.io/org/app"),
            image("ghcr.io/org"),
            image("ghcr.io/organic"));
    assertEquals(
        List.of(
            found("org", "of-org"),
            found("host", "of-the-host"),
            found("org", "of-org"),
            found("org", "of-org"),
            found("host", "of-the-host")),
        answers);
    assertEquals(3, calls.runs(), "the last two come from the kubelet's cache");
  }

  @Test
  void hostWithOneCredentialIsRequestedOnce() {
    assertEquals(
        List.of(found("quay", "of-quay"), found("quay", "of-quay")),
        ask(image("quay.io/a/b"), image("quay.io/c")));
    assertEquals(1, calls.runs());
  }

  @Test
  void missIsNotCached() {
    assertEquals(
        List.of(MISS, MISS),
        ask(image("miss.example.org/organic"), image("miss.example.org/organic")));
    assertEquals(2, calls.runs());
  }

  @Test
  void failureFallsThroughAndIsNotCachedByTheKubelet() {
    int before = broken.runs();
    assertEquals(
        List.of(MISS, MISS, found("quay", "of-quay")),
        ask(image("broken.example.org/a"), image("broken.example.org/a"), image("quay.io/a")));
    assertEquals(3, calls.runs());
    assertTrue(broken.runs() - before <= 1, "the daemon remembers it");
  }

  @Test
  void podsOfOneServiceAccountShareAnExchangeAndOthersDoNot() {
    int before = exchanges.runs();
    var answers =
        ask(
            pod("token.example.org/app", "p1", "builder"),
            pod("token.example.org/app", "p2", "builder"),
            pod("token.example.org/app", "p3", "deployer"),
            image("token.example.org/app"));
    assertEquals(answers.get(0), answers.get(1));
    assertTrue(claims(answers.get(0)).contains("\"sub\":\"system:serviceaccount:team:builder\""));
    assertTrue(claims(answers.get(0)).contains("\"aud\":[\"sts.example.org\"]"));
    assertTrue(answers.get(0).contains("\"serviceAccount\":\"team/builder/uid-builder\""));
    assertTrue(claims(answers.get(2)).contains("\"sub\":\"system:serviceaccount:team:deployer\""));
    assertEquals(MISS, answers.get(3), "a pod without a service account");
    assertEquals(2, exchanges.runs() - before);
    assertEquals(4, calls.runs());
    var get = daemon.client().get("token.example.org");
    assertEquals(1, get.status());
    assertTrue(get.stdout().contains("serviceAccount: required"), get::toString);
  }

  private static String claims(String answer) {
    var password = PASSWORD.matcher(answer);
    assertTrue(password.find(), answer);
    return new String(Base64.getUrlDecoder().decode(password.group(1)), StandardCharsets.UTF_8);
  }

  @Test
  void optionalEntryGetsTheRequestedAnnotationsOrNone() {
    var answers = ask(pod("maybe.example.org/a", "p1", "builder"), image("maybe.example.org/a"));
    assertTrue(answers.get(0).contains("\"password\":\"{example.org/role:puller}\""));
    assertEquals(found("bot", "nobody"), answers.get(1));
  }

  @Test
  void installingAgainChangesNothing() {
    var outcome = install().succeeded();
    assertEquals(
        3,
        outcome.stdout().lines().filter(line -> line.startsWith("unchanged ")).count(),
        outcome::toString);
    assertFalse(outcome.stdout().contains("installed "), outcome::toString);
    assertTrue(outcome.stdout().contains("--image-credential-provider-bin-dir="));
    assertTrue(outcome.stdout().contains("--image-credential-provider-config="));
  }
}
