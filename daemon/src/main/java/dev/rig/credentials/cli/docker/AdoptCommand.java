package dev.rig.credentials.cli.docker;

import dev.rig.credentials.cli.client.DaemonClient;
import dev.rig.credentials.cli.client.ProgramPath;
import dev.rig.credentials.cli.client.SocketOption;
import dev.rig.credentials.cli.output.CommandException;
import dev.rig.credentials.cli.output.Console;
import dev.rig.credentials.cli.output.ExitStatus;
import dev.rig.credentials.cli.output.YamlOutput;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.files.AtomicFile;
import dev.rig.credentials.json.JsonForm;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.time.SystemScheduler;
import dev.rig.credentials.wire.Action;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Migrates a person's Docker configuration to the daemon, and back. */
@Command(
    name = "adopt",
    mixinStandardHelpOptions = true,
    description = {
      "Move your Docker configuration to the daemon: credential helpers become entries, plain-text"
          + " logins are stored sealed, and Docker asks the daemon for both.",
      "Shows the changes first. --undo restores the previous state from a sealed record."
    },
    exitCodeList = {
      "0:done, or shown",
      "1:something could not be migrated; all changes were undone"
    })
public final class AdoptCommand implements Callable<Integer> {
  private static final Duration RELOAD = Duration.ofSeconds(10);
  private static final Duration POLL = Duration.ofMillis(200);

  @Option(names = "--yes", description = "Do it without asking.")
  private boolean yes;

  @Option(names = "--undo", description = "Restore the previous state.")
  private boolean undo;

  @Option(
      names = "--values",
      paramLabel = "PATH",
      description =
          "The file for the entries, which the daemon must read. Default: adopted.yaml in your"
              + " configuration folder.")
  private @Nullable Path values;

  @Option(
      names = "--file",
      paramLabel = "PATH",
      description = "That file instead of $DOCKER_CONFIG/config.json or ~/.docker/config.json.")
  private @Nullable Path file;

  @Option(
      names = "--sealing-key-file",
      paramLabel = "PATH",
      description = "The file with the key of the record. Default: a file next to the record.")
  private @Nullable Path sealingKey;

  @Mixin private SocketOption socket = new SocketOption();

  private final Console console;
  private final boolean interactive;

  /**
   * Creates the command.
   *
   * @param interactive whether the user can be asked
   */
  public AdoptCommand(Console console, boolean interactive) {
    this.console = console;
    this.interactive = interactive;
  }

  @Override
  public Integer call() {
    var record = AdoptionRecord.open(folder("XDG_STATE_HOME", ".local/state", "adopt"), sealingKey);
    if (undo) {
      record.load();
      return undo(record);
    }
    if (record.exists()) {
      throw new CommandException(
          ExitStatus.FAILED,
          "an earlier adoption is active: run \"rig-credentials adopt --undo\" first");
    }
    var target =
        ClientConfigFile.read(
            file != null
                ? file
                : ClientConfigPaths.of(ClientHosts.ContainerClient.DOCKER, console));
    var plan = AdoptionPlan.of(target.document(), ProgramPath.path(console));
    var out = console.out();
    if (plan.isEmpty()) {
      out.println("Nothing to adopt in " + target.path() + ".");
      plan.leftOut().forEach(remark -> out.println("Left: " + remark + "."));
      return ExitStatus.OK;
    }
    var entries = values == null ? folder("XDG_CONFIG_HOME", ".config", "adopted.yaml") : values;
    entries = entries.toAbsolutePath().normalize();
    tell(plan, target, entries);
    if (!yes && !(interactive && isAgreed())) {
      out.println("Nothing was changed" + (interactive ? "." : "; --yes does it."));
      return ExitStatus.OK;
    }
    try {
      adopt(plan, target, entries, record);
    } catch (CommandException e) {
      if (record.exists()) {
        var _ = undo(record);
      }
      throw e;
    }
    return ExitStatus.OK;
  }

  /**
   * Returns a file or folder of this program in a folder of the user; root uses the system's
   * folders.
   */
  private Path folder(String variable, String home, String name) {
    if (console.root()) {
      return Path.of(name.endsWith(".yaml") ? "/etc" : "/var/lib", "rig-credentials", name);
    }
    var set = console.environment().getOrDefault(variable, "");
    var base =
        set.isEmpty()
            ? Path.of(console.environment().getOrDefault("HOME", "/"), home)
            : Path.of(set);
    return base.resolve("rig-credentials").resolve(name);
  }

  private void tell(AdoptionPlan plan, ClientConfigFile target, Path entries) {
    var out = console.out();
    if (!plan.helpers().isEmpty()) {
      out.println("To write to " + entries + ":");
      plan.helpers()
          .forEach((key, name) ->
              out.println("  + " + AdoptionPlan.prefix(key) + ": {helper: " + name + "}"));
    }
    if (!plan.logins().isEmpty()) {
      out.println("To store in the daemon, sealed, and to remove from " + target.path() + ":");
      plan.logins()
          .forEach((key, login) ->
              out.println("  + " + key + ", as " + login.username() + ": the login"));
    }
    out.println("To change in " + target.path() + ":");
    keys(plan).forEach(key -> out.println("  + credHelpers: \"" + key + "\": \"rig\""));
    plan.leftOut().forEach(remark -> out.println("Left: " + remark + "."));
  }

