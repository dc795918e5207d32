package dev.rig.credentials.json;

import com.fasterxml.jackson.dataformat.toml.TomlFactory;

/**
 * Builds the tree of one TOML document. A separate class, so that processes that read only JSON do
 * not load the classes for TOML and the databind module that they need.
 */
final class TomlReader {
  private TomlReader() {}

  static JsonObject read(String document) throws JsonException {
    return JsonReader.read(document, new TomlFactory(), "TOML");
  }
}
