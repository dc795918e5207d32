package dev.rig.credentials.provider;

import java.util.function.Supplier;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpService;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * Gives the AWS SDK the HTTP client of an entry for clients that it creates itself: for the roles
 * and the Identity Center of a profile. The SDK finds this class by {@code META-INF/services} and
 * creates it, so the client is passed by the thread.
 */
public final class AwsHttpService implements SdkHttpService {
  private static final ScopedValue<AwsHttp> CLIENT = ScopedValue.newInstance();

  /** Runs the action, in which the SDK creates its clients with this one. */
  static <T> T with(AwsHttp client, Supplier<T> action) {
    return ScopedValue.where(CLIENT, client).call(action::get);
  }

  @Override
  public SdkHttpClient.Builder<?> createHttpClientBuilder() {
    return new AwsHttpBuilder();
  }

  private static final class AwsHttpBuilder implements SdkHttpClient.Builder<AwsHttpBuilder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return CLIENT.orElseThrow(() -> new IllegalStateException("no entry has a provider"));
    }
  }
}
