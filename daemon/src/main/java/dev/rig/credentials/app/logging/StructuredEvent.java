package dev.rig.credentials.app.logging;

import java.util.Map;

/** An event with fields, which the JSON log writes as fields of its line. */
public interface StructuredEvent {
  /** Returns what happened in a few words, written in addition to the fields. */
  String summary();

  /** Returns the fields in order; values are texts and numbers. */
  Map<String, Object> fields();
}
