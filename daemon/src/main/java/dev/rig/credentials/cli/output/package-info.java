/** Output formats, tables, progress bars and exit statuses. */
@NullMarked
package dev.rig.credentials.cli.output;

import org.jspecify.annotations.NullMarked;
