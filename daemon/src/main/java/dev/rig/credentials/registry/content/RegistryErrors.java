package dev.rig.credentials.registry.content;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.registry.CallException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The error body of the OCI distribution specification.
 *
 * @param errors empty if the body has another form
 */
record RegistryErrors(List<JsonObject> errors) {
  private static final int LONGEST = 200;

  /** The error codes of the specification. */
  private static final Set<String> CODES =
      Set.of(
          "BLOB_UNKNOWN",
          "BLOB_UPLOAD_INVALID",
          "BLOB_UPLOAD_UNKNOWN",
          "DENIED",
          "DIGEST_INVALID",
          "MANIFEST_BLOB_UNKNOWN",
          "MANIFEST_INVALID",
          "MANIFEST_UNKNOWN",
          "NAME_INVALID",
          "NAME_UNKNOWN",
          "SIZE_INVALID",
          "TOOMANYREQUESTS",
          "UNAUTHORIZED",
          "UNSUPPORTED");

  static RegistryErrors of(HttpResponse reply) {
    try {
      return new RegistryErrors(JsonObject.parse(reply.body()).objects("errors"));
    } catch (JsonException e) {
      return new RegistryErrors(List.of()); // a page for people
    }
  }

  /** Returns whether one of the errors has that code. */
  boolean hasCode(String code) {
    return errors.stream().anyMatch(error -> code.equals(error.text("code")));
  }

  /**
   * Returns the first error's message, shortened and in ASCII. If the request had a credential,
   * which a registry can repeat in a message (T11), returns only a code of the specification. Empty
   * if absent.
   */
  String message(boolean anonymous) {
    for (var error : errors) {
      var code = error.text("code");
      if (!anonymous) {
        if (code != null && CODES.contains(code)) {
          return code;
        }
        continue;
      }
      var message = error.text("message");
      if (message != null && !message.isBlank()) {
        var ascii = message.strip().replaceAll("[^ -~]", "?");
        return ascii.substring(0, Math.min(ascii.length(), LONGEST));
      }
    }
    return "";
  }

  /** Returns the failure for a status that no rule explains, with the registry's message. */
  static CallException unexpected(String who, HttpResponse reply, boolean anonymous) {
    var said = of(reply).message(anonymous);
    return CallException.badAnswer(
        who + " answered " + reply.status() + (said.isEmpty() ? "" : ": " + said));
  }

  /** Returns whether a registry, such as Docker's, has a manifest but not in an accepted format. */
  boolean isAboutAccept() {
    return message(true).toLowerCase(Locale.ROOT).contains("accept header");
  }
}
