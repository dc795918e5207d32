package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.cloud.FakeEcr;
import dev.rig.credentials.testing.cloud.FakeMetadata;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.DaemonUnderTest;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.daemon.Running;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of the Rig platform's documentation, unedited. A second configuration file adds the
 * endpoints of the cloud to the environment of their entries.
 */
class CloudScriptsIT {
  private static final int ASKERS = 20;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  @Test
  void documentedAwsScriptAsksEcrOnceForAllClients() throws IOException {
    Tool.AWS.path();
    var ecr = reaper.own(new FakeEcr("eu-west-1"));
    // The command line's own configuration names the endpoint, because AWS_ENDPOINT_URL exists only
    // since 2.13.
    var home = folder.resolve("home");
    PrivateFile.write(
        home.resolve(".aws/cli/alias"),
        "[toplevel]\necr = ecr --endpoint-url %s\n".formatted(ecr.url()));
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured("documented.yaml", resource("documented-aws.yaml"))
            .configured(
                "environment.yaml",
                """
                rig:
                  dockerRegistries:
                    XXXXXXXXXXXX.dkr.ecr.us-west-2.amazonaws.com:
                      env:
                        HOME: %s
                        AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE
                        AWS_SECRET_ACCESS_KEY: not-a-key
                        AWS_EC2_METADATA_DISABLED: "true"
                """
                    .formatted(home));
    daemon.start();
    var key = "xxxxxxxxxxxx.dkr.ecr.us-west-2.amazonaws.com";

    var answers = answers(daemon.client(), key);

    assertEquals(
        Set.of(new ProgramResult(0, NativeClient.answer(key, "AWS", ecr.password()), "")), answers);
    assertEquals(1, ecr.calls());
  }

  @Test
  void documentedGoogleScriptAsksTheMetadataServerOnceForAllClients() throws IOException {
    Tool.WGET.path();
    var token = "ya29.c.b0AT7lpjAbcdefghijklmnopqrstuvwxyz-0123456789_" + "AbC-d_".repeat(150);
    var metadata = reaper.own(new FakeMetadata(token));
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured("documented.yaml", resource("documented-google.yaml"))
            .configured(
                "environment.yaml",
                """
                rig:
                  dockerRegistries:
                    us-docker.pkg.dev:
                      env: {http_proxy: "%s"}
                """
                    .formatted(metadata.proxyUrl()));
    daemon.start();
    var key = "us-docker.pkg.dev/project/images/app";

    var answers = answers(daemon.client(), key);

    assertEquals(
        Set.of(new ProgramResult(0, NativeClient.answer(key, "oauth2accesstoken", token), "")),
        answers);
    assertEquals(1, metadata.calls());
  }

  @Test
  void documentedScriptOfConstantsAnswersForDockerHub() throws IOException {
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured("documented.yaml", resource("documented-script.yaml"));
    daemon.start();
    var key = "https://index.docker.io/v1/";

    assertEquals(
        new ProgramResult(0, NativeClient.answer(key, "my-username", "my-password"), ""),
        daemon.client().get(key));
  }

  @Test
  void documentedAwsScriptThatIsDeniedIsAnErrorWithItsReasonInTheLog() throws IOException {
    Tool.AWS.path();
    var ecr = reaper.own(new FakeEcr("another-region"));
    var home = folder.resolve("home");
    PrivateFile.write(
        home.resolve(".aws/cli/alias"),
        "[toplevel]\necr = ecr --endpoint-url %s\n".formatted(ecr.url()));
    var daemon =
        new DaemonUnderTest(reaper, folder.resolve("d"))
            .configured("documented.yaml", resource("documented-aws.yaml"));
    var running =
        reaper.own(
            daemon
                .serve()
                .with("HOME", home)
                .with("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
                .with("AWS_SECRET_ACCESS_KEY", "not-a-key")
                .start());

    var outcome = daemon.client().get("xxxxxxxxxxxx.dkr.ecr.us-west-2.amazonaws.com");

    assertEquals(1, outcome.status(), outcome::toString);
    DaemonUnderTest.stop(running);
    assertTrue(running.says("AccessDeniedException"), running::stderr);
  }

  /** Returns the answers to many concurrent clients, without repetitions. */
  private Set<ProgramResult> answers(NativeClient client, String key) {
    var asking =
        IntStream.range(0, ASKERS)
            .mapToObj(i -> client.command("get").reading(key))
            .map(Command::start)
            .<Running>map(reaper::own)
            .toList();
    return asking.stream()
        .map(one -> one.finish(Duration.ofSeconds(60)))
        .collect(Collectors.toSet());
  }

  private static String resource(String name) throws IOException {
    try (var in = CloudScriptsIT.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
