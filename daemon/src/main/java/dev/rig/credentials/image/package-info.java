/** References to images, the prefixes that match them and the table that finds the longest one. */
@NullMarked
package dev.rig.credentials.image;

import org.jspecify.annotations.NullMarked;
