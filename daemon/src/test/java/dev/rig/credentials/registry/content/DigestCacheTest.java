package dev.rig.credentials.registry.content;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.rig.credentials.image.Digest;
import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.net.HttpResponse;
import dev.rig.credentials.net.NetworkZone;
import dev.rig.credentials.registry.client.ClientFixture;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DigestCacheTest {
  private static final ImageReference APP = ClientFixture.image("example.org/acme/app");
  private static final int LARGE = 100 * 1024;

  /** More contents than the cache keeps. */
  private static final int MANY = 30;

  private final DigestCache contents = new DigestCache();

  private static HttpResponse reply(byte[] body) {
    var headers = Map.of("content-type", List.of("text/plain"), "set-cookie", List.of("a=b"));
    return new HttpResponse(200, headers, body, NetworkZone.PUBLIC);
  }

  private static byte[] body(int number, int length) {
    var body = new byte[length];
    body[0] = (byte) number;
    return body;
  }

  private Digest keep(byte[] body) {
    var digest = Digest.sha256(body);
    contents.keep(APP, digest, reply(body));
    return digest;
  }

  @Test
  void keptContentIsFoundWithItsTypeAndNothingElse() {
    var digest = keep(body(1, 10));
    var found = contents.find(APP, digest);
    assertNotNull(found);
    assertArrayEquals(body(1, 10), found.body());
    assertNotNull(found.header("content-type"));
    assertNull(found.header("set-cookie"));
  }

  @Test
  void contentOfOneRepositoryIsNotThatOfAnother() {
    var digest = keep(body(1, 10));
    assertNull(contents.find(ClientFixture.image("example.org/acme/other"), digest));
    assertNull(contents.find(ClientFixture.image("example.com/acme/app"), digest));
  }

  @Test
  void leastRecentlyUsedContentIsRemoved() {
    var used = keep(body(0, LARGE));
    var unused = keep(body(1, LARGE));
    for (int i = 2; i < MANY; i++) {
      keep(body(i, LARGE));
      assertNotNull(contents.find(APP, used));
    }
    assertNull(contents.find(APP, unused));
  }

  @Test
  void hugeContentIsNotKept() {
    assertNull(contents.find(APP, keep(body(1, 2 * LARGE))));
  }

  @Test
  void cachingTheSameContentAgainTakesNoRoom() {
    var first = keep(body(0, LARGE));
    for (int i = 0; i < MANY; i++) {
      keep(body(1, LARGE));
    }
    assertNotNull(contents.find(APP, first));
  }
}
