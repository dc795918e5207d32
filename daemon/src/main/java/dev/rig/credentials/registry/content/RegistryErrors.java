package dev.rig.credentials.registry.content;

import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.registry.CallException;
import java.util.List;

/** Reads the error bodies of the OCI distribution specification. */
final class RegistryErrors {
  private static final int LONGEST = 200;

  private RegistryErrors() {}

  /** Whether one of the errors has that code. */
  static boolean hasCode(HttpResponse reply, String code) {
    return errors(reply).stream().anyMatch(error -> code.equals(error.text("code")));
  }

  /** Returns the first error's message, in ASCII and shortened; empty if absent. */
  static String message(HttpResponse reply) {
    for (var error : errors(reply)) {
      var message = error.text("message");
      if (message != null && !message.isBlank()) {
        var ascii = message.strip().replaceAll("[^ -~]", "?");
        return ascii.substring(0, Math.min(ascii.length(), LONGEST));
      }
    }
    return "";
  }

  /** Returns the failure for a status that no rule explains, with what the registry says to it. */
  static CallException unexpected(String who, HttpResponse reply) {
    var said = message(reply);
    return CallException.badAnswer(
        who + " answered " + reply.status() + (said.isEmpty() ? "" : ": " + said));
  }

  private static List<JsonObject> errors(HttpResponse reply) {
    try {
      return JsonObject.parse(reply.body()).objects("errors");
    } catch (JsonException e) {
      return List.of(); // a page for people
    }
  }
}
