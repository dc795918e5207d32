package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.ImagePlatform;
import dev.rig.credentials.registry.ImageTag;
import dev.rig.credentials.registry.RegistryCredentials;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.Resolution;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.TagPage;
import dev.rig.credentials.registry.client.RegistryClient;
import dev.rig.credentials.registry.client.RegistrySettings;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.ImageLayout;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.TestAuthority;
import dev.rig.credentials.testing.registry.TlsProbe;
import dev.rig.credentials.testing.registry.TokenServer;
import dev.rig.credentials.time.SystemScheduler;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The registry client with real registries, to which skopeo has pushed. */
class RegistryClientIT {
  private static final String USER = "bot";
  private static final String PASSWORD = "of:the:registry";
  private static final String OCI = "application/vnd.oci.image.";
  private static final String DOCKER = "application/vnd.docker.distribution.manifest.";

  /** How a registry authenticates clients. */
  enum Auth {
    HTPASSWD,
    TOKEN
  }

  /** One password, which a registry may accept or reject. */
  private record OnePassword(String password) implements RegistryCredentials {
    @Override
    public CompletableFuture<Lookup> lookup(ImageReference reference) {
      if (password.isEmpty()) {
        return CompletableFuture.completedFuture(new Lookup.NotFound("no entry matches"));
      }
      var lease = new Lease(new Credential(USER, Secret.of(password)), Instant.EPOCH, Lease.NEVER);
      return CompletableFuture.completedFuture(new Lookup.Found("an.entry", lease));
    }

    @Override
    public boolean reject(ImageReference reference, Lease lease) {
      return true;
    }
  }

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  @AutoClose private static final SystemScheduler scheduler = new SystemScheduler();
  private static TokenServer tokens;
  private static RegistryServer byPassword;
  private static RegistryServer byToken;

  @BeforeAll
  static void pushImages() {
    tokens = reaper.own(TokenServer.start(USER, PASSWORD));
    byPassword =
        RegistryServer.start(
            reaper, PrivateFile.folder(folder.resolve("p")), Map.of(USER, PASSWORD));
    byToken = RegistryServer.start(reaper, PrivateFile.folder(folder.resolve("t")), tokens);
    var single = ImageLayout.write(folder.resolve("single"), "2026-01-02T03:04:05Z", "amd64");
    var index =
        ImageLayout.write(folder.resolve("index"), "2026-02-03T04:05:06Z", "arm64", "amd64");
    for (var registry : List.of(byPassword, byToken)) {
      push(single, "oci", registry, "oci-single");
      push(single, "v2s2", registry, "docker-single");
      push(index, "oci", registry, "oci-index");
      push(index, "v2s2", registry, "docker-list");
    }
  }

  private static void push(Path layout, String format, RegistryServer registry, String tag) {
    Command.of(
            Tool.SKOPEO.path(),
            "--insecure-policy",
            "copy",
            "--all",
            "--format",
            format,
            "--dest-tls-verify=false",
            "--dest-creds",
            USER + ":" + PASSWORD,
            "oci:" + layout,
            "docker://" + registry.host() + "/acme/app:" + tag)
        .with("TMPDIR", folder)
        .run()
        .succeeded();
  }

  private static RegistryServer server(Auth auth) {
    return auth == Auth.TOKEN ? byToken : byPassword;
  }

  private static RegistryClient client(String password) {
    var realms = Map.of(byToken.host(), Set.of(tokens.host()));
    var settings = new RegistrySettings(Set.of(), List.of(), realms, Proxies.NONE);
    return new RegistryClient(
        new OnePassword(password), settings, scheduler.time(), CallObserver.NONE);
  }

  private static Resolution resolve(Auth auth, String password, String image) throws Exception {
    return client(password).resolve(ImageReference.ofImage(server(auth).host() + "/" + image));
  }

