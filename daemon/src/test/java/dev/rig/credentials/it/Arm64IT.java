package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.Arm64Root;
import dev.rig.credentials.testing.machine.ElfFiles;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * The package for arm64: the build's own scripts make it of this build's jars and a cross-compiled
 * helper, in a Debian 13 for arm64 with {@code openjdk-25}; then a Debian 13 for arm64 without Java
 * installs it. QEMU runs the programs of both.
 */
@EnabledIfSystemProperty(
    named = "rig.arm64",
    matches = ".*",
    disabledReason = "QEMU takes half an hour; -Drig.arm64 asks for it")
class Arm64IT {
  private static final Duration LIMIT = Duration.ofMinutes(90);
  private static final Path MODULE = Path.of(System.getProperty("basedir", ".")).toAbsolutePath();
  private static final Path PROJECT = MODULE.getParent();
  private static final String COMPILER = "aarch64-linux-gnu-gcc";
  private static final String JNR = "/jni/aarch64-Linux/libjffi-1.2.so";

  private static final String BUILD =
      """
      set -e
      export JAVA_HOME=/usr/lib/jvm/java-25-openjdk-arm64
      time=2026-01-01T00:00:00Z
      cd /build/daemon
      sh src/build/make-distribution.sh @VERSION@ $time 25
      sh ../systemd/package/stage.sh target/rig-credentials target/packages @VERSION@ $time
      cd target/packages
      mkdir deb
      tar -C deb -xf root.tar
      mv control deb/DEBIAN
      chmod 755 deb/DEBIAN/p*
      dpkg-deb --root-owner-group -Zgzip -z1 --build deb rig.deb
      """;

  private static final String SERVE =
      """
      uname -m
      command -v java
      dpkg --install /opt/rig.deb >&2 || exit 1
      JDK_JAVA_OPTIONS=-XX:AOTMode=on rig-credentials version >&2 || exit 1
      export RIG_CREDENTIALS_SOCKET=/run/rig.sock
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
  void packageHasOnlyProgramsOfArm64AndServesWithoutAnInstalledJava() throws IOException {
    var builder = Arm64Root.unpack(reaper, folder.resolve("jdk"), "openjdk-25-jdk-headless");
    var version = layTheBuild(PrivateFile.folder(builder.path().resolve("build")));
    finish(builder, BUILD.replace("@VERSION@", version)).succeeded();
    var packages = builder.path().resolve("build/daemon/target/packages");

    var programs = new TreeMap<>(ElfFiles.in(packages.resolve("deb")));
    for (var program :
        List.of(
            "bin/docker-credential-rig",
            "lib/native/libjffi-1.2.so",
            "runtime/lib/server/libjvm.so")) {
      assertTrue(programs.containsKey("usr/lib/rig-credentials/" + program), programs::toString);
    }
    programs.values().removeIf(machine -> machine == ElfFiles.ARM64);
    assertEquals(Map.of(), programs);
    var control = Files.readString(packages.resolve("deb/DEBIAN/control"));
    assertTrue(control.contains("\nArchitecture: arm64\n"), control);

    var machine = Arm64Root.unpack(reaper, folder.resolve("debian"));
    Files.copy(packages.resolve("rig.deb"), machine.path().resolve("opt/rig.deb"));
    var outcome = finish(machine, SERVE);
    assertEquals(
        "aarch64\n"
            + NativeClient.answer("ghcr.io", "bot", "p")
            + NativeClient.answer("quay.io", "aarch64", "token")
            + "status 0\n",
        outcome.stdout(),
        outcome::stderr);
  }

  private static ProgramResult finish(Arm64Root root, String script) {
    try (var running = root.start(script)) {
      return running.finish(LIMIT);
    }
  }

  /** Lays what Maven has there before it calls the build's scripts; returns the version. */
  private static String layTheBuild(Path build) throws IOException {
    for (var part : List.of("README.md", "CHANGELOG.md", "LICENSE", "systemd", "sidecar-chart")) {
      copy(PROJECT.resolve(part), build.resolve(part));
    }
    for (var part : List.of("docs", "src/build", "src/dist", "target/picocli/sources")) {
      copy(MODULE.resolve(part), build.resolve("daemon").resolve(part));
    }
    var target = build.resolve("daemon/target");
    var version = "";
    try (var jars = Files.newDirectoryStream(MODULE.resolve("target"), "rig-credentials-*.jar")) {
      for (var jar : jars) {
        copy(jar, target.resolve(jar.getFileName()));
        version = jar.getFileName().toString().replaceAll("^rig-credentials-|\\.jar$", "");
      }
    }
    var libraries = target.resolve("libraries");
    copy(Distribution.daemon().resolve("../../lib").normalize(), libraries);
    for (var made :
        List.of("native", "rig-credentials.aot", "rig-credentials.jar", "jvm.options")) {
      Command.of("/bin/rm", "-rf", libraries.resolve(made)).run().succeeded();
    }
    var native_ = nativeLibraries();
    copy(native_, libraries.resolve(native_.getFileName()));
    compileTheHelper(build.resolve("helper/target"), version);
    return version;
  }

  /** jnr's jar with its native parts for all architectures. */
  private static Path nativeLibraries() throws IOException {
    var library = Objects.requireNonNull(Arm64IT.class.getResource(JNR), "jnr's native part");
    if (library.openConnection() instanceof JarURLConnection jar) {
      return Path.of(URI.create(jar.getJarFileURL().toString()));
    }
    throw new IOException("not in a jar: " + library);
  }

  private static void compileTheHelper(Path target, String version) {
    Requirement.need(
        Stream.of("/usr/bin", "/usr/local/bin")
            .anyMatch(place -> Files.isExecutable(Path.of(place, COMPILER))),
        COMPILER + " is not installed",
        "apt install gcc-aarch64-linux-gnu libc6-dev-arm64-cross");
    var source = PROJECT.resolve("helper");
    Command.of(
            "/bin/sh",
            source.resolve("src/build/install-client.sh"),
            COMPILER,
            source.resolve("target/native"),
            source.resolve("src/main/c"),
            source.resolve("src/main/sh/docker-credential-rig"),
            version,
            target)
        .run()
        .succeeded();
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Command.of("/bin/cp", "-R", from, to).run().succeeded();
  }
}
