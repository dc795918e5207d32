package dev.rig.credentials.credential;

import org.jspecify.annotations.Nullable;

/**
 * A source that gave no credential. Its message is for clients that may get the entry: it carries
 * no secret, but may repeat what a script wrote to stderr. Anybody else gets the class alone.
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
   * The class of any failure; {@link ReasonClass#OTHER} for none and for one that is no source's.
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
