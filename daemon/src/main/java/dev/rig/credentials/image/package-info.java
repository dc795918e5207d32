/**
 * Image references, digests, registry prefixes, and the table that finds the longest matching
 * prefix.
 */
@NullMarked
package dev.rig.credentials.image;

import org.jspecify.annotations.NullMarked;
