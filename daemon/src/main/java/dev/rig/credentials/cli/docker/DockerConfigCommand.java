package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.client.ProgramPath;
import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.wire.Action;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Configures Docker or podman to use this daemon. */
@Command(
    name = "docker-config",
    mixinStandardHelpOptions = true,
    description = {
      "Show what to change in Docker's configuration so that it asks the daemon for the configured"
          + " registries, or with --write change it.",
      "Everything else in the file is kept. Running it again changes nothing; --remove restores the"
          + " previous settings."
    },
    exitCodeList = {
      "0:the file is correct, or can be changed",
      "1:another helper is configured and was kept, or the file cannot be used"
    },
    footerHeading = "%nLeaving:%n",
    footer = {
      "Before the package is removed, each user runs docker-config --remove --write, also with"
          + " --podman where that was used, and stops a daemon of their own with",
      "systemctl --user disable --now rig-credentials.socket rig-credentials.service.",
      "Then root runs apt purge rig-credentials, which also removes the machine's leases, logins"
          + " and configuration, and names the files that remain in home folders."
    })
public final class DockerConfigCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "HOST",
      description = "Further hosts, for example those that a pattern of an entry matches.")
  private List<String> more = new ArrayList<>();

  @Option(
      names = "--write",
      description = "Change the file; a copy of the original is kept until --remove.")
  private boolean write;

  @Option(
      names = "--remove",
      description = "Restore the settings that the helper replaced; use it with --write.")
  private boolean remove;

  @Option(
      names = "--store",
      description = {
        "Use the helper for every registry (credsStore), not only for the configured ones"
            + " (credHelpers): for patterns, and for clients that name the whole repository."
      })
  private boolean store;

  @Option(names = "--replace", description = "Replace another helper of a configured registry.")
  private boolean replace;

  @Option(
      names = "--podman",
      description = "The file of podman, skopeo and buildah: ~/.config/containers/auth.json.")
  private boolean podman;

  @Option(
      names = "--file",
      paramLabel = "PATH",
      description = "That file instead of $DOCKER_CONFIG/config.json or ~/.docker/config.json.")
  private @Nullable Path file;

  @Mixin private ConfigOptions config = new ConfigOptions();
  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;

  public DockerConfigCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (podman && store) {
      throw new CommandException(
          ExitStatus.USAGE, "podman does not support credsStore: omit --store");
    }
    var client = podman ? ClientHosts.ContainerClient.PODMAN : ClientHosts.ContainerClient.DOCKER;
    var path = file != null ? file : ClientConfigPaths.of(client, console);
    var target = ClientConfigFile.read(path);
    var settings = new HelperSettings(target, replace);
    boolean original = settings.isOriginal();
    var leftOut = new ArrayList<String>();
    if (remove) {
      settings.remove();
    } else {
      if (original) {
        target.replaced().document().clear(); // left from a file that the user restored or deleted
      }
      var hosts = hosts().and(more);
      leftOut.addAll(hosts.leftOut());
      if (store) {
        settings.useForAll(hosts.keys(client));
      } else {
        settings.useFor(hosts.keys(client));
        for (var pattern : hosts.patterns()) {
          leftOut.add(pattern + " is a pattern, which clients do not support: name its hosts");
        }
      }
    }
    tell(target, settings, original, leftOut);
    return settings.conflicts().isEmpty() ? ExitStatus.OK : ExitStatus.FAILED;
  }

  /** Returns the hosts that the daemon serves; with an explicit configuration, the hosts in it. */
  private ClientHosts hosts() {
    return config.isGiven()
        ? ClientHosts.of(config.load(console).registries())
        : ClientHosts.of(socket.client(console).askForJson(Action.STATUS, ""));
  }

  private void tell(
      ClientConfigFile target, HelperSettings settings, boolean original, List<String> leftOut) {
    var out = console.out();
    boolean changed = !settings.changes().isEmpty();
    if (write && remove) {
      target.writeRestored();
    } else if (write && changed) {
      target.write(original);
    }
    if (!changed) {
      out.println("Nothing to change in " + target.path() + ".");
    } else {
      out.println((write ? "Changed " : "To change in ") + target.path() + ":");
    }
    settings.changes().forEach(change -> out.println("  " + change));
    settings.remarks().forEach(remark -> out.println("Note: " + remark + "."));
    leftOut.forEach(remark -> out.println("Left out: " + remark + "."));
    settings.conflicts().forEach(conflict -> out.println("Conflict: " + conflict + "."));
    if (changed && write && Files.exists(target.backup())) {
      out.println("The original is in " + target.backup() + ".");
    }
    if (changed && write && remove && !Files.exists(target.path())) {
      out.println("The file was deleted, because it did not exist before.");
    }
    if (changed && !write) {
      out.println("Nothing was written; pass --write to write it.");
    }
    if (!remove && ProgramPath.find(ProgramPath.HELPER, console).isEmpty()) {
      out.println(
          "Note: "
              + ProgramPath.HELPER
              + " is not on your PATH, and Docker fails without it: \"rig-credentials doctor\""
              + " shows the details.");
    }
  }
}
