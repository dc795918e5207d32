package dev.rig.credentials.dev;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.PushResponseItem;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import dev.rig.credentials.credential.Credential;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client of a Docker Engine, or of a compatible one: rootless Docker or podman. */
public final class EngineClient implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** An engine sends nothing while it reads a large layer. */
  private static final Duration ANSWER = Duration.ofMinutes(5);

  private final String host;
  private final DockerClient docker;

  private EngineClient(String host, DockerClient docker) {
    this.host = host;
    this.docker = docker;
  }

  /**
   * Finds the engine that {@code DOCKER_HOST} names; without it, the first with a socket: Docker's,
   * the user's own Docker's, podman's.
   *
   * @return empty if none answers
   * @throws DevException if {@code DOCKER_HOST} is invalid
   */
  public static Optional<EngineClient> find(Map<String, String> environment) {
    var host = environment.getOrDefault("DOCKER_HOST", "");
    if (host.isEmpty()) {
      return sockets(environment).stream()
          .filter(Files::exists)
          .flatMap(socket -> answering("unix://" + socket).stream())
          .findFirst();
    }
    if (!host.startsWith("unix://") && !host.startsWith("tcp://")) {
      throw new DevException(
          "DOCKER_HOST is neither unix:// nor tcp://: leave it to the docker CLI");
    }
    if (!environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty()) {
      throw new DevException(
          "an engine behind TLS (DOCKER_TLS_VERIFY) is not supported: forward its socket, for"
              + " example with ssh -L, and set DOCKER_HOST to that");
    }
    return answering(host);
  }

  private static List<Path> sockets(Map<String, String> environment) {
    var sockets = new ArrayList<>(List.of(Path.of("/var/run/docker.sock")));
    var runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    if (runtime.startsWith("/")) {
      sockets.add(Path.of(runtime, "docker.sock"));
      sockets.add(Path.of(runtime, "podman", "podman.sock"));
    }
    sockets.add(Path.of("/run/podman/podman.sock"));
    return sockets;
  }

  private static Optional<EngineClient> answering(String host) {
    // The docker CLI's configuration is for its logins, and is not read.
    var config =
        DefaultDockerClientConfig.createDefaultConfigBuilder()
            .withDockerHost(host)
            .withDockerTlsVerify(false)
            .withDockerConfig("/nonexistent")
            .build();
    var http =
        new ApacheDockerHttpClient.Builder()
            .dockerHost(config.getDockerHost())
            .connectionTimeout(CONNECT)
            .responseTimeout(ANSWER)
            .build();
    var engine = new EngineClient(host, DockerClientImpl.getInstance(config, http));
    try {
      engine.docker.pingCmd().exec();
      return Optional.of(engine);
    } catch (RuntimeException nobody) {
      // docker-java wraps exceptions of its transport in different types.
      engine.close();
      return Optional.empty();
    }
  }

  /** Returns the engine's address. */
  public String host() {
    return host;
  }

  DockerClient client() {
    return docker;
  }

  /** Returns the engine's images with a tag, the newest first. */
  public List<LocalImage> images() {
    try {
      var images = new ArrayList<LocalImage>();
      for (var image : docker.listImagesCmd().exec()) {
        var tags = image.getRepoTags() == null ? new String[0] : image.getRepoTags();
        for (var tag : tags) {
          if (!tag.contains("<none>")) {
            images.add(new LocalImage(tag, image.getId(), since(image)));
          }
        }
      }
      images.sort(
          Comparator.comparing(LocalImage::since).reversed().thenComparing(LocalImage::name));
      return images;
    } catch (DockerException e) {
      throw failed("list its images", e);
    }
  }

  /**
   * Returns {@code Metadata.LastTagTime} (Docker Engine API, ImageInspect), which podman does not
   * have.
   */
  private Instant since(Image image) {
    var raw = docker.inspectImageCmd(image.getId()).exec().getRawValues();
    if (raw.get("Metadata") instanceof Map<?, ?> metadata
        && metadata.get("LastTagTime") instanceof String time) {
      try {
        var tagged = OffsetDateTime.parse(time).toInstant();
        if (tagged.isAfter(Instant.EPOCH)) { // the year 1 is Go's zero time
          return tagged;
        }
      } catch (DateTimeException otherForm) {
        // Uses the build time instead.
      }
    }
    return Instant.ofEpochSecond(image.getCreated() == null ? 0 : image.getCreated());
  }

  /** Returns whether the engine has that image. */
  public boolean has(String image) {
    try {
      docker.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException e) {
      return false;
    } catch (DockerException e) {
      throw failed("look at " + image, e);
    }
  }

  /** Adds a name to an image. */
  public void tag(String image, String repository, String tag) {
    try {
      docker.tagImageCmd(image, repository, tag).exec();
    } catch (DockerException e) {
      throw failed("tag " + image, e);
    }
  }

  /**
   * Pushes an image by its name, and returns when the registry has it.
   *
   * @param credential null if none
   */
  public void push(
      String repository, String tag, @Nullable Credential credential, PushProgress progress)
      throws InterruptedException {
    var auth = new AuthConfig();
    if (credential != null && credential.isIdentityToken()) {
      auth.withIdentityToken(credential.secret().reveal());
    } else if (credential != null) {
      auth.withUsername(credential.username()).withPassword(credential.secret().reveal());
    }
    var callback =
        new ResultCallback.Adapter<PushResponseItem>() {
          private volatile @Nullable String error;

          @Override
          public void onNext(PushResponseItem item) {
            var detail = item.getErrorDetail();
            if (detail != null) {
              error = detail.getMessage();
            } else if (item.getId() != null && item.getStatus() != null) {
              var done = item.getProgressDetail();
              progress.layer(
                  item.getId(),
                  item.getStatus(),
                  number(done == null ? null : done.getCurrent()),
                  number(done == null ? null : done.getTotal()));
            }
          }
        };
    try {
      docker.pushImageCmd(repository).withTag(tag).withAuthConfig(auth).exec(callback);
      callback.awaitCompletion();
    } catch (DockerException e) {
      throw failed("push %s:%s".formatted(repository, tag), e);
    }
    if (callback.error != null) {
      throw new DevException(
          "the engine could not push %s:%s: %s".formatted(repository, tag, callback.error));
    }
  }

  private static long number(@Nullable Long number) {
    return number == null ? 0 : number;
  }

  /**
   * Makes the engine pull a public image.
   *
   * @return whether it has the image now
   */
  boolean pull(String repository, String tag, Duration limit) throws InterruptedException {
    try {
      // docker-java's own callback for pulls expects texts that podman does not send.
      return docker
          .pullImageCmd(repository)
          .withTag(tag)
          .exec(new ResultCallback.Adapter<>())
          .awaitCompletion(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (DockerException e) {
      return false;
    }
  }

  private static DevException failed(String what, RuntimeException e) {
    var message = String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}+", " ").strip();
    return new DevException("the engine could not " + what + ": " + message, e);
  }

  @Override
  public void close() {
    try {
      docker.close();
    } catch (IOException e) {
      // Nothing was written that could be lost.
    }
  }
}
