/** The only reader of JSON and TOML and the only writer of JSON, over Jackson's streams. */
@NullMarked
package dev.rig.credentials.json;

import org.jspecify.annotations.NullMarked;
