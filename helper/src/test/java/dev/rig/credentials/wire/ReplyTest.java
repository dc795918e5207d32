package dev.rig.credentials.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyTest {
  @Test
  void statusAndBodyTravelUnchanged() throws MalformedReplyException {
    Reply reply = Reply.decode(Reply.text(1, Wire.NOT_FOUND).encode());
    assertEquals(1, reply.status());
    assertEquals(Wire.NOT_FOUND + "\n", new String(reply.body(), StandardCharsets.UTF_8));
  }

  @Test
  void emptyTextIsAnEmptyBody() {
    assertEquals("0\n", new String(Reply.text(0, "").encode(), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "x\n", "256\n", "0001\n", "-1\n", " 0\n", "\n"})
  void anythingElseIsRefused(String frame) {
    byte[] bytes = frame.getBytes(StandardCharsets.UTF_8);
    assertThrows(MalformedReplyException.class, () -> Reply.decode(bytes));
  }
}
