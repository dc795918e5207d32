package dev.rig.credentials.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        "P /\r\nTransfer-Encoding: a, Chunked\r\n\r\n1\r\na\r\n0002\r\n0\r\r\n0\r\n\r\n",
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
    assertNull(whole.rejection());
    assertNull(single.rejection());
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

  private static final String CHUNKED = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static String rejection(RequestFraming framing) {
    return Objects.requireNonNull(framing.rejection()).status();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G(T",
        "GET\t/",
        "G\u0001T",
        "G\u00c9T",
        "\u00ff",
        "G\u007fT",
        "G:T",
        "",
        "G@",
        "\"G"
      })
  void methodThatIsNoTokenIsRejected(String method) {
    for (var end : List.of("", "X: " + "y".repeat(25_000) + "\r\n")) {
      var framing = framing();
      assertTrue(add(framing, method + " / HTTP/1.1\r\nHost: x\r\n" + end + "\r\n"));
      assertEquals("400 Bad Request", rejection(framing));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "get", "M-SEARCH", "!#$%&'*+.^_`|~09azAZ-"})
  void methodThatIsATokenIsNotRejected(String method) {
    var framing = framing();
    assertTrue(add(framing, method + " / HTTP/1.1\r\nHost: x\r\n\r\n"));
    assertNull(framing.rejection());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zz\r\n",
        "-1\r\n",
        "+1\r\n",
        "0x1\r\n",
        "\r\n",
        " 1\r\n",
        "1 \r\n",
        ";x=y\r\n",
        "1;x=y\r\n",
        "2\r\n{}\r\n0\r\nT: 1\r\n",
        "fffffffffffffffff\r\n",
        "7fffffff\r\n",
        "2\r\n{}0\r\n\r\n",
        "2\r\n{}\n0\r\n\r\n",
        "2\r\n{}\rx",
        "2\n{}\r\n0\r\n\r\n",
        "2\rx",
        "2\r\n{}\r\n0\r\n\n",
        "2\r\n{}\r\n0\r\nT: 1\n\r\n",
      })
  void malformedChunkIsRejected(String body) {
    var framing = framing();
    assertTrue(add(framing, CHUNKED + body));
    assertEquals("400 Bad Request", rejection(framing));
  }

  @Test
  void endlessSizeLineIsRejected() {
    for (var one : List.of("1", "0", "1;x=" + "y".repeat(60))) {
      var framing = framing();
      assertTrue(add(framing, CHUNKED + one.repeat(100)));
      assertEquals("400 Bad Request", rejection(framing));
    }
  }

  private static String chunks(int chunk, int count) {
    return (Integer.toHexString(chunk) + "\r\n" + "x".repeat(chunk) + "\r\n").repeat(count);
  }

  @Test
  void chunkedBodyLargerThanTheLimitIsRejectedAtItsEnd() {
    for (var body :
        List.of(
            chunks(65_537, 1),
            chunks(65_536, 1) + chunks(1, 1),
            chunks(1000, 66),
            chunks(2, 40_000))) {
      var framing = framing();
      assertFalse(add(framing, CHUNKED + body + "0\r\n\r"));
      assertTrue(add(framing, "\n"));
      assertEquals("413 Content Too Large", rejection(framing));
    }
    var atTheLimit = framing();
    assertTrue(add(atTheLimit, CHUNKED + chunks(65_536, 1) + "0\r\n\r\n"));
    assertNull(atTheLimit.rejection());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST / HTTP/1.1\r\nContent-Length: 65537\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n20001\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n",
      })
  void muchLargerBodyIsRejectedWithoutReadingIt(String request) {
    var framing = framing();
    assertTrue(add(framing, request));
    assertEquals("413 Content Too Large", rejection(framing));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "G",
        "GET / HTTP/1.1\r\nHost: x\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbod",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
      })
  void requestThatEndsEarlyIsRejected(String request) {
    var framing = framing();
    assertFalse(add(framing, request));
    assertEquals("400 Bad Request", rejection(framing));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /\rx HTTP/1.1\r\n\r\n",
        "GE\rT / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\r\n\r\n",
      })
  void lineWithCrInsideIsRejected(String request) {
    var framing = framing();
    assertTrue(add(framing, request));
    assertEquals("400 Bad Request", rejection(framing));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nName\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 4\r\nA(b: x\r\n\r\nbody",
      })
  void headerWhoseNameIsNoTokenIsRejected(String request) {
    var framing = framing();
    assertTrue(add(framing, request));
    assertEquals("400 Bad Request", rejection(framing));
  }

  @Test
  void headersLargerThanTheLimitAreRejected() {
    var start = "GET / HTTP/1.1\r\nHost: x\r\n";
    for (var fields :
        List.of("A: b\r\n".repeat(3_277), "A: " + "b".repeat(16_381), "A".repeat(500_000))) {
      var framing = framing();
      assertTrue(add(framing, start + fields));
      assertEquals("431 Request Header Fields Too Large", rejection(framing));
    }
    var atTheLimit = framing();
    int length = RequestFraming.MOST_FIELDS - "Host: x\nA: \n\n".length();
    assertTrue(add(atTheLimit, start + "A: " + "b".repeat(length) + "\r\n\r\n"));
    assertNull(atTheLimit.rejection());
  }

  @Test
  void longRequestLineIsLeftToTheEngine() {
    var framing = framing();
    assertTrue(add(framing, "GET /" + "x".repeat(5_000)));
    assertNull(framing.rejection());
  }

  @Test
  void answerIsHttpWithItsReason() {
    assertEquals(
        """
        HTTP/1.1 400 Bad Request\r
        Content-Type: application/problem+json\r
        Content-Length: 113\r
        Cache-Control: no-store\r
        X-Content-Type-Options: nosniff\r
        Connection: close\r
        \r
        {"type":"urn:rig-credentials:badRequest","title":"Bad Request","status":400,"detail":"why",\
        "reason":"badRequest"}\
        """,
        new String(Rejection.badRequest("why").answer(), StandardCharsets.US_ASCII));
  }
}
