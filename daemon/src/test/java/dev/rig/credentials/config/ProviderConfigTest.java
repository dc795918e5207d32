package dev.rig.credentials.config;

import static dev.rig.credentials.config.ConfigTexts.load;
import static dev.rig.credentials.config.ConfigTexts.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.ProviderKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProviderConfigTest {
  @TempDir private Path folder;

  @Test
  void everyProviderIsReadWithItsOptions() {
    var configuration =
        load(
            folder,
            """
            rig:
              dockerRegistries:
                "*.dkr.ecr.*.amazonaws.com": {provider: ecr}
                europe-west1-docker.pkg.dev:
                  provider: google
                  timeout: 5s
                  with: {impersonate: pull@p.iam.gserviceaccount.com, keyFile: ""}
                acme.azurecr.io:
                  provider: azure
                  with: {clientId: 11111111-1111-1111-1111-111111111111}
                ghcr.io/acme:
                  provider: githubApp
                  with: {appId: 1, installationId: 2, privateKeyFile: /etc/app.pem}
            """);
    var timeout = Duration.ofSeconds(30);
    assertEquals(
        List.of(
            new EntrySource.CloudProvider(ProviderKind.ECR, Map.of(), timeout),
            new EntrySource.CloudProvider(
                ProviderKind.GOOGLE,
                Map.of("impersonate", "pull@p.iam.gserviceaccount.com"),
                Duration.ofSeconds(5)),
            new EntrySource.CloudProvider(
                ProviderKind.AZURE,
                Map.of("clientId", "11111111-1111-1111-1111-111111111111"),
                timeout),
            new EntrySource.CloudProvider(
                ProviderKind.GITHUB_APP,
                Map.of("appId", "1", "installationId", "2", "privateKeyFile", "/etc/app.pem"),
                timeout)),
        configuration.registries().stream().map(RegistryEntry::source).toList());
  }

  @Test
  void optionsOfSeveralFilesAreMerged() {
    var merged =
        load(
            folder,
            "rig: {dockerRegistries: {ghcr.io: {provider: githubApp, with: {appId: 1,"
                + " installationId: 2}}}}",
            "rig: {dockerRegistries: {ghcr.io: {with: {privateKeyFile: /k, appId: 3}}}}");
    assertEquals(
        new EntrySource.CloudProvider(
            ProviderKind.GITHUB_APP,
            Map.of("appId", "3", "installationId", "2", "privateKeyFile", "/k"),
            Duration.ofSeconds(30)),
        merged.registries().getFirst().source());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "{provider: ecs} => a.yaml:3:32: unknown provider \"ecs\" (did you mean \"ecr\"?)",
        "{provider: vault} => a.yaml:3:32: unknown provider (known here: ecr, google, azure,"
            + " githubApp)",
        "{provider: ecr, with: {regoin: x}} => a.yaml:3:44: unknown option of provider ecr"
            + " \"regoin\" (did you mean \"region\"?)",
        "{provider: ecr, with: {region: EU}} => a.yaml:3:52: not a valid value for the option"
            + " region (write a region like eu-west-1)",
        "{provider: ecr, with: {endpoint: 'https://u:p@x'}} => a.yaml:3:54: not a valid value for"
            + " the option endpoint (write a URL like https://host)",
        "{provider: ecr, with: [region]} => a.yaml:3:43: with must be a mapping (write key: value"
            + " pairs below it)",
        "{provider: ecr, with: 5} => a.yaml:3:43: with must be a mapping (write key: value pairs"
            + " below it)",
        "{provider: ecr, with: {region: [eu-west-1]}} => a.yaml:3:52: the option must be a single"
            + " value",
        "{provider: ecr, with: {region: {a: b}}} => a.yaml:3:52: the option must be a single value",
        "{provider: ecr, with: {region: 1.5}} => a.yaml:3:52: not a valid value for the option"
            + " region (write a region like eu-west-1)",
        "{provider: ecr, with: {roleArn: 'arn:aws:iam::1:role/x'}} => a.yaml:3:53: not a valid"
            + " value for the option roleArn (write a role like"
            + " arn:aws:iam::123456789012:role/pull)",
        "{provider: ecr, with: {endpoint: 'file:///etc/passwd'}} => a.yaml:3:54: not a valid value"
            + " for the option endpoint (write a URL like https://host)",
        "{provider: [ecr]} => a.yaml:3:32: the provider must be a single value",
        "{provider: ecr, helper: pass} => a.yaml:3:45: a helper in addition to a provider (an"
            + " entry has one source; the other one is at a.yaml:3)",
        "{provider: google} => a.yaml:3:32: provider google does not serve this host (it serves"
            + " gcr.io, *.gcr.io, *.pkg.dev)",
        "{provider: ecr, script: s} => a.yaml:3:45: a script in addition to a provider (an entry"
            + " has one source; the other one is at a.yaml:3)",
        "{provider: ecr, username: u} => a.yaml:3:47: the user name in addition to a provider (an"
            + " entry has one source; the other one is at a.yaml:3)",
        "{password: p, provider: ecr} => a.yaml:3:45: a provider in addition to the password (an"
            + " entry has one source; the other one is at a.yaml:3)",
        "{provider: ecr, env: {A: b}} => a.yaml:3:46: env without a script (only a script or a"
            + " helper needs it)",
        "{username: u, password: p, with: {region: a}} => a.yaml:3:63: with without a provider"
            + " (only a provider needs it)",
      })
  void wrongProviderIsReportedWithItsPlace(String entry, String problem) {
    assertEquals(
        List.of(problem),
        problems(folder, "rig:\n  dockerRegistries:\n    public.ecr.aws: " + entry + "\n"));
  }

  /** Nothing below an option is as if it was not there. */
  @ParameterizedTest
  @ValueSource(
      strings = {"", ", with: {}", ", with: ~", ", with: {region: ~}", ", with: {region: ''}"})
  void optionWithoutAValueIsNotSet(String with) {
    var read =
        load(folder, "rig: {dockerRegistries: {public.ecr.aws: {provider: ecr" + with + "}}}");
    assertEquals(
        new EntrySource.CloudProvider(ProviderKind.ECR, Map.of(), Duration.ofSeconds(30)),
        read.registries().getFirst().source());
  }

  @Test
  void missingOptionsAreReportedTogether() {
    assertEquals(
        List.of(
            "a.yaml:3:25: provider githubApp needs the option installationId (add it below with:"
                + " the installation's number)",
            "a.yaml:3:25: provider githubApp needs the option privateKeyFile (add it below with:"
                + " the absolute path of a file)"),
        problems(
            folder,
            "rig:\n  dockerRegistries:\n    ghcr.io: {provider: githubApp, with: {appId: 1}}\n"));
  }

  @Test
  void serviceAccountNeedsAProviderThatUsesIt() {
    assertEquals(
        List.of(
            "a.yaml:4:23: provider githubApp cannot use a pod's service account (leave"
                + " serviceAccount out)",
            "a.yaml:7:48: serviceAccount with provider google needs the option audience (add the"
                + " workload identity pool's provider that pods' tokens are exchanged at)"),
        problems(
            folder,
            """
            rig:
              dockerRegistries:
                ghcr.io:
                  serviceAccount: optional
                  provider: githubApp
                  with: {appId: 1, installationId: 2, privateKeyFile: /k}
                gcr.io: {provider: google, serviceAccount: required}
                acme.azurecr.io: {provider: azure, serviceAccount: required}
            """));
  }

  @ParameterizedTest
  @CsvSource({
    "ecr, 1.dkr.ecr.eu-west-1.amazonaws.com",
    "ecr, 1.dkr.ecr.cn-north-1.amazonaws.com.cn",
    "ecr, 1.dkr.ecr-fips.us-gov-west-1.amazonaws.com",
    "ecr, 1.dkr-ecr.us-west-2.on.aws",
    "ecr, 1.dkr-ecr-fips.us-west-2.on.aws",
    "ecr, '*.dkr.ecr.*.amazonaws.com'",
    "ecr, '*.*.*.*.amazonaws.com'",
    "google, 'europe-*-docker.pkg.dev'",
    "google, eu.gcr.io",
    "azure, '*.azurecr.*'",
    "githubApp, ghcr.io",
    "githubApp, containers.acme.ghe.com"
  })
  void hostOfTheProviderIsServed(String provider, String host) {
    assertTrue(kind(provider).serves(host, Map.of()));
  }

  /** A token of a cloud is sent only to that cloud's registries. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ecr 1.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
        "ecr amazonaws.com",
        "ecr dkr.ecr.eu-west-1.amazonaws.com",
        "ecr 1.dkr.ecr.amazonaws.com",
        "ecr 1.dkr.ecr.eu-west-1.evil.amazonaws.com",
        "ecr 1xdkr.ecr.eu-west-1.amazonaws.com",
        "ecr 1.dkr.ecr.eu-west-1.amazonaws.com.evil",
        "ecr 1.dkr-ecr.us-west-2.on.aws.evil.example",
        "ecr public.ecr.aws.evil.example",
        "ecr xpublic.ecr.aws",
        "google pkg.dev",
        "google a.b.pkg.dev",
        "google evilpkg.dev",
        "google gcr.io.evil.example",
        "google a.b.gcr.io",
        "azure azurecr.io",
        "azure evilazurecr.io",
        "azure acme.azurecr.io:5000",
        "azure acme.azurecr.io.evil.example",
        "githubApp containers.ghe.com",
        "githubApp containers.a.b.ghe.com",
        "githubApp ghe.com",
        "ecr 1.dkr.ecr.eu-west-1.amazonaws.com:5000",
        "google evil-gcr.io",
        "google pkg.dev.evil.example",
        "azure acme.azurecr.zip",
        "azure a.b.azurecr.io",
        "githubApp ghcr.io.evil.example",
        "githubApp *.docker.io"
      })
  void otherHostIsNotServed(String providerAndHost) {
    var parts = providerAndHost.split(" ", 2);
    assertFalse(kind(parts[0]).serves(parts[1], Map.of()));
  }

  @Test
  void gitHubEnterpriseHasItsOwnRegistry() {
    var options = Map.of("apiUrl", "https://github.example/api/v3");
    assertTrue(ProviderKind.GITHUB_APP.serves("containers.github.example", options));
    assertFalse(ProviderKind.AZURE.serves("github.example", options));
  }

  private static ProviderKind kind(String name) {
    for (var kind : ProviderKind.values()) {
      if (kind.text().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException(name);
  }
}
