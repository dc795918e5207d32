/** Actions, framing and the frozen protocol strings of the socket. JDK 17 only. */
package dev.rig.credentials.wire;
