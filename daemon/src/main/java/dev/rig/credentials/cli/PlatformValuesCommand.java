package dev.rig.credentials.cli;

import dev.rig.credentials.cli.client.ConfigOptions;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.config.Configuration;
import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.config.ServiceAccountUse;
import dev.rig.credentials.credential.CredentialLine;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.text.Printable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints the values that make a rig-platform use this daemon. */
@Command(
    name = "platform-values",
    mixinStandardHelpOptions = true,
    description = {
      "Print values of rig-platform that make it use this daemon for credentials.",
      "Each entry's script calls docker-credential-rig, so that the platform contains no registry"
          + " secrets. They replace rig.dockerRegistries in the platform's values; this daemon"
          + " rejects them. Stderr and a comment name the entries that are left out."
    },
    exitCodeList = {"0:printed", "78:the configuration is invalid; stderr says why"})
final class PlatformValuesCommand implements Callable<Integer> {
  /**
   * The platform asks again after this time; an answer takes a millisecond, because the daemon has
   * the lease.
   */
  private static final Duration LONGEST_EXPIRE = Duration.ofMinutes(1);

  /** A lease is refreshed after 80 % of its life. */
  private static final int REFRESH_AHEAD = 5;

  @Mixin private ConfigOptions config = new ConfigOptions();

  @Option(
      names = "--helper",
      paramLabel = "PATH",
      description = "docker-credential-rig in the platform's container. Default: ${DEFAULT-VALUE}.")
  private Path helper = Path.of("/run/rig-credentials/bin/docker-credential-rig");

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description = "The daemon's socket in that container. Default: ${DEFAULT-VALUE}.")
  private Path socket = Path.of("/run/rig-credentials/pod/credentials.sock");

  private final Console console;

  PlatformValuesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    var configuration = config.load(console);
    var omitted = new ArrayList<String>();
    var entries = entries(configuration, omitted);
    var text =
        new StringBuilder(
            """
            # For the values of rig-platform, in place of its rig.dockerRegistries. Not for those of rig-credentials.
            """);
    for (var line : omitted) {
      text.append("# Left out: ").append(line).append('\n');
      console.err().println("rig-credentials: left out: " + line);
    }
    console.out().print(text.append("rig:\n").append(entries).append(clusters(configuration)));
    return ExitStatus.OK;
  }

  private String entries(Configuration configuration, List<String> omitted) {
    var text = new StringBuilder();
    for (var entry : configuration.registries()) {
      var reason = refusal(entry);
      if (reason.isPresent()) {
        omitted.add(Printable.of(entry.prefix() + ": " + reason.get()));
      } else {
        text.append(entry(entry));
      }
    }
    return text.isEmpty() ? "  dockerRegistries: {}\n" : "  dockerRegistries:\n" + text;
  }

  private static Optional<String> refusal(RegistryEntry entry) {
    if (entry.prefix().isGlob()) {
      return Optional.of(
          "the platform does not support globs; add an entry for each host that it pulls from");
    }
    if (entry.serviceAccount() == ServiceAccountUse.REQUIRED) {
      return Optional.of("it needs the service account token of a pod, which only a kubelet sends");
    }
    return entry.source() instanceof EntrySource.StaticLogin(var credential)
        ? CredentialLine.refusal(credential)
            .map(reason -> reason + ", which a script's line cannot carry")
        : Optional.empty();
  }

  private String entry(RegistryEntry entry) {
    var prefix = entry.prefix().toString();
    var ahead = entry.expire().dividedBy(REFRESH_AHEAD);
    var expire = ahead.compareTo(LONGEST_EXPIRE) < 0 ? ahead : LONGEST_EXPIRE;
    return """
        %s:
          script: |
            RIG_CREDENTIALS_SOCKET=%s %s userpass %s
          expire: %ds
    """
        .formatted(
            JsonWriter.quoted(prefix),
            quoted(socket.toString()),
            quoted(helper.toString()),
            quoted(prefix),
            Math.max(1, expire.toSeconds()));
  }

  /** Quotes a word for any POSIX shell. */
  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9._/:@-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Returns the clusters whose pull secrets the daemon writes. */
  private static String clusters(Configuration configuration) {
    var text = new StringBuilder();
    configuration
        .clusters()
        .forEach((name, settings) -> {
          if (settings.createsPullSecrets()) {
            text.append("    ").append(JsonWriter.quoted(name)).append(":\n");
            text.append("      createPullSecrets: false\n");
          }
        });
    return text.isEmpty() ? "" : "  clusters:\n" + text;
  }
}
