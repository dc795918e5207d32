package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.cloud.FakeEcr;
import dev.rig.credentials.testing.cloud.FakeMetadata;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.ProjectImage;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.DockerEngine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image, built from its Dockerfile and run as in the chart: not as root, without capabilities,
 * with a read-only root file system and folders in memory.
 */
@Tag("image")
class ImageIT {
  /** The time that containers of a busy machine may take; no test measures a time. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The limit in bytes of curl, jq, wget and certificates. */
  private static final long MOST_FOR_TOOLS = 30_000_000;

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static DockerEngine engine;

  @BeforeAll
  static void build() {
    engine = ProjectImage.build(reaper, folder.resolve("e"), "slim", "full");
  }

  @Test
  void documentedAwsScriptWorksInTheImage() throws IOException {
    var ecr = reaper.own(new FakeEcr("eu-west-1"));
    var home = readable(folder.resolve("aws-home"));
    write(
        readable(readable(home.resolve(".aws")).resolve("cli")).resolve("alias"),
        "[toplevel]\necr = ecr --endpoint-url %s\n".formatted(ecr.url()));
    var config = readable(folder.resolve("aws"));
    write(config.resolve("a-documented.yaml"), resource("documented-aws.yaml"));
    write(
        config.resolve("b-environment.yaml"),
        """
        rig:
          dockerRegistries:
            XXXXXXXXXXXX.dkr.ecr.us-west-2.amazonaws.com:
              timeout: 4m
              env:
                HOME: /home/aws
                AWS_ACCESS_KEY_ID: AKIAIOSFODNN7EXAMPLE
                AWS_SECRET_ACCESS_KEY: not-a-key
                AWS_EC2_METADATA_DISABLED: "true"
        """);
    serve("aws", "full", config, "--volume=" + home + ":/home/aws:ro");
    var key = "xxxxxxxxxxxx.dkr.ecr.us-west-2.amazonaws.com";

    awaitAnswer("aws", key, NativeClient.answer(key, "AWS", ecr.password()));
  }

  @Test
  void documentedGoogleScriptWorksInTheSlimImage() throws IOException {
    var metadata =
        reaper.own(new FakeMetadata("ya29.c.b0AT7lpjAbcdefghijklmnopqrstuvwxyz-0123456789"));
    var config = readable(folder.resolve("google"));
    write(config.resolve("a-documented.yaml"), resource("documented-google.yaml"));
    write(
        config.resolve("b-environment.yaml"),
        """
        rig: {dockerRegistries: {us-docker.pkg.dev: {timeout: 4m, env: {http_proxy: "%s"}}}}
        """
            .formatted(metadata.proxyUrl()));
    serve("google", "slim", config);
    var key = "us-docker.pkg.dev/project/images/app";

    awaitAnswer(
        "google",
        key,
        NativeClient.answer(
            key, "oauth2accesstoken", "ya29.c.b0AT7lpjAbcdefghijklmnopqrstuvwxyz-0123456789"));
  }

  @Test
  void scriptsFindTheirToolsAndTheSlimImageHasNoAws() {
    var words = "for tool in aws base64 curl grep jq wget; do command -v $tool || echo none; done";
    assertEquals(
        "/usr/bin/aws\n/usr/bin/base64\n/usr/bin/curl\n/usr/bin/grep\n/usr/bin/jq\n/usr/bin/wget\n",
        shell("full", words));
    assertEquals(
        "none\n/usr/bin/base64\n/usr/bin/curl\n/usr/bin/grep\n/usr/bin/jq\n/usr/bin/wget\n",
        shell("slim", words));
    assertEquals("65532:65532\n", shell("slim", "echo $(id -u):$(id -g)"));
  }

  /** The output of {@code docker history} begins with the last layer and ends with the base. */
  @Test
  void slimImageContainsItsBaseTheDistributionAndLittleElse() throws IOException {
    var layers =
        docker("history", "--human=false", "--format={{.Size}}", "slim")
            .succeeded()
            .stdout()
            .lines()
            .map(Long::valueOf)
            .toList();
    long added = layers.stream().mapToLong(Long::longValue).sum() - layers.getLast();
    long distribution;
    try (var files = Files.walk(Distribution.daemon().getParent().getParent())) {
      distribution =
          files
              .filter(file -> Files.isRegularFile(file) && !Files.isSymbolicLink(file))
              .mapToLong(file -> file.toFile().length())
              .sum();
    }
    assertTrue(layers.getLast() > distribution / 4, () -> "the base is the last: " + layers);
    assertTrue(added <= distribution + MOST_FOR_TOOLS, () -> distribution + " of " + layers);
  }

