package dev.rig.credentials.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebLinkTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "</a?b,c;d>; rel=\"next\"",
        "</a?b,c;d>;rel=next",
        " , < /a?b,c;d > ; rel = next , ",
        "</a?b,c;d>; rel='next'",
        "</a?b,c;d>; title=\"x; rel=prev, y\"; rel=next; rel=last",
        "</a?b,c;d>; title=\"\\\", </x>; rel=prev\"; rel=next",
        "</a?b,c;d>; title='\", </x>; rel=prev'; rel=next",
        "</a?b,c;d>; REL=Next; anchor",
        "</a?b,c;d>; rel=\"last NEXT first\"",
        "</a?b,c;d>; rel=\"\\n\\ext\"",
        "</a?b,c;d>; rel=\"next",
        "</a?b,c;d>rel=next",
        "</a?b,c;d>; rel=\"\u00e9 next\"; title*=UTF-8''%e2%82%ac%20rates",
        "</p>; rel=prev, </a?b,c;d>; rel=\"last next\", </x>; rel=next",
        "<https://p/>; rel=\"prev\";, ,</a?b,c;d>;; rel=next",
        "</p>, </a?b,c;d>; rel=next",
        "</a?b,c;d>",
        "</p>; rel=prev, </a?b,c;d>",
        "</a?b,c;d>; rel",
        "</a?b,c;d>; rel=",
        "</a?b,c;d>;;;"
      })
  void theNextPageIsFound(String header) {
    assertEquals("/a?b,c;d", WebLink.next(List.of(header)));
  }

  @Test
  void aQueryMayHaveACommaInItWithoutAngleBracketsToo() {
    assertEquals("/a?b,c", WebLink.next(List.of("/a?b,c; rel=\"next\"")));
    assertEquals("/a?b,c", WebLink.next(List.of("/a?b,c;rel=next, </x>; rel=prev")));
  }

  @Test
  void aLinkWithARelationHasPrecedenceOverOneWithout() {
    assertEquals("/n", WebLink.next(List.of("</x>", "</p>; rel=prev", "/n; rel=next")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        ";",
        "<",
        "<>",
        "<>; rel=next",
        "\"",
        "=;=,",
        "; rel=next",
        "</a>; rel=prev",
        "</a>; rel=nextpage",
        "</a>; rel=\"prev\"; rel=next",
        "</a>; title=\"rel=next\"; rel=last",
        "</a>; rev=next; rel=x"
      })
  void otherLinksAreNotTheNextPage(String header) {
    assertNull(WebLink.next(List.of(header)));
  }
}
