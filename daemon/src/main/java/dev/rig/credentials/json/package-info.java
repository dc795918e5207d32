/** The one reader of JSON and TOML and the one writer of JSON, over Jackson's streams. */
@NullMarked
package dev.rig.credentials.json;

import org.jspecify.annotations.NullMarked;
