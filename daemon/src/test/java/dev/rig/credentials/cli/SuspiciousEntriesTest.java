package dev.rig.credentials.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuspiciousEntriesTest {
  private static final String ECR = "123456789012.dkr.ecr.eu-west-1.amazonaws.com";

  @TempDir private Path folder;

  private List<String> warnings(String... entries) {
    try {
      var values = "rig:\n  dockerRegistries:\n    " + String.join("\n    ", entries) + "\n";
      var file = Files.writeString(folder.resolve("values.yaml"), values);
      var warnings = SuspiciousEntries.of(ConfigLoader.load(List.of(file)).registries());
      return warnings.stream().map(Problem::message).toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private List<String> ofScript(String host, String script, String... more) {
    return warnings("'%s': {script: '%s'%s}".formatted(host, script, String.join("", more)));
  }

  private static void one(String words, List<String> warnings) {
    assertEquals(1, warnings.size(), warnings::toString);
    assertTrue(warnings.getFirst().contains(words), warnings::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--region us-east-1", "--region=us-east-1", "--region \"us-east-1\""})
  void regionOfAnotherRegistryIsReported(String option) {
    var script = "echo \"AWS:$(aws ecr get-login-password " + option + ")\"";
    one("eu-west-1, but its script requests a token for us-east-1", ofScript(ECR, script));
  }

  @Test
  void regionOfTheEnvironmentIsReportedToo() {
    one(
        "requests a token for us-east-1",
        ofScript(ECR, "x ecr get-login-password", ", env: {AWS_REGION: us-east-1}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aws ecr get-login-password --region eu-west-1",
        "aws ecr get-login-password --region \"$REGION\"",
        "aws ecr get-login-password"
      })
  void sameOrUnknownRegionIsFine(String script) {
    assertEquals(List.of(), ofScript(ECR, script));
    assertEquals(List.of(), ofScript("*.dkr.ecr.*.amazonaws.com", script));
  }

  @Test
  void lifeOfATokenIsTheLongestExpire() {
    one(
        "Amazon ECR is valid for 12 h",
        ofScript(ECR, "aws ecr get-login-password", ", expire: 13h"));
    assertEquals(List.of(), ofScript(ECR, "aws ecr get-login-password", ", expire: 12h"));
    var google = "echo oauth2accesstoken:$(gcloud auth print-access-token)";
    one("expire is 12 h, but a token of Google is valid for 1 h", ofScript("gcr.io", google));
    assertEquals(List.of(), ofScript("gcr.io", google, ", expire: 55m"));
    var azure = "az acr login --name acme --expose-token";
    one("Azure Container Registry is valid for 3 h", ofScript("acme.azurecr.io", azure));
    assertEquals(List.of(), ofScript("acme.azurecr.io", azure, ", expire: 3h"));
  }

  @Test
  void echoOfAShellThatInterpretsBackslashesIsReported() {
    one("runs with dash, whose echo", warnings("ghcr.io: {script: \"#!/bin/dash\\necho u:p\"}"));
    one(
        "runs with zsh, whose echo",
        warnings("ghcr.io: {script: \"#!/usr/bin/env zsh\\necho u:p\"}"));
    assertEquals(List.of(), warnings("ghcr.io: {script: \"#!/bin/dash\\nprintf u:p\"}"));
    assertEquals(List.of(), warnings("ghcr.io: {script: \"#!/bin/bash\\necho u:p\"}"));
    assertEquals(List.of(), warnings("ghcr.io: {script: \"echo u:p\"}"));
  }

  @Test
  void hostThatNoEntryAnswersForAloneIsReported() {
    var login = ": {username: u, password: p}";
    one(
        "2 entries share the host ghcr.io",
        warnings("ghcr.io/a" + login, "ghcr.io/b" + login, "quay.io/a" + login));
    assertEquals(List.of(), warnings("ghcr.io/a" + login, "ghcr.io" + login));
    assertEquals(
        List.of(),
        warnings("ghcr.io/a" + login, "ghcr.io/b: {username: u, password: p, default: true}"));
  }
}
