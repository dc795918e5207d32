package dev.rig.credentials.credential;

import org.jspecify.annotations.Nullable;

/**
 * A source's failure. The message is for clients that may get the entry: it contains no secret, but
 * may repeat what a script wrote to stderr. Other clients get only the class.
 */
public final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ReasonClass reasonClass;

  public SourceException(ReasonClass reasonClass, String message) {
    super(message);
    this.reasonClass = reasonClass;
  }

  public ReasonClass reasonClass() {
    return reasonClass;
  }

  /**
   * Returns the class of any failure; {@link ReasonClass#OTHER} for null and for any other
   * exception.
   */
  public static ReasonClass classOf(@Nullable Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SourceException refused) {
        return refused.reasonClass;
      }
    }
    return ReasonClass.OTHER;
  }
}
