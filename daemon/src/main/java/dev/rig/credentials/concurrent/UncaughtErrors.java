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
 * The one policy for what no code handles, in any thread of this process: it is the handler of
 * every thread that has none of its own, and loops that must go on report to it.
 *
 * <ul>
 *   <li>A shortage of threads ({@code OutOfMemoryError: unable to create native thread}) and a
 *       {@link StackOverflowError} pass: they are logged, and the work is tried again or fails.
 *   <li>Any other {@link VirtualMachineError} ends the process with status {@link #STATUS}, without
 *       shutdown hooks, which may need what is missing; its supervisor restarts it. A heap that is
 *       full never comes here: {@code -XX:+ExitOnOutOfMemoryError} ends the process first.
 *   <li>So does a {@link LinkageError} or a {@link ServiceConfigurationError}. A class that could
 *       not be initialised because the system had no thread, or whose file could not be opened
 *       because it had no descriptor, stays unusable in this process.
 *   <li>Everything else is a defect of one request or one task: logged.
 * </ul>
 *
 * <p>Each is logged once, and of the same kind one a minute.
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

  /** From now on this policy holds in the whole process. */
  public static void install(Ticker ticker) {
    Thread.setDefaultUncaughtExceptionHandler(
        new UncaughtErrors(ticker, () -> Runtime.getRuntime().halt(STATUS)));
  }

  /** Has the policy applied to what a loop has caught so that it can go on. */
  public static void report(Throwable thrown) {
    var thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
  }

  /**
   * Has the policy applied to the error, if there is one, that caused a failure. For whoever
   * answers a failure and goes on: a library may have wrapped the error in an exception.
   *
   * @param failure null for none
   */
  public static void reportCause(@Nullable Throwable failure) {
    for (var cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Error) {
        report(cause);
        return;
      }
    }
  }

  /** Whether only a thread was missing: that passes. */
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
