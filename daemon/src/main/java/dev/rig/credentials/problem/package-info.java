/** What is wrong with somebody's input: everything at once, with its place and the next step. */
@NullMarked
package dev.rig.credentials.problem;

import org.jspecify.annotations.NullMarked;
