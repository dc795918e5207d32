package dev.rig.credentials.bench;

import io.helidon.webserver.WebServer;

/** A minimal Helidon server: one route on a loopback port. */
public final class HelidonServer {
  private HelidonServer() {}

  /** Serves on the given port until it is killed. */
  public static void main(String[] arguments) {
    WebServer.builder()
        .host("127.0.0.1")
        .port(Integer.parseInt(arguments[0]))
        .routing(routes -> routes.get("/", (request, response) -> response.send("hello")))
        .build()
        .start();
  }
}
