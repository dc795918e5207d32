package dev.rig.credentials.provider;

import com.google.api.client.http.HttpResponseException;
import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.IdentityPoolCredentials;
import com.google.auth.oauth2.ImpersonatedCredentials;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Obtains access tokens of Google Cloud for Artifact Registry, which accepts them as the password
 * of {@code oauth2accesstoken} (Artifact Registry documentation, "Configure authentication for
 * Docker").
 */
final class GoogleIssuer implements TokenIssuer {
  private static final String USERNAME = "oauth2accesstoken";

  /** The scope of GKE nodes for pulls: reading stored objects only. */
  private static final String SCOPE = "https://www.googleapis.com/auth/devstorage.read_only";

  /** An annotation of a service account; GKE documentation, "Workload Identity Federation". */
  private static final String ACCOUNT = "iam.gke.io/gcp-service-account";

  private static final String DEFAULT = "GOOGLE_APPLICATION_CREDENTIALS";

  private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";
  private static final String STS = "https://sts.googleapis.com/v1/token";
  private static final String ACCOUNTS =
      "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/";

  private static final int LIFETIME_SECONDS = 3_600;

  private final ProviderEntry entry;
  private final ProviderCalls calls;
  private final Map<String, String> environment;
  private final IdentityFiles files;

  GoogleIssuer(ProviderEntry entry, ProviderCalls calls, Map<String, String> environment) {
    this.entry = entry;
    this.calls = calls;
    this.environment = environment;
    this.files = new IdentityFiles(environment);
  }

  @Override
  public IssuedCredential issue(SourceRequest request) throws InterruptedException {
    HttpTransportFactory transports = () -> new GoogleHttp(calls);
    var pod = request.serviceAccount();
    try {
      var identity = pod == null ? own(transports) : of(pod, transports);
      return issued(identity.refreshAccessToken());
    } catch (SourceException e) {
      throw e;
    } catch (IOException e) {
      throw refused(e);
    } catch (RuntimeException e) { // an invalid file
      throw CloudFailures.unanswered(e)
          .orElseGet(() ->
              new SourceException(
                  ReasonClass.REFUSED, "Google's credentials cannot be used; check keyFile"));
    }
  }

  private static IssuedCredential issued(AccessToken token) {
    var value = Objects.requireNonNullElse(token.getTokenValue(), "");
    if (value.isEmpty()) {
      throw new SourceException(ReasonClass.SERVICE, "Google gave no token");
    }
    var end = token.getExpirationTime();
    return new IssuedCredential(
        new Credential(USERNAME, Secret.of(value)), end == null ? Lease.NEVER : end.toInstant());
  }

  /** Returns the credentials of this machine, pod or configuration. */
  private GoogleCredentials own(HttpTransportFactory transports)
      throws IOException, InterruptedException {
    // The library's own retries wait for seconds; failed runs are repeated by the cache.
    var base = base(transports).createWithCustomRetryStrategy(false);
    var account = entry.option("impersonate");
    return account == null
        ? base.createScoped(SCOPE)
        : ImpersonatedCredentials.newBuilder()
            .setSourceCredentials(base)
            .setTargetPrincipal(account)
            .setScopes(List.of(SCOPE))
            .setLifetime(LIFETIME_SECONDS)
            .setHttpTransportFactory(transports)
            .build();
  }

  private GoogleCredentials base(HttpTransportFactory transports)
      throws IOException, InterruptedException {
    var file = entry.option("keyFile");
    if (file != null) {
      var content = checked("keyFile", file);
      try (var in = new ByteArrayInputStream(content)) {
        return GoogleCredentials.fromStream(in, transports);
      } catch (IOException | RuntimeException e) {
        throw new SourceException(
            ReasonClass.REFUSED,
            "the file %s cannot be read as credentials of Google; check keyFile".formatted(file));
      }
    }
    checkDefault();
    try {
      return GoogleCredentials.getApplicationDefault(transports);
    } catch (IOException e) {
      throw CloudFailures.unanswered(e)
          .orElseGet(() ->
              new SourceException(
                  ReasonClass.REFUSED,
                  "found no Google identity: set GOOGLE_APPLICATION_CREDENTIALS or keyFile, or run"
                      + " where a metadata server answers"));
    }
  }

  /** Checks the file that the library reads itself: the variable's, otherwise that of gcloud. */
  private void checkDefault() {
    var named = environment.getOrDefault(DEFAULT, "");
    var gcloud =
        environment.getOrDefault(
            "CLOUDSDK_CONFIG", System.getProperty("user.home") + "/.config/gcloud");
    var file = Path.of(gcloud, "application_default_credentials.json");
    if (!named.isEmpty()) {
      checked(DEFAULT, named);
    } else if (IdentityFiles.isPresent(file)) {
      checked("gcloud", file.toString());
    }
  }

  /** Reads a file, and checks the file of the token that a federated identity names. */
  private byte[] checked(String name, String file) {
    var content = files.read(name, file);
    try {
      var token = JsonObject.parse(content).object("credential_source").textOrEmpty("file");
      if (!token.isEmpty()) {
        files.check("credential_source", token);
      }
    } catch (JsonException e) {
      // The library reports what is wrong with the file.
    }
    return content;
  }

  /** Returns a pod's identity: its token is exchanged, for the account that it names. */
  private GoogleCredentials of(ServiceAccountToken pod, HttpTransportFactory transports) {
    var token = pod.token().reveal();
    var identity =
        IdentityPoolCredentials.newBuilder()
            .setAudience(entry.required("audience"))
            .setSubjectTokenType(JWT)
            .setTokenUrl(STS)
            .setSubjectTokenSupplier(context -> token)
            .setScopes(List.of(SCOPE))
            .setHttpTransportFactory(transports);
    var account = pod.annotations().getOrDefault(ACCOUNT, "");
    if (!account.isEmpty()) {
      if (!account.matches("[!-~&&[^/@:?#%]]+@[a-z0-9.-]+")) {
        throw new SourceException(
            ReasonClass.REFUSED, "the annotation " + ACCOUNT + " is not the name of an account");
      }
      identity.setServiceAccountImpersonationUrl(ACCOUNTS + account + ":generateAccessToken");
    }
    return identity.build();
  }

  private static SourceException refused(IOException failure) throws InterruptedException {
    var unanswered = CloudFailures.unanswered(failure);
    if (unanswered.isPresent()) {
      return unanswered.get();
    }
    return CloudFailures.cause(failure, HttpResponseException.class)
        .map(answer ->
            CloudFailures.answered(
                "Google",
                answer.getStatusCode(),
                said(Objects.requireNonNullElse(answer.getContent(), "")),
                "check the identity, and that it may read the repository"))
        .orElseGet(() ->
            new SourceException(
                ReasonClass.SERVICE,
                "Google's answer contains no token; check what answers there"));
  }

  /**
   * Returns the error in a response: OAuth's description, or the message of Google's own errors.
   */
  private static String said(String content) {
    try {
      var json = JsonObject.parse(content.getBytes(StandardCharsets.UTF_8));
      var message = json.object("error").textOrEmpty("message");
      return !message.isEmpty()
          ? message
          : (json.textOrEmpty("error") + " " + json.textOrEmpty("error_description")).strip();
    } catch (JsonException e) {
      return "";
    }
  }
}
