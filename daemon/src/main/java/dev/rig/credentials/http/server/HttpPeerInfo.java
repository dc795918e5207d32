package dev.rig.credentials.http.server;

import dev.rig.credentials.linux.Peer;
import io.helidon.common.socket.PeerInfo;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.security.Principal;
import java.security.cert.Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One end of a connection in Helidon's form, with the peer that the kernel reports.
 *
 * @param peer null for our own end, and over TCP
 */
record HttpPeerInfo(@Nullable Peer peer) implements PeerInfo {
  private static final UnixDomainSocketAddress UNNAMED = UnixDomainSocketAddress.of("");

  @Override
  public SocketAddress address() {
    return UNNAMED;
  }

  @Override
  public String host() {
    return "local";
  }

  @Override
  public int port() {
    return -1;
  }

  @Override
  public Optional<Principal> tlsPrincipal() {
    return Optional.empty();
  }

  @Override
  public Optional<Certificate[]> tlsCertificates() {
    return Optional.empty();
  }
}
