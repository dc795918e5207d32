package dev.rig.credentials.config;

import static dev.rig.credentials.config.ConfigTexts.problems;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.config.reader.ConfigLoader;
import dev.rig.credentials.problem.ProblemsException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigProblemsTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "{username: u} => 25: a user name without a password (add password)",
        "{password: p} => 25: a password without a user name (add username)",
        "{} => 5: the entry has no source for its credential (give it username and"
            + " password, script, provider, or helper)",
        "{script: '', username: ''} => 5: the entry has no source for its credential"
            + " (give it username and password, script, provider, or helper)",
        "'text' => 14: an entry must be a mapping (write key: value pairs below it)",
        "[a] => 14: an entry must be a mapping (write key: value pairs below it)",
        "{username: u, password: p, script: s} => 49: a script in addition to the user name (an"
            + " entry has one source; the other one is at a.yaml:3)",
        "{script: s, password: p} => 36: the password in addition to a script (an entry has one"
            + " source; the other one is at a.yaml:3)",
        "{username: 'u:x', password: p} => 25: the user name contains a colon (write what follows"
            + " the colon into password)",
        "{username: \"a\\tb\", password: p} => 25: the user name contains a control character",
        "{username: u, password: \"p\\n\"} => 38: the password contains a control character (end a"
            + " block with |- instead of |)",
        "{username: u, password: \"\\x9b\"} => 38: the password contains a control character",
        "{username: u, password: \"\\ud800\"} => 38: the password contains an unpaired surrogate"
            + " (check its \\u escapes)",
        "{username: [u], password: p} => 25: the user name must be a single value",
        "{username: u, password: {a: b}} => 38: the password must be a single value",
        "{script: ' '} => 23: the script is blank (leave it out, or write one)",
        "{script: \"a\\0b\"} => 23: the script contains a NUL",
        "{script: s, expire: 3600} => 34: a duration needs a unit (write it like 30s, 90m, 1h30m or"
            + " 12h)",
        "{script: s, expire: 1d} => 34: a duration's units are ns, us, ms, s, m and h only (write"
            + " it like 30s, 90m, 1h30m or 12h)",
        "{script: s, expire: 0} => 34: expire is too short (at least 1s; leave it out for the"
            + " default)",
        "{script: s, expire: -1h} => 34: expire is too short (at least 1s; leave it out for the"
            + " default)",
        "{script: s, timeout: 11m} => 35: the timeout is too long (at most 10m)",
        "{script: s, timeout: 99ms} => 35: the timeout is too short (at least 100ms; leave it out"
            + " for the default)",
        "{script: s, env: [A]} => 31: env must be a mapping (write key: value pairs below it)",
        "{script: s, env: {1A: x}} => 32: not a name for an environment variable (letters, digits"
            + " and underscores, no digit first)",
        "{script: s, env: {RIG_X: x}} => 32: variables that begin with RIG_ are the daemon's own"
            + " (choose another name)",
        "{script: s, env: {BASH_ENV: x}} => 32: this variable would change how a shell reads the"
            + " script (choose another name)",
        "{script: s, env: {ENV: x}} => 32: this variable would change how a shell reads the script"
            + " (choose another name)",
        "{script: s, env: {A: [x]}} => 35: the variable must be a single value",
        "{script: s, env: {A: \"\\0\"}} => 35: the variable contains a NUL",
        "{username: u, password: p, timeout: 1s} => 50: a timeout without a script (only a script,"
            + " a helper or a provider needs it)",
        "{username: u, password: p, env: {A: b}} => 50: env without a script (only a script or a"
            + " helper needs it)",
        "{script: s, alias: a b} => 33: not a name for an alias (1 to 64 letters, digits, dots,"
            + " dashes or underscores)",
        "{script: s, default: yes} => 35: default must be true or false (write true or false)",
        "{script: s, serviceAccount: maybe} => 42: serviceAccount is not a known value"
            + " (required, optional, ignored)",
        "{username: u, pasword: p} => 28: unknown key \"pasword\" (did you mean \"password\"?)",
        "{USERNAME: u, password: p} => 15: unknown key (did you mean \"username\"?)",
        "{script: s, hunter2: } => 26: unknown key (known here: username, password,"
            + " passwordFile, script, provider, with, helper, expire, timeout, env, alias, default,"
            + " serviceAccount, mirrorOf)",
        "{script: s, script: s} => 26: the key is a duplicate (first in line 3)",
        "{script: s, [a]: s} => 26: the key is not a text (write the key itself, in quotes if"
            + " necessary)",
        "{script: s, <<: {expire: 1h}} => 26: merge keys are not supported (write the fields out,"
            + " or give an alias whole)",
      })
  void entryIsRefusedAtTheFieldThatIsAtFault(String entry, String expected) {
    var problems = problems(folder, "rig:\n  dockerRegistries:\n    ghcr.io: " + entry);
    assertEquals(List.of("a.yaml:3:" + expected), problems);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "{sockt: /x} => unknown key \"sockt\" (did you mean \"socket\"?)",
        "{zzzzzz: /x} => unknown key (known here: socket, socketMode, socketGroup, platformSocket,"
            + " admin, stateDir, warmRestart, sealingKeyFile, prefetchSpread, log,"
            + " access, registryClient, shell)",
        "{prefetchSpread: soon} => not a duration (write it like 30s, 90m, 1h30m or 12h)",
        "{prefetchSpread: -1s} => not a time from 0s to 24h",
        "{prefetchSpread: 25h} => not a time from 0s to 24h",
        "{shell: bash} => the shell is not an absolute path (write it like /bin/bash, without"
            + " arguments)",
        "{socketMode: 0980} => not permissions in octal (write it like \"0660\")",
        "{socketMode: rw} => not permissions in octal (write it like \"0660\")",
        "{admin: localhost} => an admin address needs a port (write it like 127.0.0.1:9465,"
            + " 0.0.0.0:9465 or [::1]:9465; \"off\" for none)",
        "{admin: 'h:99999'} => the port of the admin address is above 65535 (write it like"
            + " 127.0.0.1:9465, 0.0.0.0:9465 or [::1]:9465; \"off\" for none)",
        "{admin: ':9465'} => the host of the admin address is not a name or an address (write it"
            + " like 127.0.0.1:9465, 0.0.0.0:9465 or [::1]:9465; \"off\" for none)",
        "{log: {level: loud}} => the log level is not a known value (error, warn,"
            + " info, debug, trace)",
        "{log: {format: xml}} => the log format is not a known value (text, json)",
        "{log: {levle: info}} => unknown key \"levle\" (did you mean \"level\"?)",
        "{access: {users: [a]}} => access must be a list (write it like [one, two])",
        "{access: [{users: root}]} => users must be a list (write it like [one, two])",
        "{access: [{actions: [get]}]} => the access rule names no users and no groups (give it"
            + " users or groups)",
        "{access: [{users: [a], actions: [take]}]} => the action is not a known value"
            + " (get, store, erase, list, version, kubelet, platform)",
        "{access: [{users: [a], actions: []}]} => actions is an empty list (leave it out, or name"
            + " one)",
        "{access: [{users: [''], groups: [a]}]} => an empty element of users (remove it)",
        "{access: [{users: [a], registries: [acme]}]} => not a registry: it does not begin with a"
            + " registry's host",
        "{access: [{user: [a]}]} => unknown key \"user\" (did you mean \"users\"?)",
        "{socket: \"a\\0\"} => socket contains a control character",
        "[a] => daemon must be a mapping (write key: value pairs below it)",
      })
  void daemonSettingIsRefused(String daemon, String expected) {
    var problems = problems(folder, "daemon: " + daemon);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith("a.yaml:1:"), problems::toString);
    assertEquals(expected, problems.get(0).replaceFirst("^a.yaml:1:\\d+: ", ""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "image: {tag: x} => 1:1: not a configuration",
        "[a] => 1:1: not a configuration",
        "'just text' => 1:1: not a configuration",
        "rig: text => 1:6: rig must be a mapping",
        "rig: {dockerRegistries: [ghcr.io]} => 1:25: dockerRegistries must be a mapping",
        "rig: {dockerRegistries: {acme: {script: x}}} => 1:26: not a registry: it does not begin",
        "rig: {clusters: {c: {type: vm}}} => 1:28: the cluster's type is not a known value",
        "rig: {clusters: {c: {token: [x]}}} => 1:29: the cluster's token must be a single value",
        "{kind: PlatformConfig, apiVersion: v2} => 1:36: not a PlatformConfig of a known version",
        "{kind: Pod, apiVersion: config.rig.dev/v1alpha1} => 1:8: not a PlatformConfig of a known"
            + " version",
        "{kind: PlatformConfig} => 1:1: not a PlatformConfig of a known version",
        "{kind: PlatformConfig, apiVersion: config.rig.dev/v1alpha1, rig: {}} => 1:61: rig is not"
            + " allowed in a PlatformConfig",
        "rig: {a: b => 1:11: not valid YAML",
        "rig: 'a => 1:8: not valid YAML",
        "rig: \"\\Uffffffff\" => not valid YAML",
      })
  void documentIsRefused(String document, String expected) {
    var problems = problems(folder, document);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.get(0).contains(expected), problems::toString);
  }

  @Test
  void emptyFileIsRefused() {
    assertEquals(List.of("a.yaml: the file is empty"), problems(folder, ""));
    assertEquals(List.of("a.yaml: the file is empty"), problems(folder, "# only\n---\n"));
  }

  @Test
  void passwordAloneOverAnEarlierScriptIsAConflictThoughItsFileIsNamedFirstInTheAlphabet() {
    var paths =
        ConfigTexts.write(
            folder,
            "rig: {dockerRegistries: {ghcr.io: {password: p}}}",
            "rig: {dockerRegistries: {ghcr.io: {script: s}}}");
    var thrown = assertThrows(ProblemsException.class, () -> ConfigLoader.load(paths.reversed()));
    assertEquals(paths.get(0).toString(), thrown.problems().get(0).file());
  }

  @Test
  void twoSpellingsOfOneRegistryInOneDocumentAreRefused() {
    assertEquals(
        List.of("a.yaml:4:5: another spelling of the same registry (first in line 3)"),
        problems(
            folder,
            """
            rig:
              dockerRegistries:
                docker.io: {script: a}
                Index.Docker.io: {script: b}
            """));
  }

  @Test
  void aliasAndDefaultAreUnique() {
    assertEquals(
        List.of(
            "a.yaml:4:36: the alias is already defined (first at a.yaml:3)",
            "a.yaml:6:37: the default of this host is already defined (first at a.yaml:5)"),
        problems(
            folder,
            """
            rig:
              dockerRegistries:
                ghcr.io/a: {script: a, alias: x}
                ghcr.io/b: {script: b, alias:  x}
                quay.io/a: {script: b, default: true}
                quay.io/b: {script: b, default: true}
                gcr.io/b: {script: b, default: true}
            """));
  }

  @Test
  void allProblemsOfAllFilesAreReportedTogether() {
    assertEquals(
        List.of(
            "a.yaml:1:46: a duration needs a unit (write it like 30s, 90m, 1h30m or 12h)",
            "a.yaml:1:69: the timeout is too long (at most 10m)",
            "b.yaml:1:26: not a registry: it does not begin with a registry's host",
            "c.yaml:1:6: tags are not allowed (remove the word that begins with \"!\")"),
        problems(
            folder,
            "rig: {dockerRegistries: {ghcr.io: { expire:  7, script: s, timeout: 1h}}}",
            "rig: {dockerRegistries: {x: {username: u}}}",
            "rig: !!map {}"));
  }

  @Test
  void nothingIsReportedAsMissingWhileAFileIsInvalid() {
    assertEquals(
        List.of(
            "b.yaml:1:6: not valid YAML (check indentation, quotes and brackets here and above)"),
        problems(folder, "rig: {dockerRegistries: {ghcr.io: {username: u}}}", "rig: }"));
  }

  @Test
  void reportOfAFileFullOfMistakesIsBounded() {
    var problems = problems(folder, "daemon:\n" + "  x: 1\n".repeat(5_000));
    assertEquals(1_001, problems.size());
    assertTrue(problems.getLast().contains("more problems are not listed"));
  }

  @Test
  void serviceAccountWithoutAScriptIsAProblemUnlessItIsIgnored() {
    var problems =
        ConfigTexts.problems(
            folder,
            """
            rig:
              dockerRegistries:
                ghcr.io: {username: u, password: p, serviceAccount: ignored}
                quay.io: {username: u, password: p, serviceAccount: optional}
            """);
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(problems.getFirst().startsWith("a.yaml:4:"), problems::toString);
    assertTrue(problems.getFirst().contains("serviceAccount without a script"), problems::toString);
  }
}
