/**
 * Actions, framing and the frozen protocol strings of the socket. JDK 17 only.
 *
 * <p>Arrays are copied with {@code Arrays.copyOf} and never with {@code clone()}: this is compiled
 * to C too, and TeaVM 0.15 clones from an old address when making room for the copy has moved the
 * array.
 */
package dev.rig.credentials.wire;
