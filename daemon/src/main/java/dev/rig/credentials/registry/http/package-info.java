/** One HTTP/1.1 exchange with a registry: checked addresses, TLS, a deadline and bounds. */
@NullMarked
package dev.rig.credentials.registry.http;

import org.jspecify.annotations.NullMarked;
