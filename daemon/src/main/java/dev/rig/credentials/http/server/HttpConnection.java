package dev.rig.credentials.http.server;

import dev.rig.credentials.linux.Peer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The bytes of one connection, whatever it is made of. Both directions have their deadlines. */
interface HttpConnection {
  /** Whose it is; null where the kernel does not tell, as over TCP. */
  @Nullable Peer peer();

  /**
   * Reads what there is, and waits for it.
   *
   * @return empty at the end
   * @throws IOException when the request takes too long, or the connection is broken
   */
  byte[] read() throws IOException;

  /**
   * Writes all of it.
   *
   * @throws IOException when the client takes too long to read, or the connection is broken
   */
  void write(byte[] bytes) throws IOException;
}
