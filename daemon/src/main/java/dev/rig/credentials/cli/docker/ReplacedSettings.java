package dev.rig.credentials.cli.docker;

import dev.rig.credentials.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of a client's configuration that our helper replaced. The file has the form of that
 * configuration and is next to it, so that everything can be restored. A setting that is missing
 * here was absent there.
 *
 * @param document the settings; recording changes it
 */
record ReplacedSettings(Map<String, Object> document) {
  /** The suffix of the file's name. */
  static final String SUFFIX = ".replaced-by-rig";

  /** Records a setting, or its absence, before it is changed. */
  void remember(Map<String, Object> from, String name) {
    copy(from, document, name);
  }

  /** Records the helper of a key, or its absence, before it is changed. */
  void rememberHelper(Map<String, Object> helpers, String key) {
    if (helpers.containsKey(key) || helpers().containsKey(key)) {
      var kept = new LinkedHashMap<>(helpers());
      copy(helpers, kept, key);
      document.put(HelperSettings.HELPERS, JsonObject.of(kept));
    }
  }

  /** Restores the recorded value of a setting, or removes the setting. */
  void restore(Map<String, Object> into, String name) {
    copy(document, into, name);
  }

  /** Restores the recorded helper of a key, or removes it. */
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
