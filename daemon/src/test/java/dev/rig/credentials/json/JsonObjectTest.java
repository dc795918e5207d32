package dev.rig.credentials.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Canary;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
  private static final String SECRET = "s3cret-in-a-document";

  private static JsonObject parse(String document) throws JsonException {
    return JsonObject.parse(document.getBytes(StandardCharsets.UTF_8));
  }

  private static JsonException refusal(byte[] document) {
    return assertThrows(JsonException.class, () -> JsonObject.parse(document));
  }

  private static JsonException refusal(String document) {
    return refusal(document.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void fieldsAreReadByTheirType() throws JsonException {
    var json =
        parse(
            """
            {"text":"é\\n","size":7,"flag":true,"none":null,"object":{"a":"b"},
             "list":["x",1,{"y":"z"}],"big":123456789012345678901,"fine":1.10}
            """);
    assertEquals("é\n", json.text("text"));
    assertEquals(7L, json.size("size"));
    assertTrue(json.isTrue("flag"));
    assertFalse(json.has("none"));
    assertEquals(Map.of("a", "b"), json.object("object").texts());
    assertEquals(List.of("x"), json.texts("list"));
    assertEquals("z", json.objects("list").get(2).text("y"));
    assertEquals(new BigInteger("123456789012345678901"), json.fields().get("big"));
    assertEquals(new BigDecimal("1.10"), json.fields().get("fine"));
    assertEquals(
        List.of("text", "size", "flag", "none", "object", "list", "big", "fine"),
        new ArrayList<>(json.fields().keySet()));
  }

  @Test
  void missingFieldsAndFieldsOfAnotherTypeAreAbsent() throws JsonException {
    var json = parse("{\"a\":1,\"b\":\"x\",\"c\":-1,\"d\":1.5,\"e\":[],\"f\":{}}");
    for (var name : json.fields().keySet()) {
      assertFalse(json.isTrue(name), name);
    }
    assertNull(json.text("a"));
    assertEquals("", json.textOrEmpty("a"));
    assertNull(json.size("b"));
    assertNull(json.size("c"));
    assertNull(json.size("d"));
    assertEquals(JsonObject.EMPTY, json.object("b"));
    assertEquals(List.of(), json.objects("f"));
    assertEquals(List.of(), json.texts("none"));
    assertEquals("-", json.display("none"));
    assertEquals("1", json.display("a"));
  }

  @ParameterizedTest
  @CsvSource({
    "1757147299, 1757147299",
    "1757147299.9, 1757147299",
    "1.757147299e9, 1757147299",
    "-1, -1",
    "1e-999999999, 0"
  })
  void secondsSinceTheEpochAreATime(String number, long seconds) throws JsonException {
    assertEquals(
        Instant.ofEpochSecond(seconds), parse("{\"exp\":" + number + "}").epochSeconds("exp"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"1\"", "null", "1e40", "1e999999999", "99999999999999999", "[1]"})
  void otherValuesAreNoTime(String value) throws JsonException {
    assertNull(parse("{\"exp\":" + value + "}").epochSeconds("exp"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                           | it is not a JSON object",
        "[]                           | it is not a JSON object",
        "\"s3cret-in-a-document\"     | it is not a JSON object",
        "{} {}                        | there is text after the JSON object",
        "{}, 1                        | it is not valid JSON",
        "{\"a\":1,\"a\":2}            | it has a duplicate key",
        "{\"b\":{\"a\":1,\"a\":2}}    | it has a duplicate key",
        "{\"a\":s3cret-in-a-document} | it is not valid JSON",
        "{\"a\":\"s3cret-in-a-docume  | it is not valid JSON",
        "{\"a\":1                     | it is not valid JSON",
        "{\"a\":NaN}                  | it is not valid JSON",
        "{/*x*/}                      | it is not valid JSON",
        "{\"a\":1e99999999999}        | it has a number that is out of range"
      })
  void anythingElseIsRefusedWithoutBeingQuoted(String document, String message) {
    var refusal = refusal(document);
    assertEquals(message, refusal.getMessage());
    assertEquals(List.of(), new Canary(SECRET).foundIn(refusal.toString()));
    assertNull(refusal.getCause());
  }

  @Test
  void locationOfAnErrorIsReported() {
    assertEquals(":2:6", refusal("{\"a\":1,\n \"b\" 2}").position());
    assertEquals("", refusal(new byte[] {'{', (byte) 0xff, '}'}).position());
  }

  @Test
  void bytesThatAreNotUtf8AreRefused() {
    assertEquals(
        "it is not UTF-8", refusal(new byte[] {'{', (byte) 0xc0, (byte) 0x80}).getMessage());
    assertEquals(
        "it is not UTF-8",
        refusal("{\"a\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1)).getMessage());
    refusal("{}".getBytes(StandardCharsets.UTF_16LE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void nestingIsLimited(String opening) throws JsonException {
    var closing = opening.equals("[") ? "]" : "}";
    var inner = opening.equals("[") ? "" : "1";
    var deepest = "{\"a\":" + opening.repeat(99) + inner + closing.repeat(99) + "}";
    assertTrue(parse(deepest).has("a"));
    for (int depth : new int[] {100, 900, 100_000}) {
      var message = String.valueOf(refusal("{\"a\":" + opening.repeat(depth)).getMessage());
      assertTrue(message.startsWith("it is nested deeper than 100 levels"), message);
    }
  }

  @Test
  void sizeIsLimited() {
    var large = new byte[JsonObject.LARGEST + 1];
    Arrays.fill(large, (byte) ' ');
    assertEquals("it is larger than 16777216 bytes", refusal(large).getMessage());
  }

  @Test
  void objectDoesNotPrintItsValues() throws JsonException {
    var json = parse("{\"Secret\":\"" + SECRET + "\"}");
    assertEquals("JsonObject[Secret]", json.toString());
  }
}
