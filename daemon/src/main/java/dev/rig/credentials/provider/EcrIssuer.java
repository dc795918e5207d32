package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Lease;
import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.credential.SourceRequest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ecr.EcrClient;
import software.amazon.awssdk.services.ecrpublic.EcrPublicClient;

/**
 * Obtains authorization tokens of Amazon ECR ({@code ecr:GetAuthorizationToken}), for the region in
 * the registry's host.
 */
final class EcrIssuer implements TokenIssuer {
  private static final String IDENTITY =
      "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or give this pod or machine"
          + " a role";

  private final ProviderEntry entry;
  private final ProviderCalls calls;
  private final Map<String, String> environment;
  private @Nullable AwsIdentity identity; // guarded by this

  EcrIssuer(ProviderEntry entry, ProviderCalls calls, Map<String, String> environment) {
    this.entry = entry;
    this.calls = calls;
    this.environment = environment;
  }

  private synchronized AwsIdentity identity() {
    var known = identity;
    if (known == null) {
      known = new AwsIdentity(entry, environment, new AwsHttp(calls));
      identity = known;
    }
    return known;
  }

  @Override
  public IssuedCredential issue(SourceRequest request) throws InterruptedException {
    var host = ProviderSource.host(request);
    var parsed =
        EcrHost.parse(host)
            .orElseThrow(() ->
                new SourceException(
                    ReasonClass.REFUSED,
                    host
                        + " does not contain an account of 12 digits and a region; check the"
                        + " host"));
    var option = entry.option("region");
    var registry = option == null ? parsed : parsed.in(option);
    return token(registry, credentials(registry, request));
  }

  private AwsCredentials credentials(EcrHost registry, SourceRequest request)
      throws InterruptedException {
    var pod = request.serviceAccount();
    try {
      return pod == null
          ? identity().own(registry.region())
          : identity().of(pod, registry.region());
    } catch (AwsServiceException e) {
      throw refused("AWS STS", e, "check the role and its trust policy");
    } catch (SdkException | IllegalArgumentException e) {
      var unanswered = CloudFailures.unanswered(e);
      if (unanswered.isPresent()) {
        throw unanswered.get();
      }
      var answered = CloudFailures.cause(e, AwsServiceException.class);
      throw answered.isPresent()
          ? refused("AWS STS", answered.get(), "check the role and its trust policy")
          : new SourceException(ReasonClass.REFUSED, "found no AWS identity: " + IDENTITY);
    }
  }

  private IssuedCredential token(EcrHost registry, AwsCredentials credentials)
      throws InterruptedException {
    var identity = StaticCredentialsProvider.create(credentials);
    try {
      if (registry.isPublic()) {
        var builder = EcrPublicClient.builder().httpClient(new AwsHttp(calls));
        try (var client = configured(builder, registry).credentialsProvider(identity).build()) {
          var data = client.getAuthorizationToken(request -> {}).authorizationData();
          return data == null ? none() : issued(data.authorizationToken(), data.expiresAt());
        }
      }
      var builder = EcrClient.builder().httpClient(new AwsHttp(calls));
      try (var client = configured(builder, registry).credentialsProvider(identity).build()) {
        var data = client.getAuthorizationToken().authorizationData();
        return data.isEmpty()
            ? none()
            : issued(data.getFirst().authorizationToken(), data.getFirst().expiresAt());
      }
    } catch (AwsServiceException e) {
      throw refused(
          "ECR in " + registry.region(),
          e,
          registry.isPublic()
              ? "allow the identity ecr-public:GetAuthorizationToken and"
                  + " sts:GetServiceBearerToken"
              : "allow the identity ecr:GetAuthorizationToken");
    } catch (SdkException e) {
      var unanswered = CloudFailures.unanswered(e);
      throw unanswered.orElseGet(() ->
          new SourceException(
              ReasonClass.SERVICE,
              "ECR in %s is unreachable, or its response is invalid; check the region and the"
                      .formatted(registry.region())
                  + " option endpoint"));
    }
  }

  private <B extends AwsClientBuilder<B, ?>> B configured(B builder, EcrHost registry) {
    builder
        .overrideConfiguration(AwsHttp::once)
        .region(Region.of(registry.region()))
        .fipsEnabled(registry.fips())
        .dualstackEnabled(registry.dualStack());
    var endpoint = entry.option("endpoint");
    return endpoint == null ? builder : builder.endpointOverride(URI.create(endpoint));
  }

  private static IssuedCredential none() {
    throw new SourceException(ReasonClass.SERVICE, "ECR gave no token");
  }

  /**
   * Decodes a token, which is base64 of {@code AWS:<password>}; Amazon ECR API, {@code
   * AuthorizationData}.
   */
  static IssuedCredential issued(@Nullable String token, @Nullable Instant expiresAt) {
    try {
      var login =
          new String(
              Base64.getDecoder().decode(Objects.requireNonNullElse(token, "")),
              StandardCharsets.UTF_8);
      int colon = login.indexOf(':');
      if (colon > 0 && colon < login.length() - 1) {
        return new IssuedCredential(
            new Credential(login.substring(0, colon), Secret.of(login.substring(colon + 1))),
            Objects.requireNonNullElse(expiresAt, Lease.NEVER));
      }
    } catch (IllegalArgumentException e) {
      // Not base64, and not repeated: it may be most of a token.
    }
    throw new SourceException(
        ReasonClass.SERVICE, "ECR gave a token that is not <username>:<password> in base64");
  }

  /** Returns a failure with the service's code and message, without its request id. */
  static SourceException refused(String service, AwsServiceException failure, String remedy) {
    var details = failure.awsErrorDetails();
    if (details == null) {
      return CloudFailures.answered(service, failure.statusCode(), "", remedy);
    }
    var said =
        "%s %s"
            .formatted(
                Objects.requireNonNullElse(details.errorCode(), ""),
                Objects.requireNonNullElse(details.errorMessage(), ""))
            .strip();
    return CloudFailures.answered(
        service, failure.isThrottlingException() ? 429 : failure.statusCode(), said, remedy);
  }
}
