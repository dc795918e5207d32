package dev.rig.credentials.http.platform;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.DisallowUnknownKeywordFactory;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The schemas of the API's OpenAPI 3.1 document, whose dialect is JSON Schema 2020-12. */
final class OpenApiSchemas {
  private static final String COMPONENTS = "#/components/schemas/";

  private final SchemaRegistry registry =
      SchemaRegistry.withDialect(
          Dialect.builder(Dialects.getDraft202012())
              // A misspelt keyword would accept everything.
              .unknownKeywordFactory(DisallowUnknownKeywordFactory.getInstance())
              .build(),
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private final JsonNode document =
      read(new String(OpenApiResource.document(), StandardCharsets.UTF_8));

  JsonNode document() {
    return document;
  }

  /** Resolves a reference within the document. */
  JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.get("$ref").asText().substring(1)) : node;
  }

  /** Returns the problems of a JSON document; empty if it is valid. */
  List<String> problems(String schema, String json) {
    var root = new ObjectMapper().createObjectNode();
    root.put("$ref", "#/$defs/" + schema);
    root.set(
        "$defs",
        read(document.at("/components/schemas").toString().replace(COMPONENTS, "#/$defs/")));
    return registry.getSchema(root).validate(read(json)).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .toList();
  }

  private static JsonNode read(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
