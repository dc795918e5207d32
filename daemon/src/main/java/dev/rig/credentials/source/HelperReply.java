package dev.rig.credentials.source;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.image.InvalidReferenceException;
import dev.rig.credentials.image.RegistryPrefix;
import dev.rig.credentials.json.JsonException;
import dev.rig.credentials.json.JsonObject;
import dev.rig.credentials.text.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The output of a credential helper, in the format of docker-credential-helpers ({@code
 * credentials/credentials.go} and {@code client/client.go}).
 */
sealed interface HelperReply {
  /** What a helper prints, with a nonzero status, if it has no credential for the registry. */
  String NOT_FOUND = "credentials not found in native keychain";

  /** The rule of the protocol, as the end of a message. */
  String RULE = "; it must print JSON with ServerURL, Username and Secret";

  /** The longest word of an error that is shown; longer ones could be tokens. */
  int LONGEST_WORD = 24;

  /** The longest text of an error that is shown. */
  int LONGEST_SENTENCE = 200;

  /** A valid answer. */
  record HelperAnswer(Credential credential) implements HelperReply {}

  /** An empty output with status 0: how helpers of 2021 and earlier report "not found". */
  record EmptyAnswer() implements HelperReply {}

  /**
   * An invalid answer.
   *
   * @param reason what is wrong, following "printed", without a byte of it
   */
  record UnusableAnswer(String reason) implements HelperReply {}

  /**
   * Parses the answer to {@code get}. Other fields are ignored, as by Go's decoder.
   *
   * @param host the registry's host; an answer for another one is rejected
   */
  static HelperReply parse(byte[] stdout, String host) {
    if (stdout.length == 0) {
      return new UnusableAnswer("nothing");
    }
    JsonObject json;
    try {
      json = JsonObject.parse(stdout);
    } catch (JsonException e) {
      return new UnusableAnswer("something that cannot be used: " + e.getMessage());
    }
    var username = json.textOrEmpty("Username");
    var secret = json.textOrEmpty("Secret");
    if ("".equals(json.text("Username")) && "".equals(json.text("Secret"))) {
      return new EmptyAnswer();
    }
    if (username.isEmpty()) {
      return new UnusableAnswer("an empty username");
    }
    if (secret.isEmpty()) {
      return new UnusableAnswer("an empty secret");
    }
    if (username.indexOf(':') >= 0 || username.chars().anyMatch(Character::isISOControl)) {
      return new UnusableAnswer("a username with a colon or a control character");
    }
    if (secret.chars().anyMatch(c -> Character.isISOControl(c) && "\t\r\n".indexOf(c) < 0)) {
      return new UnusableAnswer("a secret with a control character");
    }
    var server = json.textOrEmpty("ServerURL");
    return server.isEmpty() || host.equals(host(server))
        ? new HelperAnswer(new Credential(username, Secret.of(secret)))
        : new UnusableAnswer("the credential of a different registry");
  }

  /** Returns the host of a key in its normal form; empty if invalid. */
  private static String host(String key) {
    try {
      return RegistryPrefix.ofHost(key).host();
    } catch (InvalidReferenceException e) {
      return "";
    }
  }

  /**
   * Returns whether the output of a failed helper reports that it has no credential for the
   * registry.
   */
  static boolean isNotFound(byte[] stdout) {
    return text(stdout).equals(NOT_FOUND);
  }

  /**
   * Returns the error of a failed helper from standard output, where helpers write errors: its
   * first line if that is a sentence, without words that could be secrets; otherwise empty. JSON
   * and single words, which may be an answer, are never returned.
   */
  static String error(byte[] stdout, Redactor redactor) {
    var text = text(stdout);
    var line = text.lines().findFirst().orElse("").strip();
    if (text.indexOf('{') >= 0 || line.indexOf(' ') < 0) {
      return "";
    }
    var words =
        Arrays.stream(Printable.of(redactor.redact(List.of(line)).getFirst()).split(" "))
            .map(word -> word.length() > LONGEST_WORD ? "[…]" : word)
            .collect(Collectors.joining(" "));
    return words.length() > LONGEST_SENTENCE ? words.substring(0, LONGEST_SENTENCE) + "…" : words;
  }

  private static String text(byte[] stdout) {
    return new String(stdout, StandardCharsets.UTF_8).strip();
  }
}
