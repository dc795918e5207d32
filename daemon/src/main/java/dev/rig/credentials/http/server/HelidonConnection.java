package dev.rig.credentials.http.server;

import dev.rig.credentials.socket.PeerStream;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.socket.PeerInfo;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.Router;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** Adapts a stream to a connection of Helidon's HTTP/1.1. */
final class HelidonConnection implements ConnectionContext, DataWriter {
  /** The limit for a client to read an answer. */
  static final Duration ANSWER = Duration.ofSeconds(5);

  private final PeerStream connection;
  private final ListenerContext listener;
  private final Router router;
  private final DataReader reader;
  private Runnable written = () -> {};

  HelidonConnection(PeerStream connection, ListenerContext listener, Router router) {
    this.connection = connection;
    this.listener = listener;
    this.router = router;
    this.reader = DataReader.create(this::read);
  }

  /** Registers an action that runs before every write. */
  void onWrite(Runnable action) {
    written = action;
  }

  /** Reads bytes; returns null at the end, as {@link DataReader} requires. */
  @SuppressWarnings(
      "NullAway") // Helidon's supplier returns null at the end, which its type does not declare
  private byte @Nullable [] read() {
    try {
      var bytes = connection.read();
      return bytes.length == 0 ? null : bytes;
    } catch (IOException e) {
      throw new CloseConnectionException("the client cannot be read", e);
    }
  }

  @Override
  public void write(BufferData buffer) {
    written.run();
    try {
      connection.write(buffer.readBytes(), ANSWER);
    } catch (IOException e) {
      throw new CloseConnectionException("the client does not read", e);
    }
  }

  @Override
  public void write(BufferData... buffers) {
    write(BufferData.create(buffers));
  }

  @Override
  public void writeNow(BufferData... buffers) {
    write(buffers);
  }

  @Override
  public void writeNow(BufferData buffer) {
    write(buffer);
  }

  @Override
  public ListenerContext listenerContext() {
    return listener;
  }

  @Override
  public ExecutorService executor() {
    return listener.executor();
  }

  @Override
  public DataWriter dataWriter() {
    return this;
  }

  @Override
  public DataReader dataReader() {
    return reader;
  }

  @Override
  public Router router() {
    return router;
  }

  @Override
  public PeerInfo remotePeer() {
    return new HttpPeerInfo(connection.peer());
  }

  @Override
  public PeerInfo localPeer() {
    return new HttpPeerInfo(null);
  }

  @Override
  public boolean isSecure() {
    return false;
  }

  @Override
  public String socketId() {
    return listener.config().name();
  }

  @Override
  public String childSocketId() {
    return "";
  }
}
