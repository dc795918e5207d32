package dev.rig.credentials.app;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * SIGHUP. The JDK offers signals in {@code sun.misc.Signal} of the supported module {@code
 * jdk.unsupported} (JEP 260), of which javac warns whenever it is named; so it is called by
 * reflection. Where it is missing, only the files are watched.
 */
public final class SighupHandler {
  private static final Logger LOG = System.getLogger(SighupHandler.class.getName());

  private SighupHandler() {}

  /** From now on runs this at each SIGHUP, on a thread of the JVM; it must not block. */
  public static void handle(Runnable action) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      var proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> answer(action, self, method.getName(), arguments));
      var _ =
          signal
              .getMethod("handle", signal, handler)
              .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      LOG.log(Level.WARNING, "SIGHUP does not reload: {0}", e.toString());
    }
  }

  /** A proxy is asked for the methods of {@link Object} too. */
  @SuppressWarnings("ReferenceEquality") // what Object's own equals does
  private static @Nullable Object answer(
      Runnable action, Object self, String method, Object @Nullable [] arguments) {
    return switch (method) {
      case "handle" -> {
        action.run();
        yield null;
      }
      case "equals" -> arguments != null && self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      default -> "SIGHUP";
    };
  }
}
