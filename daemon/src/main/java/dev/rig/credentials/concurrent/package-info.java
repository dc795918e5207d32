/** Threads that outlast a shortage of threads, and what an uncaught error leads to. */
@NullMarked
package dev.rig.credentials.concurrent;

import org.jspecify.annotations.NullMarked;
