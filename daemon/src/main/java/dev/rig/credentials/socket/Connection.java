package dev.rig.credentials.socket;

import dev.rig.credentials.concurrent.UncaughtErrors;
import dev.rig.credentials.linux.Epoll;
import dev.rig.credentials.linux.EventLoop;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.wire.MalformedRequestException;
import dev.rig.credentials.wire.Reply;
import dev.rig.credentials.wire.Request;
import dev.rig.credentials.wire.Wire;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** One connection with one request and one answer. Used by the event loop's thread. */
final class Connection implements EventLoop.Handler {
  /** The phases of a connection; each except the last has a deadline. */
  enum ConnectionPhase {
    /** Nothing was received yet. */
    IDLE,
    /** Part of a request was received. */
    READING,
    /** The handler has the request. */
    HANDLING,
    /** The answer is being written. */
    ANSWERING,
    /** The answer was sent before the request's end: further bytes are discarded. */
    DISCARDING,
    CLOSED
  }

  private static final Logger LOG = System.getLogger(Connection.class.getName());
  private static final int FIRST_BUFFER = 1024;

  /** The most chunks read from one connection per turn. */
  private static final int CHUNKS_PER_TURN = 8;

  private final int fd;
  private final Peer peer;
  private final ConnectionTable owner;
  private ConnectionPhase phase = ConnectionPhase.IDLE;
  private final long since;
  private long deadline;
  private byte[] received = new byte[0];
  private int receivedLength;
  private byte[] answer = new byte[0];
  private int answered;
  private boolean discards;
  private long token = -1;
  private int interest = Epoll.IN;

  /** The bytes of this connection that the owner has counted. */
  private int held;

  Connection(int fd, Peer peer, ConnectionTable owner) {
    this.fd = fd;
    this.peer = peer;
    this.owner = owner;
    since = owner.time().nanos();
    deadline = since + owner.limits().idle().toNanos();
  }

  Peer peer() {
    return peer;
  }

  ConnectionPhase phase() {
    return phase;
  }

  /** Returns when the connection was accepted, in nanoseconds of the ticker. */
  long since() {
    return since;
  }

  boolean isDue(long now) {
    return now - deadline >= 0;
  }

  /** Returns whether closing it now would lose an answer. */
  boolean isOwed() {
    return phase == ConnectionPhase.HANDLING || phase == ConnectionPhase.ANSWERING;
  }

  /** Reads what has arrived, and waits for the rest. */
  void start() {
    read();
    if (phase != ConnectionPhase.CLOSED) {
      token = owner.loop().register(fd, interest, this);
    }
  }

  @Override
  public void ready(int events) {
    switch (phase) {
      case IDLE, READING -> read();
      case HANDLING -> {
        // No event was requested in this phase, so this is a hang-up: the client does not wait for
        // the answer.
        close();
      }
      case ANSWERING -> write();
      case DISCARDING -> discard();
      case CLOSED -> {}
    }
  }

  @Override
  public void abandon() {
    close();
  }

  /** Checks for a byte since the last event. */
  void poll() {
    if (phase == ConnectionPhase.IDLE) {
      read();
    }
  }

  private void read() {
    for (int turn = 0; turn < CHUNKS_PER_TURN; turn++) {
      int count = owner.stream().read(fd);
      if (count == DescriptorIo.LATER) {
        return;
      }
      if (count == DescriptorIo.BROKEN) {
        close();
        return;
      }
      if (count == 0) {
        complete();
        return;
      }
      if (phase == ConnectionPhase.IDLE) {
        phase = ConnectionPhase.READING;
        allow(owner.limits().request());
      }
      if (receivedLength + count > Wire.REQUEST_LIMIT) {
        received = new byte[0];
        malformed();
        discards = true;
        reply(failure("request is larger than 256 KiB"));
        return;
      }
      if (!append(count)) {
        close(); // without a byte: the client retries
        return;
      }
    }
  }

