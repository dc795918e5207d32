package dev.rig.credentials.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;

/** Debian's docker-registry on a port of loopback, without TLS. */
public final class RegistryServer {
  private static final Duration START = Duration.ofSeconds(20);

  private final String host;

  private RegistryServer(String host) {
    this.host = host;
  }

  /**
   * Starts a registry.
   *
   * @param folder where it keeps everything
   * @param users the names and passwords that may push and pull; with none everybody may
   */
  public static RegistryServer start(Reaper reaper, Path folder, Map<String, String> users) {
    if (users.isEmpty()) {
      return launch(reaper, folder, "", 200);
    }
    var passwords = PrivateFile.write(folder.resolve("htpasswd"), passwordFile(users));
    var auth = "auth: {htpasswd: {realm: private, path: %s}}\n".formatted(passwords);
    return launch(reaper, folder, auth, 401);
  }

  /** Starts a registry that wants the tokens of a service. */
  public static RegistryServer start(Reaper reaper, Path folder, TokenServer tokens) {
    var certificate = PrivateFile.write(folder.resolve("token.pem"), tokens.certificate());
    var auth =
        "auth: {token: {realm: '%s', service: '%s', issuer: '%s', rootcertbundle: %s}}\n"
            .formatted(tokens.realm(), TokenServer.SERVICE, TokenServer.ISSUER, certificate);
    return launch(reaper, folder, auth, 401);
  }

  private static RegistryServer launch(Reaper reaper, Path folder, String auth, int expected) {
    var program = Tool.DOCKER_REGISTRY.path();
    var host = "127.0.0.1:" + FreePort.next();
    var config =
        """
        version: 0.1
        log: {level: warn}
        storage:
          filesystem: {rootdirectory: %s}
        http: {addr: %s}
        %s\
        """
            .formatted(folder.resolve("storage"), host, auth);
    var file = PrivateFile.write(folder.resolve("config.yml"), config);
    var running = reaper.own(Command.of(program, "serve", file).start());
    try (var http = HttpClient.newHttpClient()) {
      Eventually.within(
          START, () -> answers(http, host, expected), () -> "registry: " + running.stderr());
    }
    return new RegistryServer(host);
  }

  /** The host and port, as it stands in front of image names. */
  public String host() {
    return host;
  }

  private static String passwordFile(Map<String, String> users) {
    return users.entrySet().stream()
        .map(user -> hashed(user.getKey(), user.getValue()))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String hashed(String user, String password) {
    return Command.of(Tool.HTPASSWD.path(), "-iBn", user)
        .reading(password)
        .run()
        .succeeded()
        .stdout()
        .strip();
  }

  private static boolean answers(HttpClient http, String host, int status) {
    var request = HttpRequest.newBuilder(URI.create("http://" + host + "/v2/")).build();
    try {
      int answer = http.send(request, BodyHandlers.discarding()).statusCode();
      Assertions.assertEquals(status, answer, "the registry's answer without a credential");
      return true;
    } catch (IOException e) {
      return false; // not listening yet
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
