package dev.rig.credentials.registry.http;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.client.ClientFixture;
import dev.rig.credentials.registry.client.FakeCredentials;
import dev.rig.credentials.registry.client.RegistrySettings;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.testing.registry.HostileRegistry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProxiesTest {
  private static final URI PROXY = URI.create("http://proxy.example:3128");

  @Test
  void theEnvironmentNamesThem() {
    var proxies =
        Proxies.of(
            Map.of(
                "HTTPS_PROXY", "http://other.example",
                "https_proxy", "proxy.example:3128",
                "NO_PROXY", "ghcr.io, .corp.example ,*.int.example,registry.example:5000"));
    assertNull(proxies.http());
    assertEquals(PROXY, proxies.of(Origin.of("https", "quay.io")));
    for (var direct :
        List.of(
            "ghcr.io",
            "a.ghcr.io",
            "corp.example",
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

  @Test
  void anAddressThatIsNoneIsRefusedWithoutRepeatingIt() {
    for (var value : List.of("socks5://u:s3cret@host:1", "http://u:s3cret@", "::s3cret")) {
      var thrown =
          assertThrows(
              IllegalArgumentException.class, () -> Proxies.of(Map.of("HTTPS_PROXY", value)));
      assertEquals("HTTPS_PROXY is not the address of an http proxy", thrown.getMessage());
    }
    var proxies = Proxies.of(Map.of("HTTPS_PROXY", "http://u:s3cret@proxy.example:1"));
    assertTrue(!proxies.toString().contains("s3cret"));
  }

  @Test
  void httpsIsTunnelledAndOnlyTheProxySeesItsPassword() throws Exception {
    try (var proxy = HostileRegistry.start((asked, out) -> reply(out, 407, ""))) {
      var address = URI.create("http://u:p@" + proxy.host());
      var settings =
          new RegistrySettings(
              Set.of(), List.of(), Map.of(), new Proxies(null, address, List.of()));
      var answer =
          new ClientFixture(FakeCredentials.passwords("s3cret"), settings)
              .client.resolve(ClientFixture.image("registry.example/acme/app:1"));
      assertInstanceOf(RegistryFailure.Unreachable.class, answer);
      var asked = proxy.asked().getFirst();
      assertEquals("CONNECT registry.example:443", asked.method() + " " + asked.target());
      assertEquals("Basic dTpw", asked.header("proxy-authorization"));
      assertTrue(!asked.isAuthorised());
    }
  }

  @Test
  void plainHttpIsForwarded() throws Exception {
    var image = FakeImage.oci();
    try (var proxy =
        HostileRegistry.start((asked, out) -> {
          if (asked.method().equals("CONNECT")) {
            reply(out, 502, "");
            return;
          }
          var whole = URI.create(asked.target());
          assertEquals("registry.example:5000", whole.getAuthority());
          ClientFixture.serve(
              image,
              new HostileRegistry.Asked(
                  asked.method(), whole.getRawPath(), asked.headers(), asked.body(), false),
              out);
        })) {
      var address = URI.create("http://" + proxy.host());
      var settings =
          new RegistrySettings(
              Set.of("registry.example:5000"),
              List.of(),
              Map.of(),
              new Proxies(address, address, List.of()));
      var answer =
          new ClientFixture(FakeCredentials.none(), settings)
              .client.resolve(ClientFixture.image("registry.example:5000/acme/app:1"));
      assertInstanceOf(ResolvedImage.class, answer);
    }
  }
}
