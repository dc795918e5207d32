package dev.rig.credentials.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** T23. */
class WriteAccessTest {
  private static final int FOLDER = 0040000;
  private static final int FILE = 0100000;
  private static final int LINK = 0120000;

  /** The user of the daemon with its own group, as in the chart, or a person. */
  private static final int USER = 65532;

  private static final Path PATH = Path.of("/etc/rig/values.yaml");

  @TempDir private Path temp;
  private Path folder;

  @BeforeEach
  void folderWithoutLinksAbove() throws IOException {
    folder = temp.toRealPath();
    Files.setAttribute(folder, "unix:mode", 0700);
  }

  /** Answers to all queries of a rule. */
  private record Said(boolean isReadOnly, boolean listed, boolean personal)
      implements WriteAccess.Surroundings {
    static final Said NOTHING = new Said(false, false, false);

    @Override
    public boolean isReadOnly(Path path) {
      return isReadOnly;
    }

    @Override
    public boolean hasAccessControlList(Path path) {
      return listed;
    }

    @Override
    public boolean isPersonal(int user, int group) {
      return personal && user == USER && group == USER;
    }
  }

  private static Optional<WriteAccess.Exposure> judge(
      int type, int mode, int owner, int group, int user, Said said) {
    return new WriteAccess(user, said).judge(PATH, new FileId(1, 1, type | mode, owner, group));
  }

  private static String verdict(int type, int mode, int owner, int group, int user) {
    return judge(type, mode, owner, group, user, Said.NOTHING)
        .map(exposure -> exposure.message() + " => " + exposure.fix())
        .orElse("");
  }

  @ParameterizedTest
  @CsvSource({
    "0,644,0,0",
    "0,600,0,0",
    "0,755,0,0",
    "0,444,0,5",
    "65532,644,0,0",
    "65532,600,65532,65532",
    "65532,440,0,65532",
    "65532,2755,0,65532"
  })
  void fileThatOnlyRootAndTheUserCanWriteIsAccepted(int user, String mode, int owner, int group) {
    for (int type : List.of(FILE, FOLDER)) {
      assertEquals("", verdict(type, Integer.parseInt(mode, 8), owner, group, user));
    }
  }

  @Test
  void otherOwnerIsRejectedForEveryModeAndUser() {
    assertEquals(
        "belongs to uid 1000, not to root => chown root " + PATH, verdict(FILE, 0400, 1000, 0, 0));
    assertEquals(
        "belongs to uid 1000, not to root or uid 65532 => chown root " + PATH,
        verdict(FOLDER, 01755, 1000, 0, USER));
    assertEquals(
        "belongs to uid 65532, not to root => chown -h root " + PATH,
        verdict(LINK, 0777, USER, 0, 0));
    assertEquals(
        "belongs to uid 4294967294, not to root => chown root " + PATH,
        verdict(FILE, 0644, -2, 0, 0));
  }

  @Test
  void fileWritableForAllOrAGroupIsRejectedForRootAndForTheUser() {
    for (int user : List.of(0, USER)) {
      for (int type : List.of(FILE, FOLDER)) {
        assertEquals(
            "is writable by others (mode 0646) => chmod o-w " + PATH,
            verdict(type, 0646, user, 0, user));
        assertEquals(
            "is writable by group 1000 (mode 0664) => chmod g-w " + PATH,
            verdict(type, 0664, user, 1000, user));
        assertEquals(
            "is writable by group 1000 and others (mode 0666) => chmod go-w " + PATH,
            verdict(type, 0666, 0, 1000, user));
        assertEquals(
            "is writable by group 0 (mode 0664) => chmod g-w " + PATH,
            verdict(type, 0664, 0, 0, user),
            "not everybody in root's group is root");
        assertEquals(
            "is writable by group 65532 (mode 0660) => chmod g-w " + PATH,
            verdict(type, 0660, user, USER, user),
            "its own group, which is no person's");
      }
    }
  }

  @Test
  void stickyFolderIsAsSafeAsItsOwnerAndAStickyFileIsNot() {
    assertEquals("", verdict(FOLDER, 01777, 0, 0, 0));
    assertEquals("", verdict(FOLDER, 03777, 0, USER, USER));
    assertEquals("", verdict(FOLDER, 01777, USER, USER, USER));
    assertTrue(judge(FILE, 01666, 0, 0, 0, Said.NOTHING).isPresent());
    assertTrue(judge(FOLDER, 02777, 0, 0, 0, Said.NOTHING).isPresent(), "setgid is not sticky");
  }

