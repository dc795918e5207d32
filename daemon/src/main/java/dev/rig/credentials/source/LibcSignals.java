package dev.rig.credentials.source;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.Out;
import org.jspecify.annotations.Nullable;

/** The calls of the C library. */
final class LibcSignals implements Signals {
  private static final Logger LOG = System.getLogger(LibcSignals.class.getName());

  /** {@code linux/prctl.h}. */
  private static final int PR_SET_CHILD_SUBREAPER = 36;

  /** {@code sys/wait.h}. */
  private static final int WNOHANG = 1;

  private final Libc libc;

  private LibcSignals(Libc libc) {
    this.libc = libc;
  }

  /** The C library, or what the JDK can do alone where it cannot be reached. */
  static Signals load() {
    try {
      return new LibcSignals(LibraryLoader.create(Libc.class).failImmediately().load("c"));
    } catch (LinkageError | RuntimeException e) {
      LOG.log(Level.WARNING, "the C library cannot be called, so orphans are not adopted", e);
      return new JdkSignals();
    }
  }

  @Override
  public boolean adoptOrphans() {
    return libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0;
  }

  @Override
  public void send(long pid, int signal) {
    var _ = libc.kill((int) pid, signal);
  }

  @Override
  public void reap(long pid) {
    var _ = libc.waitpid((int) pid, null, WNOHANG);
  }

  /** What is called; public because jnr-ffi implements it in a class loader of its own. */
  public interface Libc {
    /** prctl(2). */
    int prctl(int option, long second, long third, long fourth, long fifth);

    /** kill(2). */
    int kill(int pid, int signal);

    /** waitpid(2). */
    int waitpid(int pid, @Out int @Nullable [] status, int options);
  }

  /** Signals through the JDK, which knows no groups and cannot reap. */
  private static final class JdkSignals implements Signals {
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
