package dev.rig.credentials.image;

/**
 * The text is not a valid image, registry or prefix. The message names the violated rule, contains
 * no part of the text and can be shown to everyone.
 */
public final class InvalidReferenceException extends Exception {
  private static final long serialVersionUID = 1L;

  public InvalidReferenceException(String message) {
    super(message);
  }
}
