package dev.rig.credentials.testing.registry;

import dev.rig.credentials.testing.Eventually;
import dev.rig.credentials.testing.FreePort;
import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.machine.DebianMachine;
import dev.rig.credentials.testing.machine.PrivateFile;
import dev.rig.credentials.testing.machine.Reaper;
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

/** Debian's docker-registry on a port of loopback. */
public final class RegistryServer {
  private static final String USERS = "htpasswd";
  private static final Duration START = Duration.ofSeconds(20);
  private static final int WGET_AUTHENTICATION =
      6; // wget(1), exit status: the server requires a login

  private final String host;
  private final Path folder;

  private RegistryServer(String host, Path folder) {
    this.host = host;
    this.folder = folder;
  }

  /**
   * Starts a registry.
   *
   * @param folder for its data
   * @param users the names and passwords that may push and pull; if empty, no login is required
   */
  public static RegistryServer start(Reaper reaper, Path folder, Map<String, String> users) {
    return users.isEmpty()
        ? launch(reaper, folder, "", 200)
        : launch(reaper, folder, passwords(folder, users), 401);
  }

  /** Starts a registry that requires the tokens of a service. */
  public static RegistryServer start(Reaper reaper, Path folder, TokenServer tokens) {
    var certificate = PrivateFile.write(folder.resolve("token.pem"), tokens.certificate());
    var auth =
        "auth: {token: {realm: '%s', service: '%s', issuer: '%s', rootcertbundle: %s}}\n"
            .formatted(tokens.realm(), TokenServer.SERVICE, TokenServer.ISSUER, certificate);
    return launch(reaper, folder, auth, 401);
  }

  /**
   * Starts a registry with TLS and users on another machine's network.
   *
   * @param address one of that network; in 127.0.0.0/8 Docker requires no TLS
   * @param identity its certificate is for the name that it has on that machine
   */
  public static RegistryServer startOn(
      DebianMachine machine,
      Reaper reaper,
      Path folder,
      Map<String, String> users,
      String address,
      TestAuthority.Identity identity) {
    var host = address + ":443";
    var http =
        "{addr: '%s', tls: {certificate: %s, key: %s}}"
            .formatted(
                host,
                PrivateFile.write(
                    folder.resolve("tls.pem"), TestAuthority.pem(identity.certificate())),
                PrivateFile.write(folder.resolve("tls.key"), TestAuthority.pem(identity.key())));
    var serve = serve(folder, http, passwords(folder, users));
    var running = reaper.own(machine.onItsNetwork(serve).start());
    var ask =
        machine.onItsNetwork(
            Command.of(
                Tool.WGET.path(), "--quiet", "--no-check-certificate", "https://" + host + "/v2/"));
    Eventually.within(
        START,
        () -> ask.run().status() == WGET_AUTHENTICATION,
        () -> "registry: " + running.stderr());
    return new RegistryServer(host, folder);
  }

  private static RegistryServer launch(Reaper reaper, Path folder, String auth, int expected) {
    var host = "127.0.0.1:" + FreePort.next();
    var running = reaper.own(serve(folder, "{addr: '%s'}".formatted(host), auth).start());
    try (var http = HttpClient.newHttpClient()) {
      Eventually.within(
          START, () -> answers(http, host, expected), () -> "registry: " + running.stderr());
    }
    return new RegistryServer(host, folder);
  }

  private static Command serve(Path folder, String http, String auth) {
    var program = Tool.DOCKER_REGISTRY.path();
    var config =
        """
        version: 0.1
        log: {level: warn}
        storage:
          filesystem: {rootdirectory: %s}
        http: %s
        %s\
        """
            .formatted(folder.resolve("storage"), http, auth);
    return Command.of(program, "serve", PrivateFile.write(folder.resolve("config.yml"), config));
  }

  /** Returns host and port, as they precede image names. */
  public String host() {
    return host;
  }

  private static String passwords(Path folder, Map<String, String> users) {
    return "auth: {htpasswd: {realm: private, path: %s}}\n"
        .formatted(PrivateFile.write(folder.resolve(USERS), lines(users)));
  }

  private static String lines(Map<String, String> users) {
    return users.entrySet().stream()
        .map(user -> hashed(user.getKey(), user.getValue()))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /**
   * Permits pushes and pulls only to these users; the registry must have been started with users.
   */
  public void permit(Map<String, String> users) {
    PrivateFile.replace(folder.resolve(USERS), lines(users));
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
