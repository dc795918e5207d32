package dev.rig.credentials.registry.client;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.testing.registry.HostileRegistry;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Registries behind a proxy. */
class ProxiedRegistryTest {
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
