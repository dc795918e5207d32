package dev.rig.credentials.registry.content;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.rig.credentials.registry.CallException;
import dev.rig.credentials.registry.RegistryFailure;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Malicious manifests. */
class ImageManifestTest {
  /** C20. */
  @ParameterizedTest
  @ValueSource(ints = {101, 100_000})
  void manifestThatIsNestedDeeplyIsABadAnswerOfOneLine(int depth) {
    var bytes = ("{\"annotations\":" + "[".repeat(depth)).getBytes(StandardCharsets.UTF_8);
    var refusal =
        assertThrows(
            CallException.class,
            () -> ImageManifest.read(bytes, ImageManifest.OCI_MANIFEST, "evil.org"));
    var failure =
        assertInstanceOf(RegistryFailure.BadAnswer.class, refusal.failure("read a manifest"));
    assertEquals(
        "tried to read a manifest but failed because evil.org sent no valid JSON object: it is"
            + " nested deeper than 100 levels, or has a name or number too long to read",
        failure.message());
  }
}
