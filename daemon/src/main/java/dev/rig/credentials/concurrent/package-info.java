/** Threads that survive a shortage of threads, and the policy for uncaught errors. */
@NullMarked
package dev.rig.credentials.concurrent;

import org.jspecify.annotations.NullMarked;
