package dev.rig.credentials.config.reader;

import dev.rig.credentials.image.InvalidReferenceException;

/** What is said of a text that should name a registry. */
final class NotARegistry {
  private NotARegistry() {}

  static String message(InvalidReferenceException e) {
    return "not a registry: " + e.getMessage();
  }
}
