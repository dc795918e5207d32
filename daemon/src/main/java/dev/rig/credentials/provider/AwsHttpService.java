package dev.rig.credentials.provider;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpService;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Gives the AWS SDK the daemon's HTTP client for clients that it creates itself: for the roles and
 * the Identity Center of a profile. The SDK finds this class by {@code META-INF/services} and
 * creates it, so the client must be static.
 */
public final class AwsHttpService implements SdkHttpService {
  private static final AtomicReference<@Nullable ProviderCalls> CALLS = new AtomicReference<>();

  /** Sets how clients that the SDK creates later send their requests. */
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
