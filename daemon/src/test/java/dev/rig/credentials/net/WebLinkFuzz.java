package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Any {@code Link} header has a next page that is a part of it, or none. */
class WebLinkFuzz {
  /** Each line is a header. */
  @FuzzTest
  void links(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    var headers = List.of(text.split("\n", -1));
    var next = WebLink.next(headers);
    if (next != null) {
      assertFalse(next.isBlank());
      assertEquals(next.strip(), next);
      assertTrue(headers.stream().anyMatch(header -> header.contains(next)), next);
    }
    target(text.lines().findFirst().orElse(""));
  }

  /** A well-formed link returns its target unchanged, with any content. */
  private static void target(String text) {
    var target = text.replace(">", "").strip();
    if (target.isEmpty()) {
      return;
    }
    assertEquals(target, WebLink.next(List.of("<" + target + ">; rel=\"next\"")));
    assertEquals(target, WebLink.next(List.of("</prev>; rel=prev, <" + target + ">;rel=next")));
    assertEquals(target, WebLink.next(List.of("<" + target + ">")));
  }
}
