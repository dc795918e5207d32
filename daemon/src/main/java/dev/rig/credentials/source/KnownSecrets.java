package dev.rig.credentials.source;

import dev.rig.credentials.credential.Secret;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The secrets of one entry that its script may write to stderr: current and former credentials, and
 * secrets in its configuration and in environments.
 *
 * <p>They are kept when the entry changes, because a program may store a token in files of its own.
 */
public final class KnownSecrets {
  /** The limit per registry; only the latest can still be valid. */
  private static final int MOST_OF_ONE = 8;

  /** The limit of registries: an entry with a glob has several, and redaction must be fast. */
  private static final int MOST_REGISTRIES = 1024;

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

  /** The key of secrets from the configuration. */
  private static final String CONFIGURED = "";

  private final List<String> ofDaemon;

  /** The secrets in the entry's current configuration. Guarded by this. */
  private Set<String> configured = Set.of();

  private final Map<String, Deque<String>> held =
      new LinkedHashMap<>(16, 0.75f, true) { // guarded by this
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<String>> eldest) {
          return size() > MOST_REGISTRIES;
        }
      };

  /**
   * Creates the secrets of an entry without credentials.
   *
   * @param environment the daemon's own
   */
  public KnownSecrets(Map<String, String> environment) {
    var telling = new HashMap<>(environment);
    telling.entrySet().removeIf(variable -> isHarmless(variable.getKey(), variable.getValue()));
    // Most of these variables are not secrets, so a short value counts only if the name indicates a
    // secret.
    ofDaemon = values(telling, name -> !SECRET_NAME.matcher(name).matches());
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

  /** Adds a current secret of the entry for that registry. */
  public void add(String registry, Secret secret) {
    add(registry, secret.reveal());
  }

  /** Adds a former secret of the entry for that registry. */
  public synchronized void add(String registry, String text) {
    if (text.length() < Redactor.WORTH_HIDING) {
      return; // would displace a useful one
    }
    var secrets = held.computeIfAbsent(registry, first -> new ArrayDeque<>());
    secrets.remove(text);
    secrets.addFirst(text);
    if (secrets.size() > MOST_OF_ONE) {
      secrets.removeLast();
    }
  }

  /** Replaces the secrets in the entry's configuration; the previous ones become former secrets. */
  public synchronized void configured(Collection<String> secrets) {
    var before = configured;
    configured = Set.copyOf(secrets);
    before.stream()
        .filter(text -> !configured.contains(text))
        .forEach(text -> add(CONFIGURED, text));
  }

  /** Returns current and former secrets by registry, the oldest first, without configured ones. */
  synchronized Map<String, List<String>> held() {
    var copies = new LinkedHashMap<String, List<String>>();
    held.forEach((registry, secrets) ->
        copies.put(
            registry,
            secrets.reversed().stream().filter(text -> !configured.contains(text)).toList()));
    return copies;
  }

  /**
   * Returns one line of text with all of them redacted.
   *
   * @param also further secrets
   */
  public String redact(String line, Collection<String> also) {
    var texts = texts();
    texts.addAll(also);
    return String.join("", new Redactor(texts).redact(List.of(line)));
  }

  synchronized List<String> texts() {
    var texts = new ArrayList<>(ofDaemon);
    texts.addAll(configured);
    held.values().forEach(texts::addAll);
    return texts;
  }

  /**
   * Returns the values of an entry's own variables that may be secret: those of at least four
   * characters, or eight if the name is that of a folder, and passwords in URLs.
   */
  static List<String> values(Map<String, String> environment) {
    return values(environment, name -> HARMLESS_NAME.matcher(name).matches());
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
