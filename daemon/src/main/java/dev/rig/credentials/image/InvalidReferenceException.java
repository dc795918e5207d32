package dev.rig.credentials.image;

/**
 * A text that names no image, registry or prefix. Its message says which rule is broken, repeats
 * nothing of the text and is fit for anybody.
 */
public final class InvalidReferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidReferenceException(String message) {
    super(message);
  }
}
