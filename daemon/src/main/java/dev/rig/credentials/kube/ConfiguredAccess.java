package dev.rig.credentials.kube;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.files.RegularFile;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The access by a cluster's {@code url}, {@code certificateAuthority} and {@code token}. */
public final class ConfiguredAccess implements ClusterAccessSource {
  private static final String PEM = "-----BEGIN ";
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private final String url;
  private final @Nullable String certificateAuthority;
  private final Secret token;

  public ConfiguredAccess(String url, @Nullable String certificateAuthority, Secret token) {
    this.url = url;
    this.certificateAuthority = certificateAuthority;
    this.token = token;
  }

  /** Reads the certificate authority's file again, because it can be created late and renewed. */
  @Override
  public ClusterAccess current() {
    return ClusterAccess.withToken(url(url), pem(certificateAuthority), token);
  }

  /**
   * Validates an API server's address.
   *
   * @throws PullSecretException if a token would be sent in plain text
   */
  static String url(String url) {
    try {
      var uri = URI.create(url);
      boolean secure = "https".equalsIgnoreCase(uri.getScheme());
      boolean near = "http".equalsIgnoreCase(uri.getScheme()) && LOOPBACK.contains(uri.getHost());
      if (uri.getHost() != null && uri.getUserInfo() == null && (secure || near)) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      // reported below, without the address, which can contain a login
    }
    throw new PullSecretException(
        PullSecretException.Reason.CLUSTER,
        "its url is not https://HOST[:PORT][/PATH]; http is for loopback only");
  }

  /**
   * Reads a certificate authority.
   *
   * @param text PEM, the same in base64 as in a kubeconfig, or the path of a file with it
   * @return PEM; null if absent
   * @throws PullSecretException if the text is none of these
   */
  static @Nullable String pem(@Nullable String text) {
    if (text == null || text.contains(PEM)) {
      return text;
    }
    if (text.startsWith("/")) {
      try {
        return RegularFile.text(Path.of(text));
      } catch (IOException e) {
        throw new PullSecretException(
            PullSecretException.Reason.CLUSTER, "its certificateAuthority cannot be read");
      }
    }
    try {
      var decoded = new String(Base64.getMimeDecoder().decode(text), StandardCharsets.US_ASCII);
      if (decoded.contains(PEM)) {
        return decoded;
      }
    } catch (IllegalArgumentException e) {
      // reported below
    }
    throw new PullSecretException(
        PullSecretException.Reason.CLUSTER,
        "its certificateAuthority is neither PEM, nor PEM in base64, nor the path of a file");
  }
}
