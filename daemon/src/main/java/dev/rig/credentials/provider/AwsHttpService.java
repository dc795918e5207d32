package dev.rig.credentials.provider;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpService;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Gives the AWS SDK the daemon's HTTP client where it makes clients of its own: for the roles and
 * the Identity Center of a profile. The SDK finds it by {@code META-INF/services} and makes it
 * itself, so that what it gives can only be static.
 */
public final class AwsHttpService implements SdkHttpService {
  private static final AtomicReference<@Nullable ProviderCalls> CALLS = new AtomicReference<>();

  /** What further clients send their requests with. */
  static void use(ProviderCalls calls) {
    CALLS.set(calls);
  }

  @Override
  public SdkHttpClient.Builder<?> createHttpClientBuilder() {
    return new AwsHttpBuilder();
  }

  private static final class AwsHttpBuilder implements SdkHttpClient.Builder<AwsHttpBuilder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      var calls = CALLS.get();
      if (calls == null) {
        throw new IllegalStateException("no entry has a provider");
      }
      return new AwsHttp(calls);
    }
  }
}
