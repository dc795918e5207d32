package dev.rig.credentials.cli.doctor;

import dev.rig.credentials.cli.client.ProgramPath;
import dev.rig.credentials.cli.docker.ClientConfigFile;
import dev.rig.credentials.cli.docker.ClientConfigPaths;
import dev.rig.credentials.cli.docker.ClientHosts;
import dev.rig.credentials.cli.docker.HelperSettings;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Checks the helper on the PATH, and whether Docker and podman call it. */
final class ClientCheck {
  private static final String HELPER = "helper";

  /** A helper ends by itself after 45 s. */
  private static final Duration HELPER_LIMIT = Duration.ofSeconds(50);

  private static final int MOST_BYTES = 4096;

  /** How long the output may stay open after the helper's end, if a child of it has it too. */
  private static final long MORE_SECONDS = 1;

  private final Console console;
  private final JsonObject daemon;
  private final ClientHosts hosts;
  private final Duration limit;

  /**
   * Creates the check.
   *
   * @param daemon the daemon's answer to {@code status}; empty if it does not answer
   */
  ClientCheck(Console console, JsonObject daemon) {
    this(console, daemon, HELPER_LIMIT);
  }

  ClientCheck(Console console, JsonObject daemon, Duration limit) {
    this.console = console;
    this.daemon = daemon;
    this.limit = limit;
    this.hosts = ClientHosts.of(daemon);
  }

  void look(List<Finding> findings) {
    var about = new ArrayList<Finding>();
    Set<String> helpers = new LinkedHashSet<>(List.of("rig"));
    var docker =
        client("docker", ClientHosts.ContainerClient.DOCKER, List.of("docker"), helpers, about);
    var podman =
        client(
            "podman",
            ClientHosts.ContainerClient.PODMAN,
            List.of("podman", "skopeo", "buildah"),
            helpers,
            about);
    helpers(helpers, docker || podman, findings);
    findings.addAll(about);
  }

  /** Checks a client; returns whether it is installed. */
  private boolean client(
      String check,
      ClientHosts.ContainerClient client,
      List<String> programs,
      Set<String> helpers,
      List<Finding> findings) {
    try {
      var file = ClientConfigFile.read(ClientConfigPaths.of(client, console));
      boolean here =
          file.exists()
              || programs.stream().anyMatch(name -> ProgramPath.find(name, console).isPresent());
      if (!here) {
        findings.add(Finding.ok(check, "not installed"));
        return false;
      }
      var settings = new HelperSettings(file, false);
      helpers.addAll(settings.ours());
      var missing = settings.missing(hosts.keys(client));
      if (!missing.isEmpty()) {
        findings.add(
            Finding.warn(
                check,
                "%s does not use this daemon for %s"
                    .formatted(file.path(), String.join(", ", missing)),
                "run \"rig-credentials docker-config"
                    + (client == ClientHosts.ContainerClient.PODMAN ? " --podman" : "")
                    + " --write\"; without --write it shows the change"));
      } else if (settings.ours().isEmpty()) {
        findings.add(
            daemon.fields().isEmpty()
                ? Finding.warn(
                    check,
                    file.path() + " does not use a daemon",
                    "start the daemon, and run doctor again")
                : Finding.ok(check, "the daemon has no registry that this client could use"));
      } else {
        findings.add(Finding.ok(check, file.path() + " uses this daemon"));
      }
      hosts.leftOut().forEach(what -> findings.add(Finding.warn(check, what, "")));
      return true;
    } catch (CommandException e) {
      findings.add(Finding.fail(check, String.valueOf(e.getMessage()), "correct the file"));
      return true;
    }
  }

  private void helpers(Set<String> names, boolean clients, List<Finding> findings) {
    for (var name : names) {
      var program = "docker-credential-" + name;
      var found = ProgramPath.find(program, console);
      if (found.isPresent()) {
        findings.add(works(found.get()));
      } else if (name.equals("rig")) {
        var message = program + " is not on your PATH";
        var advice = "link it into /usr/local/bin from the bin folder of rig-credentials";
        findings.add(
            clients
                ? Finding.fail(HELPER, message, advice)
                : Finding.warn(HELPER, message, advice));
      } else {
        findings.add(
            Finding.fail(
                HELPER,
                "a client's configuration names " + program + ", which is not on your PATH",
                "link docker-credential-rig under that name"));
      }
    }
  }

  /**
   * Calls the helper as Docker does, which tests helper, socket and daemon together. If no daemon
   * answers, only checks that the helper runs; the daemon's finding already has the reason.
   */
  private Finding works(Path program) {
    try {
      boolean alone = daemon.fields().isEmpty();
      var builder =
          new ProcessBuilder(program.toString(), alone ? "version" : "list")
              .redirectErrorStream(true);
      builder.environment().clear();
      builder.environment().putAll(console.environment());
      builder.environment().put("RIG_CREDENTIALS_OPTIONAL", "");
      var process = builder.start();
      process.getOutputStream().close();
      var printed = new FutureTask<>(() -> start(process.getInputStream()));
      Thread.startVirtualThread(printed);
      if (!process.waitFor(limit)) {
        process.destroyForcibly();
        return Finding.fail(
            HELPER,
            "%s did not end within %d s".formatted(program, limit.toSeconds()),
            "see the finding about the socket");
      }
      if (process.exitValue() == 0) {
        return Finding.ok(HELPER, program + (alone ? " runs" : " works"));
      }
      var words = printed.get(MORE_SECONDS, TimeUnit.SECONDS);
      return Finding.fail(
          HELPER,
          program + " failed" + (words.isEmpty() ? "" : ": " + words),
          "see the finding about the socket");
    } catch (ExecutionException | TimeoutException e) {
      return Finding.fail(HELPER, program + " failed", "see the finding about the socket");
    } catch (IOException e) {
      return Finding.fail(
          HELPER,
          program + " cannot be run",
          Files.isExecutable(program) ? "check that it is built for this machine" : "chmod +x it");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Finding.fail(HELPER, program + " did not end", "");
    }
  }

  /** Reads all of it, so that the helper is not blocked; returns the first part. */
  private static String start(InputStream output) throws IOException {
    try (output) {
      var text = new String(output.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
      output.transferTo(OutputStream.nullOutputStream());
      return text.strip();
    }
  }
}
