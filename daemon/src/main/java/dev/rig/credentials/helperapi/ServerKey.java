package dev.rig.credentials.helperapi;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;

/**
 * The key of a request: the client's text and its meaning.
 *
 * @param text as sent, without surrounding blanks and one trailing newline; answers repeat it, as
 *     docker-credential-helpers does ({@code credentials/credentials.go})
 * @param reference in its normal form
 */
record ServerKey(String text, ImageReference reference) {
  /**
   * Parses a payload. Control bytes are rejected, including a carriage return, so that two lines
   * never become one key (T1). Most clients send no newline, some send one (protocol of
   * docker-credential-helpers).
   *
   * @throws RefusedRequestException with the answer for the client
   */
  static ServerKey parse(byte[] payload) throws RefusedRequestException {
    int length = payload.length;
    if (length > 0 && payload[length - 1] == '\n') {
      length--;
    }
    return of(new String(payload, 0, length, StandardCharsets.UTF_8));
  }

  /**
   * Parses a key that is already decoded.
   *
   * @throws RefusedRequestException with the answer for the client
   */
  static ServerKey of(String sent) throws RefusedRequestException {
    int end = sent.length();
    while (end > 0 && sent.charAt(end - 1) == ' ') {
      end--;
    }
    int start = 0;
    while (start < end && sent.charAt(start) == ' ') {
      start++;
    }
    var text = sent.substring(start, end);
    if (text.isEmpty()) {
      throw new RefusedRequestException(Wire.NO_SERVER_URL);
    }
    try {
      return new ServerKey(text, ImageReference.ofKey(text));
    } catch (InvalidReferenceException e) {
      throw new RefusedRequestException(
          "rig-credentials: not a registry or an image: " + e.getMessage());
    }
  }
}
