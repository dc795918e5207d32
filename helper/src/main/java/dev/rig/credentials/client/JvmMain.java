package dev.rig.credentials.client;

/** The entry point on a JVM. */
public final class JvmMain {
  private JvmMain() {}

  /** Runs the client and exits with its status. */
  public static void main(String[] arguments) {
    System.exit(new Client(new JdkMachine()).run(arguments));
  }
}
