package dev.rig.credentials.testing.kube;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A cluster in which a daemon keeps pull secrets and a test examines them. */
public interface TestCluster extends AutoCloseable {
  /** The existing namespace. */
  String NAMESPACE = "team";

  String url();

  /** Returns the path of its certificate authority; empty without TLS. */
  String certificateAuthority();

  /** Returns a token with exactly the rights of {@code rbac.yaml}. */
  String token();

  /** Returns the current state of a Secret in the namespace. */
  Optional<Map<String, Object>> secret(String name);

  /** Puts a Capsule into the namespace. */
  void putCapsule(String name, String image);

  /** Changes the image of a Capsule, and nothing else. */
  void putImage(String capsule, String image);

  void removeSecret(String name);

  /** Removes the annotation with the pull secret from a Capsule, as another client. */
  void removePullSecret(String capsule);

  /** Returns the reasons of the Events of a Capsule. */
  List<String> events(String capsule);

  void removeCapsule(String name);

  /** Returns the image of a Capsule. */
  String image(String capsule);

  /** Returns the Secret that a Capsule names; empty if absent. */
  Optional<String> pullSecret(String capsule);

  /**
   * Takes the right to read Deployments from the token.
   *
   * @return the message of a deployment that then waits for pods
   */
  String denyDeployments();

  /** Stops answering until {@link #comeBack}. */
  void goAway();

  void comeBack();

  @Override
  void close();
}
