package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.daemon.Command;

/** Where the programs of a test run. */
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
          // It is here already.
        }
      };

  /** The command as it runs there. */
  Command with(Command command);

  /** Makes a port of its loopback reachable on the same port of the test's. */
  void publish(int port);
}
