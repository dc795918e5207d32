package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.cloud.MotoServer;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Amazon's ECR and STS, by moto. */
@Tag("clouds")
class MotoIT {
  private static final String REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private final MotoServer moto = reaper.own(new MotoServer());

  private DaemonUnderTest daemon(String endpoint, String options) {
    return new DaemonUnderTest(reaper, folder.resolve("d"))
        .configured(
            "values.yaml",
            "rig: {dockerRegistries: {\"*.dkr.ecr.*.amazonaws.com\": {provider: ecr, with: {%s}}}}"
                .formatted(options))
        .with("AWS_ENDPOINT_URL", endpoint)
        .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .with("AWS_SECRET_ACCESS_KEY", "not-a-key");
  }

  @Test
  void tokenIsThatOfTheRegionAndIsKept() {
    var daemon = daemon(moto.now(), "");
    daemon.start();
    var told = daemon.client().get(REGISTRY).succeeded().stdout();
    assertTrue(told.contains("\"Username\":\"AWS\""), told);
    daemon.client().get(REGISTRY).succeeded();
    assertEquals(1, moto.requests());
  }

  @Test
  void roleIsAssumedFirst() {
    var daemon = daemon(moto.now(), "roleArn: 'arn:aws:iam::123456789012:role/pull'");
    daemon.start();
    daemon.client().get(REGISTRY).succeeded();
    assertEquals(2, moto.requests());
  }

  @Test
  void profileOfAFileNamesItsRole() {
    PrivateFile.write(
        folder.resolve("d/.aws/config"),
        """
        [profile pull]
        role_arn = arn:aws:iam::123456789012:role/pull
        credential_source = Environment
        region = eu-west-1
        """);
    var daemon = daemon(moto.now(), "profile: pull");
    daemon.start();
    daemon.client().get(REGISTRY).succeeded();
    assertEquals(2, moto.requests());
  }

  @Test
  void webIdentityOfTheEnvironmentIsUsed() {
    var token = PrivateFile.write(folder.resolve("token"), "a.projected.token");
    var daemon =
        daemon(moto.now(), "")
            .with("AWS_ACCESS_KEY_ID", "")
            .with("AWS_WEB_IDENTITY_TOKEN_FILE", token)
            .with("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/pull");
    daemon.start();
    daemon.client().get(REGISTRY).succeeded();
    assertEquals(2, moto.requests());
  }

  /** Returns a daemon with Amazon's own helper; Debian's is older and contacts Amazon itself. */
  private DaemonUnderTest amazonsHelper(String endpoint) {
    var helper = GoModule.ECR_LOGIN.program("docker-credential-ecr-login");
    return new DaemonUnderTest(reaper, folder.resolve("d"))
        .configured(
            "values.yaml",
            """
            rig:
              dockerRegistries:
                "*.dkr.ecr.*.amazonaws.com":
                  helper: ecr-login
                  env:
                    PATH: %s
                    AWS_ENDPOINT_URL: %s
                    AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE
                    AWS_SECRET_ACCESS_KEY: not-a-key
                    AWS_ECR_DISABLE_CACHE: "true"
            """
                .formatted(helper.getParent(), endpoint));
  }

  @Test
  void amazonsHelperGivesTheTokenOnceAndTheDaemonKeepsIt() {
    var daemon = amazonsHelper(moto.now());
    daemon.start();
    var told = daemon.client().get(REGISTRY).succeeded().stdout();
    assertTrue(told.contains("\"Username\":\"AWS\""), told);
    assertEquals(told, daemon.client().get(REGISTRY).succeeded().stdout());
    assertEquals(1, moto.requests());
  }

  /** That helper reports each of its failures as "not found". */
  @Test
  void notFoundOfAmazonsHelperStaysNotFound() {
    var daemon = amazonsHelper("http://127.0.0.1:1");
    daemon.start();
    var told = daemon.client().get(REGISTRY);
    assertEquals(new ProgramResult(1, "credentials not found in native keychain\n", ""), told);
  }

  @Test
  void publicGalleryIsRefusedByMotoWithItsReason() {
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured("values.yaml", "rig: {dockerRegistries: {public.ecr.aws: {provider: ecr}}}")
            .with("AWS_ENDPOINT_URL", moto.then())
            .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .with("AWS_SECRET_ACCESS_KEY", "not-a-key");
    daemon.start();
    var told = daemon.client().get("public.ecr.aws").stdout();
    assertTrue(told.contains("provider ecr: ECR in us-east-1"), told);
  }

  /** moto's tokens expired in 2015. */
  @Test
  void expiredTokenIsReportedAndNotKept() {
    var daemon = daemon(moto.then(), "");
    daemon.start();
    var told = daemon.client().get(REGISTRY);
    assertTrue(
        told.stdout().contains("provider ecr: it gave a credential that expired at 2015-"),
        told::toString);
    assertTrue(daemon.client().get(REGISTRY).status() != 0);
  }
}
