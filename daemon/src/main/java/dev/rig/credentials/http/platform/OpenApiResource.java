package dev.rig.credentials.http.platform;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/** {@code /openapi.json}: the description of this API as an OpenAPI 3.1 document. */
final class OpenApiResource implements ApiResource {
  @Override
  public List<ApiOperation> operations() {
    return List.of(
        ApiOperation.get("/openapi.json", List.of(), request -> request.document(document())));
  }

  static byte[] document() {
    try (var in =
        Objects.requireNonNull(OpenApiResource.class.getResourceAsStream("openapi.json"))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
