package dev.rig.credentials.credential;

/**
 * The class of a source's failure, without any text of a program or a server, so that the admin
 * port can show it to everyone.
 */
public enum ReasonClass {
  /** Its program ended with a nonzero status. */
  STATUS("its program failed"),
  /** The program or provider took too long. */
  TIMEOUT("its program or provider timed out"),
  /** The output does not have the form of a script's or a helper's answer. */
  FORM("its program printed something that is not a credential"),
  /** The output exceeds the limit. */
  SIZE("its program printed too much"),
  /** The program could not be started. */
  START("its program could not be started"),
  /** The system had no process, thread, descriptor or space for it. */
  SHORTAGE("the system had no process, thread, descriptor or space for its program"),
  /** The program was stopped because the daemon stops or its entry changed. */
  STOPPED("its program was stopped"),
  /** The credential had already expired. */
  EXPIRED("the credential had already expired"),
  /** The required service-account token is missing or has expired. */
  TOKEN("the pod's service-account token is missing or has expired"),
  /** A credential helper reported that it has none for the registry. */
  NOT_FOUND("the credential helper has no credential for it"),
  /** A provider has no identity, or its service rejected it. */
  REFUSED("the provider's identity is missing or was refused"),
  /** A provider's service did not answer, or not as documented. */
  SERVICE("the provider's service is unavailable"),
  /** Any other reason. */
  OTHER("its credential is unavailable");

  private final String text;

  ReasonClass(String text) {
    this.text = text;
  }

  /** Returns the text for people; the same for every entry. */
  public String text() {
    return text;
  }
}
