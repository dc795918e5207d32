package dev.rig.credentials.provider;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import dev.rig.credentials.net.HttpResponse;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends the requests of Google's library through the daemon's own HTTP client. */
final class GoogleHttp extends HttpTransport {
  private final ProviderCalls calls;

  GoogleHttp(ProviderCalls calls) {
    this.calls = calls;
  }

  @Override
  protected LowLevelHttpRequest buildRequest(String method, String url) {
    return new GoogleRequest(method, url);
  }

  private final class GoogleRequest extends LowLevelHttpRequest {
    private final String method;
    private final String url;
    private final Map<String, String> headers = new LinkedHashMap<>();

    GoogleRequest(String method, String url) {
      this.method = method;
      this.url = url;
    }

    @Override
    public void addHeader(String name, String value) {
      headers.put(name, value);
    }

    @Override
    public LowLevelHttpResponse execute() throws IOException {
      var body = new ByteArrayOutputStream();
      if (getStreamingContent() != null) {
        getStreamingContent().writeTo(body);
        if (getContentType() != null) {
          headers.put("Content-Type", getContentType());
        }
      }
      return new GoogleResponse(CloudCall.send(calls, method, url, headers, body.toByteArray()));
    }
  }

  private static final class GoogleResponse extends LowLevelHttpResponse {
    private final HttpResponse response;
    private final List<Map.Entry<String, String>> headers = new ArrayList<>();

    GoogleResponse(HttpResponse response) {
      this.response = response;
      CloudCall.headers(response)
          .forEach((name, values) -> values.forEach(value -> headers.add(Map.entry(name, value))));
    }

    @Override
    public InputStream getContent() {
      return new ByteArrayInputStream(response.body());
    }

    @Override
    public @Nullable String getContentEncoding() {
      return null;
    }

    @Override
    public long getContentLength() {
      return response.body().length;
    }

    @Override
    public @Nullable String getContentType() {
      return response.header("content-type");
    }

    @Override
    public String getStatusLine() {
      return "HTTP/1.1 " + response.status();
    }

    @Override
    public int getStatusCode() {
      return response.status();
    }

    @Override
    public @Nullable String getReasonPhrase() {
      return null;
    }

    @Override
    public int getHeaderCount() {
      return headers.size();
    }

    @Override
    public String getHeaderName(int index) {
      return headers.get(index).getKey();
    }

    @Override
    public String getHeaderValue(int index) {
      return headers.get(index).getValue();
    }
  }
}
