package dev.rig.credentials.provider;

import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.net.HttpAddress;
import dev.rig.credentials.net.HttpFailure;
import dev.rig.credentials.net.HttpRequest;
import dev.rig.credentials.net.HttpResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One request of a cloud's library, sent by the daemon's own HTTP client. */
final class CloudCall {
  /** Headers that the client sets itself. */
  private static final Set<String> OWN =
      Set.of("host", "content-length", "connection", "expect", "accept-encoding", "authorization");

  private static final Set<String> OF_THE_EXCHANGE =
      Set.of("content-encoding", "content-length", "transfer-encoding", "location");

  private CloudCall() {}

  /**
   * Sends the request.
   *
   * @param body empty if absent
   * @throws IOException if there is no response; its cause is the {@link HttpFailure}
   */
  static HttpResponse send(
      ProviderCalls calls, String method, String url, Map<String, String> headers, byte[] body)
      throws IOException {
    var address = HttpAddress.parse(url);
    if (address == null) {
      throw new IOException("a library named an address that is not one of http or https");
    }
    var kept = new LinkedHashMap<String, String>();
    Secret authorization = null;
    for (var header : headers.entrySet()) {
      var name = header.getKey().toLowerCase(Locale.ROOT);
      if (name.equals("authorization")) {
        authorization = Secret.of(header.getValue());
      } else if (!OWN.contains(name)) {
        kept.put(header.getKey(), header.getValue());
      }
    }
    var content = body.length == 0 ? null : Secret.of(new String(body, StandardCharsets.UTF_8));
    try {
      return calls.send(new HttpRequest(method, address, kept, authorization, content));
    } catch (HttpFailure e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped");
    }
  }

  /**
   * Returns the headers of a response except those of its encoding, which is decoded, and {@code
   * Location}: a library would send a secret to the target of a redirect.
   */
  static Map<String, List<String>> headers(HttpResponse response) {
    var headers = new LinkedHashMap<>(response.headers());
    headers.keySet().removeAll(OF_THE_EXCHANGE);
    return headers;
  }
}
