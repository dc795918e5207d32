package dev.rig.credentials.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A text that is a reference has a normal form, which is its own normal form. */
class ImageReferenceFuzz {
  /** Reads a text. */
  private interface Reader {
    ImageReference read(String text) throws InvalidReferenceException;
  }

  @FuzzTest
  void references(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.UTF_8);
    isNormal(text, ImageReference::ofImage, "https://");
    isNormal(text, ImageReference::ofKey, "");
    prefix(text);
  }

  private static void isNormal(String text, Reader reader, String scheme) {
    ImageReference reference;
    try {
      reference = reader.read(text);
    } catch (InvalidReferenceException refused) {
      return;
    }
    assertFalse(reference.host().isEmpty());
    assertEquals(reference.host().toLowerCase(Locale.ROOT), reference.host());
    assertFalse(reference.host().contains("/") || reference.host().contains("@"));
    for (var segment : (reference.path() + " ").split("/", -1)) {
      assertFalse(segment.isEmpty() || segment.equals(".") || segment.equals(".."), segment);
    }
    assertTrue(reference.toString().chars().allMatch(c -> c > ' ' && c <= '~'));
    try {
      assertEquals(reference, reader.read(scheme + reference), text);
    } catch (InvalidReferenceException refused) {
      throw new AssertionError(reference + ", of " + text, refused);
    }
  }

  private static void prefix(String text) {
    RegistryPrefix prefix;
    try {
      prefix = RegistryPrefix.parse(text);
    } catch (InvalidReferenceException refused) {
      return;
    }
    try {
      assertEquals(prefix, RegistryPrefix.ofHost(prefix.toString()), text);
      if (!prefix.isGlob()) {
        var own = ImageReference.ofKey("https://" + prefix);
        assertEquals(prefix.host(), own.host(), text);
      }
    } catch (InvalidReferenceException refused) {
      throw new AssertionError(prefix + ", of " + text, refused);
    }
  }
}
