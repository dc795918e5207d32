package dev.rig.credentials.app;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * Handles SIGHUP. The JDK offers signals in {@code sun.misc.Signal} of the supported module {@code
 * jdk.unsupported} (JEP 260), for which javac always warns, so it is called by reflection. If it is
 * missing, only the files are watched.
 */
public final class SighupHandler {
  private static final Logger LOG = System.getLogger(SighupHandler.class.getName());

  private SighupHandler() {}

  /** Runs the action at each SIGHUP, on a thread of the JVM. It must not block. */
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

  /** Answers the methods of {@link Object}, which a proxy also receives. */
  @SuppressWarnings("ReferenceEquality") // as Object.equals does
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
