package dev.rig.credentials.net;

import java.io.IOException;
import java.net.Socket;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.client5.http.ssl.DefaultHostnameVerifier;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Starts TLS on a connection; the certificate must be that of the host. */
final class TlsUpgrade implements TlsSocketStrategy {
  /** The context attribute with the factory of sockets for the host. */
  static final String SOCKETS = "rig.tls";

  @Override
  public SSLSocket upgrade(
      Socket socket, String host, int port, Object attachment, HttpContext context)
      throws IOException {
    var sockets = (SSLSocketFactory) context.getAttribute(SOCKETS);
    var tls = (SSLSocket) sockets.createSocket(socket, host, port, true);
    var parameters = tls.getSSLParameters();
    boolean underscore = host.indexOf('_') >= 0; // which the JDK rejects in a host, and Go accepts
    if (!underscore) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      tls.setSSLParameters(parameters);
    }
    tls.startHandshake();
    if (underscore) {
      verify(host, tls.getSession());
    }
    return tls;
  }

  /**
   * Checks what the JDK does not check for such a host: that the certificate's alternative names
   * contain it.
   */
  private static void verify(String host, SSLSession session) throws SSLException {
    if (!(session.getPeerCertificates()[0] instanceof X509Certificate certificate)
        || names(certificate) == null) {
      throw new SSLPeerUnverifiedException("the certificate has no alternative names");
    }
    new DefaultHostnameVerifier().verify(host, certificate);
  }

  private static @Nullable Collection<List<?>> names(X509Certificate certificate)
      throws SSLException {
    try {
      return certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new SSLPeerUnverifiedException("the certificate cannot be read");
    }
  }
}
