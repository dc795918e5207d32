package dev.rig.credentials.provider;

import dev.rig.credentials.net.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpFullResponse;

/** Sends the AWS SDK's requests through the daemon's own HTTP client. */
final class AwsHttp implements SdkHttpClient {
  private final ProviderCalls calls;

  AwsHttp(ProviderCalls calls) {
    this.calls = calls;
  }

  /** Disables the SDK's retries: the cache retries failed runs, with growing pauses. */
  static void once(ClientOverrideConfiguration.Builder configuration) {
    configuration.retryStrategy(AwsRetryStrategy.doNotRetry());
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        return response(send(request));
      }

      @Override
      public void abort() {
        // The calling thread is interrupted, which ends the exchange.
      }
    };
  }

  private HttpResponse send(HttpExecuteRequest request) throws IOException {
    var http = request.httpRequest();
    var headers = new LinkedHashMap<String, String>();
    http.forEachHeader((name, values) -> headers.put(name, String.join(",", values)));
    byte[] body = {};
    if (request.contentStreamProvider().isPresent()) {
      try (var content = request.contentStreamProvider().get().newStream()) {
        body = content.readAllBytes();
      }
    }
    return CloudCall.send(calls, http.method().name(), http.getUri().toString(), headers, body);
  }

  private static HttpExecuteResponse response(HttpResponse response) {
    var head = SdkHttpFullResponse.builder().statusCode(response.status());
    CloudCall.headers(response).forEach((name, values) -> head.putHeader(name, values));
    return HttpExecuteResponse.builder()
        .response(head.build())
        .responseBody(AbortableInputStream.create(new ByteArrayInputStream(response.body())))
        .build();
  }

  @Override
  public String clientName() {
    return "rig";
  }

  /** Does nothing: all providers share the connections. */
  @Override
  public void close() {}
}
