package dev.rig.credentials.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The trust settings in a machine's files: the system's store, and folders per host as Docker
 * ({@code /etc/docker/certs.d/HOST:PORT}) and podman ({@code /etc/containers/certs.d/HOST:PORT})
 * read them. In such a folder {@code *.crt} are authorities, and {@code *.cert} with {@code *.key}
 * of the same name are client certificates.
 *
 * @param folders those with a folder for each host
 * @param bundles files with the system's authorities; the first that exists counts
 */
record HostCertificates(List<Path> folders, List<Path> bundles) {
  /** No files. */
  static final HostCertificates NONE = new HostCertificates(List.of(), List.of());

  /**
   * Returns a machine's files.
   *
   * @param etc the folder {@code /etc}
   */
  static HostCertificates of(Path etc) {
    return new HostCertificates(
        List.of(etc.resolve("containers/certs.d"), etc.resolve("docker/certs.d")),
        // The paths that Go's crypto/x509 also reads: Debian, Fedora, SUSE, Alpine.
        List.of(
            etc.resolve("ssl/certs/ca-certificates.crt"),
            etc.resolve("pki/tls/certs/ca-bundle.crt"),
            etc.resolve("ssl/ca-bundle.pem"),
            etc.resolve("ssl/cert.pem")));
  }

  /**
   * The files of a host.
   *
   * @param authorities PEM files
   * @param identities key files by the file of their certificate
   * @param state changes when a file changes
   */
  record CertificateFiles(List<Path> authorities, Map<Path, Path> identities, String state) {
    boolean isEmpty() {
      return authorities.isEmpty() && identities.isEmpty();
    }
  }

  /**
   * Finds the files of an origin, by its host with the port, and without the port if it is the
   * default one.
   *
   * @throws HttpFailure if a folder cannot be read, or a key or its certificate is missing
   */
  CertificateFiles find(Origin origin) throws HttpFailure {
    var authorities = new ArrayList<Path>();
    var identities = new TreeMap<Path, Path>();
    var state = new StringBuilder();
    for (var folder : folders) {
      for (var name : List.of(origin.host() + ":" + origin.port(), origin.authority())) {
        var own = folder.resolve(name);
        if (Files.isDirectory(own) && state.indexOf(own + "\n") < 0) {
          state.append(own).append('\n');
          read(own, authorities, identities, state);
        }
      }
    }
    return new CertificateFiles(authorities, identities, state.toString());
  }

  private static void read(
      Path folder, List<Path> authorities, Map<Path, Path> identities, StringBuilder state)
      throws HttpFailure {
    try (var files = Files.list(folder)) {
      for (var file : files.sorted().toList()) {
        var name = file.getFileName().toString();
        if (name.endsWith(".crt")) {
          authorities.add(file);
        } else if (name.endsWith(".key")) {
          var certificate = file.resolveSibling(name.substring(0, name.length() - 3) + "cert");
          if (!Files.exists(certificate)) {
            throw HttpFailure.refused("the key " + file + " has no certificate next to it");
          }
        } else if (name.endsWith(".cert")) {
          var key = file.resolveSibling(name.substring(0, name.length() - 4) + "key");
          if (!Files.exists(key)) {
            throw HttpFailure.refused(
                "the certificate "
                    + file
                    + " has no .key file next to it; rename a certificate authority to .crt");
          }
          identities.put(file, key);
          state.append(stamp(key));
        }
        state.append(stamp(file));
      }
    } catch (IOException e) {
      throw HttpFailure.refused("the folder of certificates " + folder + " cannot be read");
    }
  }

  private static String stamp(Path file) throws IOException {
    return "%s %s %d%n".formatted(file, Files.getLastModifiedTime(file), Files.size(file));
  }
}
