package dev.rig.credentials.testing;

import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.machine.ProcFiles;
import dev.rig.testing.Requirement;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The programs of other projects that integration tests use, and the Debian packages that contain
 * them.
 *
 * <p>If one is missing, {@link Requirement} ends the test that needs it, and names the package to
 * install.
 */
public enum Tool {
  AWS("aws", "awscli"),
  BASH("bash", "bash"),
  BUILDAH("buildah", "buildah"),
  BUSYBOX("busybox", "busybox-static"),
  CC("cc", "gcc"),
  CREDENTIAL_ECR_LOGIN("docker-credential-ecr-login", "amazon-ecr-credential-helper"),
  CREDENTIAL_PASS("docker-credential-pass", "golang-docker-credential-helpers"),
  DEBOOTSTRAP("debootstrap", "debootstrap"),

  CHROMIUM("chromium", "chromium"),
  CNI("host-local", "containernetworking-plugins"),
  DOCKER("docker", "docker-cli"),
  DOCKERD("dockerd", "docker.io"),
  DOCKER_REGISTRY("docker-registry", "docker-registry"),
  ETCD("etcd", "etcd-server"),
  FAKETIME("faketime", "faketime"),
  GDB("gdb", "gdb"),
  GO("go", "golang-go"),
  GPG("gpg", "gnupg"),
  GPGCONF("gpgconf", "gnupg"),
  HTPASSWD("htpasswd", "apache2-utils"),
  IP("ip", "iproute2"),
  MUSL_GCC("musl-gcc", "musl-tools"),
  NSENTER("nsenter", "util-linux"),
  PASS("pass", "pass"),
  PERL("perl", "perl-base"),
  PODMAN("podman", "podman"),
  PRLIMIT("prlimit", "util-linux"),
  PYTHON3("python3", "python3"),
  RUNC("runc", "runc"),
  SCRIPT("script", "bsdutils"),
  SETPRIV("setpriv", "util-linux"),
  SKOPEO("skopeo", "skopeo"),
  SOCAT("socat", "socat"),

  SYSTEMD_ANALYZE("systemd-analyze", "systemd"),
  SYSTEMD_NSPAWN("systemd-nspawn", "systemd-container"),
  SYSTEMD_SOCKET_ACTIVATE("systemd-socket-activate", "systemd"),
  SYSTEMD_SYSUSERS("systemd-sysusers", "systemd"),
  SYSTEMD_TMPFILES("systemd-tmpfiles", "systemd"),
  TMUX("tmux", "tmux"),
  UNSHARE("unshare", "util-linux"),
  WGET("wget", "wget"),
  ZSH("zsh", "zsh");

  /** Debian's own folders first: a version manager's program on PATH may not work. */
  private static final List<String> FOLDERS =
      List.of(
          "/usr/bin",
          "/bin",
          "/usr/sbin",
          "/sbin",
          "/usr/local/bin",
          "/usr/local/sbin",
          "/usr/lib/cni");

  /** {@code capabilities(7)}: its number. */
  private static final int CAP_SYS_ADMIN = 21;

  private final String program;
  private final String debianPackage;

  Tool(String program, String debianPackage) {
    this.program = program;
    this.debianPackage = debianPackage;
  }

  /** Returns the program's path; ends the test if it is not installed. */
  public Path path() {
    return find()
        .orElseThrow(() ->
            Requirement.missing(program + " is not installed", "apt install " + debianPackage));
  }

  /** Returns the Debian package of the program. */
  String debianPackage() {
    return debianPackage;
  }

  /** Returns whether the program is installed, for tests that do not require it. */
  public boolean isInstalled() {
    return find().isPresent();
  }

  /**
   * Ends the test as a missing program does, unless this runs as root with the right to mount,
   * which root in a container may lack.
   *
   * @param purpose what needs root
   */
  public static void needRoot(String purpose) {
    Requirement.need(ProcFiles.ownUid() == 0, purpose + " needs root", "run as root");
    Requirement.need(
        ProcFiles.ownCapabilities().testBit(CAP_SYS_ADMIN),
        purpose + " needs root with CAP_SYS_ADMIN",
        "run on a machine or in a privileged container");
  }

  /** Ends the test as a missing program does, unless Python has that module. */
  public static void needPythonModule(String module, String debianPackage) {
    Requirement.need(
        Command.of(PYTHON3.path(), "-c", "import " + module).run().status() == 0,
        "Python has no module " + module,
        "apt install " + debianPackage);
  }

  private Optional<Path> find() {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator, -1);
    // go.mod requires a newer version than Debian's Go.
    var folders =
        this == GO
            ? Stream.concat(Arrays.stream(path), FOLDERS.stream())
            : Stream.concat(FOLDERS.stream(), Arrays.stream(path));
    return folders
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
