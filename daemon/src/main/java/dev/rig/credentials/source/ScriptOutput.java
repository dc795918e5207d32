package dev.rig.credentials.source;

import dev.rig.credentials.credential.Credential;
import dev.rig.credentials.credential.Secret;
import dev.rig.credentials.json.JsonTexts;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/** The output of a script, parsed as one line {@code <username>:<password>}. */
sealed interface ScriptOutput {
  /** A valid output. */
  record Valid(Credential credential) implements ScriptOutput {}

  /**
   * An invalid output.
   *
   * @param reason what is wrong, following "script printed", without a byte of it
   */
  record Invalid(String reason) implements ScriptOutput {}

  /** The rule, as the end of a message. */
  String RULE = "it must print one line <username>:<password>";

  /**
   * Parses the output. One trailing newline is permitted; a carriage return before it is rejected
   * like every control character, because it could be part of the password.
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
    if (looksLikeJson(line.strip())) {
      return new Invalid(jsonForm(line));
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
    if (line.substring(0, colon).codePoints().anyMatch(ScriptOutput::isNoName)) {
      return new Invalid("a username with white space or an invisible character");
    }
    if (colon == line.length() - 1) {
      return new Invalid("an empty password");
    }
    return new Valid(
        new Credential(line.substring(0, colon), Secret.of(line.substring(colon + 1))));
  }

  /**
   * Returns the parts that may be secret, in any format: lines, the text after their first colon,
   * and the texts in JSON.
   */
  static Set<String> texts(byte[] stdout) {
    var texts = new HashSet<String>();
    for (var line : new String(stdout, StandardCharsets.UTF_8).lines().toList()) {
      var text = line.strip();
      texts.add(text);
      texts.add(text.substring(text.indexOf(':') + 1).strip());
    }
    texts.addAll(JsonTexts.in(stdout));
    return texts;
  }

  /**
   * Returns whether the text is an object, an array or a string of JSON, possibly truncated: no
   * registry has user names that start like that, and part of the secret would become the user
   * name.
   */
  private static boolean looksLikeJson(String text) {
    return text.startsWith("{")
        || text.startsWith("[")
        || (text.startsWith("\"") && text.endsWith("\"") && text.length() > 1);
  }

  /** Returns the name of the format, recognized by a key that only this format has. */
  private static String jsonForm(String text) {
    if (text.contains("\"ServerURL\"")) {
      return "JSON, the answer of a credential helper";
    }
    return text.contains("\"ExecCredential\"") ? "JSON, a Kubernetes ExecCredential" : "JSON";
  }

  private static boolean isNoName(int point) {
    return Character.isWhitespace(point)
        || Character.isSpaceChar(point)
        || Character.getType(point) == Character.FORMAT;
  }
}
