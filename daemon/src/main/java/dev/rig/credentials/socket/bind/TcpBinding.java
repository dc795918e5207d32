package dev.rig.credentials.socket.bind;

import dev.rig.credentials.linux.LibC;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import jnr.constants.platform.Errno;

/**
 * A TCP port. As in the JDK, one that is bound to all addresses accepts IPv4 and IPv6.
 *
 * @param address its address, with the port that the system chose
 */
public record TcpBinding(ListeningSocket socket, InetSocketAddress address)
    implements SocketBinding {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SO_REUSEADDR = 2;
  private static final int IPPROTO_IPV6 = 41;
  private static final int IPV6_V6ONLY = 26;
  private static final int TYPE = LibC.SOCK_STREAM | LibC.SOCK_NONBLOCK | LibC.SOCK_CLOEXEC;

  /** {@code struct sockaddr_in6} of ipv6(7); {@code sockaddr_in} of ip(7) is shorter. */
  private static final int ADDRESS = 28;

  private static final int ADDRESS_IPV4 = 16;
  private static final int PORT = 2;
  private static final int IPV4 = 4;
  private static final int IPV6 = 8;
  private static final int SCOPE = 24;

  /**
   * Listens on an address.
   *
   * @param wanted a port of 0 lets the system choose
   * @throws IOException if the address is unavailable, for example in use
   */
  public static TcpBinding listen(InetSocketAddress wanted, int backlog) throws IOException {
    if (wanted.isUnresolved()) {
      throw new IOException("no such host: " + wanted.getHostString());
    }
    var host = wanted.getAddress();
    boolean any = host.isAnyLocalAddress();
    boolean ipv6 = any || host instanceof Inet6Address;
    int fd = LibC.socket(ipv6 ? AF_INET6 : AF_INET, TYPE, 0);
    if (fd < 0 && any && LibC.lastError() == Errno.EAFNOSUPPORT) {
      ipv6 = false;
      fd = LibC.socket(AF_INET, TYPE, 0);
    }
    if (fd < 0) {
      throw failed();
    }
    var socket = ListeningSocket.of(fd);
    try {
      int port = listen(fd, any, ipv6, host, wanted.getPort(), backlog);
      return new TcpBinding(socket, new InetSocketAddress(host, port));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static int listen(
      int fd, boolean any, boolean ipv6, InetAddress host, int port, int backlog)
      throws IOException {
    var value = LibC.memory(Integer.BYTES);
    value.putInt(0, 1);
    LibC.setsockopt(fd, LibC.SOL_SOCKET, SO_REUSEADDR, value, Integer.BYTES);
    if (ipv6) {
      value.putInt(0, 0);
      LibC.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, value, Integer.BYTES);
    }
    var address = LibC.memory(ADDRESS);
    address.putShort(0, (short) (ipv6 ? AF_INET6 : AF_INET));
    address.put(PORT, ByteBuffer.allocate(Short.BYTES).putShort((short) port).array(), 0, 2);
    if (!any) {
      var bytes = host.getAddress();
      address.put(ipv6 ? IPV6 : IPV4, bytes, 0, bytes.length);
    }
    if (host instanceof Inet6Address scoped) {
      address.putInt(SCOPE, scoped.getScopeId());
    }
    int length = ipv6 ? ADDRESS : ADDRESS_IPV4;
    var size = LibC.memory(Integer.BYTES);
    size.putInt(0, ADDRESS);
    if (LibC.bind(fd, address, length) < 0
        || LibC.listen(fd, backlog) < 0
        || LibC.getsockname(fd, address, size) < 0) {
      throw failed();
    }
    var bound = new byte[Short.BYTES];
    address.get(PORT, bound, 0, bound.length);
    return ByteBuffer.wrap(bound).getShort() & 0xffff;
  }

  private static IOException failed() {
    return new IOException(LibC.lastError().toString());
  }

  @Override
  public ListeningSocket bind() {
    return socket;
  }

  @Override
  public boolean isIntact() {
    return true;
  }

  @Override
  public void release() {
    // Nothing else must be released.
  }
}
