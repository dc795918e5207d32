package dev.rig.credentials.linux;

import com.kenai.jffi.Function;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** The calls of the C library. */
public final class LibcSignals implements ProcessSignals {
  private static final Logger LOG = System.getLogger(LibcSignals.class.getName());

  /** {@code linux/prctl.h}. */
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  /** {@code sys/wait.h}. */
  private static final int WNOHANG = 1;

  private static final long NULL = 0;

  private final Invoker invoker = Invoker.getInstance();

  /** Kept: the addresses are of what it loaded. */
  private final Library library;

  private final Function prctl;
  private final Function kill;
  private final Function waitpid;

  private LibcSignals(Library library) {
    this.library = library;
    prctl = function("prctl", Type.SINT, Type.SLONG, Type.SLONG, Type.SLONG, Type.SLONG);
    kill = function("kill", Type.SINT, Type.SINT);
    waitpid = function("waitpid", Type.SINT, Type.POINTER, Type.SINT);
  }

  private Function function(String name, Type... parameters) {
    long address = library.getSymbolAddress(name);
    if (address == NULL) {
      throw new UnsatisfiedLinkError(name);
    }
    return new Function(address, Type.SINT, parameters);
  }

  /** The C library, or what the JDK can do alone where it cannot be reached. */
  public static ProcessSignals load() {
    try {
      var library = Library.openLibrary("libc.so.6", Library.LAZY);
      if (library == null) {
        throw new UnsatisfiedLinkError(Library.getLastError());
      }
      return new LibcSignals(library);
    } catch (LinkageError | RuntimeException e) {
      LOG.log(Level.WARNING, "the C library cannot be called, so orphans are not adopted", e);
      return new JdkSignals();
    }
  }

  @Override
  public boolean adoptOrphans() {
    return (int) invoker.invokeNNNNNrN(prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
  }

  @Override
  public void send(long pid, int signal) {
    var _ = invoker.invokeNNrN(kill, pid, signal);
  }

  @Override
  public void reap(long pid) {
    var _ = invoker.invokeNNNrN(waitpid, pid, NULL, WNOHANG);
  }

  /** Signals through the JDK, which knows no groups and cannot reap. */
  private static final class JdkSignals implements ProcessSignals {
    @Override
    public boolean adoptOrphans() {
      return false;
    }

    @Override
    public void send(long pid, int signal) {
      if (pid > 0) {
        ProcessHandle.of(pid)
            .ifPresent(process -> {
              var _ = signal == KILL ? process.destroyForcibly() : process.destroy();
            });
      }
    }

    @Override
    public void reap(long pid) {
      // Nobody was adopted, so nobody waits.
    }
  }
}
