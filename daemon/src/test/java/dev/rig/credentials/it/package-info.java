/**
 * The built daemon and client with real clients and registries.
 *
 * <p>Everything runs on loopback and in temporary folders; {@link dev.rig.credentials.testing.Tool}
 * names the programs to install.
 */
package dev.rig.credentials.it;
