package dev.rig.credentials.provider;

import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/**
 * The identity for AWS: for a pod's token the role that its service account names, otherwise the
 * SDK's usual order. If the environment selects one identity, only that one is tried, so that its
 * own error is reported.
 */
final class AwsIdentity {
  /**
   * An annotation of a service account; Amazon EKS user guide, "IAM roles for service accounts".
   */
  private static final String ROLE = "eks.amazonaws.com/role-arn";

  private static final String SESSION = "rig-credentials";

  private final ProviderEntry entry;
  private final Map<String, String> environment;
  private final AwsHttp http;
  private @Nullable AwsCredentialsProvider own; // guarded by this

  AwsIdentity(ProviderEntry entry, Map<String, String> environment, AwsHttp http) {
    this.entry = entry;
    this.environment = environment;
    this.http = http;
  }

  /** Returns the credentials of this machine, pod or configuration. */
  AwsCredentials own(String region) {
    return provider(region).resolveCredentials();
  }

  private synchronized AwsCredentialsProvider provider(String region) {
    var known = own;
    if (known == null) {
      var base = base(region);
      var role = entry.option("roleArn");
      known =
          role == null
              ? base
              : StsAssumeRoleCredentialsProvider.builder()
                  .stsClient(sts(region, base))
                  .refreshRequest(request -> request.roleArn(role).roleSessionName(SESSION))
                  .build();
      own = known;
    }
    return known;
  }

  private AwsCredentialsProvider base(String region) {
    var profile = entry.option("profile");
    if (profile != null) {
      return ProfileCredentialsProvider.create(profile);
    }
    if (has("AWS_ACCESS_KEY_ID")) {
      return EnvironmentVariableCredentialsProvider.create();
    }
    if (has("AWS_WEB_IDENTITY_TOKEN_FILE")) {
      return StsWebIdentityTokenFileCredentialsProvider.builder()
          .stsClient(sts(region, AnonymousCredentialsProvider.create()))
          .build();
    }
    if (has("AWS_PROFILE")) {
      return ProfileCredentialsProvider.create();
    }
    if (has("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        || has("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
      return ContainerCredentialsProvider.builder().build();
    }
    return DefaultCredentialsProvider.builder().build();
  }

  private boolean has(String variable) {
    return !environment.getOrDefault(variable, "").isEmpty();
  }

  /** Returns the credentials of a pod's service account. */
  AwsCredentials of(ServiceAccountToken pod, String region) {
    var role = pod.annotations().getOrDefault(ROLE, "");
    if (role.isEmpty()) {
      throw new SourceException(
          ReasonClass.REFUSED,
          "the pod's service account has no annotation %s; add it, and have the kubelet send it"
              .formatted(ROLE));
    }
    try (var sts = sts(region, AnonymousCredentialsProvider.create())) {
      var assumed =
          sts.assumeRoleWithWebIdentity(request ->
                  request
                      .roleArn(role)
                      .roleSessionName(SESSION)
                      .webIdentityToken(pod.token().reveal()))
              .credentials();
      return AwsSessionCredentials.create(
          assumed.accessKeyId(), assumed.secretAccessKey(), assumed.sessionToken());
    }
  }

  private StsClient sts(String region, AwsCredentialsProvider identity) {
    return StsClient.builder()
        .region(Region.of(region))
        .credentialsProvider(identity)
        .httpClient(http)
        .build();
  }
}
