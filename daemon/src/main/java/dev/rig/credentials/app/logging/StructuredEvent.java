package dev.rig.credentials.app.logging;

import java.util.Map;

/** An event of the log that has fields: each is one of its line where the log is JSON. */
public interface StructuredEvent {
  /** What happened in a few words, which stand beside the fields. */
  String summary();

  /** The fields in their order; texts and numbers. */
  Map<String, Object> fields();
}
