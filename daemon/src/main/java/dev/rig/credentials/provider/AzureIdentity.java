package dev.rig.credentials.provider;

import com.microsoft.aad.msal4j.AbstractApplicationBase;
import com.microsoft.aad.msal4j.ClientCredentialFactory;
import com.microsoft.aad.msal4j.ClientCredentialParameters;
import com.microsoft.aad.msal4j.ConfidentialClientApplication;
import com.microsoft.aad.msal4j.IAuthenticationResult;
import com.microsoft.aad.msal4j.IClientCredential;
import com.microsoft.aad.msal4j.ManagedIdentityApplication;
import com.microsoft.aad.msal4j.ManagedIdentityId;
import com.microsoft.aad.msal4j.ManagedIdentityParameters;
import com.microsoft.aad.msal4j.MsalClientException;
import com.microsoft.aad.msal4j.MsalException;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.net.ClientIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identity for Microsoft Entra: a pod's service account, otherwise a client with a secret, a
 * certificate or a federated token of the environment, otherwise the managed identity of this
 * machine.
 */
final class AzureIdentity {
  /**
   * The audience of a token that is valid only for container registries, in every cloud of Azure.
   */
  private static final String AUDIENCE = "https://containerregistry.azure.net";

  private static final Set<String> SCOPES = Set.of(AUDIENCE + "/.default");
  private static final String AUTHORITY = "https://login.microsoftonline.com/";

  /**
   * An annotation of a service account; Microsoft Entra Workload ID, "Service account annotations".
   */
  private static final String CLIENT = "azure.workload.identity/client-id";

  private static final String TENANT = "azure.workload.identity/tenant-id";

  private static final String SECRET = "AZURE_CLIENT_SECRET";
  private static final String CERTIFICATE_PATH = "AZURE_CLIENT_CERTIFICATE_PATH";
  private static final String FEDERATED_TOKEN = "AZURE_FEDERATED_TOKEN_FILE";
  private static final List<String> OF_CLIENTS = List.of(SECRET, CERTIFICATE_PATH, FEDERATED_TOKEN);

  private static final Pattern CERTIFICATE =
      Pattern.compile("-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----");

  private final ProviderEntry entry;
  private final Map<String, String> environment;
  private final AzureHttp http;
  private final IdentityFiles files;

  AzureIdentity(ProviderEntry entry, Map<String, String> environment, AzureHttp http) {
    this.entry = entry;
    this.environment = environment;
    this.http = http;
    this.files = new IdentityFiles(environment);
  }

  /** Returns a token for a pod's service account. */
  Secret of(ServiceAccountToken pod) throws InterruptedException {
    var client = either(pod.annotations().get(CLIENT), setting("clientId", "AZURE_CLIENT_ID"));
    var tenant = either(pod.annotations().get(TENANT), setting("tenantId", "AZURE_TENANT_ID"));
    return client(
        needed(client, "the annotation " + CLIENT + " of the pod's service account"),
        needed(tenant, "the annotation " + TENANT + " of the pod's service account"),
        ClientCredentialFactory.createFromClientAssertion(pod.token().reveal()));
  }

  /** Returns a token for this machine, pod or configuration. */
  Secret own() throws InterruptedException {
    var client = setting("clientId", "AZURE_CLIENT_ID");
    var credential = credential();
    if (credential == null) {
      return managed(client);
    }
    return client(
        needed(client, "the option clientId or AZURE_CLIENT_ID"),
        needed(setting("tenantId", "AZURE_TENANT_ID"), "the option tenantId or AZURE_TENANT_ID"),
        credential);
  }

  /** Returns whether this is the machine's managed identity. */
  boolean isManaged() {
    return OF_CLIENTS.stream().allMatch(name -> variable(name) == null);
  }

