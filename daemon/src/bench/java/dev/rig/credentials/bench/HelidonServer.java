package dev.rig.credentials.bench;

import io.helidon.webserver.WebServer;

/** The least that a Helidon server can do: one route on a port of loopback. */
public final class HelidonServer {
  private HelidonServer() {}

  /** Serves on the port given until it is killed. */
  public static void main(String[] arguments) {
    WebServer.builder()
        .host("127.0.0.1")
        .port(Integer.parseInt(arguments[0]))
        .routing(routes -> routes.get("/", (request, response) -> response.send("hello")))
        .build()
        .start();
  }
}
