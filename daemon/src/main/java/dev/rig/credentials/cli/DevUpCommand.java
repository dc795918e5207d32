package dev.rig.credentials.cli;

import dev.rig.credentials.dev.DevRegistry;
import dev.rig.credentials.wire.Action;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the development registry. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Have a registry on this machine, and the daemon know its login.",
      "It is the Docker Engine's container registry:2 where an engine answers and has or gets that"
          + " image, else a registry or docker-registry on PATH. A daemon is started for you where"
          + " none runs. Doing it again changes nothing."
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {"0:the registry answers", "1:it cannot be had, and stderr tells why"})
final class DevUpCommand implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Its port on 127.0.0.1; 30000 when unset.")
  private int port = 30_000;

  @Mixin private StateOption state = new StateOption();

  private final Console console;

  DevUpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (port < 1 || port > 65_535) {
      throw new CommandException(ExitStatus.USAGE, "--port is from 1 to 65535");
    }
    var access = state.with(console, registry -> registry.up(port));
    var daemon = BackgroundDaemon.ensure(console, state.folder(console));
    var remark = daemon.askFor(Action.STORE, login(access)).strip();
    if (!remark.isEmpty()) {
      console.err().println(remark);
    }
    console
        .out()
        .println("The development registry is %s (%s).".formatted(access.host(), access.runner()));
    console.out().println("  docker push " + access.host() + "/app");
    console
        .out()
        .println(
            "Where Docker does not ask the daemon yet: rig-credentials docker-config --write "
                + access.host());
    return ExitStatus.OK;
  }

  private static String login(DevRegistry.Access access) {
    return Json.print(
        Map.of(
            "ServerURL",
            access.host(),
            "Username",
            access.credential().username(),
            "Secret",
            access.credential().secret().reveal()));
  }
}
