package dev.rig.credentials.concurrent;

import dev.rig.credentials.time.LogThrottle;
import dev.rig.credentials.time.Ticker;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The default handler of uncaught errors in all threads of this process. Loops that must continue
 * report the errors that they catch to it too.
 *
 * <ul>
 *   <li>A shortage of threads ({@code OutOfMemoryError: unable to create native thread}) and a
 *       {@link StackOverflowError} are temporary: they are logged, and the work is retried or
 *       fails.
 *   <li>Any other {@link VirtualMachineError} ends the process with status {@link #STATUS}, without
 *       shutdown hooks, which may need the missing resource; the supervisor restarts the process. A
 *       full heap never gets here: {@code -XX:+ExitOnOutOfMemoryError} ends the process first.
 *   <li>A {@link LinkageError} or a {@link ServiceConfigurationError} ends it as well. A class that
 *       failed to initialise for lack of a thread, or whose file could not be opened for lack of a
 *       descriptor, stays unusable in this process.
 *   <li>Any other error is a defect of one request or one task. It is only logged.
 * </ul>
 *
 * <p>Errors of the same class are logged at most once a minute.
 */
public final class UncaughtErrors implements Thread.UncaughtExceptionHandler {
  /** {@code EX_SOFTWARE} of sysexits.h. */
  public static final int STATUS = 70;

  private static final Logger LOG = System.getLogger(UncaughtErrors.class.getName());

  private final Map<Class<?>, LogThrottle> throttles = new ConcurrentHashMap<>();
  private final Ticker ticker;
  private final Runnable exit;

  UncaughtErrors(Ticker ticker, Runnable exit) {
    this.ticker = ticker;
    this.exit = exit;
  }

  /** Installs the policy for the whole process. */
  public static void install(Ticker ticker) {
    Thread.setDefaultUncaughtExceptionHandler(
        new UncaughtErrors(ticker, () -> Runtime.getRuntime().halt(STATUS)));
  }

  /** Applies the policy to an error that a loop has caught in order to continue. */
  public static void report(Throwable thrown) {
    var thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
  }

  /**
   * Applies the policy to the error, if any, that caused a failure. For code that answers a failure
   * and continues: a library may have wrapped the error in an exception.
   *
   * @param failure may be null
   */
  public static void reportCause(@Nullable Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Error) {
        report(cause);
        return;
      }
    }
  }

  /** Returns whether the system had no further thread, which is temporary. */
  static boolean isThreadShortage(Throwable thrown) {
    return thrown instanceof OutOfMemoryError
        && String.valueOf(thrown.getMessage()).contains("native thread");
  }

  private static boolean endsTheProcess(Throwable thrown) {
    return switch (thrown) {
      case StackOverflowError _ -> false;
      case VirtualMachineError error -> !isThreadShortage(error);
      default -> thrown instanceof LinkageError || thrown instanceof ServiceConfigurationError;
    };
  }

  @Override
  public void uncaughtException(Thread thread, Throwable thrown) {
    try {
      if (throttles.computeIfAbsent(thrown.getClass(), _ -> new LogThrottle(ticker)).isDue()) {
        var message = "uncaught in thread " + thread.getName();
        if (isThreadShortage(thrown)) {
          LOG.log(Level.ERROR, message + ": the system has no further thread; trying again");
        } else {
          LOG.log(Level.ERROR, message, thrown);
        }
      }
    } finally {
      if (endsTheProcess(thrown)) {
        exit.run();
      }
    }
  }
}
