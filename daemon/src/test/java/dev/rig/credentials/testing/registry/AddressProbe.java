package dev.rig.credentials.testing.registry;

import dev.rig.credentials.image.ImageReference;
import dev.rig.credentials.registry.CallObserver;
import dev.rig.credentials.registry.client.RegistryClient;
import dev.rig.credentials.registry.client.RegistrySettings;
import dev.rig.credentials.time.SystemScheduler;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Listens at every address of its network, resolves an image of each host, and prints the result
 * and the number of connections so far.
 */
public final class AddressProbe {
  private AddressProbe() {}

  /** Takes the names of hosts. */
  public static void main(String[] hosts) throws Exception {
    var connections = new AtomicInteger();
    try (var scheduler = new SystemScheduler();
        var server = new ServerSocket(0)) {
      Thread.ofVirtual().start(() -> accept(server, connections));
      var client =
          new RegistryClient(
              new TlsProbe(), RegistrySettings.STANDARD, scheduler.time(), CallObserver.NONE);
      for (var host : hosts) {
        var image = host + ":" + server.getLocalPort() + "/acme/app:1";
        var answer = client.resolve(ImageReference.ofImage(image));
        System.out.println(host + " " + connections.get() + " " + answer);
      }
    }
  }

  private static void accept(ServerSocket server, AtomicInteger connections) {
    while (true) {
      try (var socket = server.accept()) {
        connections.incrementAndGet();
        socket.setSoLinger(true, 0);
      } catch (IOException e) {
        return; // closed
      }
    }
  }
}
