/**
 * The built daemon and client together with the programs that they are made for.
 *
 * <p>Everything runs on loopback and in temporary folders; {@link dev.rig.credentials.testing.Tool}
 * says what has to be installed.
 */
package dev.rig.credentials.it;
