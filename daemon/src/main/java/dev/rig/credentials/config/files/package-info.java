/** Configuration files and folders: reads them and watches them for changes. */
@NullMarked
package dev.rig.credentials.config.files;

import org.jspecify.annotations.NullMarked;