  private static String digestBySkopeo(RegistryServer registry, String tag) {
    var raw =
        Command.of(
                Tool.SKOPEO.path(),
                "inspect",
                "--raw",
                "--tls-verify=false",
                "--creds",
                USER + ":" + PASSWORD,
                "docker://" + registry.host() + "/acme/app:" + tag)
            .run()
            .succeeded()
            .stdout();
    return Digest.sha256(raw.getBytes(StandardCharsets.UTF_8)).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "HTPASSWD, oci-single,    application/vnd.oci.image.manifest.v1+json",
    "HTPASSWD, docker-single, application/vnd.docker.distribution.manifest.v2+json",
    "HTPASSWD, oci-index,     application/vnd.oci.image.index.v1+json",
    "HTPASSWD, docker-list,   application/vnd.docker.distribution.manifest.list.v2+json",
    "TOKEN,    oci-single,    application/vnd.oci.image.manifest.v1+json",
    "TOKEN,    docker-single, application/vnd.docker.distribution.manifest.v2+json",
    "TOKEN,    oci-index,     application/vnd.oci.image.index.v1+json",
    "TOKEN,    docker-list,   application/vnd.docker.distribution.manifest.list.v2+json"
  })
  void whatSkopeoPushedIsResolved(Auth auth, String tag, String type) throws Exception {
    var resolved =
        assertInstanceOf(ResolvedImage.class, resolve(auth, PASSWORD, "acme/app:" + tag));
    assertEquals(type, resolved.mediaType());
    assertEquals(digestBySkopeo(server(auth), tag), resolved.digest().toString());
    boolean several = type.startsWith(OCI + "index") || type.startsWith(DOCKER + "list");
    assertEquals(
        several ? List.of("arm64", "amd64") : List.of(),
        resolved.platforms().stream().map(ImagePlatform::architecture).toList());
    assertEquals(
        Instant.parse(several ? "2026-02-03T04:05:06Z" : "2026-01-02T03:04:05Z"),
        resolved.createdAt());
    assertEquals("https://example.org/app", resolved.origin().source());
    assertEquals("abc123", resolved.origin().revision());
    var pinned = ImageReference.ofImage(resolved.pinned());
    var again = assertInstanceOf(ResolvedImage.class, client(PASSWORD).resolve(pinned));
    assertEquals(resolved.digest(), again.digest());
    assertNull(again.tag());
  }

  @ParameterizedTest
  @EnumSource(Auth.class)
  void eachOfFourFailuresHasItsOwnAnswer(Auth auth) throws Exception {
    assertInstanceOf(RegistryFailure.NoSuchTag.class, resolve(auth, PASSWORD, "acme/app:missing"));
    assertInstanceOf(
        RegistryFailure.NoSuchRepository.class, resolve(auth, PASSWORD, "acme/missing:1"));
    assertInstanceOf(
        RegistryFailure.Unauthorised.class, resolve(auth, "wrong", "acme/app:oci-single"));
    assertInstanceOf(RegistryFailure.Unauthorised.class, resolve(auth, "", "acme/app:oci-single"));
    var nobody = ImageReference.ofImage("127.0.0.1:1/acme/app:1");
    assertInstanceOf(RegistryFailure.Unreachable.class, client(PASSWORD).resolve(nobody));
  }

  @Test
  void onlyReadAccessIsRequested() throws Exception {
    resolve(Auth.TOKEN, PASSWORD, "acme/app:oci-single");
    assertEquals("repository:acme/app:pull", tokens.scopes().getLast());
  }

  @ParameterizedTest
  @EnumSource(Auth.class)
  void tagsAreListedNewestFirst(Auth auth) throws Exception {
    var repository = ImageReference.ofImage(server(auth).host() + "/acme/app");
    var page = assertInstanceOf(TagPage.class, client(PASSWORD).tags(repository, 10, null));
    assertEquals(
        List.of("oci-index", "docker-list", "oci-single", "docker-single"),
        page.tags().stream().map(ImageTag::name).toList());
    assertEquals(Instant.parse("2026-02-03T04:05:06Z"), page.tags().getFirst().createdAt());
    assertNull(page.next());
  }

  @ParameterizedTest
  @EnumSource(TestAuthority.Keys.class)
  void theDistributionsRuntimeSupportsTls(TestAuthority.Keys keys) {
    var authority = new TestAuthority(keys);
    var file = PrivateFile.write(folder.resolve(keys + ".pem"), authority.pem());
    try (var registry =
        HostileRegistry.start((asked, out) ->
                HostileRegistry.reply(out, asked.target().equals("/v2/") ? 200 : 404, "{}"))
            .with(authority.server("127.0.0.1"))) {
      var trusting = probe(registry, file);
      assertTrue(trusting.contains("NoSuchRepository"), trusting);
      assertTrue(registry.asked().stream().allMatch(HostileRegistry.Asked::tls));
      int before = registry.asked().size();
      assertTrue(before > 0);
      var strict = probe(registry);
      assertTrue(strict.contains("is not trusted"), strict);
      assertEquals(before, registry.asked().size());
    }
  }

  /** Returns the output of the probe on the daemon's runtime. */
  private static String probe(HostileRegistry registry, Object... authorities) {
    var home = Distribution.daemon().getParent().getParent();
    var classes =
        String.join(
            File.pathSeparator,
            home.resolve("lib").resolve("rig-credentials.jar").toString(),
            Path.of(TlsProbe.class.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString());
    var words =
        new ArrayList<Object>(
            List.of(
                home.resolve("runtime/bin/java"),
                "@" + home.resolve("lib/jvm.options"),
                "-Djffi.boot.library.path=" + home.resolve("lib/native"),
                "-cp",
                classes,
                TlsProbe.class.getName(),
                registry.host() + "/acme/app:1"));
    words.addAll(List.of(authorities));
    return Command.of(words.toArray()).run().succeeded().stdout();
  }

  @Test
  void f29_oneByteASecondIsCutOffAfterTenSeconds() throws Exception {
    try (var registry =
        HostileRegistry.start((asked, out) -> {
          for (var letter :
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
                  .getBytes(StandardCharsets.US_ASCII)) {
            out.write(letter);
            out.flush();
            sleep(Duration.ofSeconds(1));
          }
        })) {
      long began = System.nanoTime();
      var answer =
          client(PASSWORD).resolve(ImageReference.ofImage(registry.host() + "/acme/app:1"));
      assertInstanceOf(RegistryFailure.Unreachable.class, answer);
      var took = Duration.ofNanos(System.nanoTime() - began);
      assertTrue(took.toMillis() >= 9_500 && took.toMillis() < 11_500, took::toString);
    }
  }

  private static void sleep(Duration time) throws IOException {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
