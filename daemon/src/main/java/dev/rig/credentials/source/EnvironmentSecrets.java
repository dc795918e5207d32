package dev.rig.credentials.source;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** The values of environment variables that may be secret. */
final class EnvironmentSecrets {
  /**
   * The shortest value of a variable that is redacted: shorter ones are words such as a region or a
   * profile.
   */
  private static final int VALUE_WORTH_HIDING = 8;

  /** Values that are never secrets. */
  private static final Pattern WORD = Pattern.compile("(?i)true|false|null|none|auto");

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(TOKEN|SECRET|PASS|PWD|KEY|CRED|AUTH).*");

  /** {@code https://user:password@host}; RFC 3986, section 3.2.1. */
  private static final Pattern USER_INFO = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://([^/@]*)@.*");

  /** Variables of every daemon and of systemd's services: names of folders, people and sockets. */
  private static final Pattern HARMLESS_NAME =
      Pattern.compile(
          "PATH|HOME|PWD|OLDPWD|SHELL|USER|LOGNAME|HOSTNAME|LANG|LANGUAGE|TERM|TZ|TMPDIR|SHLVL|_"
              + "|LC_.*|XDG_.*|.*_(REGION|PROFILE|ZONE)|LISTEN_.*|SYSTEMD_.*|INVOCATION_ID");

  /** An address, as Kubernetes passes it to every container for every service. */
  private static final Pattern ADDRESS =
      Pattern.compile("([a-z]+://)?[0-9]+(\\.[0-9]+){3}(:[0-9]+)?");

  private EnvironmentSecrets() {}

  /**
   * Returns the values of the daemon's own variables that may be secret. Most variables are not
   * secret, so a value of less than eight characters counts only if the name indicates a secret.
   */
  static List<String> ofDaemon(Map<String, String> environment) {
    var telling = new HashMap<>(environment);
    telling.entrySet().removeIf(variable -> isHarmless(variable.getKey(), variable.getValue()));
    return values(telling, name -> !SECRET_NAME.matcher(name).matches());
  }

  /**
   * Returns the values of an entry's own variables that may be secret: those of at least four
   * characters, or eight if the name is that of a folder, and passwords in URLs.
   */
  static List<String> ofEntry(Map<String, String> environment) {
    return values(environment, name -> HARMLESS_NAME.matcher(name).matches());
  }

  private static boolean isHarmless(String name, String value) {
    return HARMLESS_NAME.matcher(name).matches()
        || ADDRESS.matcher(value).matches()
        || (value.startsWith("/") && exists(value));
  }

  private static boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static List<String> values(
      Map<String, String> environment, Predicate<String> isHarmless) {
    var secrets = new ArrayList<String>();
    environment.forEach((name, value) -> {
      int least = isHarmless.test(name) ? VALUE_WORTH_HIDING : Redactor.WORTH_HIDING;
      if (value.length() >= least && !WORD.matcher(value).matches()) {
        secrets.add(value);
      }
      var url = USER_INFO.matcher(value);
      if (url.matches()) {
        secrets.add(url.group(1));
        secrets.add(url.group(1).substring(url.group(1).indexOf(':') + 1));
      }
    });
    return secrets;
  }
}
