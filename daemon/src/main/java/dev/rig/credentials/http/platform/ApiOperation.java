package dev.rig.credentials.http.platform;

import java.util.List;

/**
 * One operation of the platform's API.
 *
 * @param method {@code GET} or {@code POST}
 * @param path the whole path, without variables
 * @param parameters the names of query parameters
 * @param answer answers one request; throws a {@link ProblemResponseException} on failure
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
