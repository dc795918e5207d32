package dev.rig.credentials.app;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * SIGHUP. The JDK offers signals in {@code sun.misc.Signal} of the supported module {@code
 * jdk.unsupported} (JEP 260), of which javac warns whenever it is named; so it is called by
 * reflection. Where it is missing, only the files are watched.
 */
public final class Hangup {
  private static final Logger LOG = System.getLogger(Hangup.class.getName());

  private Hangup() {}

  /** From now on runs this at each SIGHUP, on a thread of the JVM; it must not block. */
  public static void handle(Runnable action) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      var proxy =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      var _ =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.log(Level.WARNING, "SIGHUP does not reload: {0}", e.toString());
    }
  }
}
