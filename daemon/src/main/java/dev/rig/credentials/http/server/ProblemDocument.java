package dev.rig.credentials.http.server;

import dev.rig.credentials.json.JsonWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A problem as a JSON document (RFC 9457). */
public final class ProblemDocument {
  /** The prefix of a problem's type; the reason follows. */
  private static final String TYPE = "urn:rig-credentials:";

  public static final String MEDIA_TYPE = "application/problem+json";

  private ProblemDocument() {}

  /**
   * Returns the document.
   *
   * @param status of HTTP
   * @param reason its kind in a word
   * @param title its kind for people
   * @param detail this occurrence for people
   * @param nextAttempt when a retry is useful; null if unknown
   */
  public static byte[] of(
      int status, String reason, String title, String detail, @Nullable Instant nextAttempt) {
    return JsonWriter.bytes(json -> {
      json.put("type", TYPE + reason);
      json.put("title", title);
      json.put("status", status);
      json.put("detail", detail);
      json.put("reason", reason);
      json.put("nextAttempt", nextAttempt);
    });
  }
}
