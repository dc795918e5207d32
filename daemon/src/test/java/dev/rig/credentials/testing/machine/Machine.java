package dev.rig.credentials.testing.machine;

import dev.rig.credentials.testing.daemon.Command;

/** Where the programs of a test run. */
public interface Machine {
  /** The one that the test itself runs on. */
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

  /** What listens at a port of its loopback can be reached at the same port of the test's. */
  void publish(int port);
}
