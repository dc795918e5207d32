package dev.rig.credentials.http;

import java.util.List;

/**
 * One thing that the platform's API does.
 *
 * @param method {@code GET} or {@code POST}
 * @param path whole, without a variable in it
 * @param parameters the names of those of the query
 * @param answer answers one request; throws a {@link ProblemException} where it cannot
 */
record Operation(String method, String path, List<String> parameters, Answer answer) {
  /** Answers one request. */
  @FunctionalInterface
  interface Answer {
    void to(PlatformRequest request) throws InterruptedException;
  }

  static Operation get(String path, List<String> parameters, Answer answer) {
    return new Operation("GET", path, parameters, answer);
  }

  static Operation post(String path, Answer answer) {
    return new Operation("POST", path, List.of(), answer);
  }
}
