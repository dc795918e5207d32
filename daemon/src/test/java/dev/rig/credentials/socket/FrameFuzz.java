package dev.rig.credentials.socket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rig.credentials.wire.MalformedReplyException;
import dev.rig.credentials.wire.MalformedRequestException;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import java.util.Arrays;

/** The frames of the socket: what can be parsed equals what was sent, byte by byte. */
class FrameFuzz {
  @FuzzTest
  void frames(byte[] frame) {
    request(frame);
    reply(frame);
  }

  private static void request(byte[] frame) {
    try {
      var request = Request.decode(frame);
      assertArrayEquals(frame, request.encode());
      assertTrue(request.alias().isEmpty() || Request.isName(request.alias()));
    } catch (MalformedRequestException refused) {
      // Rejected, which is also correct.
    }
  }

  private static void reply(byte[] frame) {
    try {
      var reply = Reply.decode(frame);
      assertTrue(reply.status() >= 0 && reply.status() <= 255);
      int start = frame.length - reply.body().length;
      assertArrayEquals(Arrays.copyOfRange(frame, start, frame.length), reply.body());
      var again = Reply.decode(reply.encode());
      assertEquals(reply.status(), again.status());
      assertArrayEquals(reply.body(), again.body());
    } catch (MalformedReplyException refused) {
      // Rejected, which is also correct.
    }
  }
}
