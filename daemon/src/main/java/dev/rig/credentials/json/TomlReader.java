package dev.rig.credentials.json;

import com.fasterxml.jackson.dataformat.toml.TomlFactory;

/**
 * Builds the tree of one TOML document. In a class of its own, so that no process that reads JSON
 * alone loads the classes of TOML, and the databind that they need.
 */
final class TomlReader {
  private TomlReader() {}

  static JsonObject read(String document) throws JsonException {
    return JsonReader.read(document, new TomlFactory(), "TOML");
  }
}
