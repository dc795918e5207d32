package dev.rig.credentials.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;

/**
 * A function of the C library that takes and gives integers and addresses. jnr-ffi would make a
 * class for an interface of such functions: 60 ms of each start, and a class that no AOT cache
 * holds.
 *
 * <p>Functions with variable arguments are called as any other: where they are integers, the ABIs
 * of Linux on amd64 and arm64 pass them alike.
 */
final class NativeFunction {
  private static final Invoker INVOKER = Invoker.getInstance();

  /** Kept for as long as this class is: the addresses are of what it loaded. */
  private static final Library LIBRARY = Library.openLibrary("libc.so.6", Library.LAZY);

  private final CallContext context;
  private final long address;

  /**
   * Looks it up.
   *
   * @param result {@link Type#SINT} or {@link Type#SLONG}
   * @throws UnsatisfiedLinkError where the C library has none of that name
   */
  NativeFunction(String name, Type result, Type... parameters) {
    address = LIBRARY == null ? 0 : LIBRARY.getSymbolAddress(name);
    if (address == 0) {
      throw new UnsatisfiedLinkError(name);
    }
    context = CallContext.getCallContext(result, parameters, CallingConvention.DEFAULT, true);
  }

  long call() {
    return INVOKER.invokeN0(context, address);
  }

  long call(long first) {
    return INVOKER.invokeN1(context, address, first);
  }

  long call(long first, long second) {
    return INVOKER.invokeN2(context, address, first, second);
  }

  long call(long first, long second, long third) {
    return INVOKER.invokeN3(context, address, first, second, third);
  }

  long call(long first, long second, long third, long fourth) {
    return INVOKER.invokeN4(context, address, first, second, third, fourth);
  }

  long call(long first, long second, long third, long fourth, long fifth) {
    return INVOKER.invokeN5(context, address, first, second, third, fourth, fifth);
  }

  long call(long first, long second, long third, long fourth, long fifth, long sixth) {
    return INVOKER.invokeN6(context, address, first, second, third, fourth, fifth, sixth);
  }
}
