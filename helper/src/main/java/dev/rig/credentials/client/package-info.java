/**
 * The thin client: standard input to the daemon's socket, the daemon's answer to standard output.
 *
 * <p>It decides only which socket to use, how long to try, and which stream an answer belongs to.
 *
 * <p>{@link dev.rig.credentials.client.Client} is plain Java over a {@link
 * dev.rig.credentials.client.Machine}, which has two implementations: the JDK's, and one of C
 * functions that TeaVM compiles into a native program.
 */
package dev.rig.credentials.client;
