package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.Manual;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import dev.rig.credentials.testing.machine.DebianMachine;
import dev.rig.credentials.testing.machine.OtherMachine;
import dev.rig.credentials.testing.machine.Reaper;
import dev.rig.credentials.testing.registry.ImageLayout;
import dev.rig.credentials.testing.registry.RegistryServer;
import dev.rig.credentials.testing.registry.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs sections of the manual on a machine without this project's files: every line unchanged, in
 * order, from the installation to the check.
 */
@Tag("package")
class CleanMachineIT {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PULL = "docker pull ghcr.io/";

  @TempDir private Path folder;
  @AutoClose private final Reaper reaper = new Reaper();
  private DebianMachine machine;

  @BeforeEach
  void bootAMachine() {
    machine = DebianMachine.boot(reaper, folder.resolve("machine"));
    assertEquals("", machine.sh("find / -xdev -name '*rig-credential*'").stdout());
  }

  /** {@code gh} only prints a token; Docker and the registry that requires it are real. */
  @Test
  void linesForAWorkstationEndInThePullOfAPrivateImage() throws IOException {
    var user = "me";
    var token = "gho_of-mine";
    var lines =
        Manual.steps("getting-started", "Docker on a workstation").stream()
            .map(Manual.Step::command)
            .toList();
    assertTrue(lines.getFirst().startsWith("sudo apt install"), lines::toString);
    var pull = lines.getLast();
    assertTrue(pull.startsWith(PULL), pull);
    startGithubsRegistry(user, token, pull.substring(PULL.length()));
    Files.writeString(
        machine.root().resolve("usr/local/bin/gh"),
        "#!/bin/sh\n[ \"$*\" = 'auth token' ] && echo " + token + "\n");
    machine
        .sh(
            """
            chmod 755 /usr/local/bin/gh
            useradd --create-home --shell /bin/bash --groups docker,sudo %1$s
            echo '%1$s ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/%1$s
            """
                .formatted(user))
        .succeeded();
    lay("home/" + user + "/daemon/target/packages");
    machine.run("chown", "-R", user + ":", "/home/" + user).succeeded();

    var refused = machine.typed(user, pull);
    assertNotEquals(0, refused.status(), refused::toString);
    assertTrue(refused.stderr().contains("no basic auth credentials"), refused::toString);

    var outcome = machine.typed(user, String.join("\n", lines)).succeeded();

    assertTrue(outcome.stdout().contains("\nok    docker "), outcome::toString);
    assertFalse(outcome.stdout().matches("(?s).*\nfail .*"), outcome::toString);
    assertTrue(
        outcome.stdout().contains("Status: Downloaded newer image for ghcr.io/"),
        outcome::toString);
  }

  /** Starts a registry with one private image, which that machine resolves as GitHub's. */
  private void startGithubsRegistry(String user, String token, String repository)
      throws IOException {
    var authority = new TestAuthority(TestAuthority.Keys.EC);
    Files.writeString(
        machine.root().resolve("usr/local/share/ca-certificates/test.crt"), authority.pem());
    machine
        .sh(
            """
            echo %s ghcr.io >>/etc/hosts
            update-ca-certificates
            systemctl restart docker
            """
                .formatted(OtherMachine.ADDRESS))
        .succeeded();
    machine
        .onItsNetwork(
            Command.of(Tool.IP.path(), "address", "add", OtherMachine.ADDRESS + "/32", "dev", "lo"))
        .run()
        .succeeded();
    var registry =
        RegistryServer.startOn(
            machine,
            reaper,
            folder.resolve("registry"),
            Map.of(user, token),
            OtherMachine.ADDRESS,
            authority.identity("ghcr.io"));
    var layout = ImageLayout.write(folder.resolve("image"), "2026-01-01T00:00:00Z", "amd64");
    var push =
        Command.of(
            Tool.SKOPEO.path(),
            "--insecure-policy",
            "copy",
            "--dest-tls-verify=false",
            "--dest-creds=" + user + ":" + token,
            "oci:" + layout,
            "docker://" + registry.host() + "/" + repository);
    machine.onItsNetwork(push).run().succeeded();
  }

  /** A process with the kubelet's name and flags replaces the kubelet. */
  @Test
  void linesForANodeEndInTheCredential() throws IOException {
    lay("root");
    machine
        .sh(
            """
            cat >/etc/systemd/system/kubelet.service <<'END'
            [Service]
            EnvironmentFile=-/etc/default/kubelet
            ExecStart=/bin/bash -c 'exec -a kubelet sh -c "sleep 1000" "$@"' kubelet $KUBELET_EXTRA_ARGS
            END
            systemctl daemon-reload
            """)
        .succeeded();
    var steps = Manual.steps("kubelet", "A Kubernetes node");
    assertTrue(steps.getFirst().command().startsWith("apt install"), steps::toString);
    for (var step : steps) {
      var outcome = machine.typed("root", step.command()).succeeded();
      if (!step.shown().isEmpty()) {
        assertEquals(step.shown(), outcome.stdout());
      }
      if (step.command().startsWith("rig-credentials kubelet-config")) {
        giveTheKubelet(step.shown().lines().skip(3).collect(Collectors.joining(" ")));
      }
    }
    // A person types more slowly than the daemon needs to detect the changed file.
    var proof = steps.getLast().command();
    Eventually.within(
        LIMIT,
        () -> machine.typed("root", proof).stdout().contains("\"username\":\"bot\""),
        () -> machine.typed("root", proof).toString());
  }

  private void giveTheKubelet(String flags) throws IOException {
    Files.writeString(
        machine.root().resolve("etc/default/kubelet"), "KUBELET_EXTRA_ARGS='" + flags + "'\n");
  }

  private void lay(String path) throws IOException {
    var deb = Distribution.packaged("*.deb");
    var place = Files.createDirectories(machine.root().resolve(path));
    Files.copy(deb, place.resolve(deb.getFileName()));
  }
}
