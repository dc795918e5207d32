package dev.rig.credentials.registry.client;

import static dev.rig.credentials.testing.registry.HostileRegistry.reply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rig.credentials.credential.Lookup;
import dev.rig.credentials.registry.RegistryFailure;
import dev.rig.credentials.registry.ResolvedImage;
import dev.rig.credentials.registry.content.FakeImage;
import dev.rig.credentials.testing.registry.HostileRegistry;
import dev.rig.credentials.testing.registry.HostileRegistry.Asked;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of a token service are used again while the registry accepts them. */
class TokenReuseTest {
  private static final FakeImage IMAGE = FakeImage.oci();

  private HostileRegistry registry;
  private String fields = "";
  private final AtomicInteger issued = new AtomicInteger();
  private volatile String accepted = "t1";
  private volatile int rejection = 401;
  private volatile boolean withdrawn;

  @BeforeEach
  void start() throws IOException {
    registry = HostileRegistry.start(this::answer);
  }

  @AfterEach
  void stop() throws Exception {
    registry.close();
  }

  private void answer(Asked asked, OutputStream out) throws IOException {
    if (asked.target().startsWith("/token")) {
      reply(out, 200, "{\"token\":\"t%d\"%s}".formatted(issued.incrementAndGet(), fields));
      return;
    }
    var authorization = asked.header("authorization");
    if (authorization.equals("Bearer " + accepted)) {
      ClientFixture.serve(IMAGE, asked, out);
      if (withdrawn && asked.target().contains("/manifests/")) {
        accepted = "t2";
      }
    } else if (authorization.isEmpty() || rejection == 401) {
      reply(
          out,
          401,
          "",
          "WWW-Authenticate: Bearer realm=\"http://%s/token\"".formatted(asked.header("host")));
    } else {
      reply(out, rejection, "");
    }
  }

  private static ClientFixture fixture() {
    return new ClientFixture(FakeCredentials.passwords("s3cret"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                    | 44  | 1
          ''                    | 46  | 2
          ,"expires_in":300     | 284 | 1
          ,"expires_in":300     | 286 | 2
          ,"expires_in":3600    | 299 | 1
          ,"expires_in":3600    | 301 | 2
          ,"expires_in":15      | 0   | 2
          ,"expires_in":0       | 0   | 2
          ,"expires_in":-1      | 0   | 2
          ,"expires_in":"300"   | 0   | 2
          ,"expires_in":9223372036854775807 | 299 | 1
          ,"expires_in":1e99    | 0   | 2
          """)
  void tokenIsUsedUntilShortlyBeforeItsEnd(String end, int seconds, int requests) throws Exception {
    fields = end;
    var fixture = fixture();
    fixture.resolve(registry, ResolvedImage.class);
    fixture.time.advance(Duration.ofSeconds(seconds));
    accepted = "t" + requests;
    fixture.resolve(registry, ResolvedImage.class);
    assertEquals(requests, issued.get());
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void withdrawnTokenIsReplacedAndTheCredentialIsKept(int status) throws Exception {
    var fixture = fixture();
    fixture.resolve(registry, ResolvedImage.class);
    rejection = status;
    accepted = "t2";
    fixture.resolve(registry, ResolvedImage.class);
    assertEquals(2, issued.get());
    assertEquals(0, fixture.credentials.rejections());
    fixture.resolve(registry, ResolvedImage.class);
    assertEquals(2, issued.get(), "the new token is used again");
  }

  @Test
  void tokenThatIsWithdrawnDuringAnOperationIsNotSentAgain() throws Exception {
    fields = ",\"expires_in\":3600";
    withdrawn = true;
    fixture().resolve(registry, ResolvedImage.class);
    assertEquals(2, issued.get());
    var blobs =
        registry.asked().stream().filter(asked -> asked.target().contains("/blobs/")).toList();
    assertEquals(
        List.of("Bearer t1", "Bearer t2"),
        blobs.stream().map(asked -> asked.header("authorization")).toList());
  }

  @Test
  void accessThatIsWithdrawnIsReportedAfterOneMoreToken() throws Exception {
    var fixture = fixture();
    fixture.resolve(registry, ResolvedImage.class);
    rejection = 403;
    accepted = "none";
    fixture.resolve(registry, RegistryFailure.Unauthorised.class);
    assertEquals(2, issued.get());
    fixture.resolve(registry, RegistryFailure.Unauthorised.class);
    assertEquals(3, issued.get(), "a token that was never accepted is not used again");
  }

  @Test
  void rejectedCredentialIsObtainedAgainAfterOneMoreToken() throws Exception {
    var fixture = new ClientFixture(FakeCredentials.passwords("s3cret", "renewed"));
    fixture.resolve(registry, ResolvedImage.class);
    accepted = "t3";
    fixture.resolve(registry, ResolvedImage.class);
    assertEquals(3, issued.get());
    assertEquals(1, fixture.credentials.rejections());
  }

  @Test
  void tokenIsNotUsedWithAnotherCredential() throws Exception {
    fields = ",\"expires_in\":300";
    var fixture = new ClientFixture(FakeCredentials.passwords("s3cret", "other"));
    fixture.resolve(registry, ResolvedImage.class);
    var changed = assertInstanceOf(Lookup.Found.class, FakeCredentials.found("bot", "s3cret"));
    fixture.credentials.reject(ClientFixture.image("x.example/y"), changed.lease());
    accepted = "t2";
    fixture.resolve(registry, ResolvedImage.class);
    var tokens =
        registry.asked().stream().filter(asked -> asked.target().startsWith("/token")).toList();
    assertEquals(2, tokens.size());
    assertEquals(
        List.of("Basic Ym90OnMzY3JldA==", "Basic Ym90Om90aGVy"),
        tokens.stream().map(asked -> asked.header("authorization")).toList());
  }

  @Test
  void tokenIsNotUsedForAnotherRepository() throws Exception {
    var fixture = fixture();
    fixture.resolve(registry, ResolvedImage.class);
    var other = ClientFixture.image(registry.host() + "/acme/other:1");
    accepted = "t2";
    assertInstanceOf(RegistryFailure.class, fixture.client.resolve(other));
    assertEquals(2, issued.get());
  }
}
