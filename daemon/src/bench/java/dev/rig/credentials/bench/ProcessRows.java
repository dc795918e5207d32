package dev.rig.credentials.bench;

import dev.rig.credentials.testing.GoModule;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A whole run of {@code docker-credential-rig get} with a cached lease, and of other helpers. */
final class ProcessRows implements Rows {
  private static final int ROUNDS = 200;

  /** How much longer than the fastest possible client. */
  private static final double BARE = 1.4;

  private static final String BARE_NAME = "a bare static C client, on the same C library";

  @Override
  public String title() {
    return "Whole process, median of " + ROUNDS;
  }

  @Override
  public List<Row> measure(Workbench bench) throws Exception {
    var daemon = bench.daemon("d").configured("values.yaml", Workbench.values());
    daemon.start();
    var key = Files.writeString(bench.folder().resolve("key"), Workbench.QUESTION);
    var home = bench.home("home");
    var peers =
        new Peers(key)
            .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
            .with("HOME", home)
            .with("GNUPGHOME", bench.home("gnupg"))
            .with("PASSWORD_STORE_DIR", home.resolve("passwords"))
            .ours(Workbench.distribution().resolve("bin/docker-credential-rig"), "get")
            .beside("`docker-credential-pass get`", new Aim.Ratio(0.1), () -> pass(bench, home))
            .beside(
                "`docker-credential-ecr-login list`",
                new Aim.Ratio(0.25),
                () -> new Object[] {Tool.CREDENTIAL_ECR_LOGIN.path(), "list"})
            .beside(
                "`version` of a Go helper",
                new Aim.Ratio(1 / 1.5),
                () -> new Object[] {GoModule.PEERS.program("helper"), "version"})
            .beside("our helper on a JVM", new Aim.None(), () -> onJvm())
            .beside(
                BARE_NAME,
                new Aim.Ratio(BARE),
                () -> new Object[] {bench.compiled("bare"), "get", daemon.socket()})
            .beside(
                "the same on glibc",
                new Aim.None(),
                () -> new Object[] {bench.compiledOnGlibc("bare"), "get", daemon.socket()});
    var userpass =
        new Peers(key)
            .with("RIG_CREDENTIALS_SOCKET", daemon.socket())
            .ours(
                Workbench.distribution().resolve("bin/docker-credential-rig"),
                "userpass",
                Workbench.QUESTION)
            .beside(
                BARE_NAME,
                new Aim.Ratio(BARE),
                () -> new Object[] {bench.compiled("bare"), "get", daemon.socket()});
    var spawn = bench.compiled("spawn");
    var rows = new ArrayList<Row>();
    rows.addAll(peers.measure(spawn, ROUNDS, "`docker-credential-rig get`, cached"));
    rows.addAll(userpass.measure(spawn, ROUNDS, "`docker-credential-rig userpass`, cached"));
    return rows;
  }

  /** Debian's pass, with one login and a key without a passphrase. */
  private static Object[] pass(Workbench bench, Path home) {
    var gnupg = bench.home("gnupg");
    var helper = Tool.CREDENTIAL_PASS.path();
    bench
        .reaper()
        .<AutoCloseable>own(() ->
            inHome(Command.of(Tool.GPGCONF.path(), "--kill", "gpg-agent"), home, gnupg).run());
    inHome(
            Command.of(
                Tool.GPG.path(),
                "--batch",
                "--pinentry-mode=loopback",
                "--passphrase",
                "",
                "--quick-generate-key",
                "bench@example.com",
                "default",
                "default",
                "never"),
            home,
            gnupg)
        .run()
        .succeeded();
    inHome(Command.of(Tool.PASS.path(), "init", "bench@example.com"), home, gnupg)
        .run()
        .succeeded();
    inHome(Command.of(helper, "store"), home, gnupg)
        .reading(
            "{\"ServerURL\":\"%s\",\"Username\":\"user\",\"Secret\":\"secret\"}"
                .formatted(Workbench.QUESTION))
        .run()
        .succeeded();
    return new Object[] {helper, "get"};
  }

  private static Command inHome(Command command, Path home, Path gnupg) {
    return command
        .with("HOME", home)
        .with("GNUPGHOME", gnupg)
        .with("PASSWORD_STORE_DIR", home.resolve("passwords"));
  }

  private static Object[] onJvm() {
    return new Object[] {
      Workbench.java(),
      "-XX:TieredStopAtLevel=1",
      "-Drig.program=docker-credential-rig",
      "-cp",
      Workbench.distribution().resolve("lib/rig-credentials.jar"),
      "dev.rig.credentials.client.JvmMain",
      "get"
    };
  }
}
