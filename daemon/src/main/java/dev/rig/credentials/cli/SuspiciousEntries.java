package dev.rig.credentials.cli;

import dev.rig.credentials.config.EntrySource;
import dev.rig.credentials.config.RegistryEntry;
import dev.rig.credentials.problem.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds settings that are valid but probably mistakes: {@code check} warns about them. */
final class SuspiciousEntries {
  /** A private registry of Amazon ECR, with the region in its name. */
  private static final Pattern ECR =
      Pattern.compile("[0-9]{12}\\.dkr\\.ecr(?:-fips)?\\.([a-z0-9-]+)\\.amazonaws\\.com(?:\\.cn)?");

  private static final Pattern REGION = Pattern.compile("--region[= ]['\"]?([a-z]{2}[a-z0-9-]+)");
  private static final Pattern ECHO =
      Pattern.compile("(?m)(^|[;&|({]|\\b(?:then|do|else))\\s*echo\\b");
  private static final Pattern INTERPRETER =
      Pattern.compile("#! *(/[^ \\n]+)(?: +([^ \\n]+))?.*", Pattern.DOTALL);

  /** Shells whose {@code echo} interprets backslashes, which POSIX allows. */
  private static final Set<String> INTERPRETING = Set.of("dash", "zsh");

  /**
   * A token whose life its issuer documents.
   *
   * @param script matches a script that prints such a token
   */
  private record TokenLife(String name, Pattern script, Duration life) {}

  private static final List<TokenLife> LIVES =
      List.of(
          new TokenLife(
              "Amazon ECR", // API GetAuthorizationToken
              Pattern.compile("\\becr(-public)? get-(login-password|authorization-token)\\b"),
              Duration.ofHours(12)),
          new TokenLife(
              "Google", // IAM, access tokens of service accounts
              Pattern.compile("print-access-token|computeMetadata/v1/.*/token"),
              Duration.ofHours(1)),
          new TokenLife(
              "Azure Container Registry", // az acr login --expose-token
              Pattern.compile("\\bacr login\\b.*--expose-token|/oauth2/exchange\\b"),
              Duration.ofHours(3)));

  private SuspiciousEntries() {}

  /** Returns warnings in the order of the entries. */
  static List<Problem> of(List<RegistryEntry> entries) {
    var warnings = new ArrayList<Problem>();
    for (var entry : entries) {
      if (entry.source() instanceof EntrySource.Script script) {
        var text = script.text().reveal();
        region(entry, script, text, warnings);
        life(entry, text, warnings);
        echo(entry, text, warnings);
      }
    }
    defaults(entries, warnings);
    return warnings;
  }

  private static void add(
      List<Problem> warnings, RegistryEntry entry, String message, String hint) {
    var origin = entry.origin();
    warnings.add(new Problem(origin.file(), origin.line(), origin.column(), message, hint));
  }

  private static void region(
      RegistryEntry entry, EntrySource.Script script, String text, List<Problem> warnings) {
    var host = ECR.matcher(entry.prefix().host());
    if (!host.matches()) {
      return;
    }
    var option = REGION.matcher(text);
    var asked =
        option.find()
            ? option.group(1)
            : script.env().getOrDefault("AWS_REGION", script.env().get("AWS_DEFAULT_REGION"));
    if (asked != null && !asked.equals(host.group(1))) {
      add(
          warnings,
          entry,
          "the registry is in the region %s, but its script requests a token for %s"
              .formatted(host.group(1), asked),
          "a token of Amazon ECR is valid only in its own region");
    }
  }

  private static void life(RegistryEntry entry, String text, List<Problem> warnings) {
    for (var token : LIVES) {
      if (token.script().matcher(text).find() && entry.expire().compareTo(token.life()) > 0) {
        add(
            warnings,
            entry,
            "expire is %d h, but a token of %s is valid for %d h"
                .formatted(entry.expire().toHours(), token.name(), token.life().toHours()),
            "set expire to %dh or less".formatted(token.life().toHours()));
      }
    }
  }

  private static void echo(RegistryEntry entry, String text, List<Problem> warnings) {
    var shell = interpreter(text);
    if (shell != null && INTERPRETING.contains(shell) && ECHO.matcher(text).find()) {
      add(
          warnings,
          entry,
          "the script runs with %s, whose echo interprets backslashes in a password"
              .formatted(shell),
          "remove the #! line, or use printf '%s\\n'");
    }
  }

  /** Returns the interpreter that the first line names on this machine; null if absent. */
  private static @Nullable String interpreter(String text) {
    var line = INTERPRETER.matcher(text);
    if (!line.matches()) {
      return null;
    }
    var program = line.group(1);
    if (program.endsWith("/env") && line.group(2) != null) {
      program = "/bin/" + line.group(2);
    }
    try {
      return String.valueOf(Path.of(program).toRealPath().getFileName());
    } catch (IOException absent) {
      return program.substring(program.lastIndexOf('/') + 1);
    }
  }

  private static void defaults(List<RegistryEntry> entries, List<Problem> warnings) {
    var hosts = new LinkedHashMap<String, List<RegistryEntry>>();
    entries.forEach(entry ->
        hosts.computeIfAbsent(entry.prefix().host(), host -> new ArrayList<>()).add(entry));
    hosts.forEach((host, sharing) -> {
      if (sharing.size() > 1
          && sharing.stream()
              .noneMatch(entry -> entry.isDefault() || entry.prefix().path().isEmpty())) {
        add(
            warnings,
            sharing.getLast(),
            "%d entries share the host %s, but none answers requests for the host alone, as Docker sends"
                .formatted(sharing.size(), host),
            "set default: true on one of them");
      }
    });
  }
}
