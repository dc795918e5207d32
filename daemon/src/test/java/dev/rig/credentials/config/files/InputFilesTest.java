package dev.rig.credentials.config.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.ConfigTexts;
import dev.rig.credentials.config.ProblemCollector;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFilesTest {
  @TempDir private Path folder;

  @Test
  void plainFolderGivesItsYamlAndJsonFilesByName() throws Exception {
    for (var name : List.of("b.yml", "a.json", "c.yaml", "README", ".hidden.yaml", "..x.yaml")) {
      Files.writeString(folder.resolve(name), name);
    }
    Files.createDirectory(folder.resolve("d.yaml"));
    Files.createSymbolicLink(folder.resolve("e.yaml"), folder.resolve("README"));
    assertEquals(
        List.of("a.json=a.json", "b.yml=b.yml", "c.yaml=c.yaml", "e.yaml=README"), read(folder));
  }

  @Test
  void mountedFolderGivesEveryFileUnderItsOwnName() throws Exception {
    var mount = mount("one");
    assertEquals(List.of("config=one", "password=one"), read(mount));
  }

  @Test
  void filesAndFoldersKeepTheOrderOfThePaths() throws Exception {
    var mount = mount("one");
    var file = Files.writeString(folder.resolve("z"), "z");
    assertEquals(List.of("z=z", "config=one", "password=one"), read(file, mount));
  }

  /** F15. */
  @Test
  void filesOfTwoGenerationsAreNeverMixed() throws Exception {
    var mount = mount("one");
    var reads = new AtomicInteger();
    var findings = new ProblemCollector();
    var files =
        new InputFiles(
                findings,
                path -> {
                  var content = InputFiles.limited(path);
                  if (reads.incrementAndGet() == 1) {
                    swap(mount, "two");
                  }
                  return content;
                })
            .read(List.of(mount));
    assertEquals(List.of("config=two", "password=two"), texts(files));
    assertEquals(0, findings.count());
  }

  /** F15: the kubelet removes the old generation right after the swap. */
  @Test
  void generationThatIsRemovedWhileItIsReadIsNoProblem() throws Exception {
    var mount = mount("one");
    var reads = new AtomicInteger();
    var findings = new ProblemCollector();
    var files =
        new InputFiles(
                findings,
                path -> {
                  if (reads.incrementAndGet() == 2) {
                    swap(mount, "two");
                    Files.delete(path);
                  }
                  return InputFiles.limited(path);
                })
            .read(List.of(mount));
    assertEquals(List.of("config=two", "password=two"), texts(files));
    assertEquals(0, findings.count());
  }

  /** F15. */
  @Test
  void folderThatKeepsChangingIsAProblem() throws Exception {
    var mount = mount("0");
    var reads = new AtomicInteger();
    var findings = new ProblemCollector();
    var files =
        new InputFiles(
                findings,
                path -> {
                  swap(mount, String.valueOf(reads.incrementAndGet()));
                  return InputFiles.limited(path);
                })
            .read(List.of(mount));
    assertEquals(List.of(), files);
    assertEquals(1, findings.count());
  }

  @Test
  void missingFileIsAProblem() throws Exception {
    assertProblem("--config: no file or folder is named", List.of());
    assertProblem("--config: the path is empty", List.of(Path.of("")));
    assertProblem(
        "x.yaml: there is no such file or folder (create it, or name another one with --config)",
        List.of(folder.resolve("x.yaml")));
    assertProblem("the folder contains no configuration", List.of(folder));
    assertProblem("null: not a regular file", List.of(Path.of("/dev/null")));
    var dangling = folder.resolve("l.yaml");
    Files.createSymbolicLink(dangling, folder.resolve("nowhere"));
    var correct = "correct the link, or name another file with --config";
    assertProblem("l.yaml: the link leads to no file (" + correct + ")", List.of(folder));
    var loop = folder.resolve("loop");
    Files.createSymbolicLink(loop, loop);
    assertProblem("loop: the link leads to no file", List.of(loop));
  }

  @Test
  void nameThatIsNotUtf8IsAProblemWithItsBytes() throws Exception {
    Files.writeString(folder.resolve("a.yaml"), "rig:");
    assertEquals(
        0,
        new ProcessBuilder(
                "bash",
                "-c",
                "cd \"$1\" && echo rig: > $'b\\xff\\xc3.yaml'",
                "-",
                folder.toString())
            .start()
            .waitFor());
    assertProblem("b\\xff\\xc3.yaml: the file's name is not UTF-8 (rename it)", List.of(folder));
  }

  @Test
  void unreadableFileIsAProblemWithoutTheSystemsMessage() throws Exception {
    var file = Files.writeString(folder.resolve("a.yaml"), "rig:");
    var findings = new ProblemCollector();
    new InputFiles(
            findings,
            path -> {
              throw new IOException("canary");
            })
        .read(List.of(file));
    assertEquals(1, findings.count());
    assertTrue(findings.unread());
  }

  private void assertProblem(String expected, List<Path> paths) {
    var problems = ConfigTexts.problemsOf(folder, paths);
    assertEquals(1, problems.size());
    assertTrue(problems.get(0).contains(expected), problems::toString);
  }

  private List<String> read(Path... paths) {
    var findings = new ProblemCollector();
    var files = new InputFiles(findings, InputFiles::limited).read(List.of(paths));
    assertEquals(0, findings.count());
    return texts(files);
  }

  private static List<String> texts(List<InputFile> files) {
    return files.stream()
        .map(file ->
            file.name().substring(file.name().lastIndexOf('/') + 1)
                + "="
                + new String(file.content(), StandardCharsets.UTF_8))
        .toList();
  }

  /** Makes a folder as the kubelet does. */
  private Path mount(String generation) throws IOException {
    var mount = Files.createDirectory(folder.resolve("mount"));
    swap(mount, generation);
    for (var name : List.of("config", "password")) {
      Files.createSymbolicLink(mount.resolve(name), Path.of("..data", name));
    }
    return mount;
  }

  private static void swap(Path mount, String generation) throws IOException {
    var data = Files.createDirectory(mount.resolve("..gen_" + generation));
    Files.writeString(data.resolve("config"), generation);
    Files.writeString(data.resolve("password"), generation);
    var link = mount.resolve("..data_tmp");
    Files.createSymbolicLink(link, data.getFileName());
    Files.move(link, mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }
}
