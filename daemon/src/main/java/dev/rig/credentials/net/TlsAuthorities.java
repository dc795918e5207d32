package dev.rig.credentials.net;

import javax.net.ssl.SSLSocketFactory;

/** The certificate authorities that are trusted for a host. */
@FunctionalInterface
public interface TlsAuthorities {
  /**
   * Returns a factory of TLS sockets that trust those authorities.
   *
   * @return the same factory for the same trust
   * @throws HttpFailure if a file of authorities cannot be read
   */
  SSLSocketFactory sockets(Origin origin) throws HttpFailure;
}
