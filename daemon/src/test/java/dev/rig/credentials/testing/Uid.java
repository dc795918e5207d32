package dev.rig.credentials.testing;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Acts as another user, if this process runs as root. */
public final class Uid {
  private static final long SETRESUID = System.getProperty("os.arch").equals("amd64") ? 117 : 147;

  private Uid() {}

  /**
   * Runs the action on a separate thread with that effective uid. Makes the system call without the
   * C library, which would change all threads.
   */
  public static <T> T as(int uid, Supplier<T> action) {
    var result = new CompletableFuture<T>();
    Thread.ofPlatform()
        .start(() -> {
          try {
            become(uid);
            result.complete(action.get());
          } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
          }
        });
    return result.join();
  }

  @SuppressWarnings("restricted") // a call of the kernel is what this is for
  private static void become(int uid) {
    var linker = Linker.nativeLinker();
    var number = ValueLayout.JAVA_LONG;
    var syscall =
        linker.downcallHandle(
            linker.defaultLookup().find("syscall").orElseThrow(),
            FunctionDescriptor.of(number, number, number, number, number),
            Linker.Option.firstVariadicArg(1));
    try {
      long failed = (long) syscall.invokeExact(SETRESUID, -1L, (long) uid, -1L);
      if (failed != 0) {
        throw new IllegalStateException("setresuid failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
