package dev.rig.credentials.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
  private static String written(JsonForm form, JsonWriter.Fields fields) {
    return new String(JsonWriter.line(form, fields), StandardCharsets.UTF_8);
  }

  @Test
  void fieldsAreInTheOrderOfTheCallsAndNullsAreLeftOut() {
    assertEquals(
        """
        {"text":"a","number":1,"flag":false,"path":"/x/y","list":["b",2],"object":{"c":"d"},\
        "objects":[{"e":1},{"e":2}]}
        """,
        written(
            JsonForm.COMPACT,
            json ->
                json.put("text", "a")
                    .put("unknown", null)
                    .put("number", 1L)
                    .put("flag", false)
                    .put("never", Instant.MAX)
                    .put("path", Path.of("/x/y"))
                    .put("list", List.of("b", 2))
                    .object("object", one -> one.put("c", "d"))
                    .objects("objects", List.of(1, 2), (one, value) -> one.put("e", value))));
  }

  @Test
  void timesAreWrittenToTheSecond() {
    assertEquals(
        "{\"at\":\"2026-01-02T03:04:05Z\"}\n",
        written(
            JsonForm.COMPACT, json -> json.put("at", Instant.parse("2026-01-02T03:04:05.678Z"))));
  }

  @Test
  void goFormEscapesWhatGoEscapes() {
    assertEquals(
        "{\"a\":\"\\u003cb\\u003e\\u0026\\u2028\\u2029\\\"\\\\\\n\"}\n",
        written(JsonForm.GO, json -> json.put("a", "<b>&\u2028\u2029\"\\\n")));
    assertEquals("{\"a\":\"<é>\"}\n", written(JsonForm.COMPACT, json -> json.put("a", "<é>")));
  }

  @Test
  void asciiFormHasNoOtherCharacters() {
    assertEquals(
        "{\"\\u00E9\":\"\\uD83D\\uDE00\"}",
        JsonWriter.text(JsonForm.ASCII, Map.of("é", "\ud83d\ude00")));
  }

  @Test
  void formsForPeopleAreIndented() {
    var value = JsonObject.of(Map.of("a", List.of(Map.of(), List.of())));
    assertEquals(
        """
        {
          "a" : [ { }, [ ] ]
        }\
        """,
        JsonWriter.text(JsonForm.INDENTED, value));
    assertEquals(
        """
        {
        \t"a": [
        \t\t{},
        \t\t[]
        \t]
        }\
        """,
        JsonWriter.text(JsonForm.DOCKER, value));
  }

  @Test
  void parsedJsonIsWrittenUnchanged() throws JsonException {
    var text = "{\"a\":null,\"b\":1.10,\"c\":123456789012345678901,\"d\":[true,{\"e\":-1}]}";
    var json = JsonObject.parse(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(text, JsonWriter.text(JsonForm.COMPACT, json));
  }

  @Test
  void unpairedSurrogateDoesNotStopTheWriter() {
    assertEquals("{\"a\":\"\\uD83D\"}", JsonWriter.text(JsonForm.ASCII, Map.of("a", "\ud83d")));
    assertEquals("{\"a\":\"\\uD83D\"}\n", written(JsonForm.GO, json -> json.put("a", "\ud83d")));
  }

  @Test
  void quotedTextIsReadByYamlToo() {
    assertEquals("\"a\\\"b\\\\c\\nd\"", JsonWriter.quoted("a\"b\\c\nd"));
  }
}
