package dev.rig.credentials.credential;

import dev.rig.credentials.image.HostGlob;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The providers, which obtain credentials without a script, with their options and hosts. The hosts
 * of ECR are from Amazon's own credential helper, those of Azure from the kubelet's provider
 * ({@code cloud-provider-azure}).
 */
@SuppressWarnings("ImmutableEnumChecker") // both lists are immutable
public enum ProviderKind {
  ECR(
      "ecr",
      true,
      List.of(
          "public.ecr.aws",
          "*.dkr.ecr.*.amazonaws.com",
          "*.dkr.ecr.*.amazonaws.com.cn",
          "*.dkr.ecr.*.amazonaws.eu",
          "*.dkr.ecr-fips.*.amazonaws.com",
          "*.dkr-ecr.*.on.aws",
          "*.dkr-ecr-fips.*.on.aws",
          "*.dkr-ecr.*.on.amazonwebservices.com.cn",
          "*.dkr.ecr.*.sc2s.sgov.gov",
          "*.dkr.ecr.*.c2s.ic.gov",
          "*.dkr.ecr.*.cloud.adc-e.uk",
          "*.dkr.ecr.*.csp.hci.ic.gov"),
      ProviderOption.of("region", "[a-z0-9-]{1,32}", "a region like eu-west-1"),
      ProviderOption.of(
          "roleArn",
          "arn:aws[a-z-]*:iam::[0-9]{12}:role/[\\w+=,.@/-]+",
          "a role like arn:aws:iam::123456789012:role/pull"),
      ProviderOption.of("profile", "[!-~]{1,128}", "the name of a profile in ~/.aws/config"),
      ProviderOption.url("endpoint")),

  GOOGLE(
      "google",
      true,
      List.of("gcr.io", "*.gcr.io", "*.pkg.dev"),
      ProviderOption.file("keyFile"),
      ProviderOption.of(
          "impersonate",
          "[!-~&&[^/@]]+@[a-z0-9.-]+",
          "a service account like pull@project.iam.gserviceaccount.com"),
      ProviderOption.of(
          "audience",
          "[!-~]+",
          "the provider of a workload identity pool: //iam.googleapis.com/projects/…")),

  AZURE(
      "azure",
      true,
      List.of("*.azurecr.io", "*.azurecr.cn", "*.azurecr.us", "*.azurecr.de"),
      ProviderOption.of("tenantId", "[A-Za-z0-9.-]+", "the id of a Microsoft Entra tenant"),
      ProviderOption.of("clientId", "[A-Fa-f0-9-]{36}", "the client id of an identity, a UUID"),
      ProviderOption.url("authority")),

  GITHUB_APP(
      "githubApp",
      false,
      List.of("ghcr.io", "containers.*.ghe.com"),
      ProviderOption.of("appId", "[A-Za-z0-9.]{1,64}", "the app's id or client id").asRequired(),
      ProviderOption.of("installationId", "[0-9]{1,19}", "the installation's number").asRequired(),
      ProviderOption.file("privateKeyFile").asRequired(),
      ProviderOption.url("apiUrl")) {
    // A GitHub Enterprise server has its own registry.
    @Override
    public boolean serves(String host, Map<String, String> options) {
      return options.containsKey("apiUrl") || super.serves(host, options);
    }
  };

  /**
   * One option in {@code with}.
   *
   * @param pattern matches valid values
   * @param example what to write, for people
   */
  public record ProviderOption(String name, Pattern pattern, String example, boolean required) {
    private static ProviderOption of(String name, String pattern, String example) {
      return new ProviderOption(name, Pattern.compile(pattern), example, false);
    }

    private static ProviderOption file(String name) {
      return of(name, "/\\P{Cntrl}*", "the absolute path of a file");
    }

    private static ProviderOption url(String name) {
      return of(name, "https?://[A-Za-z0-9.:\\[\\]-]+(/[!-~&&[^?#]]*)?", "a URL like https://host");
    }

    private ProviderOption asRequired() {
      return new ProviderOption(name, pattern, example, true);
    }
  }

  private final String text;
  private final boolean usesServiceAccounts;
  private final List<String> hosts;
  private final List<ProviderOption> options;

  ProviderKind(
      String text, boolean usesServiceAccounts, List<String> hosts, ProviderOption... options) {
    this.text = text;
    this.usesServiceAccounts = usesServiceAccounts;
    this.hosts = hosts;
    this.options = List.of(options);
  }

  /** Returns the provider's name in a configuration. */
  public String text() {
    return text;
  }

  /** Returns whether a pod's service-account token can be the identity. */
  public boolean usesServiceAccounts() {
    return usesServiceAccounts;
  }

  /** Returns the hosts, with {@code *} for a part of a label. */
  public List<String> hosts() {
    return hosts;
  }

  public List<ProviderOption> options() {
    return options;
  }

  /**
   * Returns whether the provider serves the host; for a glob, one of the hosts that it matches.
   *
   * @param host in its normal form, with or without globs
   * @param options of the entry, by name
   */
  public boolean serves(String host, Map<String, String> options) {
    return hosts.stream().anyMatch(served -> HostGlob.overlap(served, host));
  }
}
