/** Access rules: which peer may do what, and for which registries. */
@NullMarked
package dev.rig.credentials.access;

import org.jspecify.annotations.NullMarked;
