package dev.rig.credentials.source;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What a script printed, read by the rule of one line {@code <username>:<password>}. */
sealed interface ScriptOutput {
  /** It keeps the rule. */
  record Valid(Credential credential) implements ScriptOutput {}

  /**
   * It breaks the rule.
   *
   * @param reason what is wrong, following "script printed", without a byte of it
   */
  record Invalid(String reason) implements ScriptOutput {}

  /** What the rule asks for, for the end of a message. */
  String RULE = "it has to print one line <username>:<password>";

  /**
   * Reads it. One newline may end it; a carriage return before that is refused like every control
   * character, because nobody could tell whether it belongs to the password.
   */
  static ScriptOutput parse(byte[] stdout) {
    for (var each : stdout) {
      if (each == 0) {
        return new Invalid("a NUL byte");
      }
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(stdout)).toString();
    } catch (CharacterCodingException e) {
      return new Invalid("bytes that are not UTF-8");
    }
    var line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    if (line.isEmpty()) {
      return new Invalid(text.isEmpty() ? "nothing" : "an empty line");
    }
    var newlines = line.chars().filter(character -> character == '\n').count();
    if (newlines > 0) {
      return new Invalid(newlines + 1 + " lines");
    }
    if (line.chars().anyMatch(Character::isISOControl)) {
      return new Invalid("a control character (a carriage return is one)");
    }
    int colon = line.indexOf(':');
    if (colon < 0) {
      return new Invalid("a line without a colon");
    }
    if (colon == 0) {
      return new Invalid("an empty username");
    }
    if (colon == line.length() - 1) {
      return new Invalid("an empty password");
    }
    return new Valid(
        new Credential(line.substring(0, colon), Secret.of(line.substring(colon + 1))));
  }
}
