package dev.rig.credentials.cli.dev;

import dev.rig.credentials.cli.client.BackgroundDaemon;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.dev.DevRegistry;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.wire.Action;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Creates the development registry. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Start a registry on this machine, and store its login in the daemon.",
      "It is a container of the image registry:2 if a Docker Engine answers and has or can pull"
          + " that image, otherwise registry or docker-registry from PATH. A daemon is started if"
          + " none runs. Running it again changes nothing."
    },
    exitCodeList = {"0:the registry answers", "1:the registry is unavailable; stderr says why"})
final class DevUpCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Its port. Default: the previous one, or 30000.")
  private @Nullable Integer port;

  @Option(
      names = "--listen",
      paramLabel = "ADDRESS",
      description =
          "The address of this machine that it listens on. Default: the previous one, or 127.0.0.1."
              + " An address that other machines can reach has TLS.")
  private @Nullable String listen;

  @Option(
      names = "--tls",
      negatable = true,
      description = "Use TLS on 127.0.0.1 too, with a certificate of its own authority.")
  private @Nullable Boolean tls;

  @Option(
      names = "--login",
      negatable = true,
      description =
          "Require its login from clients. By default clients on loopback without TLS need no"
              + " login, so that the Rig CLI can push; on other addresses they always do.")
  private @Nullable Boolean login;

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  DevUpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    var wanted = new DevRegistry.Wanted(listen, port, tls, login);
    var access = state.with(console, registry -> registry.up(wanted));
    var daemon = BackgroundDaemon.ensure(console, state.folder(console));
    var remark = daemon.askFor(Action.STORE, login(access)).strip();
    if (!remark.isEmpty()) {
      console.err().println(remark);
    }
    console
        .out()
        .println("The development registry is %s (%s).".formatted(access.host(), access.runner()));
    console.out().println("  docker push " + access.host() + "/app");
    if (access.open()) {
      console.out().println("Clients on this machine need no login; see --login.");
    }
    var authority = access.authority();
    if (authority != null) {
      tellOfTrust(access.host(), authority);
    }
    if (access.open()) {
      return ExitStatus.OK;
    }
    console
        .out()
        .println(
            "If Docker does not use the daemon yet: rig-credentials docker-config --write "
                + access.host());
    return ExitStatus.OK;
  }

  /** Prints the paths where Docker and containers-certs.d(5) look for a registry's authority. */
  private void tellOfTrust(String host, Path authority) {
    console.out().println("Clients must trust its certificate authority:");
    for (var folder : List.of("docker", "containers")) {
      console
          .out()
          .println(
              "  sudo install -D -m 644 %s /etc/%s/certs.d/%s/ca.crt"
                  .formatted(authority, folder, host));
    }
  }

  private static String login(DevRegistry.Access access) {
    return JsonWriter.text(
        JsonForm.INDENTED,
        Map.of(
            "ServerURL",
            access.host(),
            "Username",
            access.credential().username(),
            "Secret",
            access.credential().secret().reveal()));
  }
}
