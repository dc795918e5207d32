package dev.rig.credentials.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.files.RegularFileTest;
import dev.rig.credentials.files.WriteAccess;
import dev.rig.credentials.testing.Tool;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** T16. */
class StateFolderTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  @TempDir private Path temp;

  private StateFolder folder() {
    return StateFolder.open(temp.resolve("a/state"), temp.resolve("machine-id"));
  }

  @Test
  void missingFolderIsCreatedForItsOwnerAlone() throws Exception {
    folder();
    assertEquals(0700, (int) Files.getAttribute(temp.resolve("a/state"), "unix:mode") & 07777);
  }

  @Test
  void folderThatOthersCanWriteToIsRefused() throws Exception {
    var open = Files.createDirectory(temp.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThrows(StoreException.class, () -> StateFolder.open(open));
  }

  @Test
  void linkOfAnotherUserIsNotFollowed() throws Exception {
    Tool.needRoot("another user's link");
    var real = Files.createDirectory(temp.resolve("real"));
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwx------"));
    var link = Files.createSymbolicLink(temp.resolve("link"), real);
    StateFolder.open(link);
    Files.setAttribute(link, "unix:uid", 65_534, LinkOption.NOFOLLOW_LINKS);
    var refused = assertThrows(StoreException.class, () -> StateFolder.open(link));
    assertEquals(
        "cannot use the state folder: " + link + " is a symbolic link of another user",
        refused.getMessage());
  }

  /** It may be older than the folder's present mode: its owner knows the key. */
  @Test
  void t16_generatedKeyOfAnotherUserIsRefused() throws Exception {
    Tool.needRoot("another user's key");
    var state = folder();
    state.key(null, null);
    var key = state.file("sealing.key");
    Files.setAttribute(key, "unix:uid", 65_534);
    assertEquals(
        "the sealing key %s belongs to uid 65534, who knows it: remove it with the files that it seals"
            .formatted(key),
        assertThrows(StoreException.class, () -> state.key(null, null)).getMessage());
  }

  @Test
  void t23_folderThatAnotherUserCanReplaceIsNamed() throws Exception {
    var access = WriteAccess.ofThisProcess(Map.of());
    var state = temp.resolve("a/state");
    folder();
    assertEquals(Optional.empty(), StateFolder.replaceable(state, access));
    var above = temp.resolve("a");
    Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxrwxrwx"));
    var problem =
        Optional.of(
            above
                + " is writable by group "
                + Files.getAttribute(above, "unix:gid")
                + " and others (mode 0777): chmod go-w "
                + above);
    assertEquals(problem, StateFolder.replaceable(state, access));
    assertEquals(problem, StateFolder.replaceable(above.resolve("not/yet/made"), access));
    Files.setAttribute(above, "unix:mode", 01777);
    assertEquals(Optional.empty(), StateFolder.replaceable(state, access));
  }

  /** A root that looks at the folder of the daemon's own user, as {@code sudo} with a package's. */
  @Test
  void t23_folderOfTheDaemonsUserIsNotItsOwnProblem() throws Exception {
    Tool.needRoot("another user's folder");
    var access = WriteAccess.ofThisProcess(Map.of());
    folder();
    var state = temp.resolve("a/state");
    Files.setAttribute(state, "unix:uid", 65_534);
    assertEquals(Optional.empty(), StateFolder.replaceable(state, access));
    Files.setAttribute(temp.resolve("a"), "unix:uid", 65_533);
    assertEquals(
        Optional.of(
            "%1$s belongs to uid 65533, not to root or uid 65534: chown root %1$s"
                .formatted(temp.resolve("a"))),
        StateFolder.replaceable(state, access));
  }

  @Test
  void t16_generatedKeyIsPrivateAndStays() throws Exception {
    var first = folder().key(null, null);
    assertEquals(SealingKey.KeyOrigin.GENERATED, first.origin());
    var file = temp.resolve("a/state/sealing.key");
    assertEquals(0600, (int) Files.getAttribute(file, "unix:mode") & 07777);
    new SealedFile(temp.resolve("f"), first, "x").write(List.of());
    var second = folder().key(null, null);
    assertTrue(new SealedFile(temp.resolve("f"), second, "x").read().isPresent());
  }

  @Test
  void generatedKeyThatOthersMayReadIsRefused() throws Exception {
    folder().key(null, null);
    Files.setPosixFilePermissions(
        temp.resolve("a/state/sealing.key"), PosixFilePermissions.fromString("rw-r-----"));
    assertThrows(StoreException.class, () -> folder().key(null, null));
  }

  @Test
  void credentialOfSystemdHasPrecedenceOverAGeneratedKey() throws Exception {
    Files.writeString(temp.resolve(StateFolder.CREDENTIAL), KEY);
    assertEquals(SealingKey.KeyOrigin.SYSTEMD, folder().key(null, temp).origin());
    assertFalse(Files.exists(temp.resolve("a/state/sealing.key")));
  }

  @Test
  void configuredFileHasPrecedence() throws Exception {
    Files.writeString(temp.resolve(StateFolder.CREDENTIAL), KEY);
    var named = Files.writeString(temp.resolve("named"), KEY);
    assertEquals(SealingKey.KeyOrigin.FILE, folder().key(named, temp).origin());
  }

  @Test
  void missingOrShortKeyIsRefusedAndNotReplaced() throws Exception {
    assertThrows(StoreException.class, () -> folder().key(temp.resolve("none"), null));
    var weak = Files.writeString(temp.resolve("short"), KEY.substring(1));
    assertThrows(StoreException.class, () -> folder().key(weak, null));
  }

  /** F38: a restart could read nothing that is sealed without it. */
  @Test
  void removedKeyIsMissedUnlessTheDaemonCanWriteItAgain() throws Exception {
    var named = Files.writeString(temp.resolve("named"), KEY);
    var credentials = Files.createDirectory(temp.resolve("credentials"));
    var credential = Files.writeString(credentials.resolve(StateFolder.CREDENTIAL), KEY);
    var state = folder();
    var ofFile = state.key(named, credentials);
    var ofSystemd = state.key(null, credentials);
    var generated = state.key(null, null);
    state.keep(ofFile, named, credentials);
    state.keep(ofSystemd, null, credentials);
    Files.delete(named);
    Files.delete(credential);
    Files.delete(state.file("sealing.key"));
    state.keep(generated, null, null);
    for (int time = 0; time < 2; time++) {
      var missed = assertThrows(StoreException.class, () -> state.keep(ofFile, named, credentials));
      assertTrue(missed.toString().contains(named + ": there is no such file"), missed::toString);
      assertThrows(StoreException.class, () -> state.keep(ofSystemd, null, credentials));
      Files.deleteIfExists(state.file("sealing.key"));
    }
    Files.writeString(named, KEY);
    state.keep(ofFile, named, credentials);
  }

  /** F39. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void fifoOrFolderInPlaceOfAKeyIsRefusedWithoutWaiting() throws Exception {
    var state = folder();
    var fifo = RegularFileTest.fifo(temp.resolve("fifo"));
    for (var file : List.of(fifo, temp)) {
      var refusal = assertThrows(StoreException.class, () -> state.key(file, null));
      assertTrue(
          String.valueOf(refusal.getMessage()).endsWith(", not a regular file"), refusal::toString);
    }
    RegularFileTest.fifo(temp.resolve("a/state/sealing.key"));
    assertThrows(StoreException.class, () -> state.key(null, null));
    RegularFileTest.fifo(temp.resolve("machine-id"));
    assertEquals(
        SealingKey.KeyOrigin.FILE,
        state.key(Files.writeString(temp.resolve("named"), KEY), null).origin());
  }

  @Test
  void machineIsPartOfTheKey() throws Exception {
    Files.writeString(temp.resolve("machine-id"), "one\n");
    new SealedFile(temp.resolve("f"), folder().key(null, null), "x").write(List.of());
    Files.writeString(temp.resolve("machine-id"), "two\n");
    var elsewhere = new SealedFile(temp.resolve("f"), folder().key(null, null), "x");
    assertThrows(StoreException.class, elsewhere::read);
  }

  @Test
  void keyDoesNotPrintItself() {
    assertEquals("SealingKey[redacted, GENERATED]", folder().key(null, null).toString());
  }
}
