package dev.rig.credentials.helperapi;

/** A request that is answered with status 1; the message is the answer. */
final class RefusedRequestException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedRequestException(String answer) {
    super(answer);
  }

  /** Returns the text that the client prints. */
  String answer() {
    var answer = getMessage();
    return answer == null ? "" : answer;
  }
}
