package dev.rig.credentials.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.testing.Requirement;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the build makes {@code docker-credential-rig} from TeaVM's C code. */
class InstallClientIT {
  private static final Path HEADER = Path.of("src/main/c/rig-machine.h").toAbsolutePath();
  private static final Path LAUNCHER = Path.of("src/main/sh/docker-credential-rig");
  private static final Path GENERATED = Path.of("target/native").toAbsolutePath();
  private static final String SMALL =
      "int main(void) { return rig_exists(\"/\") ? 0 : rig_error_missing(); }\n";

  @TempDir private Path folder;
  private Path source;

  record Outcome(int status, String stdout, String stderr) {}

  @BeforeEach
  void writeASmallProgram() throws IOException {
    source = Files.createDirectory(folder.resolve("source"));
    Files.writeString(source.resolve("all.c"), SMALL);
  }

  private Outcome run(String... command) throws IOException, InterruptedException {
    Path stdout = folder.resolve("stdout");
    Path stderr = folder.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile())
            .start();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), "still runs");
    return new Outcome(process.exitValue(), Files.readString(stdout), Files.readString(stderr));
  }

  private Outcome install(String compilers, Path from) throws IOException, InterruptedException {
    return run(
        "/bin/sh",
        Path.of("src/build/install-client.sh").toString(),
        compilers,
        from.toString(),
        HEADER.getParent().toString(),
        LAUNCHER.toString(),
        "1.2.3",
        target().toString());
  }

  private Path target() {
    return folder.resolve("target");
  }

  private Path client() {
    return target().resolve("docker-credential-rig");
  }

  /** Creates a compiler that fails with this message. */
  private Path failing(String words) throws IOException {
    Path compiler = folder.resolve("failing-cc");
    Files.writeString(compiler, "#!/bin/sh\necho '" + words + "' >&2\nexit 1\n");
    assertTrue(compiler.toFile().setExecutable(true));
    return compiler;
  }

  private static boolean isInstalled(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  private static String installed(String compiler) {
    String debianPackage =
        switch (compiler) {
          case "musl-gcc" -> "musl-tools";
          case "cc" -> "gcc libc6-dev";
          default -> compiler;
        };
    Requirement.need(
        isInstalled(compiler), compiler + " is not installed", "apt install " + debianPackage);
    return compiler;
  }

  @ParameterizedTest
  @ValueSource(strings = {"cc", "clang", "musl-gcc"})
  void eachCompilerBuildsTheProgramFromTeaVmsCode(String compiler) throws Exception {
    Outcome outcome = install(installed(compiler), GENERATED);
    assertEquals(0, outcome.status(), outcome.stderr());
    assertEquals(
        "docker-credential-rig is native and static, by " + compiler + "\n", outcome.stdout());
    Outcome version = run(client().toString(), "version");
    assertEquals("docker-credential-rig (dev.rig.credentials) 1.2.3\n", version.stdout());
  }

  @Test
  void aProgramWithoutMemoryForItsHeapSaysSo() throws Exception {
    installed("cc");
    install("cc", GENERATED);
    Outcome outcome =
        run("/bin/sh", "-c", "ulimit -v 100000 && exec \"$0\" get </dev/null", client().toString());
    assertEquals(1, outcome.status(), outcome.stderr());
    assertTrue(outcome.stdout().contains("too little memory"), outcome.stdout());
    assertEquals(outcome.stdout(), outcome.stderr());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cc", "clang", "musl-gcc"})
  void ourHeaderCompilesWithEveryWarning(String compiler) throws Exception {
    Outcome outcome =
        run(
            installed(compiler),
            "-Wall",
            "-Wextra",
            "-Wconversion",
            "-Werror",
            "-fsyntax-only",
            "-DRIG_VERSION=\"1.2.3\"",
            "-include",
            HEADER.toString(),
            "-x",
            "c",
            "/dev/null");
    assertEquals(new Outcome(0, "", ""), outcome);
  }

  /** Errors of gcc 14 and later, tested with any gcc. */
  @Test
  void teaVmsCodeHasNoErrorsOfNewerCompilers() throws Exception {
    Outcome outcome =
        run(
            installed("cc"),
            "-Werror=incompatible-pointer-types",
            "-Wno-incompatible-pointer-types-discards-qualifiers",
            "-Werror=implicit-function-declaration",
            "-Werror=implicit-int",
            "-Werror=int-conversion",
            "-fsyntax-only",
            "-DRIG_VERSION=\"1.2.3\"",
            "-include",
            HEADER.toString(),
            GENERATED.resolve("all.c").toString());
    assertEquals(0, outcome.status(), outcome.stderr());
  }

  /** Debian 13 has gcc 14: a warning became an error, and the build used the slow form. */
  @Test
  void aProgramThatDoesNotCompileFailsTheBuildWithTheFirstError() throws Exception {
    Files.writeString(source.resolve("all.c"), SMALL + "int f(void) { return missing + gone; }\n");
    Outcome outcome = install(installed("cc"), source);
    assertEquals(1, outcome.status());
    List<String> lines = outcome.stderr().lines().toList();
    assertEquals(3, lines.size(), outcome.stderr());
    assertTrue(lines.get(1).matches("cc fails: .*all\\.c:2:.* error: .*missing.*"), lines.get(1));
    assertTrue(lines.get(2).contains("-Dnative.cc=none"), lines.get(2));
    assertFalse(Files.exists(client()));
  }

  @Test
  void aCompilerThatCannotLinkFailsTheBuildToo() throws Exception {
    Outcome outcome = install(failing("ld: cannot find -lm").toString(), source);
    assertEquals(1, outcome.status());
    assertTrue(outcome.stderr().contains("failing-cc fails: ld: cannot find -lm\n"));
  }

  @Test
  void theNextCompilerIsUsedIfTheFirstOneFailsAndTheBuildReportsIt() throws Exception {
    Path failing = failing("cannot find libc.a");
    Outcome outcome = install(failing + " " + installed("cc"), source);
    assertEquals(0, outcome.status(), outcome.stderr());
    assertEquals(
        failing + " fails: cannot find libc.a\ndocker-credential-rig is native and static, by cc\n",
        outcome.stdout());
    assertEquals(0, run(client().toString()).status());
  }

  @Test
  void withoutACompilerTheJvmFormIsBuiltAndTheBuildNamesThePackage() throws Exception {
    Outcome outcome = install("musl-gcc-of-nobody cc-of-nobody", source);
    assertEquals(0, outcome.status(), outcome.stderr());
    assertEquals(
        "docker-credential-rig runs on a JVM and starts slowly, because no C compiler is"
            + " installed (musl-gcc-of-nobody cc-of-nobody); on Debian: apt install gcc libc6-dev"
            + " musl-tools\n",
        outcome.stdout());
    assertEquals(Files.readString(LAUNCHER), Files.readString(client(), StandardCharsets.UTF_8));
  }

  @Test
  void theJvmFormCanBeRequested() throws Exception {
    Outcome outcome = install("none", source);
    assertEquals(
        new Outcome(0, "docker-credential-rig runs on a JVM, as -Dnative.cc=none asks\n", ""),
        outcome);
    assertEquals(Files.readString(LAUNCHER), Files.readString(client(), StandardCharsets.UTF_8));
  }
}
