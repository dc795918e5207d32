package dev.rig.credentials.http.platform;

import java.util.List;

/**
 * One thing that the platform's API does.
 *
 * @param method {@code GET} or {@code POST}
 * @param path whole, without a variable in it
 * @param parameters the names of those of the query
 * @param answer answers one request; throws a {@link ProblemResponseException} where it cannot
 */
record ApiOperation(String method, String path, List<String> parameters, OperationHandler answer) {
  /** Answers one request. */
  @FunctionalInterface
  interface OperationHandler {
    void to(PlatformRequest request) throws InterruptedException;
  }

  static ApiOperation get(String path, List<String> parameters, OperationHandler answer) {
    return new ApiOperation("GET", path, parameters, answer);
  }

  static ApiOperation post(String path, OperationHandler answer) {
    return new ApiOperation("POST", path, List.of(), answer);
  }
}
