package dev.rig.credentials.provider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.credential.ProviderKind;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.testing.cloud.FakeCloud;
import dev.rig.credentials.testing.machine.SpecialFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All files with a provider's identity; ProviderIT also tests those of AWS's SDK. */
class IdentityFilesTest {
  /** A file, and the option or variable that names it. */
  enum IdentityFile {
    GOOGLE_KEY(ProviderKind.GOOGLE, "gcr.io", "keyFile"),
    GOOGLE_DEFAULT(ProviderKind.GOOGLE, "gcr.io", "GOOGLE_APPLICATION_CREDENTIALS"),
    GOOGLE_FEDERATED(ProviderKind.GOOGLE, "gcr.io", "credential_source"),
    AZURE_TOKEN(ProviderKind.AZURE, "acme.azurecr.io", "AZURE_FEDERATED_TOKEN_FILE"),
    AZURE_CERTIFICATE(ProviderKind.AZURE, "acme.azurecr.io", "AZURE_CLIENT_CERTIFICATE_PATH"),
    GITHUB_KEY(ProviderKind.GITHUB_APP, "ghcr.io", "privateKeyFile"),
    AWS_TOKEN(ProviderKind.ECR, "public.ecr.aws", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    AWS_POD(ProviderKind.ECR, "public.ecr.aws", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");

    private final ProviderKind kind;
    private final String registry;
    private final String name;

    IdentityFile(ProviderKind kind, String registry, String name) {
      this.kind = kind;
      this.registry = registry;
      this.name = name;
    }
  }

  @TempDir private Path folder;
  @AutoClose private final FakeCloud cloud = new FakeCloud("unused.example");
  @AutoClose private ProviderFixture fixture;

  @BeforeEach
  void open() {
    fixture =
        new ProviderFixture(folder, cloud)
            .with("AZURE_CLIENT_ID", "client")
            .with("AZURE_TENANT_ID", "tenant");
  }

  private SourceException refusal(IdentityFile identity, Path file) throws Exception {
    var options =
        switch (identity) {
          case GOOGLE_KEY -> Map.of("keyFile", file.toString());
          case GOOGLE_FEDERATED -> {
            var federated =
                Files.writeString(
                    folder.resolve("federated.json"),
                    "{\"credential_source\": {\"file\": \"%s\"}}".formatted(file));
            yield Map.of("keyFile", federated.toString());
          }
          case GITHUB_KEY ->
              Map.of("appId", "1", "installationId", "2", "privateKeyFile", file.toString());
          default -> {
            fixture.with(identity.name, file.toString());
            yield Map.<String, String>of();
          }
        };
    return ProviderFixture.refusal(
        fixture.source(identity.kind, options), new SourceRequest(identity.registry));
  }

  private void assertNotUsed(IdentityFile identity, Path file, String reason) throws Exception {
    var refusal = refusal(identity, file);
    assertEquals(
        "provider %s: the file %s of %s is not used: %s"
            .formatted(identity.kind.text(), file, identity.name, reason),
        refusal.getMessage());
    assertEquals(ReasonClass.REFUSED, refusal.reasonClass());
    assertTrue(cloud.requests().isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void t23_identityThatOthersCanWriteIsNotUsed(IdentityFile identity) throws Exception {
    var file = Files.writeString(folder.resolve("key"), "{}");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--rw-"));
    var reason = "%1$s is writable by others (mode 0646): chmod o-w %1$s".formatted(file);
    assertNotUsed(identity, file, reason);
  }

  @ParameterizedTest
  @EnumSource
  void t23_identityInAFolderThatOthersCanWriteIsNotUsed(IdentityFile identity) throws Exception {
    var open = Files.createDirectory(folder.resolve("open"));
    var file = Files.writeString(open.resolve("key"), "{}");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xrwx"));
    var reason = "%1$s is writable by others (mode 0757): chmod o-w %1$s".formatted(open);
    assertNotUsed(identity, file, reason);
  }

  @ParameterizedTest
  @EnumSource
  void f39_identityIsReadWithoutWaiting(IdentityFile identity) throws Exception {
    var fifo = SpecialFile.FIFO.make(folder.resolve("key"));
    assertNotUsed(identity, fifo, "it is a FIFO, not a regular file");
  }

  @ParameterizedTest
  @EnumSource
  void identityWithoutItsFileIsNamed(IdentityFile identity) throws Exception {
    assertNotUsed(identity, folder.resolve("none"), "there is no such file");
  }
}
