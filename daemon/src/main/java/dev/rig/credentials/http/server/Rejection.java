package dev.rig.credentials.http.server;

import java.nio.charset.StandardCharsets;

/**
 * The reason why a request is answered without the HTTP engine.
 *
 * @param status with its phrase, as in a status line
 * @param text for people; contains nothing of the request
 */
record Rejection(String status, String text) {
  static Rejection badRequest(String text) {
    return new Rejection("400 Bad Request", text);
  }

  static Rejection tooLarge() {
    return new Rejection(
        "413 Content Too Large",
        "the body is larger than the limit of " + HttpEngine.MOST_BODY + " bytes");
  }

  static Rejection timeout() {
    return new Rejection("408 Request Timeout", "the request was incomplete for too long");
  }

  /** Returns the whole answer, after which the connection is closed. */
  byte[] answer() {
    var head =
        """
        HTTP/1.1 %s
        Content-Type: text/plain; charset=utf-8
        Content-Length: %d
        Cache-Control: no-store
        X-Content-Type-Options: nosniff
        Connection: close

        """
            .formatted(status, text.length() + 1)
            .replace("\n", "\r\n");
    return (head + text + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
