package dev.rig.credentials.http.platform;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.access.Permission;
import dev.rig.credentials.http.server.HttpEngine;
import dev.rig.credentials.http.server.Responses;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.json.JsonWriter;
import dev.rig.credentials.linux.Peer;
import io.helidon.http.HeaderNames;
import io.helidon.http.RequestException;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request to the platform's API, and its answer. */
final class PlatformRequest {
  static final String JSON_TYPE = "application/json";

  private final ServerRequest request;
  private final ServerResponse response;
  private final Peer peer;
  private final PeerRights rights;
  private @Nullable String prefix;

  PlatformRequest(ServerRequest request, ServerResponse response, Peer peer, PeerRights rights) {
    this.request = request;
    this.response = response;
    this.peer = peer;
    this.rights = rights;
  }

  /** Rejects a peer without any permission. */
  void checkPeer() {
    var refusal = rights.refusal();
    if (refusal != null) {
      throw ProblemResponseException.denied(refusal);
    }
    if (!rights.may(Permission.PLATFORM)) {
      throw denied("the platform's API");
    }
  }

  private ProblemResponseException denied(String what) {
    return ProblemResponseException.denied(
        "uid %s may not use %s (see daemon.access)"
            .formatted(Integer.toUnsignedString(peer.uid()), what));
  }

  /** Returns a query parameter that must be present once. */
  String required(String name) {
    return optional(name)
        .orElseThrow(
            () -> ProblemResponseException.badRequest("the parameter " + name + " is missing"));
  }

  /** Returns a query parameter that may be present once. */
  Optional<String> optional(String name) {
    var values = request.query().all(name, List::of);
    if (values.size() > 1) {
      throw ProblemResponseException.badRequest("the parameter " + name + " is repeated");
    }
    return values.stream().filter(value -> !value.isEmpty()).findFirst();
  }

  /**
   * Parses an image reference and checks the peer's permission for it.
   *
   * @param what the parameter, for people
   */
  ImageReference reference(String what, String text) {
    ImageReference reference;
    try {
      reference = ImageReference.ofImage(text);
    } catch (InvalidReferenceException e) {
      throw ProblemResponseException.badRequest(what + " is not one: " + e.getMessage());
    }
    if (!mayAskAbout(reference)) {
      throw denied("about " + reference.name());
    }
    return reference;
  }

  /** Parses a reference that must contain a repository, not only a host. */
  ImageReference repository(String what, String text) {
    var reference = reference(what, text);
    if (reference.isHostOnly()) {
      throw ProblemResponseException.badRequest(what + " names a registry without a repository");
    }
    return reference;
  }

  boolean mayAskAbout(ImageReference reference) {
    return rights.may(Permission.PLATFORM, reference);
  }

  boolean maySee(RegistryPrefix entry) {
    return rights.may(Permission.PLATFORM, entry);
  }

  /** Returns the JSON object in the body. */
  JsonObject body() {
    var type = request.headers().contentType().map(one -> one.mediaType().text()).orElse("");
    if (!type.equals(JSON_TYPE)) {
      throw ProblemResponseException.of(
          415,
          "unsupportedMediaType",
          "The body's media type is not supported",
          "send " + JSON_TYPE);
    }
    try (var in = request.content().inputStream()) {
      return JsonObject.parse(in.readNBytes(HttpEngine.MOST_BODY));
    } catch (IOException | RequestException | CloseConnectionException e) {
      throw ProblemResponseException.badRequest("the body cannot be read");
    } catch (JsonException e) {
      throw ProblemResponseException.badRequest("the body is not a JSON object: " + e.getMessage());
    }
  }

  /** Records the entry that the request is about. */
  void about(@Nullable String entry) {
    prefix = entry;
  }

  @Nullable String prefix() {
    return prefix;
  }

  void header(String name, String value) {
    response.header(HeaderNames.create(name), value);
  }

  /** Answers with a JSON object. */
  void json(JsonWriter.Fields fields) {
    Responses.answer(response, 200, JSON_TYPE, JsonWriter.bytes(fields));
  }

  /** Answers with a complete JSON document. */
  void document(byte[] json) {
    Responses.answer(response, 200, JSON_TYPE, json);
  }
}
