package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.credentials.wire.SocketPath;
import dev.rig.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units, checked by systemd's own tools. */
class UnitsIT {
  private static final Path UNITS =
      Path.of(System.getProperty("basedir", "")).resolve("../systemd").toAbsolutePath().normalize();

  @TempDir private Path folder;

  /** In tenths, as {@code --threshold} expects it: 1.5. */
  private static final int MOST_EXPOSED = 15;

  /** The tool also needs a folder that a running systemd has created, or that it may create. */
  private static Path systemdAnalyze() {
    var program = Tool.SYSTEMD_ANALYZE.path();
    Requirement.need(
        ProcFiles.ownUid() == 0 || Files.isDirectory(Path.of("/run/systemd")),
        "systemd-analyze needs root where systemd is not running",
        "run as root");
    return program;
  }

  @Test
  void exposureIsAtMostOnePointFive() {
    Command.of(
            systemdAnalyze(),
            "security",
            "--offline=true",
            "--no-pager",
            "--threshold=" + MOST_EXPOSED,
            UNITS.resolve("rig-credentials.service"))
        .run()
        .succeeded();
  }

  /** Warnings, for example about an unknown key, are on standard error. */
  @Test
  void systemdReportsNoProblemsOfTheUnits() throws IOException {
    var analyze = systemdAnalyze();
    var machine = Files.createDirectory(folder.resolve("machine"));
    var service = withBuiltProgram("rig-credentials.service", machine);
    var socket =
        Files.copy(
            UNITS.resolve("rig-credentials.socket"), machine.resolve("rig-credentials.socket"));
    var ofMachine = Command.of(analyze, "verify", "--man=no", service, socket).run().succeeded();
    assertEquals("", ofMachine.output());
    var user = Files.createDirectory(folder.resolve("user"));
    var userSocket =
        Files.copy(
            UNITS.resolve("user/rig-credentials.socket"), user.resolve("rig-credentials.socket"));
    var ofUser =
        Command.of(
                analyze,
                "verify",
                "--user",
                "--man=no",
                withBuiltProgram("user/rig-credentials.service", user),
                userSocket)
            .with("XDG_RUNTIME_DIR", user)
            .with("HOME", user)
            .run()
            .succeeded();
    assertEquals("", ofUser.output());
  }

  /** F41: the socket survives the service, and is where the user's clients expect it. */
  @Test
  void f41_userSocketIsWhereTheClientAsks() throws IOException {
    var socket = Files.readString(UNITS.resolve("user/rig-credentials.socket"));
    var service = Files.readString(UNITS.resolve("user/rig-credentials.service"));
    var asked =
        SocketPath.ofClient(Map.of("XDG_RUNTIME_DIR", "%t")::get, path -> path.startsWith("%t"));
    assertTrue(socket.lines().anyMatch(("ListenStream=" + asked)::equals), socket);
    assertTrue(service.contains("\nRequires=rig-credentials.socket\n"), service);
    assertTrue(service.contains("\nAlso=rig-credentials.socket\n"), service);
  }

  private static Path withBuiltProgram(String unit, Path into) throws IOException {
    var text = Files.readString(UNITS.resolve(unit));
    var start = "ExecStart=/usr/bin/rig-credentials ";
    assertTrue(text.contains(start), text);
    return Files.writeString(
        into.resolve("rig-credentials.service"),
        text.replace(start, "ExecStart=" + Distribution.daemon() + " "));
  }

  @Test
  void userAndFoldersAreCreated() throws IOException {
    Tool.needRoot("making users and their folders");
    var root = Files.createDirectories(folder.resolve("root"));
    Files.createDirectories(root.resolve("etc"));
    Command.of(
            Tool.SYSTEMD_SYSUSERS.path(),
            "--root=" + root,
            UNITS.resolve("rig-credentials.sysusers.conf"))
        .run()
        .succeeded();
    var entry =
        Files.readString(root.resolve("etc/passwd"))
            .lines()
            .filter(line -> line.startsWith("rig-credentials:"))
            .findFirst()
            .orElseThrow()
            .split(":", -1);
    assertEquals(
        List.of("/var/lib/rig-credentials", "/usr/sbin/nologin"), List.of(entry[5], entry[6]));
    var values = Files.createDirectories(root.resolve("etc/rig-credentials")).resolve("v.yaml");
    Files.writeString(values, "rig: {}");
    Command.of(
            Tool.SYSTEMD_TMPFILES.path(),
            "--root=" + root,
            "--create",
            UNITS.resolve("rig-credentials.tmpfiles.conf"))
        .run()
        .succeeded();
    int uid = Integer.parseInt(entry[2]);
    int gid = Integer.parseInt(entry[3]);
    assertOwned(root.resolve("etc/rig-credentials"), "rwxr-x---", 0, gid);
    assertOwned(values, "rw-r-----", 0, gid);
    assertOwned(root.resolve("run/rig-credentials"), "rwxr-x---", uid, gid);
    assertOwned(root.resolve("var/lib/rig-credentials"), "rwx------", uid, gid);
  }

  private static void assertOwned(Path file, String mode, int uid, int gid) throws IOException {
    var owned =
        "%s %s:%s"
            .formatted(
                PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                Files.getAttribute(file, "unix:uid"),
                Files.getAttribute(file, "unix:gid"));
    assertEquals(mode + " " + uid + ":" + gid, owned, file::toString);
  }
}
