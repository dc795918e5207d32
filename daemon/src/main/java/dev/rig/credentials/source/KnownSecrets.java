package dev.rig.credentials.source;

import dev.rig.credentials.credential.Secret;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  /** The key of secrets from the configuration. */
  private static final String CONFIGURED = "";

  private final List<String> ofDaemon;

  /** The secrets in the entry's current configuration. Guarded by this. */
  private Set<String> configured = Set.of();

  /** By registry, the one that was used last at the end. */
  private static final class Registries extends LinkedHashMap<String, Deque<String>> {
    private static final long serialVersionUID = 1L;

    Registries() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Deque<String>> eldest) {
      return size() > MOST_REGISTRIES;
    }
  }

  /** Made for the first secret: most entries of a large configuration never have one. */
  private Map<String, Deque<String>> held = Map.of(); // guarded by this

  /**
   * Creates the secrets of an entry without credentials.
   *
   * @param ofDaemon the secrets in the daemon's own environment
   */
  KnownSecrets(List<String> ofDaemon) {
    this.ofDaemon = ofDaemon;
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
    if (held.isEmpty()) {
      held = new Registries();
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
}