  @Test
  void linkHasNoModeOfItsOwn() {
    assertEquals("", verdict(LINK, 0777, 0, 1000, USER));
    assertEquals("", verdict(LINK, 0777, USER, 1000, USER));
  }

  @Test
  void readOnlyMountIsSafeWhateverIsOnIt() {
    var readOnly = new Said(true, false, false);
    assertEquals(Optional.empty(), judge(FOLDER, 0777, 0, 0, USER, readOnly));
    assertEquals(Optional.empty(), judge(FILE, 0666, 1000, 1000, 0, readOnly));
    assertEquals(Optional.empty(), judge(LINK, 0777, 1000, 1000, 0, readOnly));
  }

  @Test
  void onlyThePersonsOwnGroupIsTolerated() {
    var personal = new Said(false, false, true);
    assertTrue(judge(FILE, 0664, USER, USER, USER, personal).orElseThrow().tolerated());
    assertTrue(judge(FOLDER, 0775, 0, USER, USER, personal).orElseThrow().tolerated());
    assertTrue(!judge(FILE, 0666, USER, USER, USER, personal).orElseThrow().tolerated());
    assertTrue(!judge(FILE, 0664, USER, 100, USER, personal).orElseThrow().tolerated());
    assertTrue(!judge(FILE, 0664, 0, USER, 0, personal).orElseThrow().tolerated());
  }

  /** The group's bits are the mask of the list; the users in it are not visible. */
  @Test
  void accessControlListIsNamedAndNeverTolerated() {
    for (var said : List.of(new Said(false, true, false), new Said(false, true, true))) {
      var exposure = judge(FILE, 0664, 0, 0, USER, said).orElseThrow();
      assertEquals("is writable by its access control list (mode 0664)", exposure.message());
      assertEquals("chmod g-w " + PATH, exposure.fix());
      assertTrue(!judge(FILE, 0664, USER, USER, USER, said).orElseThrow().tolerated());
    }
    assertEquals(Optional.empty(), judge(FILE, 0644, 0, 0, USER, new Said(false, true, false)));
  }

  private List<String> look(Path file) throws IOException {
    return WriteAccess.ofThisProcess(Map.of()).look(file).stream()
        .map(exposure -> exposure.path() + " " + exposure.message())
        .toList();
  }

  @Test
  void foldersAboveAndTheWayThroughLinksCount() throws IOException {
    var open = Files.createDirectory(folder.resolve("open"));
    var target = Files.writeString(Files.createDirectory(open.resolve("in")).resolve("f"), "");
    var near = Files.createDirectory(folder.resolve("near"));
    Files.setAttribute(target, "unix:mode", 0600);
    Files.setAttribute(open.resolve("in"), "unix:mode", 0700);
    Files.setAttribute(near, "unix:mode", 0700);
    Files.createSymbolicLink(near.resolve("link"), Path.of("../open/in"));
    Files.createSymbolicLink(near.resolve("absolute"), open.resolve("in/../in"));
    var way = near.resolve("link/../in/./f");
    Files.setAttribute(open, "unix:mode", 0700);
    assertEquals(List.of(), look(way));

    Files.setAttribute(open, "unix:mode", 0757);
    var exposed = List.of(open + " is writable by others (mode 0757)");
    assertEquals(exposed, look(way));
    assertEquals(exposed, look(near.resolve("absolute/f")));
    assertEquals(exposed, look(target));
    Files.setAttribute(open, "unix:mode", 01777);
    assertEquals(List.of(), look(way));

    Files.setAttribute(near, "unix:mode", 0757);
    assertEquals(List.of(near + " is writable by others (mode 0757)"), look(way));
  }

  @Test
  void nameThatAShellWouldSplitIsQuotedInTheCommand() throws IOException {
    var file = Files.writeString(folder.resolve("it's a file"), "");
    Files.setAttribute(file, "unix:mode", 0606);
    assertEquals(
        "chmod o-w '" + folder + "/it'\\''s a file'",
        WriteAccess.ofThisProcess(Map.of()).look(file).getFirst().fix());
  }

  @Test
  void missingFileOrBrokenLinkIsAnError() throws IOException {
    assertThrows(NoSuchFileException.class, () -> look(folder.resolve("none")));
    Files.createSymbolicLink(folder.resolve("dangling"), Path.of("none"));
    assertThrows(NoSuchFileException.class, () -> look(folder.resolve("dangling")));
    Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
    assertThrows(FileSystemException.class, () -> look(folder.resolve("loop")));
  }
}
