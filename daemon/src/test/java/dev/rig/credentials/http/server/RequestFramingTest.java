package dev.rig.credentials.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Finds the end of a request. */
class RequestFramingTest {
  private final List<String> interim = new ArrayList<>();

  private RequestFraming framing() {
    return new RequestFraming(bytes -> interim.add(new String(bytes, StandardCharsets.US_ASCII)));
  }

  private static boolean add(RequestFraming framing, String text) {
    var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return framing.isCompleteWith(bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\ncontent-length:4 \r\n\r\nbody",
        "P / H\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "P /\r\nTransfer-Encoding: a, Chunked\r\n\r\n1\r\na\r\n1;x=y\r\n0\r\n0\r\nT: 1\r\n\r\n",
        "P / H\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\n\r\n",
      })
  void requestIsCompleteWithItsLastByteAndNotBefore(String request) {
    var whole = framing();
    assertTrue(add(whole, request));
    var single = framing();
    for (int at = 0; at < request.length() - 1; at++) {
      int shown = at;
      assertFalse(add(single, request.substring(at, at + 1)), () -> "complete at " + shown);
    }
    assertTrue(add(single, request.substring(request.length() - 1)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\n",
      })
  void requestThatTheEngineRefusesIsNotWaitedFor(String request) {
    assertTrue(add(framing(), request));
  }

  @Test
  void endlessHeadSizeLineAndTrailerAreNotWaitedFor() {
    var line = "X: " + "y".repeat(1000) + "\r\n";
    assertTrue(add(framing(), "GET / HTTP/1.1\r\n" + line.repeat(30)));
    var chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertTrue(add(framing(), chunked + "1".repeat(100)));
    assertTrue(add(framing(), chunked + "0\r\n" + line.repeat(200)));
  }

  @Test
  void clientThatExpects100ContinueGetsIt() {
    var framing = framing();
    assertFalse(
        add(framing, "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    assertEquals(List.of("HTTP/1.1 100 Continue\r\n\r\n"), interim);
    assertTrue(add(framing, "{}"));
  }
}
