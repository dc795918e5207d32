/**
 * Kubernetes: pull secrets that are made from the daemon's leases and follow them. The library that
 * talks to a cluster is touched by {@link Fabric8Api} alone, so that it is loaded only where a
 * cluster wants pull secrets.
 */
@NullMarked
package dev.rig.credentials.kube;

import org.jspecify.annotations.NullMarked;
