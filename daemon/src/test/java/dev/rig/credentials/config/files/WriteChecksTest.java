package dev.rig.credentials.config.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rig.credentials.config.ProblemCollector;
import dev.rig.credentials.config.SourcePosition;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.problem.Problem;
import dev.rig.credentials.problem.ProblemsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T23, for the programs that run a script. */
class WriteChecksTest {
  @TempDir private Path temp;
  private Path folder;

  /** A folder that others can write, with a program. */
  private Path open;

  private Path program;

  @BeforeEach
  void folders() throws IOException {
    folder = temp.toRealPath();
    Files.setAttribute(folder, "unix:mode", 0700);
    open = Files.createDirectory(folder.resolve("open"));
    program = program(open.resolve("evil"), "\u007fELF");
    Files.setAttribute(open, "unix:mode", 0757);
  }

  private static Path program(Path file, String text) throws IOException {
    Files.writeString(file, text);
    Files.setAttribute(file, "unix:mode", 0755);
    return file;
  }

  private Path program(String name, String text) throws IOException {
    return program(folder.resolve(name), text);
  }

  private List<String> found(String script) {
    var findings = new ProblemCollector();
    var warnings = new ArrayList<Problem>();
    new WriteChecks(WriteAccess.ofThisProcess(Map.of()), findings, warnings::add)
        .script(SourcePosition.file("values.yaml"), script, "/usr/bin:/bin");
    assertEquals(List.of(), warnings);
    try {
      findings.throwIfAny();
      return List.of();
    } catch (ProblemsException e) {
      return e.problems().stream().map(problem -> problem.message().replace("/./", "/")).toList();
    }
  }

  private List<String> evil() {
    return List.of(
        "the script's interpreter %s can be replaced: %s is writable by others (mode 0757)"
            .formatted(program, open));
  }

