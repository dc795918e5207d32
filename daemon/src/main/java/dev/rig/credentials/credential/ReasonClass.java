package dev.rig.credentials.credential;

/**
 * Why a source gave no credential, without a word of what a script or a server said: what the admin
 * port may show to everybody who can connect.
 */
public enum ReasonClass {
  /** Its program ended with a status other than 0. */
  STATUS("the script failed"),
  /** It took too long. */
  TIMEOUT("the script timed out"),
  /** What it printed is not one line {@code <username>:<password>}. */
  FORM("the script printed something other than one line <username>:<password>"),
  /** It printed more than is read. */
  SIZE("the script printed too much"),
  /** It could not be started. */
  START("the script could not be started"),
  /** The system had no process, thread, descriptor or space for it. */
  SHORTAGE("the system had no process, thread, descriptor or space for the script"),
  /** It was stopped because the daemon stops or its entry changed. */
  STOPPED("the script was stopped"),
  /** What it gave had ended already. */
  EXPIRED("the credential had expired on arrival"),
  /** The service-account token that it needs is missing or has ended. */
  TOKEN("the pod's service-account token is missing or has expired"),
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