  private static List<String> keys(AdoptionPlan plan) {
    var keys = new ArrayList<>(plan.helpers().keySet());
    keys.addAll(plan.logins().keySet());
    return keys;
  }

  private boolean isAgreed() {
    console.out().print("Do it? [y/N] ");
    console.out().flush();
    try {
      var answer =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
      return answer != null && answer.strip().matches("(?i)y(es)?");
    } catch (IOException e) {
      return false;
    }
  }

  /** Writes the record first, so that every later change can be undone. */
  private void adopt(
      AdoptionPlan plan, ClientConfigFile target, Path entries, AdoptionRecord record) {
    var client = socket.client(console);
    var _ = client.askFor(Action.VERSION, ""); // changes nothing if no daemon answers
    if (!plan.helpers().isEmpty() && Files.exists(entries)) {
      throw new CommandException(
          ExitStatus.FAILED, entries + " exists: name another file with --values");
    }
    record.before(target.path());
    record.before(target.backup());
    record.before(target.replacedFile());
    if (!plan.helpers().isEmpty()) {
      record.before(entries);
      write(entries, YamlOutput.print(plan.values()));
      record.after();
      waitForEntries(plan, client, entries);
    }
    for (var login : plan.logins().entrySet()) {
      store(login.getKey(), login.getValue(), client, record);
    }
    var settings = new HelperSettings(target, true);
    settings.useFor(keys(plan));
    if (target.document().get("auths") instanceof JsonObject logins) {
      var kept = new LinkedHashMap<>(logins.fields());
      kept.keySet().removeAll(plan.logins().keySet());
      target.document().put("auths", JsonObject.of(kept));
    }
    target.write(false);
    removeBackup(target);
    record.after();
    console.out().println("Done; \"rig-credentials adopt --undo\" restores the previous state.");
  }

  /** Removes the backup, so that only the sealed record contains its logins. */
  private static void removeBackup(ClientConfigFile target) {
    try {
      Files.deleteIfExists(target.backup());
    } catch (IOException e) {
      throw new CommandException(
          ExitStatus.FAILED, "cannot remove " + target.backup() + ": " + e.getMessage());
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.resolveSibling(""));
      AtomicFile.replace(file, text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CommandException(ExitStatus.FAILED, "cannot write " + file + ": " + e.getMessage());
    }
  }

  /** Waits until the daemon serves the new entries, before Docker is configured for them. */
  private static void waitForEntries(AdoptionPlan plan, DaemonClient client, Path entries) {
    try (var scheduler = new SystemScheduler()) {
      var time = scheduler.time();
      for (long from = time.nanos(); !serves(plan, client); ) {
        if (time.nanos() - from > RELOAD.toNanos()) {
          throw new CommandException(
              ExitStatus.FAILED,
              "the daemon at %s does not read %s: start it with --config %s, or name a file that it reads with --values"
                  .formatted(client.socket(), entries, entries));
        }
        var over = new CompletableFuture<Void>();
        scheduler.schedule(POLL, () -> over.complete(null));
        over.join();
      }
    }
  }

  private static boolean serves(AdoptionPlan plan, DaemonClient client) {
    var served = new LinkedHashMap<String, String>();
    for (var entry : client.askForJson(Action.STATUS, "").objects("entries")) {
      served.put(entry.display("prefix"), entry.display("source"));
    }
    return plan.helpers().keySet().stream()
        .allMatch(key -> "helper".equals(served.get(String.valueOf(AdoptionPlan.prefix(key)))));
  }

  private static void store(
      String key, Credential login, DaemonClient client, AdoptionRecord record) {
    var fields =
        Map.of(
            "ServerURL", key,
            "Username", login.username(),
            "Secret", login.secret().reveal());
    record.storing(key);
    var remark = client.askFor(Action.STORE, JsonWriter.text(JsonForm.GO, fields)).strip();
    if (remark.isEmpty()) {
      var answer = client.askForJson(Action.GET, key);
      if (login.username().equals(answer.textOrEmpty("Username"))
          && login.secret().reveal().equals(answer.textOrEmpty("Secret"))) {
        return;
      }
    }
    record.stored().remove(key);
    throw new CommandException(
        ExitStatus.FAILED,
        "the daemon does not keep the login for %s%s; \"docker logout %s\" removes it from the file"
            .formatted(key, remark.isEmpty() ? "" : ": " + remark, key));
  }

  private int undo(AdoptionRecord record) {
    var out = console.out();
    boolean whole = true;
    for (var changed : record.files()) {
      if (changed.isUntouched()) {
        AdoptionRecord.restore(changed);
      } else if (changed.equals(record.files().getFirst())) { // Docker's
        DockerRestoration.restore(changed);
        out.println(changed.path() + " was changed since: only what adopt changed was restored.");
      } else {
        out.println(changed.path() + " was changed since and was not restored.");
      }
    }
    for (var key : record.stored()) {
      try {
        var _ = socket.client(console).askFor(Action.ERASE, key);
      } catch (CommandException e) {
        whole = false;
        out.println("The login for " + key + " stays in the daemon: " + e.getMessage() + ".");
      }
    }
    record.remove();
    out.println("Restored the previous state.");
    return whole ? ExitStatus.OK : ExitStatus.FAILED;
  }
}
