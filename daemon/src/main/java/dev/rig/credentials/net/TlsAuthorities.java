package dev.rig.credentials.net;

import javax.net.ssl.SSLSocketFactory;

/** Which authorities may sign the certificate of a host. */
@FunctionalInterface
public interface TlsAuthorities {
  /**
   * A factory of sockets with TLS that trust those authorities.
   *
   * @return the same factory for the same trust
   * @throws HttpFailure if a file of authorities cannot be read
   */
  SSLSocketFactory sockets(Origin origin) throws HttpFailure;
}