  /** Appends bytes; returns false if too many are held. */
  private boolean append(int count) {
    int length = receivedLength + count;
    if (length > received.length) {
      int room = Math.max(Math.max(FIRST_BUFFER, length), received.length * 2);
      room = Math.min(room, Wire.REQUEST_LIMIT);
      if (!hold(room)) {
        return false;
      }
      received = Arrays.copyOf(received, room);
    }
    owner.stream().take(received, receivedLength, count);
    receivedLength = length;
    return true;
  }

  private boolean hold(int bytes) {
    boolean taken = owner.hold(held, bytes);
    held = taken ? bytes : held;
    return taken;
  }

  private void complete() {
    Request request;
    try {
      request = Request.decode(Arrays.copyOf(received, receivedLength));
    } catch (MalformedRequestException malformed) {
      if (receivedLength > 0) {
        malformed(); // an empty request only checks whether the socket is alive
      }
      reply(failure(malformed.getMessage()));
      return;
    } finally {
      received = new byte[0];
    }
    owner.countRequest();
    phase = ConnectionPhase.HANDLING;
    allow(owner.limits().handler());
    ask(request);
    if (phase == ConnectionPhase.HANDLING) {
      want(0);
    }
  }

  private void malformed() {
    owner.countMalformed();
    try {
      owner.handler().malformed(peer);
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "a malformed request could not be recorded", failure);
    }
  }

  private void ask(Request request) {
    try {
      owner.handler().handle(request, peer).whenComplete(this::answered);
    } catch (RuntimeException | Error failure) {
      replyFailed(failure);
    }
  }

  private void answered(@Nullable Reply reply, @Nullable Throwable failure) {
    if (owner.loop().onLoop()) {
      settle(reply, failure);
    } else {
      owner.loop().execute(() -> settle(reply, failure));
    }
  }

  private void settle(@Nullable Reply reply, @Nullable Throwable failure) {
    if (phase != ConnectionPhase.HANDLING) {
      return;
    }
    if (reply == null) {
      replyFailed(failure);
    } else {
      reply(reply);
    }
  }

  private void replyFailed(@Nullable Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    UncaughtErrors.reportCause(cause);
    LOG.log(Level.ERROR, "a request of " + peer + " could not be answered", cause);
    reply(failure("internal error; see the daemon's log"));
  }

  private static Reply failure(@Nullable String message) {
    return Reply.text(1, "rig-credentials: " + message);
  }

  private void reply(Reply reply) {
    answer = reply.encode();
    if (!hold(answer.length)) {
      answer = new byte[0];
      close(); // without a byte: the client retries
      return;
    }
    phase = ConnectionPhase.ANSWERING;
    allow(owner.limits().answer());
    write();
  }

  private void write() {
    while (answered < answer.length) {
      int count = owner.stream().write(fd, answer, answered);
      if (count == DescriptorIo.LATER) {
        want(Epoll.OUT);
        return;
      }
      if (count == DescriptorIo.BROKEN) {
        close();
        return;
      }
      answered += count;
    }
    answer = new byte[0];
    if (!discards) {
      close();
      return;
    }
    // If it were closed with unread bytes, the connection would be reset, and a client that still
    // writes could lose the answer. The answer's deadline stays.
    owner.stream().endOutput(fd);
    phase = ConnectionPhase.DISCARDING;
    want(Epoll.IN);
    discard();
  }

  private void discard() {
    for (int turn = 0; turn < CHUNKS_PER_TURN; turn++) {
      int count = owner.stream().read(fd);
      if (count == DescriptorIo.LATER) {
        return;
      }
      if (count <= 0) {
        close();
        return;
      }
    }
  }

  private void allow(Duration duration) {
    deadline = owner.time().nanos() + duration.toNanos();
  }

  private void want(int events) {
    if (interest != events) {
      interest = events;
      if (token >= 0) {
        owner.loop().interest(fd, events, token);
      }
    }
  }

  /** Closes the connection; closing twice has no effect. */
  void close() {
    if (phase == ConnectionPhase.CLOSED) {
      return;
    }
    phase = ConnectionPhase.CLOSED;
    owner.hold(held, 0);
    held = 0;
    if (token >= 0) {
      owner.loop().unregister(fd, token);
    }
    owner.closed(this); // first, so that the counts are right when the client sees the end
    owner.stream().close(fd);
  }
}
