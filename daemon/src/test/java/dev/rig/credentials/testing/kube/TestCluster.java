package dev.rig.credentials.testing.kube;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster that a daemon under test keeps pull secrets in, and that its test looks into. */
public interface TestCluster extends AutoCloseable {
  /** The existing namespace. */
  String NAMESPACE = "team";

  String url();

  /** The path of its certificate authority; empty without TLS. */
  String certificateAuthority();

  /** A token with the rights of {@code rbac.yaml} and no others. */
  String token();

  /** A Secret of the namespace as it is now. */
  Optional<Map<String, Object>> secret(String name);

  /** Puts a Capsule into the namespace. */
  void putCapsule(String name, String image);

  /** Has a Capsule run another image, and leaves the rest of it as it is. */
  void putImage(String capsule, String image);

  void removeSecret(String name);

  /** Somebody takes the annotation that names its pull secret from a Capsule. */
  void removePullSecret(String capsule);

  /** The reasons of the Events of a Capsule. */
  List<String> events(String capsule);

  void removeCapsule(String name);

  /** The image that a Capsule runs. */
  String image(String capsule);

  /** Returns the Secret that a Capsule names; empty if absent. */
  Optional<String> pullSecret(String capsule);

  /**
   * Takes from the token the right to read Deployments.
   *
   * @return what a deployment that waits for pods says then
   */
  String denyDeployments();

  /** Stops answering until {@link #comeBack}. */
  void goAway();

  void comeBack();

  @Override
  void close();
}
