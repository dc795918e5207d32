package dev.rig.credentials.provider;

import dev.rig.credentials.credential.CredentialSource;
import dev.rig.credentials.net.Proxies;
import dev.rig.credentials.time.Time;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates the sources of entries with a provider. Classes of a cloud's library, and of the HTTP
 * client, are loaded at the first request.
 */
public final class Providers implements AutoCloseable {
  /**
   * The network settings.
   *
   * @param insecure hosts that may use plain http
   * @param caFiles PEM files of authorities in addition to those of this machine
   */
  public record Reach(Set<String> insecure, List<Path> caFiles, Proxies proxies) {}

  private final Map<String, String> environment;
  private final Time time;
  private Reach reach; // guarded by this, as is the next
  private @Nullable ProviderHttp http;

  /**
   * Creates the providers of a daemon.
   *
   * @param environment the daemon's own, which names identities
   */
  public Providers(Reach reach, Map<String, String> environment, Time time) {
    this.reach = reach;
    this.environment = Map.copyOf(environment);
    this.time = time;
  }

  /** Uses these settings for all later requests. */
  public synchronized void replace(Reach next) {
    if (!next.equals(reach)) {
      close();
      reach = next;
      http = null;
    }
  }

  /**
   * Returns the source of an entry.
   *
   * @param secrets collects what the source obtains
   */
  public CredentialSource source(ProviderEntry entry, ProviderSecrets secrets) {
    var sent = new SentSecrets();
    ProviderCalls calls =
        request -> {
          sent.note(request);
          return http().send(request, entry.timeout());
        };
    TokenIssuer issuer =
        switch (entry.kind()) {
          case ECR -> new EcrIssuer(entry, calls, environment);
          case GOOGLE -> new GoogleIssuer(entry, calls, environment);
          case AZURE -> new AzureIssuer(entry, calls, environment);
          case GITHUB_APP -> new GithubAppIssuer(entry, calls, environment, time);
        };
    return new ProviderSource(entry, issuer, secrets, sent, time);
  }

  private synchronized ProviderHttp http() {
    var made = http;
    if (made == null) {
      made = new ProviderHttp(reach, environment, time);
      http = made;
    }
    return made;
  }

  /** Closes its connections. */
  @Override
  public synchronized void close() {
    if (http != null) {
      http.close();
    }
  }
}
