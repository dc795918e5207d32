package dev.rig.credentials.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  @ParameterizedTest
  @CsvSource({
    "nginx, index.docker.io/library/nginx",
    "nginx.app:1.25, index.docker.io/library/nginx.app",
    "nginx:1.25, index.docker.io/library/nginx",
    "redis:7, index.docker.io/library/redis",
    "rigdev/app, index.docker.io/rigdev/app",
    "docker.io, index.docker.io",
    "docker.io/nginx, index.docker.io/library/nginx",
    "docker.io/library/nginx, index.docker.io/library/nginx",
    "registry-1.docker.io, index.docker.io",
    "index.docker.io, index.docker.io",
    "https://index.docker.io/v1/, index.docker.io",
    "https://index.docker.io/v1, index.docker.io",
    "HTTPS://Index.Docker.IO/v1/, index.docker.io",
    "v1, index.docker.io/library/v1",
    "v1:b, index.docker.io/library/v1",
    "docker.io/v1:b, index.docker.io/library/v1",
    "Registry/app, registry/app",
    "REGISTRY/team/app:1, registry/team/app",
    "LOCALHOST/app, localhost/app",
    "registry/app, index.docker.io/registry/app",
    "registry_1/app, index.docker.io/registry_1/app",
    "NAS, nas",
    "quay.io/v1, quay.io/v1",
    "https://quay.io/v1/, quay.io",
    "https://index.docker.io/v2/, index.docker.io",
    "ghcr.io, ghcr.io",
    "GHCR.io/acme/app:1.2, ghcr.io/acme/app",
    "https://ghcr.io/, ghcr.io",
    "http://ghcr.io, ghcr.io",
    "oci://ghcr.io/acme/chart:1, ghcr.io/acme/chart",
    "docker://nginx:1, index.docker.io/library/nginx",
    "docker://docker.io/library/nginx, index.docker.io/library/nginx",
    "ghcr.io/acme/App, ghcr.io/acme/App",
    "ghcr.io:443/acme, ghcr.io:443/acme",
    "localhost, localhost",
    "localhost:5000, localhost:5000",
    "localhost/app, localhost/app",
    "localhost:5000/app:1, localhost:5000/app",
    "registry:5000/app, registry:5000/app",
    "[::1]:5000/app, [::1]:5000/app",
    "127.0.0.1:5000, 127.0.0.1:5000",
  })
  void imagesAreNormalised(String text, String name) throws InvalidReferenceException {
    assertEquals(name, ImageReference.ofImage(text).name());
  }

  @ParameterizedTest
  @CsvSource({
    "registry:5000, registry:5000",
    "redis:7, redis:7",
    "myregistry, myregistry",
    "MyRegistry, myregistry",
    "nas3, nas3",
    "team/app, team/app",
    "docker.io/nginx, index.docker.io/nginx",
    "index.docker.io/library/nginx, index.docker.io/library/nginx",
    "https://registry, registry",
    "https://registry:5000/v2/, registry:5000",
    "https://quay.io/v1/, quay.io",
    "https://quay.io/v2, quay.io",
    "HTTP://QUAY.IO/v2/, quay.io",
    "quay.io/v1/, quay.io",
    "quay.io/v1, quay.io/v1",
    "quay.io/v1/app, quay.io/v1/app",
    "https://Quay.io/V2/, quay.io",
    "https://INDEX.docker.io/V1/, index.docker.io",
    "quay.io/V2, quay.io",
    "index.docker.io/v2, index.docker.io",
    "https://index.docker.io/v2/, index.docker.io",
    "registry-1.docker.io/v2/, index.docker.io",
    "https://index.docker.io/v1//access-token, index.docker.io/v1/access-token",
  })
  void keysBeginWithAHost(String text, String name) throws InvalidReferenceException {
    assertEquals(name, ImageReference.ofKey(text).name());
  }

  @Test
  void tagAndDigestAreKeptApart() throws InvalidReferenceException {
    var digest = "sha256:" + "ab".repeat(32);
    var reference = ImageReference.ofImage("ghcr.io/acme/app:1.2@" + digest);
    assertEquals("ghcr.io", reference.host());
    assertEquals("acme/app", reference.path());
    assertEquals("1.2", reference.tag());
    assertEquals(digest, reference.digest());
    assertEquals("ghcr.io/acme/app:1.2@" + digest, reference.toString());
    assertEquals("index.docker.io/library/nginx", ImageReference.ofImage("nginx@" + digest).name());
  }

  @Test
  void keysOfDockersDeviceLoginAreExact() throws InvalidReferenceException {
    assertTrue(ImageReference.ofKey("https://index.docker.io/v1/access-token").isExactKey());
    // docker/cli joins its server's address, which ends with a slash, and "/access-token".
    assertEquals(
        ImageReference.ofKey("https://index.docker.io/v1/access-token"),
        ImageReference.ofKey("https://index.docker.io/v1//access-token"));
    assertTrue(ImageReference.ofKey("https://index.docker.io/v1//refresh-token").isExactKey());
    assertTrue(ImageReference.ofKey("https://index.docker.io/v1/refresh-token").isExactKey());
    assertTrue(ImageReference.ofKey("https://index.docker.io/v1//access-token").isExactKey());
    assertTrue(ImageReference.ofKey("https://index.docker.io/v1//refresh-token").isExactKey());
  }

  /** T2: a key that is empty or has no host is rejected. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "/",
        "//",
        "///",
        "http://",
        "https://",
        "https:///",
        "https:////",
        "/path",
        "//path",
        "https:///path",
        ":5000",
        ":",
        "http://:80/x",
        ":5000/x",
        "@",
        "@sha256:x",
        "https://@",
        ".",
        "..",
        "./x",
        "[]",
        "[]:5000",
        "https://?",
        "#"
      })
  void t2_emptyOrHostlessNameIsRefused(String text) {
    assertThrows(InvalidReferenceException.class, () -> ImageReference.ofKey(text));
    assertThrows(InvalidReferenceException.class, () -> ImageReference.ofImage(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ghcr.io//app",
        "ghcr.io/a//b",
        "ghcr.io/../b",
        "ghcr.io/a/./b",
        "user@ghcr.io/a",
        "user:pw@ghcr.io",
        "ghcr.io:0/a",
        "ghcr.io:99999",
        "ghcr.io:08/a",
        "ghcr.io:/a",
        "--help.glob.example",
        "-x.glob.example/a",
        "a-.glob.example/a",
        "glob.-example/a",
        "ghcr..io",
        "ghcr.io./a",
        ".ghcr.io",
        "gh cr.io",
        "ghcr.io/a b",
        "ghcr.io/a%2fb",
        "ghcr.io/a?b",
        "ghcr.io/a#b",
        "ghcr.io\\a",
        "*.io/a",
        "ghcr.io/*",
        "ghcr.io/a:",
        "ghcr.io/a@sha256:12",
        "[::1/a",
        "::1",
        "gh\u00e9.io",
        "ghcr.io/\u200b"
      })
  void invalidNamesAreRejectedAndNotRepaired(String text) {
    assertThrows(InvalidReferenceException.class, () -> ImageReference.ofImage(text));
    assertThrows(InvalidReferenceException.class, () -> ImageReference.ofKey(text));
  }
}
