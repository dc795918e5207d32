package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAddressTest {
  private static HttpAddress parse(String text) {
    var address = HttpAddress.parse(text);
    assertNotNull(address, text);
    return address;
  }

  @ParameterizedTest
  @CsvSource({
    "https://example.org, https://example.org, /",
    "HTTPS://Example.ORG:443/a, https://example.org, /a",
    "http://127.0.0.1:5000?x=1, http://127.0.0.1:5000, /?x=1",
    "https://my_registry:5000/v2/, https://my_registry:5000, /v2/",
    "https://my_bucket.s3.example/b?a=%2f&b=%2F, https://my_bucket.s3.example, /b?a=%2f&b=%2F",
    "https://[::1]:5000/v2/, https://[::1]:5000, /v2/",
    "https://example.org:/a, https://example.org, /a",
    "https://example.org/a#fragment, https://example.org, /a",
    "https://example.org//a/../b/./%2e?/?, https://example.org, //a/../b/./%2e?/?",
    "https://example.org/a[1]~!$&'()*+;=:@, https://example.org, /a[1]~!$&'()*+;=:@",
  })
  void anAddressIsAnOriginAndATarget(String text, String origin, String target) {
    assertEquals(origin, parse(text).origin().toString());
    assertEquals(target, parse(text).target());
  }

  @Test
  void charactersThatGoAcceptsAndAUriDoesNotAreEncoded() {
    assertEquals(
        "/a%20b?c=%22%3C%3E%7B%7C%7D%5C%5E%60", parse("http://h/a b?c=\"<>{|}\\^`").target());
    assertEquals("/caf%E9", parse("http://h/caf\u00e9").target(), "a byte of a header");
    assertEquals("/%E2%82%AC", parse("http://h/\u20ac").target());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/v2/",
        "//example.org/",
        "ftp://example.org/",
        "https:example.org",
        "https:///v2/",
        "https://user@example.org/",
        "https://user:password@example.org/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:5000:5000/",
        "https://example.org:x/",
        "https://exam ple.org/",
        "https://[::1/",
        "https://[fe80::1%25eth0]/",
        "https://[1:2]/",
        "https://ex\u00e4mple.org/",
        "https://example.org/a\nb",
        "https://example.org/a\u0000",
        "https://a\\b/"
      })
  void invalidHttpAddressIsRejected(String text) {
    assertNull(HttpAddress.parse(text), text);
  }

  @ParameterizedTest
  @CsvSource({
    "https://b.example/x, https://b.example/x",
    "//b.example/x?y, http://b.example/x?y",
    "/x?y, http://a.example:81/x?y",
    "?z=1, http://a.example:81/v2/app/list?z=1",
    "x, http://a.example:81/v2/app/x",
    "../x/./y/, http://a.example:81/v2/x/y/",
    "../../../.., http://a.example:81/",
    "'', http://a.example:81/v2/app/list?n=1",
    "#f, http://a.example:81/v2/app/list?n=1",
    "x y?a:b, http://a.example:81/v2/app/x%20y?a:b",
  })
  void aReferenceIsResolved(String reference, String result) {
    var base = parse("http://a.example:81/v2/app/list?n=1");
    assertEquals(result, String.valueOf(base.resolve(reference)));
  }

  @Test
  void anyOtherReferenceIsNotResolved() {
    var base = parse("https://a.example/");
    assertNull(base.resolve("ftp://b.example/"));
    assertNull(base.resolve("javascript:1"));
    assertNull(base.resolve("/a\r\nX: y"));
  }

  @Test
  void aQueryIsAdded() {
    assertEquals("/a?b=c", parse("http://h/a").query("b=c").target());
    assertEquals("/a?x&b=c", parse("http://h/a?x").query("b=c").target());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v2", "/a b", "/a\r\nX: y", "/\u00e9"})
  void aTargetIsAsciiWithoutSpaces(String target) {
    var origin = Origin.of("http", "h");
    assertThrows(IllegalArgumentException.class, () -> new HttpAddress(origin, target));
  }
}
