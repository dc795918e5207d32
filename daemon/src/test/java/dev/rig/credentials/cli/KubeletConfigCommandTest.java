package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

class KubeletConfigCommandTest {
  private static final String PLAIN =
      """
      rig:
        dockerRegistries:
          ghcr.io/acme: {username: u, password: CANARY}
          docker.io: {username: u, password: CANARY}
      """;
  private static final String WITH_TOKEN =
      PLAIN + "    'registry.example.org': {script: echo u:p, serviceAccount: required}\n";

  @TempDir private Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String values, String... more) {
    try {
      Files.writeString(folder.resolve("values.yaml"), values);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    var words =
        new ArrayList<>(List.of("kubelet-config", "-c", folder.resolve("values.yaml").toString()));
    words.addAll(List.of(more));
    var console = new Console(stream(out), stream(err), Map.of(), false, false);
    return Main.run(console, words.toArray(String[]::new));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void documentIsValidForTheKubelet() {
    assertEquals(0, run(PLAIN, "--socket", "/run/a \"b\"/c.sock"));
    assertEquals(
        """
        apiVersion: kubelet.config.k8s.io/v1
        kind: CredentialProviderConfig
        providers:
          - name: "rig-credential-provider"
            apiVersion: "credentialprovider.kubelet.k8s.io/v1"
            defaultCacheDuration: "0s"
            matchImages:
              - "ghcr.io/acme"
              - "docker.io"
              - "index.docker.io"
              - "registry-1.docker.io"
            env:
              - name: "RIG_CREDENTIALS_SOCKET"
                value: "/run/a \\"b\\"/c.sock"
        """,
        text(out));
    Map<String, Object> document = new Yaml().load(text(out));
    assertTrue(document.toString().contains("value=/run/a \"b\"/c.sock"), document::toString);
  }

  @Test
  void entriesWithTokensGetASecondProvider() {
    int status =
        run(
            WITH_TOKEN,
            "--service-account-audience=sts.amazonaws.com",
            "--service-account-cache-type=serviceaccount",
            "--required-annotation=eks.amazonaws.com/role-arn",
            "--optional-annotation=region");
    assertEquals(0, status, () -> text(err));
    assertTrue(
        text(out)
            .endsWith(
                """
                  - name: "rig-credential-provider-token"
                    apiVersion: "credentialprovider.kubelet.k8s.io/v1"
                    defaultCacheDuration: "0s"
                    matchImages:
                      - "registry.example.org"
                    tokenAttributes:
                      serviceAccountTokenAudience: "sts.amazonaws.com"
                      cacheType: "ServiceAccount"
                      requireServiceAccount: true
                      requiredServiceAccountAnnotationKeys:
                        - "eks.amazonaws.com/role-arn"
                      optionalServiceAccountAnnotationKeys:
                        - "region"
                """),
        () -> text(out));
  }

  @Test
  void missingAudienceIsReported() {
    assertEquals(ExitStatus.USAGE, run(WITH_TOKEN));
    assertTrue(text(err).contains("--service-account-audience"), () -> text(err));
    assertEquals("", text(out));
  }

  @Test
  void settingsThatTheKubeletRejectsAreRejected() {
    int status =
        run(
            WITH_TOKEN,
            "--service-account-audience=sts",
            "--require-service-account=false",
            "--required-annotation=a");
    assertEquals(ExitStatus.USAGE, status);
    assertTrue(text(err).contains("annotation can be required only"), () -> text(err));
    assertEquals(ExitStatus.USAGE, run(WITH_TOKEN, "--service-account-cache-type=Pod"));
  }

  @Test
  void configurationWithoutAnEntryForAKubeletIsAnError() {
    assertEquals(
        ExitStatus.CONFIGURATION,
        run("rig: {dockerRegistries: {'[::1]': {username: u, password: p}}}"));
    assertTrue(text(err).contains("[::1] is left out"), () -> text(err));
  }

  @Test
  void removeDeletesWhatWasInstalledAndNothingElse() throws IOException {
    var bin = Files.createDirectories(folder.resolve("kubelet/bin"));
    var config = Files.writeString(folder.resolve("kubelet/credential-provider.yaml"), "x");
    var program = Files.writeString(bin.resolve("rig-credential-provider"), "x");
    var second = Files.writeString(bin.resolve("rig-credential-provider-token"), "x");
    var other = Files.writeString(bin.resolve("ecr-credential-provider"), "x");

    assertEquals(0, run(PLAIN, "--remove", folder.resolve("kubelet").toString()));
    assertEquals(
        "removed %s\nremoved %s\nremoved %s\n".formatted(config, second, program), text(out));
    assertTrue(Files.exists(other));

    Files.delete(other);
    assertEquals(0, run(PLAIN, "--remove", folder.resolve("kubelet").toString()));
    assertTrue(Files.notExists(folder.resolve("kubelet")), "empty folders go too");
    assertEquals(0, run(PLAIN, "--remove", folder.resolve("kubelet").toString()));
  }

  @Test
  void removeIsRefusedWhileAKubeletWasStartedWithTheFolder() throws IOException {
    var config = folder.resolve("credential-provider.yaml");
    Files.writeString(config, "x");
    // The shell keeps its arguments on its command line, as a kubelet keeps its flags.
    var kubelet =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                "read line; exit",
                "kubelet",
                "--image-credential-provider-config=" + config)
            .start();
    try {
      assertEquals(ExitStatus.FAILED, run(PLAIN, "--remove", folder.toString()));
      assertTrue(text(err).contains("process " + kubelet.pid() + " was"), () -> text(err));
      assertTrue(Files.exists(config));
    } finally {
      kubelet.destroyForcibly();
    }
  }

  @Test
  void installAndRemoveExcludeEachOther() {
    assertEquals(ExitStatus.USAGE, run(PLAIN, "--install", "/nowhere", "--remove", "/nowhere"));
  }
}
