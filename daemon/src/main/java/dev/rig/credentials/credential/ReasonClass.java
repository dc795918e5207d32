package dev.rig.credentials.credential;

/**
 * Why a source gave no credential, without a word of what a program or a server said: what the
 * admin port may show to everybody who can connect.
 */
public enum ReasonClass {
  /** Its program ended with a status other than 0. */
  STATUS("its program failed"),
  /** It took too long. */
  TIMEOUT("its program or provider timed out"),
  /** What it printed is not of the form that a script's or a helper's answer has. */
  FORM("its program printed something that is not a credential"),
  /** It printed more than is read. */
  SIZE("its program printed too much"),
  /** It could not be started. */
  START("its program could not be started"),
  /** The system had no process, thread, descriptor or space for it. */
  SHORTAGE("the system had no process, thread, descriptor or space for its program"),
  /** It was stopped because the daemon stops or its entry changed. */
  STOPPED("its program was stopped"),
  /** What it gave had ended already. */
  EXPIRED("the credential had already expired"),
  /** The service-account token that it needs is missing or has ended. */
  TOKEN("the pod's service-account token is missing or has expired"),
  /** A credential helper has none for that registry, by its own word. */
  NOT_FOUND("the credential helper has no credential for it"),
  /** A provider has no identity to ask with, or its service refused it. */
  REFUSED("the provider's identity is missing or was refused"),
  /** A provider's service did not answer, or not as documented. */
  SERVICE("the provider's service is unavailable"),
  /** None of these. */
  OTHER("its credential is unavailable");

  private final String text;

  ReasonClass(String text) {
    this.text = text;
  }

  /** For people; the same for every entry. */
  public String text() {
    return text;
  }
}
