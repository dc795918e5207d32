package dev.rig.credentials.provider;

import com.google.api.client.http.HttpResponseException;
import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.ComputeEngineCredentials;
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
import dev.rig.credentials.net.HttpFailure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

  private static final String KEY = "keyFile";

  private static final String IDENTITY =
      "set GOOGLE_APPLICATION_CREDENTIALS or keyFile, or run where a metadata server answers";

  private static final List<String> REFUSED_SOURCES = List.of("executable", "certificate");

  private static final int LIFETIME_SECONDS = 3_600;

  /**
   * A file with an identity.
   *
   * @param name the option or variable that names it
   */
  private record NamedFile(String name, String path) {}

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
    var file = pod == null ? file() : null;
    try {
      var identity = pod == null ? own(file, transports) : of(pod, transports);
      return issued(identity.refreshAccessToken());
    } catch (SourceException e) {
      throw e;
    } catch (IOException e) {
      throw pod == null && file == null ? ofTheMachine(e) : refused(e);
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

  /**
   * Returns the credentials of a file, or of this machine if it is null. The library's own search
   * would remember the first result.
   */
  private GoogleCredentials own(@Nullable NamedFile file, HttpTransportFactory transports) {
    var base =
        file == null
            ? ComputeEngineCredentials.newBuilder().setHttpTransportFactory(transports).build()
            : read(file, transports);
    // The library's own retries wait for seconds; failed runs are repeated by the cache.
    var once = base.createWithCustomRetryStrategy(false);
    var account = entry.option("impersonate");
    return account == null
        ? once.createScoped(SCOPE)
        : ImpersonatedCredentials.newBuilder()
            .setSourceCredentials(once)
            .setTargetPrincipal(account)
            .setScopes(List.of(SCOPE))
            .setLifetime(LIFETIME_SECONDS)
            .setHttpTransportFactory(transports)
            .build();
  }

  /**
   * Returns the file of the identity, in the order of Google's application default credentials;
   * null if it is that of this machine.
   */
  private @Nullable NamedFile file() {
    var key = entry.option(KEY);
    if (key != null) {
      return new NamedFile(KEY, key);
    }
    var named = environment.getOrDefault(DEFAULT, "");
    if (!named.isEmpty()) {
      return new NamedFile(DEFAULT, named);
    }
    var gcloud =
        environment.getOrDefault(
            "CLOUDSDK_CONFIG", System.getProperty("user.home") + "/.config/gcloud");
    var file = Path.of(gcloud, "application_default_credentials.json");
    return IdentityFiles.isPresent(file) ? new NamedFile("gcloud", file.toString()) : null;
  }

  private GoogleCredentials read(NamedFile file, HttpTransportFactory transports) {
    var content = checked(file);
    try (var in = new ByteArrayInputStream(content)) {
      return GoogleCredentials.fromStream(in, transports);
    } catch (IOException | RuntimeException e) {
      throw new SourceException(
          ReasonClass.REFUSED,
          "the file %s cannot be read as credentials of Google; check %s"
              .formatted(file.path(), file.name()));
    }
  }

  /** Reads a file, and checks the file of the token that a federated identity names. */
  private byte[] checked(NamedFile file) {
    var content = files.read(file.name(), file.path());
    try {
      var identity = JsonObject.parse(content);
      checkSource(file, identity.object("credential_source"));
      checkSource(file, identity.object("source_credentials").object("credential_source"));
    } catch (JsonException e) {
      // The library reports what is wrong with the file.
    }
    return content;
  }

  /** Rejects sources for which the library would run a program, or use its own client. */
  private void checkSource(NamedFile file, JsonObject source) {
    for (var refused : REFUSED_SOURCES) {
      if (source.has(refused)) {
        throw new SourceException(
            ReasonClass.REFUSED,
            "the file %s of %s names a credential_source with %s, which providers do not use; use a"
                    .formatted(file.path(), file.name(), refused)
                + " script");
      }
    }
    var token = source.textOrEmpty("file");
    if (!token.isEmpty()) {
      files.check("credential_source", token);
    }
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

  private static SourceException ofTheMachine(IOException failure) throws InterruptedException {
    var absent = CloudFailures.absent(failure, "Google", IDENTITY);
    if (absent.isPresent()) {
      return absent.get();
    }
    return CloudFailures.cause(failure, HttpFailure.class).isPresent()
            || CloudFailures.cause(failure, HttpResponseException.class).isPresent()
        ? refused(failure)
        : new SourceException(
            ReasonClass.SERVICE,
            "the metadata server gave no token; check that this machine has a service account, and"
                + " that its scopes include devstorage.read_only");
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
