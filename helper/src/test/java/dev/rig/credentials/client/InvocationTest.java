package dev.rig.credentials.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.rig.credentials.wire.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvocationTest {
  @ParameterizedTest
  @CsvSource({
    "docker-credential-rig,get,GET,''",
    "/usr/local/bin/docker-credential-rig,erase,ERASE,''",
    "docker-credential-rig-gitlab,get,GET,gitlab",
    "./docker-credential-rig-ecr.eu-1,list,LIST,ecr.eu-1",
    "docker-credential-rig-gitlab,store,STORE,gitlab",
    "docker-credential-other,get,GET,''",
    "rig-credential-provider,get,GET,''",
    "docker-credential-rig,kubelet,KUBELET,''",
  })
  void theNameAndTheArgumentDetermineTheRequest(
      String program, String word, Action action, String alias) {
    assertEquals(new Invocation.Ask(action, alias, ""), Invocation.of(program, word));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rig-credential-provider",
        "/usr/libexec/kubernetes/rig-credential-provider",
        "rig-credential-provider-v1.2",
        "rig-credential-provider_0.1.0"
      })
  void theKubeletCallsWithoutAnArgument(String program) {
    assertEquals(new Invocation.Ask(Action.KUBELET, "", ""), Invocation.of(program));
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "take", "explain", "status", "get ", "--get"})
  void anyOtherWordIsInvalid(String word) {
    assertInstanceOf(Invocation.Wrong.class, Invocation.of("docker-credential-rig", word));
  }

  @Test
  void userpassTakesTheRegistryAsItsArgument() {
    assertEquals(
        new Invocation.Ask(Action.USERPASS, "", "ghcr.io/acme"),
        Invocation.of("docker-credential-rig", "userpass", "ghcr.io/acme"));
    assertEquals(
        new Invocation.Ask(Action.USERPASS, "gitlab", "ghcr.io"),
        Invocation.of("docker-credential-rig-gitlab", "userpass", "ghcr.io"));
  }

  @Test
  void userpassTakesExactlyOneRegistry() {
    for (String[] arguments :
        new String[][] {{"userpass"}, {"userpass", ""}, {"userpass", "ghcr.io", "quay.io"}}) {
      assertInstanceOf(Invocation.Wrong.class, Invocation.of("docker-credential-rig", arguments));
    }
  }

  @Test
  void oneArgumentIsEnough() {
    assertInstanceOf(
        Invocation.Wrong.class, Invocation.of("docker-credential-rig", "get", "ghcr.io"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docker-credential-rig-", "docker-credential-rig-a b"})
  void anInvalidAliasIsRejected(String program) {
    assertInstanceOf(Invocation.Wrong.class, Invocation.of(program, "get"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"help", "--help", "-h"})
  void helpIsHelpUnderEveryName(String word) {
    assertEquals(new Invocation.Help(), Invocation.of("docker-credential-rig", word));
    assertEquals(new Invocation.Help(), Invocation.of("rig-credential-provider", word));
  }
}
