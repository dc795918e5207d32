package dev.rig.credentials.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rig.credentials.testing.Tool;
import dev.rig.credentials.testing.daemon.Command;
import dev.rig.credentials.testing.daemon.Distribution;
import org.junit.jupiter.api.Test;

/** The shipped completion, in the shells that it supports. */
class CompletionIT {
  @Test
  void bashCompletesCommandsAndOptions() {
    var script =
        """
        source <("$1" generate-completion)
        COMP_WORDS=(rig-credentials ex); COMP_CWORD=1; COMP_LINE='rig-credentials ex'
        _complete_rig-credentials; echo "commands: ${COMPREPLY[*]}"
        COMP_WORDS=(rig-credentials explain --so); COMP_CWORD=2
        _complete_rig-credentials; echo "options: ${COMPREPLY[*]}"
        COMP_WORDS=(rig-credentials help doc); COMP_CWORD=2
        _complete_rig-credentials; echo "help: ${COMPREPLY[*]}"
        COMP_WORDS=(rig-credentials help dev man); COMP_CWORD=3
        _complete_rig-credentials; echo "help dev: ${COMPREPLY[*]}"
        """;
    var outcome =
        Command.of(Tool.BASH.path(), "-c", script, "bash", Distribution.daemon()).run().succeeded();
    assertTrue(outcome.stdout().contains("commands: explain"), outcome::toString);
    assertTrue(outcome.stdout().contains("options: --socket"), outcome::toString);
    assertTrue(outcome.stdout().contains("help: docker-config doctor\n"), outcome::toString);
    assertTrue(outcome.stdout().contains("help dev: manifests\n"), outcome::toString);
  }

  @Test
  void zshLoadsTheShippedFunction() {
    var function =
        Distribution.daemon()
            .resolve("../../share/zsh/site-functions/_rig-credentials")
            .normalize();
    var script =
        """
        autoload -U compinit && compinit -u -D
        source "$1"
        print -r -- "completes: ${_comps[rig-credentials]-${_comps[(i)*rig*]}}"
        whence -w _complete_rig-credentials
        """;
    var outcome =
        Command.of(Tool.ZSH.path(), "-f", "-c", script, "zsh", function).run().succeeded();
    assertTrue(outcome.stdout().contains("_complete_rig-credentials: function"), outcome::toString);
    assertTrue(outcome.stdout().contains("completes: _bash_complete"), outcome::toString);
  }
}
