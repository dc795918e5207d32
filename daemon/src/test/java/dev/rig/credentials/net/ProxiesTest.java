package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxiesTest {
  private static final URI PROXY = URI.create("http://proxy.example:3128");

  private static Proxies except(String noProxy) {
    return Proxies.of(Map.of("HTTPS_PROXY", PROXY.toString(), "NO_PROXY", noProxy));
  }

  @Test
  void proxiesAreReadFromTheEnvironment() throws Exception {
    var proxies =
        Proxies.of(
            Map.of(
                "HTTPS_PROXY", "http://other.example",
                "https_proxy", "proxy.example:3128",
                "NO_PROXY", "ghcr.io, .corp.example ,*.int.example,registry.example:5000"));
    assertNull(proxies.of(Origin.of("http", "quay.io")));
    assertEquals(PROXY, proxies.of(Origin.of("https", "quay.io")));
    for (var direct :
        List.of(
            "ghcr.io",
            "a.ghcr.io",
            "a.corp.example",
            "b.int.example",
            "registry.example:5000",
            "127.0.0.1:5000",
            "localhost",
            "[::1]:5000")) {
      assertNull(proxies.of(Origin.of("https", direct)), direct);
    }
    assertEquals(PROXY, proxies.of(Origin.of("https", "registry.example")));
    assertEquals(PROXY, proxies.of(Origin.of("https", "notghcr.io")));
  }

  /** The decisions of golang.org/x/net/http/httpproxy, case by case. */
  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.77:5000, true",
    "192.0.2.0/24, 192.0.3.1, false",
    "192.0.2.128/25, 192.0.2.127, false",
    "192.0.2.128/25, 192.0.2.129, true",
    "0.0.0.0/0, 198.51.100.1, true",
    "0.0.0.0/0, registry.example, false",
    "2001:db8::/32, [2001:db8:1::5]:5000, true",
    "2001:db8::/33, [2001:db8:8000::5]:5000, false",
    "192.0.2.1, 192.0.2.1:5000, true",
    "192.0.2.1:5000, 192.0.2.1:5000, true",
    "192.0.2.1:5000, 192.0.2.1:5001, false",
    "2001:db8::1, [2001:db8::1]:5000, true",
    "[2001:db8::1]:5000, [2001:db8::1]:5000, true",
    "[2001:db8::1]:5000, [2001:db8::1], false",
    "192.0.2, 192.0.2.1, false",
    "192.0.2.0/33, 192.0.2.1, false",
    "192.0.2.0/x, 192.0.2.1, false",
    "corp.example, corp.example, true",
    "corp.example, a.b.corp.example:5000, true",
    "corp.example, notcorp.example, false",
    ".corp.example, corp.example, false",
    ".corp.example, a.corp.example, true",
    "*.corp.example, corp.example, false",
    "*.corp.example, a.corp.example, true",
    "corp.example:443, corp.example, true",
    "corp.example:443, corp.example:5000, false",
    ".corp.example:5000, a.corp.example:5000, true",
    "CORP.example, a.corp.EXAMPLE, true",
    ":443, corp.example, false",
    "corp.example:x, corp.example, false",
    "corp.example:, corp.example:5000, true",
    "192.0.2.1:, 192.0.2.1:5000, true",
    "corp.example:0, corp.example, false",
    "corp.example:0443, corp.example, false",
    "*, anything.example, true",
    "*, 192.0.2.1, true"
  })
  void noProxyIsReadAsGoReadsIt(String noProxy, String host, boolean direct) throws Exception {
    var origin = Origin.of("https", host.toLowerCase(Locale.ROOT));
    assertEquals(direct ? null : PROXY, except(noProxy).of(origin));
  }

  /** C13: credentials are served; only registries that need the proxy fail. */
  @Test
  void f40_invalidAddressIsAProblemThatDoesNotRepeatIt() throws Exception {
    for (var value : List.of("http://u:s3cret@", "::s3cret", "http://s3cret host/", "http://")) {
      var proxies = Proxies.of(Map.of("HTTPS_PROXY", value, "NO_PROXY", "direct.example"));
      var problem =
          "HTTPS_PROXY is not the address of an http proxy, such as http://proxy.example:3128";
      assertEquals(List.of(problem), proxies.problems());
      assertNull(proxies.of(Origin.of("https", "direct.example")));
      assertNull(proxies.of(Origin.of("http", "quay.io")));
      var thrown = assertThrows(HttpFailure.class, () -> proxies.of(Origin.of("https", "quay.io")));
      assertEquals(
          problem + "; list quay.io in NO_PROXY if it is reached directly", thrown.getMessage());
      assertTrue(!proxies.toString().contains("s3cret"));
    }
    var proxies = Proxies.of(Map.of("HTTPS_PROXY", "http://u:s3cret@proxy.example:1"));
    assertTrue(!proxies.toString().contains("s3cret"));
    assertEquals(List.of(), proxies.problems());
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5", "SOCKS5H", "https"})
  void unsupportedProxyIsRefusedOnlyForRegistriesThatNeedIt(String kind) throws Exception {
    var proxies =
        Proxies.of(
            Map.of("HTTPS_PROXY", kind + "://u:s3cret@host:1080", "NO_PROXY", "direct.example"));
    assertNull(proxies.of(Origin.of("https", "direct.example")));
    assertNull(proxies.of(Origin.of("https", "127.0.0.1:5000")));
    var thrown = assertThrows(HttpFailure.class, () -> proxies.of(Origin.of("https", "ghcr.io")));
    assertEquals(HttpFailure.HttpFailureKind.REFUSED, thrown.kind());
    assertEquals(
        "HTTPS_PROXY names a proxy of the kind %s; only http:// proxies are supported"
                .formatted(kind.toLowerCase(Locale.ROOT))
            + "; list ghcr.io in NO_PROXY if it is reached directly",
        thrown.getMessage());
  }
}
