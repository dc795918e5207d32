package dev.rig.credentials.provider;

import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.ServiceAccountToken;
import dev.rig.credentials.credential.SourceException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileLocation;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;

/**
 * The identity for AWS: for a pod's token, the role that its service account names; otherwise, the
 * SDK's default order. If the environment selects one identity, only that one is tried, so that its
 * own error is reported.
 */
final class AwsIdentity {
  /**
   * An annotation of a service account; Amazon EKS user guide, "IAM roles for service accounts".
   */
  private static final String ROLE = "eks.amazonaws.com/role-arn";

  private static final String WEB_IDENTITY = "AWS_WEB_IDENTITY_TOKEN_FILE";

  private static final String SESSION = "rig-credentials";

  private static final String DEFAULT = "default";

  private final ProviderEntry entry;
  private final Map<String, String> environment;
  private final AwsHttp http;
  private final IdentityFiles files;
  private @Nullable AwsCredentialsProvider own; // guarded by this

  AwsIdentity(ProviderEntry entry, Map<String, String> environment, AwsHttp http) {
    this.entry = entry;
    this.environment = environment;
    this.http = http;
    this.files = new IdentityFiles(environment);
  }

  /** Returns the credentials of this machine, pod or configuration. */
  AwsCredentials own(String region) throws InterruptedException {
    checkShared();
    var signIn = checkOwn();
    try {
      return AwsHttpService.with(http, () -> provider(region).resolveCredentials());
    } catch (SdkException e) {
      throw signIn.isPresent() ? signIn.get().failure(e) : e;
    }
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
    if (has(WEB_IDENTITY)) {
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

  /**
   * Checks the shared files, which the SDK reads itself: it takes endpoints from them even if the
   * identity comes from elsewhere.
   */
  private void checkShared() {
    for (var shared :
        List.of(
            ProfileFileLocation.configurationFilePath(),
            ProfileFileLocation.credentialsFilePath())) {
      if (IdentityFiles.isPresent(shared)) {
        files.check("the shared AWS configuration", shared.toString());
      }
    }
  }

  /** Checks the files of the identity that {@link #base} selects; returns its sign-in. */
  private Optional<AwsSignIn> checkOwn() {
    var profile = entry.option("profile");
    if (profile != null) {
      return checkProfile(profile);
    }
    if (has("AWS_ACCESS_KEY_ID")) {
      return Optional.empty();
    }
    if (has(WEB_IDENTITY)) {
      checkNamedBy(WEB_IDENTITY);
      return Optional.empty();
    }
    checkNamedBy("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    return checkProfile(has("AWS_PROFILE") ? environment.getOrDefault("AWS_PROFILE", "") : DEFAULT);
  }

  private void checkNamedBy(String variable) {
    if (has(variable)) {
      files.check(variable, environment.getOrDefault(variable, ""));
    }
  }

  /**
   * Checks the files that a profile names, and those of the profiles whose identity it uses;
   * returns the sign-in among them.
   */
  private Optional<AwsSignIn> checkProfile(String first) {
    var home = environment.getOrDefault("HOME", System.getProperty("user.home"));
    var profiles = ProfileFile.defaultProfileFile();
    Optional<AwsSignIn> signIn = Optional.empty();
    var seen = new HashSet<String>();
    for (var name = Optional.of(first); name.isPresent() && seen.add(name.get()); ) {
      var profile = profiles.profile(name.get());
      if (profile.isEmpty() && !name.get().equals(DEFAULT)) {
        throw new SourceException(
            ReasonClass.REFUSED,
            "there is no profile %s in the shared AWS configuration; check its name"
                .formatted(name.get()));
      }
      profile
          .flatMap(known -> known.property("web_identity_token_file"))
          .ifPresent(file -> files.check("web_identity_token_file", file));
      if (profile.flatMap(known -> known.property("credential_process")).isPresent()) {
        throw new SourceException(
            ReasonClass.REFUSED,
            "the profile %s runs a program (credential_process), which providers do not; run it in"
                    .formatted(name.get())
                + " a script");
      }
      signIn = profile.flatMap(known -> AwsSignIn.of(known, profiles, home));
      signIn.ifPresent(known -> known.check(files));
      name = profile.flatMap(known -> known.property("source_profile"));
    }
    return signIn;
  }

  private boolean has(String variable) {
    return !environment.getOrDefault(variable, "").isEmpty();
  }

  /** Returns the credentials of a pod's service account. */
  AwsCredentials of(ServiceAccountToken pod, String region) {
    checkShared();
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
        .overrideConfiguration(AwsHttp::once)
        .build();
  }
}
