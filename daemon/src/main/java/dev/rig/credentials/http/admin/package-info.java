/** Health, metrics and the status page on the admin port. */
@NullMarked
package dev.rig.credentials.http.admin;

import org.jspecify.annotations.NullMarked;
