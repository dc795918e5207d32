package dev.rig.credentials.testing.kube;

import com.marcnuri.helm.Helm;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Helm in a separate process, whose environment determines where it finds credential helpers. Uses
 * plain HTTP.
 */
public final class HelmProbe {
  private HelmProbe() {}

  /**
   * {@code login HOST USER}, with the password on standard input; {@code logout HOST}; {@code push
   * CHART oci://…}; {@code show oci://…}.
   */
  public static void main(String[] arguments) throws Exception {
    System.out.println(
        switch (arguments[0]) {
          case "login" ->
              Helm.registry()
                  .login()
                  .withHost(arguments[1])
                  .withUsername(arguments[2])
                  .withPassword(new String(System.in.readAllBytes(), StandardCharsets.UTF_8))
                  .plainHttp()
                  .call();
          case "logout" -> Helm.registry().logout().withHost(arguments[1]).plainHttp().call();
          case "push" ->
              Helm.push()
                  .withChart(Path.of(arguments[1]))
                  .withRemote(URI.create(arguments[2]))
                  .plainHttp()
                  .call();
          case "show" -> Helm.show(arguments[1]).chart().plainHttp().call();
          default -> throw new IllegalArgumentException(arguments[0]);
        });
  }
}
