package dev.rig.credentials.registry.http;

import dev.rig.credentials.registry.CallException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who may sign the certificates of registries: the runtime's authorities and those of the
 * configured files, but of a host with an authority of its own that one alone. Made at the first
 * use, as a daemon that resolves nothing need not pay for it.
 */
public final class CertificateAuthorities {
  private static final String ANY = "";

  private final List<Path> files;
  private final Map<String, Path> own;
  private final Map<String, SSLSocketFactory> factories = new HashMap<>();

  public CertificateAuthorities(List<Path> files, Map<String, Path> own) {
    this.files = files;
    this.own = own;
  }

  /**
   * What makes sockets with TLS to that site.
   *
   * @throws CallException when a file cannot be read; a later call tries again
   */
  synchronized SSLSocketFactory sockets(Origin site) throws CallException {
    var file = own.get(site.authority());
    var of = file == null ? ANY : site.authority();
    var factory = factories.get(of);
    if (factory == null) {
      factory = make(file);
      factories.put(of, factory);
    }
    return factory;
  }

  private SSLSocketFactory make(@Nullable Path only) throws CallException {
    try {
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(store(only));
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw CallException.refused(
          "the certificates of authorities cannot be used: " + e.getMessage());
    }
  }

  /** Null stands for the runtime's own. */
  private @Nullable KeyStore store(@Nullable Path only)
      throws GeneralSecurityException, IOException, CallException {
    if (only == null && files.isEmpty()) {
      return null;
    }
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int count = 0;
    for (var certificate : only == null ? ofTheRuntime() : List.<X509Certificate>of()) {
      store.setCertificateEntry("runtime-" + count++, certificate);
    }
    for (var file : only == null ? files : List.of(only)) {
      for (var certificate : read(file)) {
        store.setCertificateEntry("file-" + count++, certificate);
      }
    }
    return store;
  }

  private static List<X509Certificate> ofTheRuntime() throws GeneralSecurityException {
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init((KeyStore) null);
    return Arrays.stream(managers.getTrustManagers())
        .filter(X509TrustManager.class::isInstance)
        .map(X509TrustManager.class::cast)
        .flatMap(manager -> Arrays.stream(manager.getAcceptedIssuers()))
        .toList();
  }

  private static List<X509Certificate> read(Path file)
      throws GeneralSecurityException, CallException {
    try (var in = Files.newInputStream(file)) {
      var found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .filter(X509Certificate.class::isInstance)
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw CallException.refused(
            "the file of authorities " + file + " has no certificate in it");
      }
      return found;
    } catch (IOException e) {
      throw CallException.refused("the file of authorities " + file + " cannot be read");
    }
  }
}
