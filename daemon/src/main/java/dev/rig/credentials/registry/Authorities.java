package dev.rig.credentials.registry;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who may sign the certificates of registries: the runtime's authorities and those of the
 * configured files. Made at the first use, as a daemon that resolves nothing need not pay for it.
 */
final class Authorities {
  private final List<Path> files;
  private @Nullable SSLSocketFactory factory;

  Authorities(List<Path> files) {
    this.files = files;
  }

  /**
   * What makes sockets with TLS.
   *
   * @throws CallException when a file cannot be read; a later call tries again
   */
  synchronized SSLSocketFactory sockets() throws CallException {
    if (factory == null) {
      factory = make();
    }
    return factory;
  }

  private SSLSocketFactory make() throws CallException {
    try {
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(files.isEmpty() ? null : together());
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw CallException.refused(
          "the certificates of authorities cannot be used: " + e.getMessage());
    }
  }

  private KeyStore together() throws GeneralSecurityException, IOException, CallException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    int count = 0;
    for (var certificate : ofTheRuntime()) {
      store.setCertificateEntry("runtime-" + count++, certificate);
    }
    for (var file : files) {
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
