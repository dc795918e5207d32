package dev.rig.credentials.dev;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import javax.net.ssl.HttpsURLConnection;

/** Asks at the development registry's place who is there. */
final class RegistryProbe {
  private static final int CONNECT_MILLIS = 1_000;
  private static final int ANSWER_MILLIS = 5_000;
  private static final int NOBODY = 0;
  private static final int SOMEBODY = -1;

  private final DevRecord record;

  private RegistryProbe(DevRecord record) {
    this.record = record;
  }

  static RegistryProbe of(DevRecord record) {
    return new RegistryProbe(record);
  }

  /** Whether it is the registry, which knows the credential and shows the right certificate. */
  boolean answers() {
    return status(true) == HttpURLConnection.HTTP_OK;
  }

  /** Whether it is anybody; the credential is not shown to them. */
  boolean someoneListens() {
    return status(false) != NOBODY;
  }

  private int status(boolean withCredential) {
    try {
      var url = URI.create(record.place().api()).toURL();
      var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(ANSWER_MILLIS);
      connection.setInstanceFollowRedirects(false);
      var signer = record.signer();
      if (signer != null && connection instanceof HttpsURLConnection secure) {
        secure.setSSLSocketFactory(signer.sockets());
      }
      if (withCredential) {
        var login = record.credential().username() + ":" + record.credential().secret().reveal();
        connection.setRequestProperty(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
      }
      try {
        return connection.getResponseCode();
      } finally {
        connection.disconnect();
      }
    } catch (ConnectException nobody) {
      return NOBODY;
    } catch (IOException somebody) {
      return SOMEBODY;
    }
  }
}
