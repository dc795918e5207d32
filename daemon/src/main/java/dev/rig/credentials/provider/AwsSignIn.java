package dev.rig.credentials.provider;

import dev.rig.credentials.credential.ReasonClass;
import dev.rig.credentials.credential.SourceException;
import dev.rig.credentials.image.Hash;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.Profile;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.services.sso.auth.ExpiredTokenException;
import software.amazon.awssdk.services.sso.model.SsoException;

/**
 * A person's sign-in at IAM Identity Center, as {@code aws sso login} stores it (AWS SDKs and Tools
 * Reference Guide, "IAM Identity Center credential provider").
 *
 * @param profile the profile that names it
 * @param token the file of its token
 */
record AwsSignIn(String profile, Path token) {
  private static final String SESSION = "sso_session";
  private static final String START = "sso_start_url";
  private static final String REGION = "sso_region";

  /**
   * Returns the sign-in of a profile's identity; empty if the identity is another one.
   *
   * @param home the folder of the daemon's user
   * @throws SourceException if the profile lacks a setting
   */
  static Optional<AwsSignIn> of(Profile profile, ProfileFile profiles, String home) {
    var session = profile.property(SESSION);
    if (profile.property("role_arn").isPresent()
        || (session.isEmpty() && profile.property(START).isEmpty())) {
      return Optional.empty();
    }
    need(profile, profile.name(), "sso_account_id", "sso_role_name");
    if (session.isEmpty()) {
      need(profile, profile.name(), REGION);
    } else {
      var section = "sso-session " + session.get();
      var settings =
          profiles
              .getSection("sso-session", session.get())
              .orElseThrow(() -> incomplete(profile.name(), "section [" + section + "]"));
      need(settings, profile.name(), REGION, START);
    }
    var key = session.or(() -> profile.property(START)).orElseThrow();
    var name = Hash.SHA1.hex(key.getBytes(StandardCharsets.UTF_8));
    return Optional.of(
        new AwsSignIn(profile.name(), Path.of(home, ".aws", "sso", "cache", name + ".json")));
  }

  private static void need(Profile settings, String profile, String... keys) {
    for (var key : List.of(keys)) {
      if (settings.property(key).isEmpty()) {
        throw incomplete(profile, key);
      }
    }
  }

  private static SourceException incomplete(String profile, String missing) {
    return new SourceException(
        ReasonClass.REFUSED,
        "the profile %s has no %s; run aws configure sso --profile %s"
            .formatted(profile, missing, profile));
  }

  /** Checks the file of the token, which the library reads itself. */
  void check(IdentityFiles files) {
    if (!IdentityFiles.isPresent(token)) {
      throw refused("the profile %s is not signed in".formatted(profile));
    }
    files.check("the sign-in of the profile " + profile, token.toString());
  }

  /** Translates a failure of this sign-in; returns any other failure unchanged. */
  RuntimeException failure(SdkException failure) throws InterruptedException {
    var unanswered = CloudFailures.unanswered(failure);
    if (unanswered.isPresent()) {
      return unanswered.get();
    }
    var answered = CloudFailures.cause(failure, SsoException.class);
    if (answered.isPresent()) {
      return EcrIssuer.refused(
          "IAM Identity Center",
          answered.get(),
          answered.get().statusCode() == 401
              ? remedy()
              : "check sso_account_id and sso_role_name of the profile " + profile);
    }
    if (CloudFailures.cause(failure, ExpiredTokenException.class).isEmpty()) {
      return failure;
    }
    return CloudFailures.cause(failure, FileSystemException.class).isPresent()
        ? new SourceException(
            ReasonClass.REFUSED,
            "the sign-in of the profile %s was renewed, but %s cannot be written; let this daemon's"
                    .formatted(profile, token)
                + " user write it")
        : refused("the sign-in of the profile %s is over".formatted(profile));
  }

  private SourceException refused(String what) {
    return new SourceException(ReasonClass.REFUSED, what + "; " + remedy());
  }

  private String remedy() {
    return "run aws sso login --profile %s as the user of this daemon".formatted(profile);
  }
}