  private @Nullable IClientCredential credential() {
    var secret = variable(SECRET);
    if (secret != null) {
      return ClientCredentialFactory.createFromSecret(secret);
    }
    var certificate = variable(CERTIFICATE_PATH);
    if (certificate != null) {
      return certificate(certificate);
    }
    var token = variable(FEDERATED_TOKEN);
    return token == null
        ? null
        : ClientCredentialFactory.createFromClientAssertion(federated(token));
  }

  private IClientCredential certificate(String file) {
    var text = files.text(CERTIFICATE_PATH, file);
    try {
      var pem = CERTIFICATE.matcher(text);
      var factory = CertificateFactory.getInstance("X.509");
      var chain = new ArrayList<X509Certificate>();
      while (pem.find()) {
        byte[] block = pem.group().getBytes(StandardCharsets.ISO_8859_1);
        chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
      }
      return ClientCredentialFactory.createFromCertificateChain(ClientIdentity.key(text), chain);
    } catch (IOException | GeneralSecurityException e) {
      throw new SourceException(
          ReasonClass.REFUSED,
          "the certificate and key of AZURE_CLIENT_CERTIFICATE_PATH cannot be read; write both as"
              + " PEM");
    }
  }

  private String federated(String file) {
    return files.text(FEDERATED_TOKEN, file).strip();
  }

  private Secret client(String client, String tenant, IClientCredential credential)
      throws InterruptedException {
    var host = Objects.requireNonNullElse(setting("authority", "AZURE_AUTHORITY_HOST"), AUTHORITY);
    var authority = host + (host.endsWith("/") ? "" : "/") + tenant;
    return token(executor -> {
      try {
        return configured(ConfidentialClientApplication.builder(client, credential), executor)
            .authority(authority)
            .instanceDiscovery(false)
            .build()
            .acquireToken(ClientCredentialParameters.builder(SCOPES).skipCache(true).build());
      } catch (MalformedURLException e) {
        throw new MsalClientException("the authority " + authority + " is not a URL", "authority");
      }
    });
  }

  private Secret managed(@Nullable String client) throws InterruptedException {
    var identity =
        client == null
            ? ManagedIdentityId.systemAssigned()
            : ManagedIdentityId.userAssignedClientId(client);
    return token(executor ->
        configured(ManagedIdentityApplication.builder(identity), executor)
            .build()
            .acquireTokenForManagedIdentity(
                ManagedIdentityParameters.builder(AUDIENCE).forceRefresh(true).build()));
  }

  private <B extends AbstractApplicationBase.Builder<B>> B configured(
      B builder, ExecutorService executor) {
    return builder.httpClient(http).executorService(executor).disableInternalRetries();
  }

  @FunctionalInterface
  private interface Acquisition {
    CompletableFuture<IAuthenticationResult> begin(ExecutorService executor) throws Exception;
  }

  /** Blocks until the library has the token; an interrupt also ends the library's request. */
  private static Secret token(Acquisition acquisition) throws InterruptedException {
    var executor = Executors.newVirtualThreadPerTaskExecutor();
    try {
      var token = acquisition.begin(executor).get().accessToken();
      if (token == null || token.isEmpty()) {
        throw new SourceException(ReasonClass.SERVICE, "Microsoft Entra gave no token");
      }
      return Secret.of(token);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof MsalException failure) {
        throw failure;
      }
      throw new MsalClientException(e.getCause());
    } catch (InterruptedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new MsalClientException(e);
    } finally {
      executor.shutdownNow();
    }
  }

  private @Nullable String setting(String option, String variable) {
    return either(entry.option(option), variable(variable));
  }

  private static @Nullable String either(@Nullable String first, @Nullable String second) {
    return first == null || first.isEmpty() ? second : first;
  }

  private @Nullable String variable(String name) {
    var value = environment.getOrDefault(name, "");
    return value.isEmpty() ? null : value;
  }

  private static String needed(@Nullable String value, String where) {
    if (value == null) {
      throw new SourceException(ReasonClass.REFUSED, "no Azure identity: set " + where);
    }
    return value;
  }
}
