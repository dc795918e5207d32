package dev.rig.credentials.net;

import dev.rig.credentials.files.RegularFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.core5.ssl.SSLContexts;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authorities that are trusted for a registry: the runtime's, the system's, those
 * of configured files, and those of the host's own folder; for a host with an authority of its own,
 * only that one. They are read at the first use, because most daemons resolve no images.
 */
public final class CertificateAuthorities implements TlsAuthorities {
  private static final String ANY = "";
  private static final int MOST_BYTES = 16 << 20;
  private static final char[] NO_PASSWORD = new char[0];

  private record Made(String state, SSLSocketFactory sockets) {}

  private final List<Path> files;
  private final Map<String, Path> own;
  private final HostCertificates machine;
  private final Map<String, Made> made = new HashMap<>(); // guarded by this
  private @Nullable Set<X509Certificate> everybody; // guarded by this

  /**
   * Creates authorities in addition to those of this machine.
   *
   * @param files PEM files of authorities for any host
   * @param own PEM files by host, with its port; each is the only authority of its host
   */
  public CertificateAuthorities(List<Path> files, Map<String, Path> own) {
    this(files, own, HostCertificates.of(Path.of("/etc")));
  }

  CertificateAuthorities(List<Path> files, Map<String, Path> own, HostCertificates machine) {
    this.files = files;
    this.own = own;
    this.machine = machine;
  }

  /** Returns why a file of authorities cannot be used; empty if it can. */
  public static Optional<String> problem(Path file) {
    try {
      read(file);
      return Optional.empty();
    } catch (GeneralSecurityException | HttpFailure e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public synchronized SSLSocketFactory sockets(Origin origin) throws HttpFailure {
    var only = own.get(origin.authority());
    var found = only == null ? machine.find(origin) : HostCertificates.NONE.find(origin);
    var of = only == null && found.isEmpty() ? ANY : origin.authority();
    var before = made.get(of);
    if (before != null && before.state().equals(found.state())) {
      return before.sockets();
    }
    try {
      var sockets = make(only, found);
      made.put(of, new Made(found.state(), sockets));
      return sockets;
    } catch (GeneralSecurityException | IOException e) {
      throw HttpFailure.refused(
          "the certificates of authorities cannot be used: " + e.getMessage());
    }
  }

  private SSLSocketFactory make(@Nullable Path only, HostCertificates.CertificateFiles found)
      throws GeneralSecurityException, IOException, HttpFailure {
    var trusted = new LinkedHashSet<>(only == null ? everybody() : read(only));
    for (var file : found.authorities()) {
      trusted.addAll(read(file));
    }
    var store = empty();
    int count = 0;
    for (var certificate : trusted) {
      store.setCertificateEntry("authority-" + count++, certificate);
    }
    return SSLContexts.custom()
        .loadTrustMaterial(store, null)
        .loadKeyMaterial(keys(found.identities()), NO_PASSWORD)
        .build()
        .getSocketFactory();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** Returns the client certificates. */
  private static KeyStore keys(Map<Path, Path> identities)
      throws GeneralSecurityException, IOException, HttpFailure {
    var store = empty();
    for (var identity : identities.entrySet()) {
      try {
        store.setKeyEntry(
            identity.getKey().toString(),
            ClientIdentity.key(identity.getValue()),
            NO_PASSWORD,
            read(identity.getKey()).toArray(new Certificate[0]));
      } catch (GeneralSecurityException | IOException e) {
        throw HttpFailure.refused("the key " + identity.getValue() + " cannot be used");
      }
    }
    return store;
  }

  /** Returns the authorities that are trusted for every host. */
  private Set<X509Certificate> everybody() throws GeneralSecurityException, HttpFailure {
    var known = everybody;
    if (known == null) {
      known = new LinkedHashSet<>(ofTheRuntime());
      known.addAll(ofTheSystem());
      for (var file : files) {
        known.addAll(read(file));
      }
      everybody = known;
    }
    return known;
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

  /**
   * Returns the system's authorities; ignores a store that cannot be read, because it is not
   * configured here.
   */
  private Collection<X509Certificate> ofTheSystem() {
    for (var bundle : machine.bundles()) {
      if (Files.isReadable(bundle)) {
        try {
          return read(bundle);
        } catch (GeneralSecurityException | HttpFailure e) {
          return List.of();
        }
      }
    }
    return List.of();
  }

  private static List<X509Certificate> read(Path file)
      throws GeneralSecurityException, HttpFailure {
    try (var in = new ByteArrayInputStream(RegularFile.read(file, MOST_BYTES))) {
      var found =
          CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
              .filter(X509Certificate.class::isInstance)
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        throw HttpFailure.refused("the file of authorities " + file + " has no certificate in it");
      }
      return found;
    } catch (CertificateException e) {
      throw HttpFailure.refused("the file of authorities " + file + " has no certificate in it");
    } catch (IOException e) {
      throw HttpFailure.refused(
          "the file of authorities %s cannot be read: %s".formatted(file, RegularFile.reason(e)));
    }
  }
}
