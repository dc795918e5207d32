package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebLinkTest {
  private static final List<WebLink> ONE = List.of(new WebLink("/a?b,c;d", List.of("next")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "</a?b,c;d>; rel=\"next\"",
        "</a?b,c;d>;rel=next",
        " , < /a?b,c;d > ; rel = next , ",
        "</a?b,c;d>; rel='next'",
        "</a?b,c;d>; title=\"x; rel=prev, y\"; rel=next; rel=last",
        "</a?b,c;d>; REL=Next; anchor"
      })
  void aLinkIsRead(String header) {
    assertEquals(ONE, WebLink.parse(List.of(header)));
  }

  @Test
  void severalLinksAreToldApart() {
    var links =
        WebLink.parse(List.of("</p>; rel=prev, </n>; rel=\"last next\", </x>", "/q; rel=first"));
    assertEquals(
        List.of(
            new WebLink("/p", List.of("prev")),
            new WebLink("/n", List.of("last", "next")),
            new WebLink("/q", List.of("first"))),
        links);
    assertEquals("/n", WebLink.first(links, "next"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        ";",
        "<",
        "<>",
        "</a",
        "</a>",
        "</a>; rel",
        "</a>; rel=",
        "</a>;;;",
        "\"",
        "=;=,"
      })
  void whatIsNotALinkIsNone(String header) {
    assertEquals(List.of(), WebLink.parse(List.of(header)));
  }

  @Test
  void aLongHeaderIsNotRead() {
    assertEquals(List.of(), WebLink.parse(List.of("</" + "a".repeat(20_000) + ">; rel=next")));
  }
}
