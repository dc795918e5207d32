package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.machine.Arm64Root;
import dev.rig.credentials.testing.machine.ElfFiles;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon on arm64: this build's jars, jnr's native part for arm64 and a cross-compiled helper,
 * in a Debian 13 for arm64 whose programs QEMU runs, on Debian's own Java 25. jlink makes the
 * runtime of a package on a machine of its architecture.
 */
@EnabledIfSystemProperty(
    named = "rig.arm64",
    matches = ".*",
    disabledReason = "QEMU takes a quarter of an hour; -Drig.arm64 asks for it")
class Arm64IT {
  private static final Duration LIMIT = Duration.ofMinutes(20);
  private static final Path MODULE = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
  private static final String JNR = "libjffi-1.2.so";
  private static final String COMPILER = "aarch64-linux-gnu-gcc";

  private static final String SCRIPT =
      """
      uname -m
      ln -s /usr/lib/jvm/java-25-openjdk-arm64 /rig/runtime
      export PATH=/rig/bin:$PATH RIG_CREDENTIALS_SOCKET=/run/rig.sock
      cat >/run/values.yaml <<'END'
      rig:
        dockerRegistries:
          ghcr.io: {username: bot, password: p}
          quay.io: {script: 'echo "$(uname -m):token"'}
      END
      chmod 600 /run/values.yaml
      rig-credentials serve --config /run/values.yaml --admin off >/run/log 2>&1 &
      daemon=$!
      for attempt in $(seq 300); do
        [ -S /run/rig.sock ] && break
        sleep 1
      done
      for registry in ghcr.io quay.io; do
        for attempt in $(seq 30); do
          answer=$(printf $registry | docker-credential-rig get) && break
          sleep 1
        done
        echo "$answer"
      done
      kill $daemon
      wait $daemon
      echo "status $?"
      cat /run/log >&2
      """;

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();

  @Test
  void daemonOnArm64ServesStaticAndScriptEntries() throws IOException {
    var root = Arm64Root.unpack(reaper, folder.resolve("debian"), "openjdk-25-jre-headless");
    var home = Files.createDirectories(root.path().resolve("rig"));
    var built = Distribution.daemon().getParent().getParent();
    copy(built.resolve("bin"), home);
    copy(built.resolve("lib"), home);
    Command.of(
            "/bin/rm", "-rf", home.resolve("lib/native"), home.resolve("lib/rig-credentials.aot"))
        .run()
        .succeeded();
    jnr(Files.createDirectories(home.resolve("lib/native")));
    helper(home.resolve("bin"));
    assertEquals(
        Map.of("bin/docker-credential-rig", ElfFiles.ARM64, "lib/native/" + JNR, ElfFiles.ARM64),
        ElfFiles.in(home));

    try (var running = root.start(SCRIPT)) {
      var outcome = running.finish(LIMIT);
      assertEquals(
          "aarch64\n"
              + NativeClient.answer("ghcr.io", "bot", "p")
              + NativeClient.answer("quay.io", "aarch64", "token")
              + "status 0\n",
          outcome.stdout(),
          outcome::stderr);
    }
  }

  /** Extracts jnr's native library from the complete jar, as the build does. */
  private static void jnr(Path target) throws IOException {
    try (var library = Arm64IT.class.getResourceAsStream("/jni/aarch64-Linux/" + JNR)) {
      Files.copy(Objects.requireNonNull(library, "jnr's native part"), target.resolve(JNR));
    }
  }

  private static void helper(Path target) {
    var source = MODULE.resolveSibling("helper");
    Requirement.need(
        Stream.of("/usr/bin", "/usr/local/bin")
            .anyMatch(place -> Files.isExecutable(Path.of(place, COMPILER))),
        COMPILER + " is not installed",
        "apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross");
    for (var name : List.of("docker-credential-rig", "rig-credential-provider")) {
      Command.of("/bin/rm", "-f", target.resolve(name)).run().succeeded();
    }
    Command.of(
            "/bin/sh",
            source.resolve("src/build/install-client.sh"),
            COMPILER,
            source.resolve("target/native"),
            source.resolve("src/main/c"),
            source.resolve("src/main/sh/docker-credential-rig"),
            "0.1.0",
            target)
        .run()
        .succeeded();
    Command.of("/bin/rm", "-f", target.resolve("native-compiler.log")).run().succeeded();
  }

  private static void copy(Path from, Path to) {
    Command.of("/bin/cp", "-R", from, to).run().succeeded();
  }
}
