/**
 * Requests, replies and the frozen strings of the socket's protocol; JDK 17 only, no dependency.
 *
 * <p>Copy arrays with {@code Arrays.copyOf}, never with {@code clone()}: TeaVM 0.15 clones from an
 * old address if the allocation of the copy has moved the array.
 */
package dev.rig.credentials.wire;