  /** Without the cache each start takes longer; it fits only jars with the same times. */
  @Test
  void aotCacheFitsInTheImage() {
    docker(
            "run",
            "--rm",
            "--network=host",
            "--env=JDK_JAVA_OPTIONS=-XX:AOTMode=on",
            "slim",
            "version")
        .succeeded();
  }

  /** F9 and F32 if no other process reaps and forwards signals. */
  @Test
  void asFirstProcessItReapsAndStopsOnSigterm() throws IOException {
    var config = readable(folder.resolve("first"));
    write(
        config.resolve("config.yaml"),
        """
        rig:
          dockerRegistries:
            ghcr.io:
              expire: 1s
              script: |
                (sleep 0.1; exit 3) &
                setsid sh -c 'sleep 0.2; exit 4' &
                echo u:p
            registry.example.org: {script: sleep 60}
        """);
    serve("first", "slim", config);
    for (int i = 0; i < 5; i++) {
      assertEquals(0, get("first", "ghcr.io").status());
    }
    var zombies = "grep -l '^State:.Z' /proc/[0-9]*/status";
    Eventually.within(
        PATIENCE,
        () -> docker("exec", "first", "sh", "-c", zombies).stdout().isEmpty(),
        () -> docker("exec", "first", "sh", "-c", "cat /proc/[0-9]*/stat").toString());
    var init = docker("exec", "first", "cat", "/proc/1/comm").succeeded();
    docker("stop", "--time=120", "first").succeeded();
    var state = docker("inspect", "--format={{.State.ExitCode}}", "first").succeeded();
    assertAll(
        () -> assertEquals("java\n", init.stdout()),
        () -> assertEquals("0\n", state.stdout(), "by itself, not by SIGKILL"),
        () -> assertFalse(docker("logs", "first").output().contains("error")));
  }

  private static void serve(String name, String image, Path config, String... more) {
    var words =
        new ArrayList<Object>(
            List.of(
                "run",
                "--detach",
                "--name=" + name,
                "--network=host",
                "--read-only",
                "--cap-drop=ALL",
                "--security-opt=no-new-privileges",
                "--tmpfs=/tmp",
                memory("/run/rig-credentials"),
                memory("/var/lib/rig-credentials"),
                "--volume=" + config + ":/etc/rig-credentials:ro"));
    words.addAll(List.of(more));
    words.add(image);
    words.addAll(List.of("serve", "--config", "/etc/rig-credentials", "--admin", "off"));
    docker(words.toArray()).succeeded();
    reaper.<AutoCloseable>own(() -> docker("rm", "--force", name));
    Eventually.within(
        PATIENCE,
        () -> docker("logs", name).output().contains("serving at"),
        () -> docker("logs", name).toString());
  }

  private static String memory(String path) {
    return "--tmpfs=" + path + ":mode=0700,uid=65532,gid=65532";
  }

  /** Repeats the request if the script takes longer than a client waits. */
  private static void awaitAnswer(String container, String key, String answer) {
    var wanted = new ProgramResult(0, answer, "");
    Eventually.within(
        PATIENCE,
        () -> get(container, key).equals(wanted),
        () -> get(container, key) + "\n" + docker("logs", container).output());
  }

  private static ProgramResult get(String container, String key) {
    return finish(
        engine
            .docker(folder, "exec", "--interactive", container, "docker-credential-rig", "get")
            .reading(key));
  }

  private static String shell(String image, String words) {
    return docker("run", "--rm", "--network=host", "--entrypoint=/bin/sh", image, "-c", words)
        .succeeded()
        .stdout();
  }

  private static ProgramResult docker(Object... words) {
    return finish(engine.docker(folder, words));
  }

  private static ProgramResult finish(Command command) {
    try (var running = command.start()) {
      return running.finish(PATIENCE);
    }
  }

  /** Makes a folder accessible for the container's user. */
  private static Path readable(Path path) throws IOException {
    PrivateFile.folder(path);
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
  }

  private static String resource(String name) throws IOException {
    try (var in = ImageIT.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
