package dev.rig.credentials.cli.docker;

import dev.rig.credentials.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a client's configuration said where it now names the helper. It has the form of that
 * configuration and is kept next to it, so that all of it can be restored. A setting that is not in
 * here was absent.
 *
 * @param document the settings; changed by what is remembered
 */
record ReplacedSettings(Map<String, Object> document) {
  /** Ends the name of the file. */
  static final String SUFFIX = ".replaced-by-rig";

  /** Remembers a setting, or its absence, before it is changed. */
  void remember(Map<String, Object> from, String name) {
    copy(from, document, name);
  }

  /** Remembers the helper of a key, or its absence, before it is changed. */
  void rememberHelper(Map<String, Object> helpers, String key) {
    if (helpers.containsKey(key) || helpers().containsKey(key)) {
      var kept = new LinkedHashMap<>(helpers());
      copy(helpers, kept, key);
      document.put(HelperSettings.HELPERS, JsonObject.of(kept));
    }
  }

  /** Gives a setting the value that it had, or takes it away. */
  void restore(Map<String, Object> into, String name) {
    copy(document, into, name);
  }

  /** Gives a key the helper that it had, or none. */
  void restoreHelper(Map<String, Object> helpers, String key) {
    copy(helpers(), helpers, key);
  }

  private static void copy(Map<String, Object> from, Map<String, Object> into, String name) {
    if (from.containsKey(name)) {
      into.put(name, from.get(name));
    } else {
      into.remove(name);
    }
  }

  private Map<String, Object> helpers() {
    return document.get(HelperSettings.HELPERS) instanceof JsonObject helpers
        ? helpers.fields()
        : Map.of();
  }
}
