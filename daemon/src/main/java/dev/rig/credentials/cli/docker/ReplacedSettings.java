package dev.rig.credentials.cli.docker;

import dev.rig.credentials.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record of what our helper replaced in a client's configuration, kept in a file next to it, so
 * that exactly this can be restored. Each setting that was changed has an object here, with its
 * value from before as {@code before}; without it, the setting was absent.
 *
 * @param document the record as JSON; recording changes it
 */
record ReplacedSettings(Map<String, Object> document) {
  /** The suffix of the file's name. */
  static final String SUFFIX = ".replaced-by-rig";

  /** Whether the configuration did not exist before. */
  private static final String CREATED = "created";

  /** The value of {@code credHelpers} while it contained no helper. */
  private static final String EMPTY_HELPERS = "emptyCredHelpers";

  private static final String BEFORE = "before";

  /** Returns what must have been replaced, by comparing the original with the configuration. */
  static ReplacedSettings between(Map<String, Object> original, Map<String, Object> now) {
    var made = new ReplacedSettings(new LinkedHashMap<>());
    var helpers = fields(original.get(HelperSettings.HELPERS));
    if (helpers.isEmpty()) {
      made.rememberEmptyHelpers(original);
    }
    fields(now.get(HelperSettings.HELPERS))
        .forEach((key, helper) -> {
          if (HelperSettings.isOurs(helper) && !Objects.equals(helper, helpers.get(key))) {
            made.rememberHelper(helpers, key);
          }
        });
    var store = now.get(HelperSettings.STORE);
    if (HelperSettings.isOurs(store)
        && !Objects.equals(store, original.get(HelperSettings.STORE))) {
      made.rememberStore(original);
    }
    return made;
  }

  /** Returns whether the record has the form that this class writes. */
  boolean isValid() {
    return document.entrySet().stream()
        .allMatch(field ->
            switch (field.getKey()) {
              case CREATED -> field.getValue() instanceof Boolean;
              case HelperSettings.HELPERS ->
                  field.getValue() instanceof JsonObject helpers
                      && helpers.fields().values().stream().allMatch(JsonObject.class::isInstance);
              case HelperSettings.STORE, EMPTY_HELPERS -> field.getValue() instanceof JsonObject;
              default -> false;
            });
  }

  boolean isCreated() {
    return Boolean.TRUE.equals(document.get(CREATED));
  }

  /** Records that the configuration did not exist before. */
  void rememberCreation() {
    document.put(CREATED, true);
  }

  boolean hasStore() {
    return document.containsKey(HelperSettings.STORE);
  }

  /** Records {@code credsStore}, or its absence, before it is changed. */
  void rememberStore(Map<String, Object> from) {
    document.put(HelperSettings.STORE, before(from, HelperSettings.STORE));
  }

  void restoreStore(Map<String, Object> into) {
    restore(document.get(HelperSettings.STORE), into, HelperSettings.STORE);
  }

  /** Records {@code credHelpers} without a helper, or its absence, before one is added. */
  void rememberEmptyHelpers(Map<String, Object> from) {
    document.put(EMPTY_HELPERS, before(from, HelperSettings.HELPERS));
  }

  /** Restores {@code credHelpers} after its last helper was removed. */
  void restoreEmptyHelpers(Map<String, Object> into) {
    if (document.containsKey(EMPTY_HELPERS)) {
      restore(document.get(EMPTY_HELPERS), into, HelperSettings.HELPERS);
    }
  }

  boolean hasHelper(String key) {
    return helpers().containsKey(key);
  }

  /** Records the helper of a key, or its absence, before it is changed. */
  void rememberHelper(Map<String, Object> helpers, String key) {
    var kept = new LinkedHashMap<>(helpers());
    kept.put(key, before(helpers, key));
    document.put(HelperSettings.HELPERS, JsonObject.of(kept));
  }

  void restoreHelper(Map<String, Object> helpers, String key) {
    restore(helpers().get(key), helpers, key);
  }

  private Map<String, Object> helpers() {
    return fields(document.get(HelperSettings.HELPERS));
  }

  private static Map<String, Object> fields(@Nullable Object value) {
    return value instanceof JsonObject object ? object.fields() : Map.of();
  }

  private static JsonObject before(Map<String, Object> from, String name) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    if (from.containsKey(name)) {
      fields.put(BEFORE, from.get(name));
    }
    return JsonObject.of(fields);
  }

  private static void restore(@Nullable Object state, Map<String, Object> into, String name) {
    var before = fields(state);
    if (before.containsKey(BEFORE)) {
      into.put(name, before.get(BEFORE));
    } else {
      into.remove(name);
    }
  }
}
