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
 * The secrets of one entry that its script may write to stderr: what it holds, what it held, and
 * what stands in its configuration and in environments.
 *
 * <p>It outlives a change of the entry: a program keeps a token in its own files, too.
 */
public final class KnownSecrets {
  /** Of one registry; leases overlap by one, so that the others have ended. */
  private static final int MOST_OF_ONE = 8;

  /** Only an entry with a glob has more than one registry; redaction must not take long. */
  private static final int MOST_REGISTRIES = 1024;

  /** Shorter values of variables are words like a region's or a profile's name. */
  private static final int VALUE_WORTH_HIDING = 8;

  /** Values that are no secrets, however short they may be. */
  private static final Pattern WORD = Pattern.compile("(?i)true|false|null|none|auto");

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(TOKEN|SECRET|PASS|PWD|KEY|CRED|AUTH).*");

  /** {@code https://user:password@host}; RFC 3986, section 3.2.1. */
  private static final Pattern USER_INFO = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*://([^/@]*)@.*");

  /** Of every daemon: names of places and of people, which a message may be about. */
  private static final Pattern HARMLESS_NAME =
      Pattern.compile(
          "PATH|HOME|PWD|OLDPWD|SHELL|USER|LOGNAME|HOSTNAME|LANG|LANGUAGE|TERM|TZ|TMPDIR|SHLVL|_"
              + "|LC_.*|XDG_.*|.*_(REGION|PROFILE|ZONE)");

  /** An address, as Kubernetes tells every container of every service. */
  private static final Pattern ADDRESS =
      Pattern.compile("([a-z]+://)?[0-9]+(\\.[0-9]+){3}(:[0-9]+)?");

  /** The registry of what stood in the configuration. */
  private static final String CONFIGURED = "";

  private final List<String> ofDaemon;

  /** What stands in the entry's configuration now: guarded by this. */
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
   * The secrets of an entry that has none yet.
   *
   * @param environment the daemon's own
   */
  public KnownSecrets(Map<String, String> environment) {
    var telling = new HashMap<>(environment);
    telling.entrySet().removeIf(variable -> isHarmless(variable.getKey(), variable.getValue()));
    // Most of them are not about credentials: short ones only where the name says so.
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

  /** The entry holds this secret for that registry, from now on or for a while. */
  public void add(String registry, Secret secret) {
    add(registry, secret.reveal());
  }

  /** The entry held this secret for that registry. */
  public synchronized void add(String registry, String text) {
    if (text.length() < Redactor.WORTH_HIDING) {
      return; // it would take the place of one that is looked for
    }
    var secrets = held.computeIfAbsent(registry, first -> new ArrayDeque<>());
    secrets.remove(text);
    secrets.addFirst(text);
    if (secrets.size() > MOST_OF_ONE) {
      secrets.removeLast();
    }
  }

  /**
   * These secrets stand in the entry's configuration from now on; those that stood there before are
   * secrets that it held.
   */
  public synchronized void configured(Collection<String> secrets) {
    var before = configured;
    configured = Set.copyOf(secrets);
    before.stream()
        .filter(text -> !configured.contains(text))
        .forEach(text -> add(CONFIGURED, text));
  }

  /** What it holds or held by registry, the oldest first, without what is configured now. */
  synchronized Map<String, List<String>> held() {
    var copies = new LinkedHashMap<String, List<String>>();
    held.forEach((registry, secrets) ->
        copies.put(
            registry,
            secrets.reversed().stream().filter(text -> !configured.contains(text)).toList()));
    return copies;
  }

  /** One line of text without any of them. */
  public String redact(String line) {
    return String.join("", new Redactor(texts()).redact(List.of(line)));
  }

  synchronized List<String> texts() {
    var texts = new ArrayList<>(ofDaemon);
    texts.addAll(configured);
    held.values().forEach(texts::addAll);
    return texts;
  }

  /**
   * The values of an entry's own variables that may be secret: those of four characters or more, of
   * eight where the name is that of a place, and passwords in URLs.
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
