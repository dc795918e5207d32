package dev.rig.credentials.testing.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends requests to an HTTP server over TCP, byte for byte. */
public record HttpOverTcp(InetSocketAddress address) {
  private static final int PATIENCE_MILLIS = 20_000;

  /** Sends a request with the connected address as its host. */
  public HttpReply get(String target) {
    return get(target, "127.0.0.1:" + address.getPort());
  }

  /** Sends a request with another host name. */
  public HttpReply get(String target, String host) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  /** Sends exactly that and reads until the server closes. */
  public HttpReply ask(String request) {
    try (var socket = new Socket(address.getAddress(), address.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return HttpReply.parse(socket.getInputStream().readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
