/** Retries, redirects and rate limits of calls to a registry. */
@NullMarked
package dev.rig.credentials.registry.call;

import org.jspecify.annotations.NullMarked;
