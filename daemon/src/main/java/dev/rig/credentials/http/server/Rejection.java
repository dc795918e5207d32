package dev.rig.credentials.http.server;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The reason why a request is answered without the HTTP engine.
 *
 * @param code of HTTP
 * @param title its phrase, as in a status line
 * @param reason its kind in a word
 * @param detail for people; contains nothing of the request
 */
record Rejection(int code, String title, String reason, String detail) {
  static Rejection badRequest(String detail) {
    return new Rejection(400, "Bad Request", "badRequest", detail);
  }

  static Rejection tooLarge() {
    return new Rejection(
        413,
        "Content Too Large",
        "tooLarge",
        "the body is larger than the limit of " + HttpEngine.MOST_BODY + " bytes");
  }

  /** Returns the reason for header fields that are too large together (RFC 6585, section 5). */
  static Rejection tooManyFields() {
    return new Rejection(
        431,
        "Request Header Fields Too Large",
        "tooLarge",
        "the headers are larger than the limit of " + RequestFraming.MOST_FIELDS + " bytes");
  }

  static Rejection timeout() {
    return new Rejection(
        408, "Request Timeout", "requestTimeout", "the request was incomplete for too long");
  }

  /** Returns code and phrase, as in a status line. */
  String status() {
    return code + " " + title;
  }

  /** Returns the problem document. */
  byte[] document() {
    return ProblemDocument.of(code, reason, title, detail, null);
  }

  /** Returns the whole answer, after which the connection is closed. */
  byte[] answer() {
    var body = document();
    var head =
        """
        HTTP/1.1 %s
        Content-Type: %s
        Content-Length: %d
        Cache-Control: no-store
        X-Content-Type-Options: nosniff
        Connection: close

        """
            .formatted(status(), ProblemDocument.MEDIA_TYPE, body.length)
            .replace("\n", "\r\n");
    var answer = new ByteArrayOutputStream();
    answer.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    answer.writeBytes(body);
    return answer.toByteArray();
  }
}
