package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.daemon.Command;

/** The machine on which the programs of a test run. */
public interface Machine {
  /** The machine of the test itself. */
  Machine THIS =
      new Machine() {
        @Override
        public Command with(Command command) {
          return command;
        }

        @Override
        public void publish(int port) {
          // The port is on this machine already.
        }
      };

  /** Returns the command as it runs there. */
  Command with(Command command);

  /** Makes a port of its loopback reachable at the same port of the test's machine. */
  void publish(int port);
}
