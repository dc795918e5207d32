package dev.rig.credentials.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestTest {
  @Test
  void payloadTravelsUnchanged() throws MalformedRequestException {
    byte[] payload = "ghcr.io\n\0\r".getBytes(StandardCharsets.UTF_8);
    Request request = new Request(Action.GET, "", payload);
    assertEquals("get\nghcr.io\n\0\r", new String(request.encode(), StandardCharsets.UTF_8));
    Request decoded = Request.decode(request.encode());
    assertEquals(Action.GET, decoded.action());
    assertEquals("", decoded.alias());
    assertArrayEquals(payload, decoded.payload());
  }

  @Test
  void aliasIsOnTheActionLine() throws MalformedRequestException {
    Request request = new Request(Action.GET, "gitlab", new byte[] {'x'});
    assertEquals("get gitlab\nx", new String(request.encode(), StandardCharsets.UTF_8));
    assertEquals("gitlab", Request.decode(request.encode()).alias());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "get",
        "GET\nx",
        "get \nx",
        "get a b\nx",
        "get\r\nx",
        "get \u00e9\nx",
        "take\nx",
        "\nget\n"
      })
  void anythingElseIsRefused(String frame) {
    byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedRequestException.class, () -> Request.decode(bytes));
  }

  @Test
  void largerThanTheLimitIsRefused() throws MalformedRequestException {
    byte[] payload = new byte[Wire.REQUEST_LIMIT - "get\n".length()];
    Request.decode(new Request(Action.GET, "", payload).encode());
    byte[] larger = new Request(Action.GET, "", new byte[payload.length + 1]).encode();
    assertThrows(MalformedRequestException.class, () -> Request.decode(larger));
  }
}
