package dev.rig.credentials.http.platform;

import dev.rig.credentials.access.PeerRights;
import dev.rig.credentials.broker.Broker;
import dev.rig.credentials.http.server.LazyHttpEngine;
import dev.rig.credentials.linux.Peer;
import dev.rig.credentials.problem.ComponentHealth;
import dev.rig.credentials.request.AnsweredRequest;
import dev.rig.credentials.socket.OpenListener;
import dev.rig.credentials.socket.StreamServer;
import dev.rig.credentials.socket.bind.SocketOptions;
import dev.rig.credentials.time.Time;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** The socket of the platform's API. */
public final class PlatformSocket implements OpenListener {
  private final LazyHttpEngine engine;
  private final Path path;
  private final StreamServer server;

  private PlatformSocket(SocketOptions options, PlatformApi api, Time time) {
    engine = new LazyHttpEngine("platform socket", api::routing, time.ticker());
    path = options.path();
    server = StreamServer.open(options, engine, "rig-platform", time);
  }

  /**
   * Binds the socket and starts to serve.
   *
   * @param inCluster maps a registry's host to its name inside the cluster
   * @param pullSecrets the clusters' pull secrets
   * @param access the rights of a peer, checked for every request
   * @param observer receives every answered request
   * @throws dev.rig.credentials.socket.bind.SocketBusyException if another daemon serves that path
   * @throws dev.rig.credentials.socket.bind.SocketRefusedException if the path or its folder is
   *     unsuitable, or the system rejects it
   */
  public static PlatformSocket open(
      SocketOptions options,
      Broker broker,
      ImageLookup images,
      UnaryOperator<String> inCluster,
      PullSecretKeeper pullSecrets,
      Function<Peer, PeerRights> access,
      Consumer<AnsweredRequest> observer,
      Time time) {
    var api =
        new PlatformApi(
            resources(broker, images, inCluster, pullSecrets, time), access, observer, time);
    return new PlatformSocket(options, api, time);
  }

  /** Returns all resources of the API. */
  static List<ApiResource> resources(
      Broker broker,
      ImageLookup images,
      UnaryOperator<String> inCluster,
      PullSecretKeeper pullSecrets,
      Time time) {
    return List.of(
        new CredentialsResource(broker, time),
        new ImagesResource(images, inCluster),
        new TagsResource(images),
        new RegistriesResource(broker, time),
        new PullSecretsResource(pullSecrets),
        new OpenApiResource());
  }

  @Override
  public void warmUp() {
    engine.warmUp();
  }

  /** Returns the socket's file. */
  public Path path() {
    return path;
  }

  @Override
  public ComponentHealth health() {
    return server.health("platformSocket");
  }

  @Override
  public void ifServing(Runnable action) {
    server.ifServing(action);
  }

  @Override
  public String place() {
    return path.toString();
  }

  @Override
  public void close() {
    server.close();
  }
}
