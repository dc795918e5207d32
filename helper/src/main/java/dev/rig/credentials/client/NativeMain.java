package dev.rig.credentials.client;

/** The entry point of the native program. */
public final class NativeMain {
  private NativeMain() {}

  /** Runs the client and exits with its status. */
  public static void main(String[] arguments) {
    NativeFunctions.exit(new Client(new NativeMachine()).run(arguments));
  }
}
