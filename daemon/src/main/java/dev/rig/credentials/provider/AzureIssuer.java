package dev.rig.credentials.provider;

import com.microsoft.aad.msal4j.AuthenticationErrorCode;
import com.microsoft.aad.msal4j.MsalException;
import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.Origin;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * Obtains refresh tokens of Azure Container Registry, which a registry issues for a token of
 * Microsoft Entra (Azure/acr, "AAD-OAuth": {@code POST /oauth2/exchange}).
 */
final class AzureIssuer implements TokenIssuer {
  /** The user name for a registry's refresh token. */
  private static final String USERNAME = "00000000-0000-0000-0000-000000000000";

  private static final String IDENTITY =
      "set AZURE_CLIENT_ID, AZURE_TENANT_ID and a secret, or run where a managed identity answers";

  private static final String METADATA = "the metadata service of this machine";

  private final ProviderEntry entry;
  private final ProviderCalls calls;
  private final Map<String, String> environment;

  AzureIssuer(ProviderEntry entry, ProviderCalls calls, Map<String, String> environment) {
    this.entry = entry;
    this.calls = calls;
    this.environment = environment;
  }

  @Override
  public IssuedCredential issue(SourceRequest request) throws InterruptedException {
    var registry = ProviderSource.host(request);
    var token = exchanged(registry, entra(request));
    return new IssuedCredential(new Credential(USERNAME, token), Lease.NEVER);
  }

  private Secret entra(SourceRequest request) throws InterruptedException {
    var http = new AzureHttp(calls);
    var identity = new AzureIdentity(entry, environment, http);
    var pod = request.serviceAccount();
    try {
      return pod == null ? identity.own() : identity.of(pod);
    } catch (MsalException e) {
      throw pod == null && identity.isManaged()
          ? unmanaged(e, http.status())
          : refused(e, http.status());
    }
  }

  private Secret exchanged(String registry, Secret token) throws InterruptedException {
    var form =
        "grant_type=access_token&service=%s&access_token=%s"
            .formatted(encoded(registry), encoded(token.reveal()));
    var address = Origin.of("https", registry).at("/oauth2/exchange");
    try {
      var response =
          calls.send(
              HttpRequest.post(address, "application/x-www-form-urlencoded", Secret.of(form)));
      var json = body(response.body());
      var refresh = json.textOrEmpty("refresh_token");
      if (response.status() != 200) {
        var error = json.objects("errors").stream().findFirst().orElse(JsonObject.EMPTY);
        throw CloudFailures.answered(
            registry,
            response.status(),
            error.textOrEmpty("message"),
            "give the identity the role AcrPull of this registry");
      }
      if (refresh.isEmpty()) {
        throw new SourceException(ReasonClass.SERVICE, registry + " gave no refresh token");
      }
      return Secret.of(refresh);
    } catch (HttpFailure e) {
      throw CloudFailures.of(e);
    }
  }

  private static JsonObject body(byte[] body) {
    try {
      return JsonObject.parse(body);
    } catch (JsonException e) {
      return JsonObject.EMPTY;
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static SourceException unmanaged(MsalException failure, int status)
      throws InterruptedException {
    var absent = CloudFailures.absent(failure, "Azure", IDENTITY);
    var unanswered = absent.isPresent() ? absent : CloudFailures.unanswered(failure);
    if (unanswered.isPresent()) {
      return unanswered.get();
    }
    return status >= 300
        ? CloudFailures.answered(
            METADATA, status, "", "assign the managed identity to this machine, or set clientId")
        : new SourceException(ReasonClass.SERVICE, METADATA + " gave no token");
  }

  private static SourceException refused(MsalException failure, int status)
      throws InterruptedException {
    var unanswered = CloudFailures.unanswered(failure);
    if (unanswered.isPresent()) {
      return unanswered.get();
    }
    if (status >= 300) {
      return CloudFailures.answered(
          "Microsoft Entra",
          status,
          said(failure),
          "check the client, its tenant and its federated credentials");
    }
    return status == 0
        ? new SourceException(ReasonClass.REFUSED, "found no Azure identity: " + IDENTITY)
        : new SourceException(
            ReasonClass.SERVICE,
            "Microsoft Entra's answer contains no token; check what answers there");
  }

  /**
   * Returns the first line of the service's message, without the request's ids. Empty for a
   * response that the library does not understand, because its message would repeat the response.
   */
  private static String said(MsalException failure) {
    return AuthenticationErrorCode.UNKNOWN.equals(failure.errorCode())
        ? ""
        : Objects.requireNonNullElse(failure.getMessage(), "")
            .split("[\\r\\n]| Trace ID:| Correlation ID:", 2)[0]
            .strip();
  }
}
