package dev.rig.credentials.socket;

import dev.rig.credentials.linux.LibC;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import jnr.constants.platform.Errno;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * A connection with a known peer, for a protocol with several messages. Reads and writes block, and
 * are used by one thread; any thread may call {@link #abort}.
 */
public final class PeerStream implements AutoCloseable {
  private static final int CHUNK = 16 * 1024;

  /**
   * The size of {@code struct pollfd} of poll(2): the descriptor, requested events, returned
   * events.
   */
  private static final int POLLFD = 8;

  private static final int EVENTS = 4;

  private final Pointer chunk = LibC.memory(CHUNK);
  private final Pointer pollfd = LibC.memory(POLLFD);
  private final int fd;
  private final @Nullable Peer peer;
  private final Ticker ticker;
  private final long readEnd;
  private byte[] received;

  /** Prevents a call with the descriptor after it was closed and its number reused. */
  private final Object lock = new Object();

  private boolean closed;

  /**
   * Creates a stream.
   *
   * @param peer null if the kernel does not report it
   * @param received what the client has sent already
   * @param readEnd when the client must have sent the rest, by the ticker
   */
  PeerStream(int fd, @Nullable Peer peer, byte[] received, Ticker ticker, long readEnd) {
    this.fd = fd;
    this.peer = peer;
    this.received = received;
    this.ticker = ticker;
    this.readEnd = readEnd;
  }

  /** Returns the peer; null if unknown, as over TCP. */
  public @Nullable Peer peer() {
    return peer;
  }

  /**
   * Reads available bytes, and waits for them.
   *
   * @return empty at the end
   * @throws IOException if nothing arrives in time, or the connection is broken
   */
  public byte[] read() throws IOException {
    if (received.length > 0) {
      var first = received;
      received = new byte[0];
      return first;
    }
    while (true) {
      long count = LibC.recv(fd, chunk, CHUNK, LibC.MSG_DONTWAIT);
      if (count >= 0) {
        var bytes = new byte[(int) count];
        chunk.get(0, bytes, 0, bytes.length);
        return bytes;
      }
      await(LibC.POLLIN, readEnd);
    }
  }

  /**
   * Writes all bytes.
   *
   * @throws IOException if the peer does not read them in time, or the connection is broken
   */
  public void write(byte[] bytes, Duration limit) throws IOException {
    long end = ticker.nanos() + limit.toNanos();
    int written = 0;
    while (written < bytes.length) {
      int length = Math.min(CHUNK, bytes.length - written);
      chunk.put(0, bytes, written, length);
      long count = LibC.send(fd, chunk, length, LibC.MSG_DONTWAIT | LibC.MSG_NOSIGNAL);
      if (count >= 0) {
        written += (int) count;
      } else {
        await(LibC.POLLOUT, end);
      }
    }
  }

  /** Waits until the next call can proceed. */
  private void await(short events, long end) throws IOException {
    var error = LibC.lastError();
    if (error != Errno.EAGAIN && error != Errno.EWOULDBLOCK && error != Errno.EINTR) {
      throw new IOException("the connection is broken: " + error);
    }
    long left = end - ticker.nanos();
    if (left <= 0) {
      throw new IOException("the peer took too long");
    }
    pollfd.putInt(0, fd);
    pollfd.putShort(EVENTS, events);
    pollfd.putShort(EVENTS + 2, (short) 0);
    // After a failure or a signal the next call reports the state.
    LibC.poll(pollfd, 1, (int) Math.min(Integer.MAX_VALUE, left / 1_000_000 + 1));
  }

  /** Ends blocked reads and writes soon. */
  public void abort() {
    synchronized (lock) {
      if (!closed) {
        LibC.shutdown(fd, LibC.SHUT_RDWR);
      }
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (!closed) {
        closed = true;
        LibC.close(fd);
      }
    }
  }
}
