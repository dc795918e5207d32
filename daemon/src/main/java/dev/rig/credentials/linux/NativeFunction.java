package dev.rig.credentials.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.lang.ref.Reference;
import jnr.ffi.Pointer;

/**
 * A function of the C library that takes and returns integers and addresses. For an interface of
 * such functions jnr-ffi would generate a class, which no AOT cache contains: 60 ms of each start.
 *
 * <p>Functions with variable arguments are called like any other: for integers, the ABIs of Linux
 * on amd64 and arm64 pass them in the same way.
 */
final class NativeFunction {
  private static final Invoker INVOKER = Invoker.getInstance();

  /** Must stay referenced: the functions' addresses are in this library. */
  private static final Library LIBRARY = Library.openLibrary("libc.so.6", Library.LAZY);

  private final CallContext context;
  private final long address;

  /**
   * Looks up a function.
   *
   * @param signature the type of the result, then those of the parameters, one letter each: {@code
   *     i} for int, {@code l} for long, {@code p} for a pointer
   * @throws UnsatisfiedLinkError if the C library has no function with that name
   */
  NativeFunction(String name, String signature) {
    address = LIBRARY == null ? 0 : LIBRARY.getSymbolAddress(name);
    if (address == 0) {
      throw new UnsatisfiedLinkError(name);
    }
    var parameters = new Type[signature.length() - 1];
    for (int i = 0; i < parameters.length; i++) {
      parameters[i] = type(signature.charAt(i + 1));
    }
    context =
        CallContext.getCallContext(
            type(signature.charAt(0)), parameters, CallingConvention.DEFAULT, true);
  }

  private static Type type(char letter) {
    return letter == 'i' ? Type.SINT : letter == 'l' ? Type.SLONG : Type.POINTER;
  }

  /**
   * Calls the function.
   *
   * @param arguments numbers and {@link Pointer}s, one per parameter; 0 for NULL
   */
  long call(Object... arguments) {
    var words = new long[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] =
          arguments[i] instanceof Pointer pointer
              ? pointer.address()
              : ((Number) arguments[i]).longValue();
    }
    try {
      return call(words);
    } finally {
      Reference.reachabilityFence(arguments);
    }
  }

  private long call(long[] a) {
    return switch (a.length) {
      case 0 -> INVOKER.invokeN0(context, address);
      case 1 -> INVOKER.invokeN1(context, address, a[0]);
      case 2 -> INVOKER.invokeN2(context, address, a[0], a[1]);
      case 3 -> INVOKER.invokeN3(context, address, a[0], a[1], a[2]);
      case 4 -> INVOKER.invokeN4(context, address, a[0], a[1], a[2], a[3]);
      case 5 -> INVOKER.invokeN5(context, address, a[0], a[1], a[2], a[3], a[4]);
      default -> INVOKER.invokeN6(context, address, a[0], a[1], a[2], a[3], a[4], a[5]);
    };
  }
}
