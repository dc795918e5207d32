package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.Uid;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.RawClient;
import dev.rig.credentials.testing.daemon.SharedClient;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access rules of the built daemon (T7, T18), as other users see them. */
class AccessIT {
  private static final int STRANGER = 20_011;
  private static final int SOCKET_GROUP = 20_100;
  private static final int RULED_GROUP = 20_200;
  private static final String NOT_FOUND = "credentials not found in native keychain\n";
  private static final String ENTRIES =
      """
      rig:
        dockerRegistries:
          registry.gitlab.com: {username: bot, password: of-gitlab}
          ghcr.io/acme: {username: acme, password: of-acme, alias: acme}
      daemon:
        socketMode: "0666"
        socketGroup: "20100"
      """;
  private static final String KUBELET =
      """
      {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
      "image":"registry.gitlab.com/acme/app"}
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DaemonUnderTest daemon;
  private SharedClient client;

  @BeforeEach
  void clientForEveryUser() {
    Tool.needRoot("other users");
    daemon = new DaemonUnderTest(reaper, folder.resolve("d"));
    client =
        SharedClient.of(
            folder.resolve("bin"),
            daemon.socket(),
            folder,
            daemon.folder(),
            daemon.socket().getParent());
  }

  private static void assertDenied(String what, int uid, ProgramResult outcome) {
    assertAll(
        () -> assertEquals(1, outcome.status(), outcome::toString),
        () ->
            assertEquals(
                "rig-credentials: denied: uid %d may not %s (see daemon.access)\n"
                    .formatted(uid, what),
                outcome.output()));
  }

  @Test
  void withoutRulesAStrangerGetsNothingOfTheDaemons() {
    var running = daemon.configured("values.yaml", ENTRIES).start();
    var get = client.as(STRANGER, "get", "registry.gitlab.com");
    assertAll(
        () -> assertDenied("get registry.gitlab.com", STRANGER, get),
        () -> assertEquals("", get.stderr(), "the client shows stdout"),
        () -> assertEquals(NOT_FOUND, client.as(STRANGER, "get", "public.example.org").stdout()),
        () -> assertDenied("use \"kubelet\"", STRANGER, client.kubelet(KUBELET).as(STRANGER).run()),
        () -> assertEquals("{}\n", client.as(STRANGER, "list", "").succeeded().stdout()),
        () -> client.as(STRANGER, "erase", "registry.gitlab.com").succeeded(),
        () ->
            assertTrue(
                client
                    .as(STRANGER, "version", "")
                    .succeeded()
                    .stdout()
                    .startsWith("docker-credential-rig")));
    assertTrue(
        running.says(
            "action=get prefix=registry.gitlab.com outcome=denied"), // logged, though, and counted
        running::stderr);
    assertTrue(daemon.status().contains("\"denied\""), daemon::status);
    assertFalse(running.stderr().contains("of-gitlab"), running::stderr);
  }

  @Test
  void withoutRulesRootAndTheSocketsGroupGetEverything() {
    daemon.configured("values.yaml", ENTRIES).start();
    var answer = NativeClient.answer("registry.gitlab.com", "bot", "of-gitlab");
    var members = client.command("get", "registry.gitlab.com");
    assertAll(
        () -> assertEquals(answer, daemon.client().get("registry.gitlab.com").stdout()),
        () -> assertEquals(answer, members.as(STRANGER, SOCKET_GROUP).run().stdout(), "kernel's"),
        () -> assertEquals(answer, members.as(SOCKET_GROUP).run().stdout(), "its own gid"),
        () ->
            assertEquals(
                "{\"ghcr.io/acme\":\"acme\",\"registry.gitlab.com\":\"bot\"}\n",
                client.command("list", "").as(STRANGER, SOCKET_GROUP).run().stdout()),
        () -> assertEquals(0, client.kubelet(KUBELET).run().status()));
  }

  @Test
  void reloadedRulesDecideTheActionsAndRegistriesOfEachUser() {
    var running = daemon.configured("values.yaml", ENTRIES).start();
    assertDenied(
        "get registry.gitlab.com", STRANGER, client.as(STRANGER, "get", "registry.gitlab.com"));
    PrivateFile.write(
        daemon.file("values.yaml"),
        ENTRIES
            + """
              access:
                - {users: [root]}
                - {users: ["20011"], groups: ["20200"], actions: [get, list], registries: [registry.gitlab.com]}
            """);
    Eventually.within(
        Duration.ofSeconds(5),
        () -> client.as(STRANGER, "get", "registry.gitlab.com").status() == 0,
        running::stderr);
    var member = client.command("get", "registry.gitlab.com").as(20_012, RULED_GROUP);
    assertAll(
        () -> assertEquals(0, member.run().status()),
        () ->
            assertDenied(
                "get ghcr.io/acme/app", STRANGER, client.as(STRANGER, "get", "ghcr.io/acme/app")),
        () -> assertDenied("use \"kubelet\"", STRANGER, client.kubelet(KUBELET).as(STRANGER).run()),
        () -> assertDenied("use \"version\"", STRANGER, client.as(STRANGER, "version", "")),
        () ->
            assertDenied(
                "store quay.io",
                STRANGER,
                client.as(STRANGER, "store", SharedClient.login("quay.io", "u", "s"))),
        () ->
            assertEquals(
                "{\"registry.gitlab.com\":\"bot\"}\n",
                client.as(STRANGER, "list", "").succeeded().stdout()),
        () -> assertDenied("get quay.io", 20_013, client.as(20_013, "get", "quay.io")),
        () -> assertEquals(0, daemon.client().get("ghcr.io/acme/app").status(), "root has a rule"),
        () -> assertFalse(running.stderr().contains("after a restart: access"), running::stderr));

    PrivateFile.write(daemon.file("values.yaml"), ENTRIES + "  access: []\n");
    Eventually.within(
        Duration.ofSeconds(5),
        () -> daemon.client().get("registry.gitlab.com").status() == 1,
        running::stderr);
    assertDenied("get registry.gitlab.com", 0, daemon.client().get("registry.gitlab.com"));
  }

  @Test
  void namesAreTheMachinesUsersAndGroups() {
    daemon
        .configured(
            "values.yaml",
            ENTRIES
                + """
                  access:
                    - {users: [root]}
                    - {users: [nobody], actions: [get]}
                    - {groups: [daemon], actions: [get]}
                    - {users: [there-is-no-such-user], groups: [nor-such-a-group]}
                """)
        .start();
    assertAll(
        () -> assertEquals(0, client.as(65_534, "get", "ghcr.io/acme").status()),
        () -> assertEquals(0, client.as(1, "get", "ghcr.io/acme").status(), "daemon, by its group"),
        () -> assertDenied("use \"list\"", 65_534, client.as(65_534, "list", "")),
        () -> assertDenied("get ghcr.io/acme", 20_013, client.as(20_013, "get", "ghcr.io/acme")));
  }

  /** explain and status show no more than list would. */
  @Test
  void strangerLearnsNothingFromTheCommandLine() {
    daemon.configured("values.yaml", ENTRIES).start();
    for (var request : List.of("explain\nregistry.gitlab.com/x", "status\n")) {
      var answer =
          Uid.as(
              STRANGER,
              () -> {
                try (var raw = RawClient.connect(daemon.socket())) {
                  return raw.send(request).endOfRequest().rest();
                }
              });
      assertTrue(answer.startsWith("1\nrig-credentials: denied: uid 20011 may not "), answer);
      assertFalse(answer.contains("values.yaml"), answer);
    }
  }
}