  @Test
  void programOfASafeInterpreterIsAccepted() throws IOException {
    var safe = program("safe", "#!/bin/sh\n");
    assertEquals(List.of(), found("#!" + safe + "\n"));
    assertEquals(List.of(), found("#!/bin/sh -e\necho " + program));
    assertEquals(List.of(), found("echo a:b"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#!%s\n",
        "#! \t%s -x\n",
        "#!%s",
        "#!/usr/bin/env %s\n",
        "#!/usr/bin/env -S A=b %s -x\n",
      })
  void interpreterOfAnInterpreterCounts(String line) throws IOException {
    var nested = program("nested", line.formatted(program));
    assertEquals(evil(), found("#!" + nested + "\n"));
    var twice = program("twice", "#!" + nested + "\n");
    assertEquals(evil(), found("#!/usr/bin/env " + twice + "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-S PATH=%s evil",
        "-S PATH=%s evil -x",
        "-S PATH=\"%s\" A=b evil",
        "-S PATH=%s:${PATH} evil",
        "-iS 'PATH=%s' evil",
        "-S PATH=/nowhere PATH=/usr/bin:%s evil",
        "-S PATH=%s /usr/bin/env -u A B=c evil",
        "-S PATH=%s:/usr/bin env evil",
        "-S -C %s ./evil",
        "-S --chdir=%s -iu A ./evil",
        "-S -i -C%s ./evil",
        "-S env -S \"-C %s ./evil\"",
        "-S A=b\\_%s/evil",
        "-S A=b\\\\ %s/evil",
        "-S -C%s ./evi\"l\"\\_-x # comment",
        "-S nice %s/evil",
        "-S sh -e %s/evil",
        "-S -C %s sh evil",
        "-S nice env -C %s ./evil",
        "-S timeout 5 sh %s/evil",
        "-S BASH_ENV=%s/evil bash",
        "-S LD_PRELOAD=%s/evil sh",
        "-S awk -f%s/evil",
        "-S bash --rcfile=%s/evil",
        "--split=%s/evil",
        "-S --uns FOO %s/evil",
        "-S --chd=%s ./evil",
        "-S -C %s PATH=. evil",
        "-S -C %s PATH=/nowhere::/bin evil",
        "-S LD_PRELOAD=/bin/sh:%s/evil bash",
      })
  void folderInWhichEnvSearchesCounts(String arguments) throws IOException {
    assertEquals(evil(), found("#!/usr/bin/env " + arguments.formatted(open) + "\n"));
    var nested = program("nested", "#!/usr/bin/env " + arguments.formatted(open) + "\n");
    assertEquals(evil(), found("#!" + nested + "\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/usr/bin/nice", "/bin/sh"})
  void fileThatAnInterpreterRunsCounts(String interpreter) throws IOException {
    assertEquals(evil(), found("#!" + interpreter + " " + program + "\n"));
    var nested = program("nested", "#!" + interpreter + " " + program + "\n");
    assertEquals(evil(), found("#!" + nested + "\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-S ${RUNNER} -x", "-S \"${RUNNER}\"", "-S A=$RUNNER b", "-S env -S ${RUNNER}"})
  void variableInAFirstLineIsRefused(String arguments) throws IOException {
    var nested = program("nested", "#!/usr/bin/env " + arguments + "\n");
    for (var script : List.of("#!/usr/bin/env " + arguments + "\n", "#!" + nested + "\n")) {
      assertEquals(
          List.of(
              "the script's interpreter cannot be checked: its first line uses a"
                  + " variable other than ${PATH}, so what runs is unknown"),
          found(script));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-S '$RUNNER' %s/evil-",
        "-S A=b # %s/evil",
        "-S A=b\\c %s/evil",
        "-S \"%s/evil",
        "-S %s/evil\\q",
      })
  void whatEnvDoesNotRunIsAccepted(String arguments) throws IOException {
    assertEquals(List.of(), found("#!/usr/bin/env " + arguments.formatted(open) + "\n"));
  }

  @Test
  void envUnderAnotherNameAndWithoutAProgramCounts() throws IOException {
    var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/usr/bin/env"));
    assertEquals(evil(), found("#!" + link + " -S PATH=" + open + " evil\n"));
    var nested = program("nested", "#!/usr/bin/env -u\n");
    assertEquals(evil(), found("#!" + nested + " " + program + "\n"), "the kernel's arguments");
    assertEquals(List.of(), found("#!/usr/bin/env -S A=b\n"));
    assertEquals(List.of(), found("#!/usr/bin/env\n"));
  }

  @Test
  void programThatRunsTheShellCounts() throws IOException {
    var findings = new ProblemCollector();
    var shell = program("shell", "#!" + program + "\n");
    new WriteChecks(WriteAccess.ofThisProcess(Map.of()), findings, _ -> {})
        .shell(SourcePosition.file("daemon.shell"), shell, "/usr/bin:/bin");
    var thrown = assertThrows(ProblemsException.class, findings::throwIfAny);
    assertEquals(
        "its interpreter %s can be replaced: %s is writable by others (mode 0757)"
            .formatted(program, open),
        thrown.problems().getFirst().message());
  }

  @Test
  void longestChainOfTheKernelIsFollowedAndALoopEnds() throws IOException {
    var last = program;
    for (int i = 0; i < 5; i++) {
      last = program("level" + i, "#!" + last + "\n");
    }
    assertEquals(evil(), found("#!" + last + "\n"));
    var loop = program("loop", "#!" + folder.resolve("loop") + "\n");
    assertEquals(List.of(), found("#!" + loop + "\n"));
  }

  @Test
  void missingInterpreterOrAFolderEndsTheChain() throws IOException {
    assertEquals(List.of(), found("#!" + folder.resolve("none") + "\n"));
    assertEquals(List.of(), found("#!" + folder + "\n"));
    assertEquals(List.of(), found("#!\n"));
    assertEquals(List.of(), found("#!/usr/bin/env a\0b\n"));
    assertEquals(List.of(), found("#!" + program("empty", "#!\n") + "\n"));
  }

  @Test
  void foldersInWhichAScriptSearchesAreWarnedOfOnce() throws IOException {
    var sticky = Files.createDirectory(folder.resolve("sticky"));
    Files.setAttribute(sticky, "unix:mode", 01777);
    var link = Files.createSymbolicLink(folder.resolve("to-sticky"), sticky);
    var path = "%s:relative::/a\0b:/nowhere:/usr/bin:%s:%s/in".formatted(open, link, open);
    Files.createDirectory(open.resolve("in"));
    var findings = new ProblemCollector();
    var warnings = new ArrayList<Problem>();
    var checks = new WriteChecks(WriteAccess.ofThisProcess(Map.of()), findings, warnings::add);
    for (int line = 0; line < 2; line++) {
      checks.script(SourcePosition.file("values.yaml"), "echo a:b", path);
    }
    assertEquals(
        List.of(
            "%1$s: %1$s is writable by others (mode 0757)".formatted(open),
            "%s: %s is writable by group 0 and others (mode 1777)"
                .formatted(link, sticky)
                .replace("group 0", "group " + Files.getAttribute(sticky, "unix:gid")),
            "%1$s/in: %1$s is writable by others (mode 0757)".formatted(open)),
        warnings.stream()
            .map(one -> one.message().replace("scripts search for programs in ", ""))
            .toList());
    assertEquals("remove it from PATH, or: chmod o-w " + open, warnings.getFirst().hint());
    assertEquals("remove it from PATH", warnings.get(1).hint());
    findings.throwIfAny();
  }
}
