/** Access to the API of a Kubernetes cluster: requests, watches, leader election and rollouts. */
@NullMarked
package dev.rig.credentials.kube;

import org.jspecify.annotations.NullMarked;
