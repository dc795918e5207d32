package dev.rig.credentials.config.reader;

import static dev.rig.credentials.config.ConfigTexts.load;
import static dev.rig.credentials.config.ConfigTexts.write;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.AdminAddress;
import dev.rig.credentials.config.ClusterSettings;
import dev.rig.credentials.config.ConfiguredAccessRule;
import dev.rig.credentials.config.DaemonSettings;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.LogFormat;
import dev.rig.credentials.config.LogLevel;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.config.files.InputFiles;
import dev.rig.credentials.config.files.PasswordFiles;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.problem.ProblemsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  private static final String VALUES =
      """
      image: {tag: v1}
      rig:
        ingress: {enabled: true, hosts: [a, b]}
        dockerRegistries:
          index.docker.io: {username: bot, password: dckr_pat_1}
          registry.gitlab.com/rigdev:
            script: |
              echo "user:$(cat token)"
            expire: 1h30m
            timeout: 10s
            env: {AWS_PROFILE: prod, EMPTY: ""}
            alias: gitlab
            default: true
            serviceAccount: optional
          "*.dkr.ecr.*.amazonaws.com": {script: "echo AWS:x"}
        clusters:
          prod: {type: k8s, createPullSecrets: true, token: t0k, url: https://k8s, extra: 1}
          kind: {type: k8s, devRegistry: {host: localhost:30000, clusterHost: registry:5000}}
          git: {type: docker, git: {url: https://u:p@git, branch: main}, script: s}
      daemon:
        socket: /run/x.sock
        socketMode: 0660
        socketGroup: rig
        platformSocket: /run/p.sock
        admin: 127.0.0.1:9465
        stateDir: /var/lib/x
        warmRestart: false
        sealingKeyFile: /etc/x.key
        prefetchSpread: 1h
        log: {level: debug, format: json, audit: false}
        access: [{users: [root, 1000], actions: [get, list], registries: [registry.gitlab.com]}]
      """;

  private static final String CONFIG_MAP =
      """
      apiVersion: config.rig.dev/v1alpha1
      kind: PlatformConfig
      port: 4747
      dockerRegistries:
        ghcr.io: {username: "bot", script: "", expire: ""}
        registry.gitlab.com: {username: "", script: "echo a:b", expire: "1h"}
      clusters:
        prod: {type: "k8s", url: "", token: ""}
      """;

  private static final String SECRET =
      """
      apiVersion: config.rig.dev/v1alpha1
      kind: PlatformConfig
      dockerRegistries:
        ghcr.io: {password: "s3cret"}
        registry.gitlab.com: {password: ""}
      clusters:
        prod: {token: "t0k"}
      """;

  @TempDir private Path folder;

  @Test
  void allHelmValuesAreRead() throws Exception {
    var configuration = load(folder, VALUES);
    var file = folder.resolve("a.yaml").toString();
    assertEquals(
        List.of(
            new RegistryEntry(
                RegistryPrefix.parse("index.docker.io"),
                new SourcePosition(file, 5, 5),
                login("bot", "dckr_pat_1"),
                Duration.ofHours(12),
                null,
                false,
                ServiceAccountUse.IGNORED,
                List.of()),
            new RegistryEntry(
                RegistryPrefix.parse("registry.gitlab.com/rigdev"),
                new SourcePosition(file, 6, 5),
                new EntrySource.Script(
                    Secret.of("echo \"user:$(cat token)\"\n"),
                    Map.of("AWS_PROFILE", "prod"),
                    Duration.ofSeconds(10)),
                Duration.ofMinutes(90),
                "gitlab",
                true,
                ServiceAccountUse.OPTIONAL,
                List.of()),
            new RegistryEntry(
                RegistryPrefix.parse("*.dkr.ecr.*.amazonaws.com"),
                new SourcePosition(file, 15, 5),
                new EntrySource.Script(Secret.of("echo AWS:x"), Map.of(), Duration.ofSeconds(30)),
                Duration.ofHours(12),
                null,
                false,
                ServiceAccountUse.IGNORED,
                List.of())),
        configuration.registries());
  }

  @Test
  void clustersAreReadAndThePlatformsOwnKeysIgnored() {
    var clusters = load(folder, VALUES).clusters();
    assertEquals(List.of("prod", "kind", "git"), List.copyOf(clusters.keySet()));
    var prod = cluster(clusters, "prod");
    assertEquals(ClusterSettings.Type.K8S, prod.type());
    assertTrue(prod.createsPullSecrets());
    assertEquals(Secret.of("t0k"), prod.token());
    assertEquals("https://k8s", prod.url());
    assertEquals(
        new ClusterSettings.DevRegistryHosts("localhost:30000", "registry:5000"),
        cluster(clusters, "kind").devRegistry());
    assertFalse(cluster(clusters, "kind").createsPullSecrets());
    assertEquals(new ClusterSettings.Git("https://u:p@git"), cluster(clusters, "git").git());
    assertEquals(ClusterSettings.Type.DOCKER, cluster(clusters, "git").type());
  }

  @Test
  void allDaemonSettingsAreRead() throws Exception {
    var daemon = load(folder, VALUES).daemon();
    assertEquals(
        DaemonSettings.UNSET
            .with(DaemonSettings.SOCKET, Path.of("/run/x.sock"))
            .with(DaemonSettings.SOCKET_MODE, 0660)
            .with(DaemonSettings.SOCKET_GROUP, "rig")
            .with(DaemonSettings.PLATFORM_SOCKET, Path.of("/run/p.sock"))
            .with(DaemonSettings.ADMIN, new AdminAddress.Tcp("127.0.0.1", 9465))
            .with(DaemonSettings.STATE_DIR, Path.of("/var/lib/x"))
            .with(DaemonSettings.WARM_RESTART, false)
            .with(DaemonSettings.SEALING_KEY_FILE, Path.of("/etc/x.key"))
            .with(DaemonSettings.PREFETCH_SPREAD, Duration.ofHours(1))
            .with(DaemonSettings.LOG_LEVEL, LogLevel.DEBUG)
            .with(DaemonSettings.LOG_FORMAT, LogFormat.JSON)
            .with(DaemonSettings.LOG_AUDIT, false)
            .with(
                DaemonSettings.ACCESS,
                List.of(
                    new ConfiguredAccessRule(
                        new SourcePosition(folder.resolve("a.yaml").toString(), 31, 12),
                        List.of("root", "1000"),
                        List.of(),
                        Set.of(
                            ConfiguredAccessRule.AccessAction.GET,
                            ConfiguredAccessRule.AccessAction.LIST),
                        List.of(RegistryPrefix.parse("registry.gitlab.com"))))),
        daemon);
  }

  @Test
  void shellOfScriptsIsRead() {
    assertEquals(
        Path.of("/bin/bash"),
        load(folder, "daemon: {shell: /bin/bash}").daemon().get(DaemonSettings.SHELL));
  }

  /** C9: the password of Google's {@code _json_key} is a JSON document of several lines. */
  @Test
  void passwordMayHaveSeveralLines() {
    var configuration =
        load(
            folder,
            """
            rig:
              dockerRegistries:
                gcr.io:
                  username: _json_key
                  password: |-
                    {
                    \t"type": "service_account"
                    }
            """);
    assertEquals(
        login("_json_key", "{\n\t\"type\": \"service_account\"\n}"),
        configuration.registries().getFirst().source());
  }

  @Test
  void configMapAndSecretAreOneConfiguration() {
    var configuration = load(folder, CONFIG_MAP, SECRET);
    var entries = configuration.registries();
    assertEquals(login("bot", "s3cret"), entries.get(0).source());
    assertEquals(5, entries.get(0).origin().line());
    assertInstanceOf(EntrySource.Script.class, entries.get(1).source());
    assertEquals(Duration.ofHours(1), entries.get(1).expire());
    assertEquals(Secret.of("t0k"), cluster(configuration.clusters(), "prod").token());
    assertEquals(ClusterSettings.Type.K8S, cluster(configuration.clusters(), "prod").type());
  }

  @Test
  void secretMayComeBeforeTheConfigMap() {
    assertEquals(
        login("bot", "s3cret"), load(folder, SECRET, CONFIG_MAP).registries().get(0).source());
  }

  @Test
  void documentsOfOneFileOverrideEachOther() {
    var merged = load(folder, "---\n" + CONFIG_MAP + "---\n# nothing\n---\n" + SECRET);
    assertEquals(login("bot", "s3cret"), merged.registries().get(0).source());
  }

  @Test
  void jsonIsReadAsItIsWritten() {
    var json =
        """
        {"rig": {"dockerRegistries": {
        \t"ghcr.io/acme": {"username": "\\u00fc", "password": "\\ud83d\\ude00/", "default": true}}}}
        """;
    var entry = load(folder, json).registries().get(0);
    assertEquals("ghcr.io/acme", entry.prefix().toString());
    assertEquals(login("\u00fc", "\ud83d\ude00/"), entry.source());
  }

  @Test
  void laterDocumentOverridesFieldByFieldInAnySpelling() {
    var configuration =
        load(
            folder,
            """
            rig: {dockerRegistries: {docker.io: {script: echo a:b, expire: 1h, alias: hub,
              env: {A: one, B: two}}}}
            """,
            """
            rig: {dockerRegistries: {"https://index.docker.io/v1/": {expire: 2h, alias: "",
              env: {B: three, A: ""}, timeout: 5s}}}
            """);
    var entry = configuration.registries().get(0);
    assertEquals(1, configuration.registries().size());
    assertEquals(Duration.ofHours(2), entry.expire());
    assertEquals("hub", entry.alias());
    assertEquals(folder.resolve("a.yaml") + ":1", entry.origin().toString());
    assertEquals(
        new EntrySource.Script(
            Secret.of("echo a:b"), Map.of("A", "one", "B", "three"), Duration.ofSeconds(5)),
        entry.source());
  }

  @Test
  void originIsTheDocumentWithTheScript() {
    var entry =
        load(
                folder,
                "rig: {dockerRegistries: {ghcr.io: {script: a}}}",
                "rig: {dockerRegistries:\n {ghcr.io: {script: b}}}")
            .registries()
            .get(0);
    assertEquals(new SourcePosition(folder.resolve("b.yaml").toString(), 2, 3), entry.origin());
  }

  @Test
  void scalarsKeepTheirTexts() {
    for (var text :
        List.of(
            "0123", "12345", "1e3", "0x1F", "yes", "true", "1_000", "2026-01-01", ".5", "1.10")) {
      var source =
          load(folder, "rig: {dockerRegistries: {ghcr.io: {username: 7, password: " + text + "}}}")
              .registries()
              .get(0)
              .source();
      assertEquals(login("7", text), source);
    }
  }

  @Test
  void booleansMayBeTexts() {
    for (var text : List.of("true", "\"true\"", "'true'")) {
      assertTrue(
          load(folder, "rig: {dockerRegistries: {ghcr.io: {script: x, default: " + text + "}}}")
              .registries()
              .get(0)
              .isDefault());
    }
  }

  @Test
  void everyFieldMayBeUnset() {
    for (var unset : List.of("\"\"", "''", "null", "~", "")) {
      var entry =
          load(
                  folder,
                  """
                  rig:
                    clusters: {c: {type: X, url: X, token: X, script: X, git: X, devRegistry: X}, d: X}
                    dockerRegistries:
                      ghcr.io: {script: echo, username: X, password: X, expire: X, timeout: X,
                        env: X, alias: X, default: X, serviceAccount: X}
                  daemon: {socket: X, socketMode: X, socketGroup: X, platformSocket: X, admin: X,
                    stateDir: X, log: X, access: X}
                  """
                      .replace("X", unset))
              .registries()
              .get(0);
      assertEquals(Duration.ofHours(12), entry.expire());
      assertNull(entry.alias());
    }
    assertEquals(DaemonSettings.UNSET, load(folder, "rig:\ndaemon: {log: {level: ''}}").daemon());
  }

  @Test
  void configurationWithoutRegistriesIsValid() {
    assertEquals(List.of(), load(folder, "rig:").registries());
    assertEquals(List.of(), load(folder, "rig: {dockerRegistries: }").registries());
    assertEquals(List.of(), load(folder, "daemon: {admin: 'off'}").registries());
    assertEquals(
        new AdminAddress.Off(),
        load(folder, "daemon: {admin: 'off'}").daemon().get(DaemonSettings.ADMIN));
  }

  @Test
  void anchorsAndAliasesAreAllowed() {
    var entries =
        load(
                folder,
                """
                rig:
                  dockerRegistries:
                    ghcr.io: &login {username: &u u, password: p}
                    quay.io: *login
                    gcr.io: {username: *u, password: q}
                """)
            .registries();
    assertEquals(login("u", "p"), entries.get(1).source());
    assertEquals(login("u", "q"), entries.get(2).source());
  }

  @Test
  void identityTokenMayBeConfigured() {
    var source =
        load(folder, "rig: {dockerRegistries: {ghcr.io: {username: <token>, password: p}}}")
            .registries()
            .get(0)
            .source();
    assertTrue(((EntrySource.StaticLogin) source).credential().isIdentityToken());
  }

  @Test
  void laterDaemonSettingsOverrideEarlierOnes() {
    var daemon =
        load(
                folder,
                "daemon: {socket: /a, log: {level: warn}, access: [{users: [a]}, {groups: [b]}]}",
                "daemon: {socket: /b, log: {format: text}, access: [{groups: [c]}]}")
            .daemon();
    assertEquals(Path.of("/b"), daemon.get(DaemonSettings.SOCKET));
    assertEquals(LogLevel.WARN, daemon.get(DaemonSettings.LOG_LEVEL));
    assertEquals(LogFormat.TEXT, daemon.get(DaemonSettings.LOG_FORMAT));
    var rules = Objects.requireNonNull(daemon.get(DaemonSettings.ACCESS));
    assertEquals(1, rules.size());
    assertEquals(EnumSet.allOf(ConfiguredAccessRule.AccessAction.class), rules.get(0).actions());
    assertEquals(daemon, daemon.overriddenBy(DaemonSettings.UNSET));
    assertEquals(daemon, DaemonSettings.UNSET.overriddenBy(daemon));
  }

  /** T11. */
  @Test
  void t11_nothingPrintsASecret() {
    var printed =
        load(
                folder,
                """
                rig:
                  dockerRegistries:
                    ghcr.io: {username: canary, password: canary}
                    quay.io: {script: echo canary, env: {A: canary}}
                  clusters:
                    c: {url: canary, token: canary, script: canary, certificateAuthority: canary, git: {url: canary}}
                """)
            .toString();
    var configuration =
        load(
            folder,
            "rig: {dockerRegistries: {ghcr.io: {script: canary, env: {A: canary}}, quay.io:"
                + " {username: canary, password: canary}}, clusters: {c: {token: canary, url:"
                + " canary, script: canary, git: {url: canary}}}}");
    var all =
        printed
            + configuration.registries()
            + configuration.clusters()
            + cluster(configuration.clusters(), "c").git();
    assertFalse(all.contains("canary"), all);
    assertTrue(all.contains("ghcr.io"));
  }

  @Test
  void everyFileThatWasReadIsNamedInTheOrderOfMerging() {
    var paths = write(folder, CONFIG_MAP, SECRET, "daemon: {log: {level: warn}}\n");
    assertEquals(paths.stream().map(Path::toString).toList(), ConfigLoader.load(paths).files());
  }

  @Test
  void fingerprintDistinguishesInputs() {
    var paths = write(folder, CONFIG_MAP, SECRET);
    var before = ConfigLoader.load(paths).fingerprint();
    assertEquals(64, before.length());
    assertEquals(before, ConfigLoader.load(paths).fingerprint());
    assertNotEquals(before, ConfigLoader.load(paths.reversed()).fingerprint());
    assertNotEquals(
        before, ConfigLoader.load(write(folder, CONFIG_MAP, SECRET + "\n")).fingerprint());
  }

  private static ClusterSettings cluster(Map<String, ClusterSettings> clusters, String name) {
    return Objects.requireNonNull(clusters.get(name));
  }

  private static EntrySource login(String username, String password) {
    return new EntrySource.StaticLogin(new Credential(username, Secret.of(password)));
  }

  /** F36: the same file may be read a moment later; an invalid one stays invalid. */
  @Test
  void failureToReadIsToldApartFromAnInvalidFile() {
    var paths = write(folder, "rig: {dockerRegistries: {ghcr.io: {username: u}}}");
    var files = new PasswordFiles(WriteAccess.ofThisProcess(Map.of()));
    var invalid =
        assertThrows(
            ProblemsException.class, () -> ConfigLoader.load(paths, InputFiles::limited, files));
    assertFalse(invalid.isReadFailure());
    var shortage =
        assertThrows(
            ProblemsException.class,
            () ->
                ConfigLoader.load(
                    paths,
                    file -> {
                      throw new FileSystemException(file.toString(), null, "Too many open files");
                    },
                    files));
    assertTrue(shortage.isReadFailure());
    assertTrue(shortage.problems().toString().contains("Too many open files"), shortage::toString);
  }
}
