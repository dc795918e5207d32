package dev.rig.credentials.provider;

import com.microsoft.aad.msal4j.HttpRequest;
import com.microsoft.aad.msal4j.HttpResponse;
import com.microsoft.aad.msal4j.IHttpClient;
import com.microsoft.aad.msal4j.IHttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/** Sends the requests of Microsoft's library through the daemon's own HTTP client. */
final class AzureHttp implements IHttpClient {
  private final ProviderCalls calls;
  private volatile int status;

  AzureHttp(ProviderCalls calls) {
    this.calls = calls;
  }

  @Override
  public IHttpResponse send(HttpRequest request) throws IOException {
    var body = Objects.requireNonNullElse(request.body(), "").getBytes(StandardCharsets.UTF_8);
    var headers = Objects.requireNonNullElse(request.headers(), Map.<String, String>of());
    var response =
        CloudCall.send(calls, request.httpMethod().name(), request.url().toString(), headers, body);
    status = response.status();
    var answer =
        new HttpResponse()
            .statusCode(response.status())
            .body(new String(response.body(), StandardCharsets.UTF_8));
    answer.addHeaders(CloudCall.headers(response));
    return answer;
  }

  /** Returns the status of the last response; 0 before the first. */
  int status() {
    return status;
  }
}
