package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Manual;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.daemon.NativeClient;
import dev.rig.credentials.testing.daemon.ProgramResult;
import dev.rig.credentials.testing.machine.DebianMachine;
import dev.rig.credentials.testing.machine.Reaper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packages on a separate machine: a Debian that debootstrap makes and systemd-nspawn boots. The
 * tests are ordered stages of one machine's life.
 */
@Tag("package")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PackageIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  /** F35, and a start on a machine that also runs other processes. */
  private static final Duration BACK = Duration.ofSeconds(5);

  /** The limit in bytes: a person waits for the download. */
  private static final long MOST = 65_000_000;

  private static final String VALUES = "/etc/rig-credentials/values.yaml";

  @TempDir private static Path folder;
  @AutoClose private static final Reaper reaper = new Reaper();
  private static DebianMachine machine;

  @BeforeAll
  static void bootAMachine() {
    machine = DebianMachine.boot(reaper, folder.resolve("machine"));
  }

  private static ProgramResult sh(String script) {
    return machine.sh(script);
  }

  private static void serves(String username) {
    var wanted = new ProgramResult(0, NativeClient.answer("ghcr.io", username, "p"), "");
    Eventually.within(
        LIMIT,
        () -> sh("printf ghcr.io | docker-credential-rig get").equals(wanted),
        () ->
            sh("printf ghcr.io | docker-credential-rig get; systemctl status rig-credentials")
                .output());
  }

  private static String property(String name) {
    return machine
        .run("systemctl", "show", "-P", name, "rig-credentials")
        .succeeded()
        .stdout()
        .strip();
  }

  @Test
  @Order(1)
  void installationServesImmediately() throws IOException {
    assertTrue(Files.size(Distribution.packaged("*.deb")) <= MOST);
    Files.copy(Distribution.packaged("*.deb"), machine.root().resolve("opt/rig.deb"));
    machine.run("dpkg", "--install", "/opt/rig.deb").succeeded();
    assertEquals("active", property("ActiveState"));
    assertEquals("serving", property("StatusText"));
    assertEquals("rig-credentials", property("User"));
    assertEquals(
        """
        /etc/rig-credentials 750 root:rig-credentials
        /etc/rig-credentials/values.yaml 640 root:rig-credentials
        /run/rig-credentials 750 rig-credentials:rig-credentials
        /run/rig-credentials/credentials.sock 660 rig-credentials:rig-credentials
        /var/lib/rig-credentials 700 rig-credentials:rig-credentials
        """,
        sh("stat -c '%n %a %U:%G' /etc/rig-credentials "
                + VALUES
                + " /run/rig-credentials"
                + " /run/rig-credentials/credentials.sock /var/lib/rig-credentials")
            .succeeded()
            .stdout());
    var log = sh("journalctl -u rig-credentials --no-pager -o cat").stdout();
    assertFalse(log.contains("[error]"), log);
  }

  @Test
  @Order(2)
  void everyLinkOfAnInstalledPageLeadsToAFile() {
    var folder = machine.root().resolve("usr/share/doc/rig-credentials");
    var pages = List.of("README.md", "SECURITY.md", "daemon/docs/kubelet.md");
    assertEquals(List.of(), brokenLinks(folder));
    for (var page : pages) {
      assertTrue(Files.exists(folder.resolve(page)), page);
    }
  }

  /** The cache is bound to the times of the jars, which the package must preserve. */
  @Test
  @Order(2)
  void cacheOfTheJvmFits() {
    sh("JAVA_TOOL_OPTIONS=-XX:AOTMode=on rig-credentials version").succeeded();
  }

  @Test
  @Order(3)
  void configurationThatIsWrittenIsServed() {
    sh("printf 'rig: {dockerRegistries: {ghcr.io: {username: one, password: p}}}' >" + VALUES)
        .succeeded();
    serves("one");
    sh("sed -i s/one/two/ " + VALUES + " && systemctl reload rig-credentials").succeeded();
    serves("two");
    sh("rig-credentials doctor").succeeded();
  }

  @Test
  @Order(4)
  void scriptHasOnlyTheFoldersAndRightsOfTheService() {
    sh("""
    cat >/etc/rig-credentials/script.yaml <<'END'
    rig:
      dockerRegistries:
        quay.io:
          script: |
            for place in /etc /usr /run /home /root; do touch "$place/rig-was-here" 2>/dev/null && exit 1; done
            touch /tmp/rig-was-here
            [ "$(id -un)" = rig-credentials ] || exit 2
            grep -q 'CapEff:.0*$' /proc/self/status || exit 3
            env | grep -q -E '^(NOTIFY|WATCHDOG|LISTEN)_' && exit 4
            echo u:p
    END
    systemctl reload rig-credentials
    """)
        .succeeded();
    var wanted = new ProgramResult(0, NativeClient.answer("quay.io", "u", "p"), "");
    Eventually.within(
        LIMIT,
        () -> sh("printf quay.io | docker-credential-rig get").equals(wanted),
        () -> sh("journalctl -u rig-credentials -n 20 --no-pager").output());
    sh("! ls /tmp/rig-was-here").succeeded(); // its /tmp is its own
  }

  @Test
  @Order(5)
  void onlyMembersOfTheGroupMayAsk() {
    sh("useradd joe && useradd -G rig-credentials ann").succeeded();
    var ask = "su %s -s /bin/sh -c 'printf ghcr.io | docker-credential-rig get'";
    var refused = sh(ask.formatted("joe"));
    assertEquals(1, refused.status(), refused::toString);
    assertFalse(refused.stdout().contains("Secret"), refused::toString);
    sh(ask.formatted("ann")).succeeded();
  }

  /** F35: the supervisor restarts the daemon within 5 s; clients wait in the queue meanwhile. */
  @Test
  @Order(6)
  void f35_killedDaemonIsRestartedAndNoClientIsRefused() {
    var before = property("MainPID");
    long began = System.nanoTime();
    sh("kill -KILL " + before).succeeded();
    sh("printf ghcr.io | docker-credential-rig get").succeeded();
    var took = Duration.ofNanos(System.nanoTime() - began);
    assertFalse(property("MainPID").equals(before));
    assertTrue(took.compareTo(BACK) < 0, () -> "it took " + took);
  }

  @Test
  @Order(7)
  void sealingKeyIsTakenFromSystemdsCredentials() {
    sh("""
    mkdir -p -m 700 /etc/credstore.encrypted
    head -c 32 /dev/urandom |
      systemd-creds encrypt --name=rig-credentials.key - /etc/credstore.encrypted/rig-credentials.key
    systemctl restart rig-credentials
    """)
        .succeeded();
    serves("two");
    var pid = property("MainPID");
    var said = sh("journalctl _PID=" + pid + " --no-pager -o cat").stdout();
    assertTrue(said.contains("serving at"), said);
    assertFalse(said.contains("sealed with a key that is stored next to them"), said);
    // Data sealed with the other key was set aside, with a message; no message follows.
    sh("systemctl restart rig-credentials").succeeded();
  }

  /** A process with the kubelet's name and flags replaces the kubelet. */
  @Test
  @Order(8)
  void kubeletsProgramIsInstalledAndAnswers() {
    var config = "/etc/rig-credentials/kubelet";
    sh("rig-credentials kubelet-config --install " + config).succeeded();
    var question =
        """
        {"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderRequest",\
        "image":"ghcr.io/acme/app"}\
        """;
    var answer =
        sh("echo '" + question + "' | " + config + "/bin/rig-credential-provider").succeeded();
    assertTrue(answer.stdout().contains("\"username\":\"two\""), answer::toString);
    var doctor =
        sh("""
        bash -c 'exec -a kubelet sh -c "sleep 100" --image-credential-provider-bin-dir=%1$s/bin \
          --image-credential-provider-config=%1$s/credential-provider.yaml' >/dev/null 2>&1 &
        sleep 2
        rig-credentials doctor; status=$?
        kill $!
        exit $status
        """
                .formatted(config))
            .succeeded();
    assertTrue(doctor.stdout().contains("it asks rig-credential-provider"), doctor::toString);
    sh("rm -r " + config).succeeded();
  }

  private static ProgramResult asBob(String script) {
    return sh(
        "su bob -s /bin/sh -c 'export XDG_RUNTIME_DIR=/run/user/$(id -u); unset XDG_CONFIG_HOME;"
            + " export HOME=/home/bob; %s'".formatted(script));
  }

  @Test
  @Order(9)
  void unitOfAUserServesThatUser() {
    sh("useradd -m bob && loginctl enable-linger bob").succeeded();
    var manager = sh("echo user@$(id -u bob)").stdout().strip();
    Eventually.within(
        LIMIT,
        () -> machine.run("systemctl", "is-active", manager).status() == 0,
        () -> machine.run("systemctl", "status", manager).output());
    sh("""
    folder=/home/bob/.config/rig-credentials
    mkdir -p "$folder"
    printf 'rig: {dockerRegistries: {ghcr.io: {script: "echo bob:$(cat ~/token)"}}}' >"$folder/values.yaml"
    echo of-his-home >/home/bob/token
    chown -R bob /home/bob
    """)
        .succeeded();
    asBob("systemctl --user enable --now rig-credentials").succeeded();
    assertEquals(
        new ProgramResult(0, NativeClient.answer("ghcr.io", "bob", "of-his-home"), ""),
        asBob("printf ghcr.io | docker-credential-rig get"));
    asBob("rig-credentials docker-config --write").succeeded();
    asBob("systemctl --user reload rig-credentials && rig-credentials doctor").succeeded();
  }

  @Test
  @Order(10)
  void upgradeKeepsConfigurationAndSocket() throws IOException {
    var inode = sh("stat -c %i /run/rig-credentials/credentials.sock").succeeded().stdout();
    var next = folder.resolve("next");
    Command.of("dpkg-deb", "-R", Distribution.packaged("*.deb"), next).run().succeeded();
    var control = next.resolve("DEBIAN/control");
    Files.writeString(
        control, Files.readString(control).replaceAll("(?m)^Version: .*$", "Version: 99"));
    var values = next.resolve("etc/rig-credentials/values.yaml");
    Files.writeString(values, Files.readString(values) + "# news\n");
    Command.of(
            "dpkg-deb",
            "--root-owner-group",
            "-Zgzip",
            "-z1",
            "-b",
            next,
            machine.root().resolve("opt/next.deb"))
        .run()
        .succeeded();
    var said =
        apt(
            "install",
            "--no-install-recommends",
            "-o=Dpkg::Options::=--force-confold",
            "/opt/next.deb");
    assertTrue(said.contains("The daemon of bob still runs release"), said);
    assertEquals(1, said.lines().filter(line -> line.contains("still runs release")).count(), said);
    assertEquals("99", sh("dpkg-query -Wf '${Version}' rig-credentials").succeeded().stdout());
    serves("two");
    assertEquals(inode, sh("stat -c %i /run/rig-credentials/credentials.sock").stdout());
    assertEquals(List.of("640"), sh("stat -c %a " + VALUES).stdout().lines().toList());
  }

  private static String apt(String... words) {
    var all = new ArrayList<Object>(List.of("apt-get", "--yes"));
    all.addAll(List.of(words));
    return machine.run(all.toArray()).succeeded().output();
  }

  /** The manual's lines for a user, in order; root runs the last one. */
  @Test
  @Order(11)
  void userWhoRemovesTheDaemonHasNoneAndDockerIsRestored() {
    var lines = Manual.steps("installing", "Leaving").stream().map(Manual.Step::command).toList();
    assertEquals(4, lines.size(), lines::toString);
    for (var line : lines.subList(0, 3)) {
      asBob(line).succeeded();
    }
    sh("! ls /home/bob/.docker/config.json*").succeeded();
    assertEquals(
        "inactive\ninactive\n",
        asBob("systemctl --user is-active rig-credentials.service rig-credentials.socket")
            .stdout());
    assertEquals("apt purge rig-credentials", lines.getLast());
  }

  @Test
  @Order(12)
  void purgeLeavesOnlyTheUserAndReportsFilesInHomes() {
    sh("""
    echo '{"credHelpers": {"ghcr.io": "rig"}}' >/root/docker.json
    mkdir -p /root/.docker && ln -s /root/docker.json /root/.docker/config.json
    """)
        .succeeded();
    // F39: neither an endless file nor a FIFO of a user delays the removal.
    sh("""
    mkdir -p /home/bob/.docker /home/bob/.config/containers
    ln -sf /dev/zero /home/bob/.docker/config.json
    mkfifo /home/bob/.config/containers/auth.json
    """)
        .succeeded();
    var removed = machine.run("dpkg", "--remove", "rig-credentials").succeeded().output();
    assertTrue(removed.contains("/root/.docker/config.json still names the helper"), removed);
    assertFalse(removed.contains("/home/bob"), removed);
    assertEquals("", sh("systemctl is-active rig-credentials.socket | grep -x active").stdout());
    sh("test -f " + VALUES + " && test -d /var/lib/rig-credentials").succeeded();
    sh("rm /etc/rig-credentials/script.yaml").succeeded();
    var purged = apt("purge", "rig-credentials");
    assertTrue(purged.contains("/home/bob/.config/rig-credentials remains"), purged);
    assertTrue(purged.contains("/home/bob/.local/state/rig-credentials remains"), purged);
    assertEquals(
        "/etc/credstore.encrypted/rig-credentials.key\n",
        sh("find / /run -xdev -name '*rig-credential*' -not -path '/home/*' 2>/dev/null").stdout());
    sh("systemctl daemon-reload && ! systemctl cat rig-credentials").succeeded();
  }

  @Test
  @Order(13)
  void archiveForOtherSystemsRunsWhereItIsUnpacked() {
    var archive = Distribution.packaged("*.tar.gz");
    Command.of("sh", "-c", "cd '" + archive.getParent() + "' && sha256sum --check SHA256SUMS")
        .run()
        .succeeded();
    var elsewhere = folder.resolve("elsewhere");
    Command.of("mkdir", elsewhere).run().succeeded();
    Command.of("tar", "-C", elsewhere, "-xzf", archive).run().succeeded();
    var unpacked = elsewhere.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
    var demo = Command.of(unpacked.resolve("bin/rig-credentials"), "demo").run().succeeded();
    assertEquals("", demo.stderr());
    assertEquals(List.of(), brokenLinks(unpacked));
    for (var file :
        List.of(
            "LICENSE",
            "README.md",
            "daemon/docs/design.md",
            "CHANGELOG.md",
            "systemd/rig-credentials.socket")) {
      assertTrue(Files.exists(unpacked.resolve(file)), file);
    }
  }

  private static List<String> brokenLinks(Path tree) {
    try (var files = Files.walk(tree)) {
      return Manual.brokenLinks(
          tree, files.filter(file -> file.toString().endsWith(".md")).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
