package dev.rig.credentials.helperapi;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.wire.Wire;
import java.nio.charset.StandardCharsets;

/**
 * The key of a request: what the client wrote, and what it means.
 *
 * @param text as it was sent, without the blanks around it and the one newline that may end it;
 *     goes back like that, as from docker-credential-helpers ({@code credentials/credentials.go})
 * @param reference in its normal form
 */
record ServerKey(String text, ImageReference reference) {
  /**
   * Reads a payload. Control bytes are refused wherever they stand, so that no two lines ever
   * become one key (T1), a carriage return too; most clients send no newline, some one (protocol of
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
   * Reads a key that has already been a text.
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
